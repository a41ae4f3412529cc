//! `corpus verify`, `show`, `import` and `export`.

use std::collections::BTreeSet;
use std::path::Path;

use crate::command::{manifuzz, stderr};

use manifuzz::exchange::{case_id, sha256};
use manifuzz::findings::{Corpus, body_text, read_body};
use serde_json::Value;

fn run_in(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = manifuzz().args(arguments).current_dir(directory).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout.clone()).unwrap(), stderr(&output))
}

/// A directory with the corpus of a run.
fn corpus() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, err) =
        run_in(folder.path(), &["run", "embedded:clean+refuses-annotations", "--seed", "1", "--cases", "300"]);
    assert_eq!(code, 1, "{err}");
    folder
}

/// The flaws that are told, with their lines.
fn flaws(directory: &Path) -> (i32, Vec<(u64, String)>) {
    let (code, out, _) = run_in(directory, &["corpus", "verify"]);
    let flaw = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        (line["line"].as_u64().unwrap(), line["why"].as_str().unwrap().to_owned())
    };
    (code, out.lines().map(flaw).collect())
}

#[test]
fn the_corpus_of_a_run_has_no_flaws() {
    let folder = corpus();
    assert_eq!(flaws(folder.path()), (0, Vec::new()));
}

#[test]
fn each_flaw_is_told_with_its_line_and_nothing_is_changed() {
    let folder = corpus();
    let path = folder.path().join("manifuzz-cases.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() > 6);
    // Rows have no line breaks in cells here.
    let body = |line: &str| line.find(",eyJ").unwrap() + 1;
    let mut wrong: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let at = body(&wrong[1]);
    wrong[1].replace_range(at + 40..at + 44, "AAAA");
    let other = if wrong[2].starts_with("0000") { "1111" } else { "0000" };
    wrong[2].replace_range(..4, other);
    wrong.swap(4, 5);
    wrong.push(lines[3].to_owned());
    wrong.push("a,b".to_owned());
    let written = wrong.join("\n") + "\n";
    std::fs::write(&path, &written).unwrap();
    let (code, found) = flaws(folder.path());
    assert_eq!(code, 2);
    let has = |line: usize, why: &str| found.iter().any(|(at, told)| *at == line as u64 && told.contains(why));
    assert!(has(2, "body_sha256 is not the digest of body_base64"), "{found:?}");
    assert!(has(3, "the id does not match the shape"), "{found:?}");
    assert!(has(6, "out of order"), "{found:?}");
    assert!(has(wrong.len() - 1, "duplicate of an earlier row"), "{found:?}");
    assert!(has(wrong.len(), "found 2 cells"), "{found:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written);
    // Damaged rows are kept by whatever writes the file.
    let file = folder.path().join("shape");
    std::fs::write(&file, "layers=empty").unwrap();
    run_in(folder.path(), &["corpus", "import", "shape"]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("\na,b\n") && text.contains(&wrong[2]) && text.contains("layers=empty,imported"), "{text}");
}

#[test]
fn files_of_older_versions_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let id = case_id("base");
    let text = format!(
        "id,shape,class,grade,target,spec,stage,key\n{id},base,hang,warning,t,1.1,manifest-put,manifest-put hang - - - base\n"
    );
    std::fs::write(folder.path().join("manifuzz-cases.csv"), text).unwrap();
    assert_eq!(flaws(folder.path()), (0, Vec::new()));
    let (code, out, err) = run_in(folder.path(), &["corpus", "show", "base", "--format", "pretty"]);
    assert!(code == 0 && out.contains("class          hang"), "{out}{err}");
}

#[test]
fn a_row_is_shown_by_id_and_by_shape_whatever_the_order_of_slots() {
    let folder = corpus();
    let (code, by_shape, err) = run_in(folder.path(), &["corpus", "show", "annotations=one", "--format", "pretty"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        by_shape.contains("class          rejects-valid") && by_shape.contains("body           {\"schemaVersion\"")
    );
    let by_id = run_in(folder.path(), &["corpus", "show", &case_id("annotations=one"), "--format", "pretty"]).1;
    assert_eq!(by_id, by_shape);
    let (code, _, err) = run_in(folder.path(), &["corpus", "show", "layers=two"]);
    assert!(code == 2 && err.contains("no row of manifuzz-cases.csv has it"), "{err}");
}

#[test]
fn rows_become_seeds_and_seeds_become_rows() {
    let folder = corpus();
    let at = folder.path();
    let shapes = |name: &str| -> BTreeSet<String> {
        Corpus::read_only(&at.join(name)).unwrap().records().iter().map(|record| record.shape.to_string()).collect()
    };
    let (code, _, err) = run_in(at, &["corpus", "export", "--fuzz", "seeds", "--corpus", "manifuzz-cases.csv"]);
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = run_in(at, &["corpus", "import", "seeds", "--corpus", "again.csv"]);
    assert_eq!(code, 0, "{err}");
    assert!(shapes("manifuzz-cases.csv").is_subset(&shapes("again.csv")));
    let texts =
        std::fs::read_dir(at.join("seeds")).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    assert_eq!(texts.collect::<BTreeSet<_>>(), shapes("again.csv"));
    let (code, _, err) = run_in(at, &["corpus", "import", "seeds", "--corpus", "again.csv"]);
    assert!(code == 0 && err.starts_with("0 shapes and 0 documents added"), "{err}");
}

#[test]
fn manifests_become_shapes_where_one_renders_to_them_or_else_bodies() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let empty = manifuzz::render::render(&"layers=empty".parse().unwrap()).tested.body.to_vec();
    let large = format!("{{\"mine\":true,\"padding\":\"{}\"}}", " ".repeat(40_000)).into_bytes();
    let small = b"{\"mine\":false}".to_vec();
    for (name, content) in [("empty.json", &empty), ("large.json", &large), ("small.json", &small)] {
        std::fs::write(at.join(name), content).unwrap();
    }
    std::fs::write(at.join("newer"), "no-such-slot=x").unwrap();
    let (code, _, err) = run_in(at, &["corpus", "import", "empty.json", "large.json", "small.json", "newer"]);
    assert!(code == 0 && err.contains("1 shapes and 2 documents added"), "{err}");
    assert!(err.contains("warning: newer:") && err.contains("skipped"), "{err}");
    let corpus = Corpus::read_only(&at.join("manifuzz-cases.csv")).unwrap();
    let shapes: BTreeSet<String> = corpus.records().iter().map(|record| record.shape.to_string()).collect();
    let [of_large, of_small] = [sha256(&large), sha256(&small)];
    assert_eq!(shapes, ["layers=empty".to_owned(), body_text(&of_large), body_text(&of_small)].into());
    for record in corpus.records() {
        assert_eq!((&*record.target, record.class.as_str()), ("import", "imported"));
        assert_eq!(record.body_base64.is_empty(), record.shape.as_str() == body_text(&of_large));
    }
    assert_eq!(read_body(&at.join("manifuzz-cases.csv"), &of_large).unwrap(), large);
    assert_eq!(flaws(at), (0, Vec::new()));
    // And back.
    let (code, _, err) =
        run_in(at, &["corpus", "export", "--fuzz", "seeds", "--corpus", "manifuzz-cases.csv", "--bodies", "documents"]);
    assert!(code == 0 && err.contains("2 documents written to documents"), "{err}");
    for (digest, content) in [(of_large.clone(), &large), (of_small, &small)] {
        assert_eq!(&std::fs::read(at.join("documents").join(&digest[7..])).unwrap(), content);
    }
    std::fs::write(at.join("bodies").join(&of_large[7..]), "altered").unwrap();
    let (code, found) = flaws(at);
    assert!(code == 2 && found.len() == 1 && found[0].1.contains("its content has the digest"), "{found:?}");
}

/// The peak of the memory of a command, in bytes, as long as it could be observed.
#[cfg(target_os = "linux")]
fn peak(directory: &Path, arguments: &[&str]) -> usize {
    let mut child =
        manifuzz().args(arguments).current_dir(directory).stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
        peak = peak.max(kilobytes.unwrap_or_default() * 1024);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success(), "{arguments:?}");
    peak
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "slow: 100 000 rows"]
fn a_hundred_thousand_rows_are_verified_merged_and_compared_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let small = corpus();
    let one = Corpus::read_only(&small.path().join("manifuzz-cases.csv")).unwrap();
    let row = one.records()[0].clone();
    for (name, numbers) in [("a.csv", 0..50_000), ("b.csv", 50_000..100_000)] {
        let mut corpus = Corpus::open(&at.join(name)).unwrap();
        for number in numbers {
            corpus.merge(manifuzz::findings::Record { target: format!("registry-{number:06}"), ..row.clone() });
        }
        corpus.save().unwrap();
    }
    let merge = peak(at, &["merge", "whole.csv", "a.csv", "b.csv"]);
    let size = usize::try_from(std::fs::metadata(at.join("whole.csv")).unwrap().len()).unwrap();
    let verify = peak(at, &["corpus", "verify", "whole.csv"]);
    let compare = peak(at, &["diff", "whole.csv", "whole.csv"]);
    println!("{size} bytes; peaks: verify {verify}, merge {merge}, diff {compare}");
    assert!(verify < 80 << 20, "verify takes {verify} bytes");
    assert!(merge < 6 * size, "merge takes {merge} bytes for {size}");
    assert!(compare < 8 * size, "diff takes {compare} bytes for {size}");
    assert_eq!(Corpus::read_only(&at.join("whole.csv")).unwrap().records().len(), 100_000);
}

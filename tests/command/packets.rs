//! `repro`, and `run --repro`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::command::{manifuzz, stderr};

/// The files of the packets in a directory, by path.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for packet in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        for file in std::fs::read_dir(&packet).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file())
        {
            let name = file.strip_prefix(directory).unwrap().display().to_string();
            found.insert(name, std::fs::read(file).unwrap());
        }
    }
    found
}

#[test]
fn a_run_writes_the_packets_that_repro_writes_from_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let manifuzz = |arguments: &[&str]| manifuzz().args(arguments).current_dir(&folder).output().unwrap();
    let target = "embedded:clean+refuses-annotations";
    let output =
        manifuzz(&["run", target, "--filter", "annotations", "--cases", "60", "--corpus", "c.csv", "--repro", "all"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let corpus = manifuzz::findings::Corpus::read_only(&folder.path().join("c.csv")).unwrap();
    let rows = corpus.records();
    let serious: Vec<_> = rows.iter().filter(|row| row.grade > manifuzz::compare::Grade::Note).collect();
    let all = files(&folder.path().join("all"));
    let scripts = all.keys().filter(|name| name.ends_with("repro.sh")).count();
    assert!(scripts == serious.len() && scripts > 0, "{scripts} packets of {} rows", serious.len());

    let id = serious[0].shape.id();
    let output = manifuzz(&["repro", id, "--key", &serious[0].key, "--corpus", "c.csv", "--out", "one"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let one = files(&folder.path().join("one"));
    assert_eq!(one.len(), 4, "{:?}", one.keys());
    assert!(one.iter().all(|(name, content)| all.get(name) == Some(content)), "{:?}", one.keys());
    let issue = String::from_utf8(one[&format!("{id}-1/issue.md")].clone()).unwrap();
    for part in
        ["## What was sent", "## What was expected", "## What came", "The nearest case that is accepted", "```diff"]
    {
        assert!(issue.contains(part), "{part} in {issue}");
    }

    // With a target, the traffic is what came.
    let output = manifuzz(&["repro", id, "--corpus", "c.csv", "--target", target, "--out", "sent", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"shown\":true"));
    let statuses = |directory: &str| -> Vec<u64> {
        let har = std::fs::read(folder.path().join(format!("{directory}/{id}-1/traffic.har"))).unwrap();
        let har: serde_json::Value = serde_json::from_slice(&har).unwrap();
        let entries = har["log"]["entries"].as_array().unwrap().clone();
        entries.iter().map(|entry| entry["response"]["status"].as_u64().unwrap()).collect()
    };
    assert!(statuses("one").iter().all(|status| *status == 0));
    assert!(statuses("sent").contains(&400), "{:?}", statuses("sent"));

    let output = manifuzz(&["repro", id, "--corpus", "c.csv", "--target", "embedded:clean", "--out", "clean"]);
    assert!(stderr(&output).contains("does not show"), "{}", stderr(&output));
}

#[test]
fn repro_says_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (vec!["annotations=one", "--out", "x"], "a shape is a finding only on a target"),
        (vec!["0123456789abcdef", "--out", "x"], "manifuzz-cases.csv"),
    ] {
        let output = manifuzz().arg("repro").args(&arguments).current_dir(&folder).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    assert!(!folder.path().join("x").exists());
}

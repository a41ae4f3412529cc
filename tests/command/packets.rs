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

/// The row of a client program that crashes on a manifest without layers.
fn row_of_client() -> manifuzz::findings::Record {
    use manifuzz::compare::{Class, Finding, Grade, Symptom};
    use manifuzz::exchange::Stage;
    use manifuzz::findings::{Context, Sighting};
    let shape = "answer.status=429-once;layers=empty".parse().unwrap();
    let code = "exit:2".to_owned();
    let finding = Finding {
        symptom: Symptom { stage: Stage::Pull, class: Class::ClientCrash, status: None, code, duty: None },
        grade: Grade::Warning,
        message: "panic: no layers".to_owned(),
        rules: Vec::new(),
        expect: "should-accept".to_owned(),
        note: "the program crashed".to_owned(),
        rules_due: Vec::new(),
        rules_recommending: Vec::new(),
    };
    let sighting = Sighting {
        target: "client:fake",
        target_version: "1.0",
        spec: "1.1",
        shape: &shape,
        finding: &finding,
        witness: None,
        from: &shape,
        reproduced: 3,
        is_smallest: true,
        probes: 4,
        extent: "",
    };
    sighting.record(&Context { seed: 1, day: "2026-01-02".parse().unwrap(), tool_version: "0.1.0" })
}

/// Writes the row to `c.csv` and returns its id.
fn corpus_with_a_row_of_client(folder: &std::path::Path) -> String {
    let record = row_of_client();
    let id = record.shape.id().to_owned();
    let mut corpus = manifuzz::findings::Corpus::open(&folder.join("c.csv")).unwrap();
    corpus.merge(record);
    corpus.save().unwrap();
    id
}

/// The fake client gets the manifest with curl, compares it, and "crashes". The registry answers the first request with 429.
#[test]
#[cfg(unix)]
fn the_packet_of_a_client_program_serves_the_case_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let id = corpus_with_a_row_of_client(folder.path());
    std::fs::create_dir(folder.path().join("clients")).unwrap();
    let adapter = "program = \"sh\"\nversion = [\"{program}\", \"--version\"]\n[environment]\nMANIFEST = \"{layout}/../manifest.json\"\n[pull]\nrun = [\"{program}\", \"-c\", \
                   \"curl -fsS --retry 2 -o got \\\"$1\\\" && cmp got \\\"$MANIFEST\\\" && echo panic >&2 && exit 2; exit 4\", \"pull\", \
                   \"http://{registry}/v2/{repository}/manifests/{tag}\"]\n";
    std::fs::write(folder.path().join("clients/fake.toml"), adapter).unwrap();
    let repro = || {
        let mut command = manifuzz();
        command.args(["repro", &id, "--corpus", "c.csv", "--out", "packets"]).current_dir(&folder);
        command.env("MANIFUZZ_CLIENTS", folder.path().join("clients")).output().unwrap()
    };
    let output = repro();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let packet = folder.path().join(format!("packets/{id}-1"));
    let issue = std::fs::read_to_string(packet.join("issue.md")).unwrap();
    for part in
        ["- Client: `client:fake` (1.0)", "`answer.status=429-once`", "the exit code 2", "There is no `traffic.har`"]
    {
        assert!(issue.contains(part), "{part} in {issue}");
    }
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl is not installed");
        return;
    }
    let run = |program: &str| {
        let mut script = std::process::Command::new("sh");
        script.arg(packet.join("repro.sh")).env("MANIFUZZ", manifuzz().get_program()).env("PROGRAM", program);
        script.output().unwrap()
    };
    let shown = run("sh");
    let said = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert_eq!(shown.status.code(), Some(0), "{said}{}", stderr(&shown));
    assert!(said.contains("shown: the program crashed"), "{said}");
    assert_eq!(run("true").status.code(), Some(1), "a program that ends well does not show it");
    assert_eq!(run("no-such-program").status.code(), Some(2));
}

#[test]
fn without_an_adapter_there_is_no_packet_of_a_client_program() {
    let folder = tempfile::tempdir().unwrap();
    let id = corpus_with_a_row_of_client(folder.path());
    let output =
        manifuzz().args(["repro", &id, "--corpus", "c.csv", "--out", "x"]).current_dir(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("MANIFUZZ_CLIENTS"), "{}", stderr(&output));
}

/// What a registry answers a client cannot be tested of a registry.
#[test]
fn a_registry_is_not_given_an_answer_to_clients() {
    let folder = tempfile::tempdir().unwrap();
    let id = corpus_with_a_row_of_client(folder.path());
    for arguments in [
        vec!["shrink", "answer.realm=foreign", "--target", "embedded:clean"],
        vec!["shrink", &id, "--target", "embedded:clean", "--corpus", "c.csv"],
        vec!["replay", &id, "--target", "embedded:clean", "--corpus", "c.csv"],
        vec!["repro", &id, "--target", "embedded:clean", "--corpus", "c.csv", "--out", "x"],
        vec!["repro", "answer.realm=foreign", "--target", "embedded:clean", "--out", "x"],
        vec!["run", "embedded:clean", "--filter", "answer.*"],
        vec!["gen", "--filter", "answer.*"],
    ] {
        let output = manifuzz().args(&arguments).current_dir(&folder).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("client:skopeo"), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let output = manifuzz().args(["gen", "--filter", "answer.*,layers", "--cases", "20"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

//! `--report` and `manifuzz report`: what each format contains, and whether it is valid by its published schema.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use manifuzz::report::FORMATS;
use serde_json::{Value, json};

use crate::command::{self, if_installed, stderr};
use crate::reporting::{path, run, written};

/// The page without what is tested elsewhere or depends on the version: style, script, and the slots of this version.
fn without_assets(page: &str) -> String {
    let mut page = page.to_owned();
    let section = "<section id=\"slots\">";
    for (start, end) in [("<style>", "</style>"), ("<script>", "</script>"), (section, "</section>")] {
        let from = page.find(start).unwrap() + start.len();
        let to = from + page[from..].find(end).unwrap();
        page.replace_range(from..to, "…");
    }
    // One line for each element.
    page.replace("><", ">\n<")
}

#[test]
fn each_format_matches_its_snapshot() {
    for format in FORMATS {
        let text = written(format.name, &run(), true);
        let shown = if format.name == "html" { without_assets(&text) } else { text };
        let snapshot = path("snapshots").join(format!("report.{}", format.name));
        if std::env::var_os("MANIFUZZ_RENEW_SNAPSHOTS").is_some() {
            std::fs::write(&snapshot, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&snapshot).unwrap();
        assert!(shown == expected, "{}: renew it with MANIFUZZ_RENEW_SNAPSHOTS=1:\n{shown}", format.name);
    }
}

#[test]
fn no_format_contains_credentials() {
    // The file has them in a header and in base64.
    let rows = std::fs::read_to_string(path("data/report-cases.csv")).unwrap();
    assert!(rows.contains("c2VjcmV0OnNlY3JldA"));
    let har = written("har", &run(), true);
    assert!(!har.contains("c2VjcmV0OnNlY3JldA") && !har.to_lowercase().contains("authorization"));
}

#[test]
fn junit_has_a_failure_for_each_finding_at_or_above_the_grade() {
    let run = run();
    let xml = written("junit", &run, true);
    let document = roxmltree::Document::parse(&xml).unwrap();
    let named = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    let suites: Vec<_> = named("testsuite").map(|suite| suite.attribute("name").unwrap()).collect();
    let targets =
        ["embedded:distribution", "embedded:gitea", "lost", "http://127.0.0.1:5000/some/repo", "embedded:ecr"];
    assert_eq!(suites, targets);
    let failing = run.findings.iter().filter(|record| record.grade >= manifuzz::compare::Grade::Warning).count();
    assert_eq!((named("failure").count(), failing), (4, 4));
    assert_eq!((named("skipped").count(), named("error").count()), (1, 1));
    let messages: Vec<_> = named("failure").map(|failure| failure.attribute("message").unwrap()).collect();
    assert!(messages.contains(&"manifest-put returned 500 <b>`bold`</b>|"), "{messages:?}");
    let properties: Vec<_> =
        named("property").map(|one| (one.attribute("name").unwrap(), one.attribute("value").unwrap())).collect();
    assert!(properties.contains(&("seed", "7")) && properties.contains(&("tool_version", "1.2.3")), "{properties:?}");
    let rules: Vec<_> = named("testcase").filter(|case| case.attribute("classname") == Some("rule")).collect();
    assert_eq!(rules.len(), 2, "the broken rule has a finding");
}

#[test]
fn junit_is_valid_by_the_schema_of_jenkins() {
    for is_run in [true, false] {
        let xml = written("junit", &run(), is_run);
        let mut xmllint = Command::new("xmllint");
        xmllint.arg("--noout").arg("--schema").arg(path("data/schemas/junit-10.xsd")).arg("-");
        let started = xmllint.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let Some(mut child) = if_installed("xmllint", started) else { return };
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), xml.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}\n{xml}", stderr(&output));
    }
}

fn schema(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path("data/schemas").join(name)).unwrap()).unwrap()
}

fn errors(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn sarif_is_valid_by_its_schema_and_points_at_rows() {
    // One of its patterns has a bare `]`, which not every reader of patterns accepts. Escaped, it means the same.
    let text = std::fs::read_to_string(path("data/schemas/sarif-schema-2.1.0.json")).unwrap();
    let schema = serde_json::from_str(&text.replace("{2}]?$", r"{2}\\]?$")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert_ne!(errors(&validator, &json!({ "version": "2.1.0" })), Vec::<String>::new());
    for is_run in [true, false] {
        let sarif: Value = serde_json::from_str(&written("sarif", &run(), is_run)).unwrap();
        assert_eq!(errors(&validator, &sarif), Vec::<String>::new());
    }
    let run = run();
    let sarif: Value = serde_json::from_str(&written("sarif", &run, true)).unwrap();
    let rows = std::fs::read_to_string(path("data/report-cases.csv")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), run.findings.len());
    for (result, record) in results.iter().zip(&run.findings) {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "corpus/my%20cases.csv");
        let line = place["region"]["startLine"].as_u64().unwrap() as usize;
        assert!(rows.lines().nth(line - 1).unwrap().starts_with(record.shape.id()), "line {line}");
        assert_eq!(result["partialFingerprints"]["manifuzzId/v1"], record.shape.id());
        let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let ordered = results.iter().find(|result| result["ruleId"] == "tag-list-is-in-order").unwrap();
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][ordered["ruleIndex"].as_u64().unwrap() as usize];
    let info = manifuzz::model::rule("tag-list-is-in-order").unwrap();
    assert_eq!(rule["fullDescription"]["text"], info.why);
    assert!(rule["help"]["text"].as_str().unwrap().starts_with(info.fix) && !info.fix.is_empty());
    assert!(rule["helpUri"].as_str().unwrap().ends_with("spec.md#listing-tags"));
}

#[test]
fn har_is_valid_by_its_schema_and_has_the_requests_of_a_row_in_order() {
    let mut registry = jsonschema::Registry::new();
    for file in std::fs::read_dir(path("data/schemas/har")).unwrap().map(Result::unwrap) {
        let name = file.file_name().into_string().unwrap();
        if name.ends_with(".json") {
            registry =
                registry.add(format!("https://har.test/{name}"), without_id(schema(&format!("har/{name}")))).unwrap();
        }
    }
    let registry = registry.prepare().unwrap();
    let root = json!({ "$ref": "https://har.test/har.json" });
    let validator = jsonschema::options().with_registry(&registry).build(&root).unwrap();
    assert_ne!(errors(&validator, &json!({ "log": { "version": "1.2", "entries": [{}] } })), Vec::<String>::new());
    let run = run();
    let har: Value = serde_json::from_str(&written("har", &run, true)).unwrap();
    assert_eq!(errors(&validator, &har), Vec::<String>::new());
    let (pages, entries) = (har["log"]["pages"].as_array().unwrap(), har["log"]["entries"].as_array().unwrap());
    assert_eq!(pages.len(), run.findings.len());
    let at = run.findings.iter().position(|record| record.target.starts_with("http:")).unwrap();
    let of_page: Vec<&Value> = entries.iter().filter(|entry| entry["pageref"] == pages[at]["id"]).collect();
    let lines: Vec<String> = of_page
        .iter()
        .map(|entry| format!("{} {}", entry["request"]["method"], entry["request"]["url"]).replace('"', ""))
        .collect();
    let base = "http://127.0.0.1:5000/v2/some/repo";
    assert_eq!(
        lines,
        [
            format!("PUT {base}/blobs/uploads/x?digest=sha256:ab"),
            format!("PUT {base}/manifests/tag"),
            format!("GET {base}/manifests/tag")
        ]
    );
    let statuses: Vec<_> = of_page.iter().map(|entry| entry["response"]["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [0, 500, 0], "a row records one answer");
    let text = of_page[1]["request"]["postData"]["text"].as_str().unwrap();
    assert_eq!(of_page[1]["request"]["bodySize"].as_u64(), run.findings[at].body_bytes);
    assert!(serde_json::from_str::<Value>(text).unwrap()["config"].is_object());
}

/// References are resolved against the address under which a file is registered.
fn without_id(mut schema: Value) -> Value {
    schema.as_object_mut().unwrap().remove("$id");
    schema
}

#[test]
fn a_corpus_and_the_results_of_its_run_give_reports() {
    let directory = tempfile::tempdir().unwrap();
    let run_in = |arguments: &[&str]| command::manifuzz().args(arguments).current_dir(&directory).output().unwrap();
    let first = ["run", "embedded:ecr", "--seed", "5", "--cases", "60", "--corpus", "cases.csv", "--results", "out"];
    let output = run_in(&[&first[..], &["--report", "json=run.json", "--report", "sarif=run.sarif"]].concat());
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", stderr(&output));
    let read =
        |name: &str| -> Value { serde_json::from_slice(&std::fs::read(directory.path().join(name)).unwrap()).unwrap() };
    let rows = std::fs::read_to_string(directory.path().join("cases.csv")).unwrap();
    for result in read("run.sarif")["runs"][0]["results"].as_array().unwrap() {
        let line = result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap() as usize;
        let id = result["partialFingerprints"]["manifuzzId/v1"].as_str().unwrap();
        assert!(rows.lines().nth(line - 1).unwrap().starts_with(id));
    }
    let target = &read("run.json")["targets"][0];
    let rule = |id: &str| target["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == id).unwrap().clone();
    assert!(rule("push-answers-a-location")["broken"].as_u64() > Some(20), "ECR sends no Location: {target}");
    assert!(rule("push-answers-201")["kept"].as_u64() > Some(20), "{target}");
    assert!(target["flavours"].as_array().unwrap().iter().any(|flavour| flavour["accepted"] == false), "{target}");
    assert_eq!(target["points"].as_array().unwrap().last().unwrap()[0], 60);
    // A corpus has another order.
    let keys = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["key"].as_str().unwrap().to_owned()).collect::<BTreeSet<String>>()
    };
    for (from, has_run) in [("cases.csv", false), ("out", true)] {
        let output = run_in(&["report", from, "--report", "json=-"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(keys(&report), keys(&read("run.json")), "{from}");
        assert_eq!(report["targets"][0]["judged"].as_u64().is_some(), has_run);
        let page = String::from_utf8(run_in(&["report", from, "--report", "html=-"]).stdout).unwrap();
        assert_eq!((page.contains("id=\"matrix\""), page.contains("made from a corpus")), (has_run, !has_run));
    }
}

#[test]
fn invalid_reports_are_refused_before_anything_is_sent() {
    let cases: [(&[&str], &[&str]); 5] = [
        (&["run", "embedded:clean", "--report", "htm=x"], &["unknown format `htm`", "'html=x'"]),
        (&["run", "embedded:clean", "--report", "html"], &["FORMAT=FILE"]),
        (&["run", "embedded:clean", "--report", "html=none/x.html"], &["none/x.html", "directory does not exist"]),
        (&["report", "cases.csv"], &["no --report", "--report html=report.html"]),
        (&["report", "cases.csv", "--report", "json=-"], &["cases.csv", "earlier run"]),
    ];
    for (arguments, words) in cases {
        let (output, folder) = command::run(arguments);
        let err = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
        assert!(words.iter().all(|word| err.contains(word)), "{arguments:?}: {err}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?} leaves nothing");
    }
}

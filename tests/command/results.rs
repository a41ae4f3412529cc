//! `run.json`: what a run did, for programs. Its members are only ever added.

use crate::command;

use serde_json::Value;

fn run(more: &[&str]) -> (Value, String) {
    let (output, folder) = command::run([&["run", "--seed", "5", "--results", "out"], more].concat());
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code().is_some(), "{err}");
    (serde_json::from_slice(&std::fs::read(folder.path().join("out/run.json")).unwrap()).unwrap(), err)
}

#[test]
fn run_json_has_the_counts_of_the_run_and_of_each_target() {
    let (run, err) = run(&["embedded:clean", "embedded:distribution", "--cases", "120"]);
    assert_eq!((run["seed"].as_u64(), run["spec"].as_str()), (Some(5), Some("1.1")));
    assert_eq!(run["tool_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(run["arguments"][0], "run");
    assert!(run["day"].as_str().is_some_and(|day| day.len() == 10));
    let targets = run["targets"].as_array().unwrap();
    let names: Vec<_> = targets.iter().map(|target| target["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["embedded:clean", "embedded:distribution"]);
    let number = |value: &Value, name: &str| value[name].as_u64().unwrap_or_else(|| panic!("{name} in {value}"));
    for target in targets {
        let ends = ["judged", "unsupported", "trouble", "not_asked"].map(|name| number(target, name));
        assert_eq!((ends.iter().sum::<u64>(), number(target, "cases")), (120, 120), "{target}");
        assert!(number(target, "requests") > 120 && number(target, "found") > 0);
        let entries = &target["covered"]["entries"];
        assert!(number(entries, "covered") > 50 && number(entries, "of") > number(entries, "covered"));
        assert_eq!(
            (&target["stopped"], &target["lost"], &target["error"]),
            (&false.into(), &false.into(), &Value::Null)
        );
        let requests = format!("{}: {} requests", target["name"].as_str().unwrap(), number(target, "requests"));
        assert!(err.contains(&requests), "{err}");
    }
    assert_eq!(targets[0]["lacking"].as_array().map(Vec::len), Some(0));
    let lacking = targets[1]["lacking"][0].as_str().unwrap();
    assert!(lacking.starts_with("no referrers (GET /v2/") && lacking.contains("answered 404"), "{lacking}");
    for name in ["judged", "unsupported", "trouble", "not_reproduced", "not_asked"] {
        assert_eq!(number(&run, name), targets.iter().map(|target| number(target, name)).sum::<u64>(), "{name}");
    }
    let last = format!("{} cases judged, {} unsupported", number(&run, "judged"), number(&run, "unsupported"));
    assert!(err.lines().last().unwrap().starts_with(&last), "{err}");
}

#[test]
fn run_json_has_the_error_of_a_target_and_the_cases_not_asked() {
    // Nothing listens on the port of discard.
    let (run_json, _) = run(&["http://127.0.0.1:9/x", "embedded:clean", "--cases", "20"]);
    let [failed, clean] = [&run_json["targets"][0], &run_json["targets"][1]];
    assert!(failed["error"].as_str().is_some_and(|error| error.contains("127.0.0.1:9")), "{failed}");
    assert_eq!((&failed["judged"], &clean["judged"]), (&0.into(), &20.into()));
    let (run_json, err) = run(&["embedded:clean", "--cases", "100000", "--time", "1s"]);
    let not_asked = run_json["not_asked"].as_u64().unwrap();
    assert!(not_asked > 0 && run_json["targets"][0]["stopped"] == true, "{run_json}");
    assert!(err.lines().last().unwrap().ends_with(&format!("{not_asked} cases not run")), "{err}");
}

//! The library without the command line: what it pulls in, and what it takes to use it.

use std::process::Command;

/// The packages that a build with these features compiles.
fn packages(features: &str) -> Vec<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--package", "manifuzz", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--offline", "--no-default-features", "--features", features])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn without_features_there_is_no_runtime_no_client_and_no_command_line() {
    for features in ["", "proptest", "arbitrary", "proptest,arbitrary"] {
        let packages = packages(features);
        assert!(packages.iter().any(|package| package == "serde_json"), "{packages:?}");
        for absent in ["tokio", "reqwest", "hyper", "clap"] {
            assert!(!packages.iter().any(|package| package == absent), "{absent} with the features `{features}`");
        }
    }
    assert!(packages("cli").iter().any(|package| package == "tokio"), "the list is not empty by mistake");
}

#[test]
fn the_example_is_short() {
    let lines = include_str!("../../examples/toy_handler.rs").lines().count();
    assert!(lines < 40, "{lines} lines");
}

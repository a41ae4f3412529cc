//! The official conformance program beside manifuzz: each of its failures is in `docs/conformance.csv`, and manifuzz finds
//! what that table says it finds.
//!
//! Skipped with a message if the program or a registry is not installed; with `MANIFUZZ_REQUIRE_SERVERS` that is a
//! failure.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use wildmatch::WildMatch;

use crate::command::{self, stderr};
use crate::conformance_table::{Group, table};
use crate::servers::{CANNOT_BE_HAD, Server};

/// A row of `tests/servers/conformance failures`.
#[derive(Debug, Deserialize)]
struct Failure {
    test: String,
    count: usize,
    message: String,
}

/// `None` if the program or the registry is not installed.
fn failures(spec: &str, registry: &str) -> Option<Vec<Failure>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/conformance");
    let output = Command::new("bash").arg(script).args(["failures", spec, registry]).output().expect("bash starts");
    if output.status.code() == Some(CANNOT_BE_HAD) && std::env::var_os("MANIFUZZ_REQUIRE_SERVERS").is_none() {
        println!("skipped: {}", stderr(&output).trim_end());
        return None;
    }
    assert!(output.status.success(), "{registry}: {}", stderr(&output));
    Some(csv::Reader::from_reader(&*output.stdout).deserialize().map(|failure| failure.unwrap()).collect())
}

fn groups(registry: &str) -> Vec<Group> {
    table().into_iter().filter(|group| group.registry == registry).collect()
}

/// The failures of `spec` are those of the table, each counted in the first group that it fits.
fn is_listed(registry: &str, spec: &str, expected: fn(&Group) -> usize) {
    let Some(failures) = failures(spec, registry) else { return };
    let groups = groups(registry);
    let mut counts = vec![0; groups.len()];
    for failure in &failures {
        let fits = |group: &Group| {
            WildMatch::new(&group.test).matches(&failure.test)
                && WildMatch::new(&group.message).matches(&failure.message)
        };
        let group = groups.iter().position(fits);
        counts[group.unwrap_or_else(|| panic!("{registry} {spec}: not in the table: {failure:?}"))] += failure.count;
    }
    for (group, count) in groups.iter().zip(counts) {
        assert_eq!(count, expected(group), "{registry} {spec}: {group:?}");
    }
}

/// Each case of the table shows its rules: by version 1.1 if the program fails with that, too.
fn is_found(registry: &str) {
    let groups = groups(registry);
    let version = |shape: &str| {
        let is_stable = groups.iter().any(|group| group.shape == shape && group.failures_1_1 > 0);
        if is_stable { "1.1" } else { "dev" }
    };
    let shown = groups.iter().filter(|group| !group.shape.is_empty());
    let cases: BTreeSet<_> =
        shown.map(|group| (&*group.shape, &*group.class, group.rules().collect::<Vec<_>>())).collect();
    if cases.is_empty() {
        return;
    }
    let Some(server) = Server::start(registry, true) else { return };
    for (shape, class, rules) in cases {
        let mut command = command::manifuzz();
        command.args(["shrink", shape, "--spec", version(shape), "--format", "json", "--target"]);
        let output = command.arg(&server.answers["URL"]).current_dir(server.folder.path()).output().unwrap();
        let lines = String::from_utf8(output.stdout.clone()).unwrap();
        let rows = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let shown: Vec<_> = rows.map(|row| (row["class"].clone(), row["rules"].as_str().unwrap().to_owned())).collect();
        let shows = |(of, ids): &(serde_json::Value, String)| {
            of == class && rules.iter().all(|rule| ids.split_whitespace().any(|id| id == *rule))
        };
        let expected = format!("{registry}: `{shape}` is not {class} by {rules:?}, but {shown:?}");
        assert!(shown.iter().any(shows), "{expected}\n{}", stderr(&output));
    }
}

macro_rules! registries {
    ($($module:ident: $name:literal;)*) => {
        $(mod $module {
            use super::*;

            #[test]
            fn failures_of_the_conformance_program_are_listed() {
                is_listed($name, "1.1", |group| group.failures_1_1);
            }

            #[test]
            fn failures_of_its_development_version_are_listed() {
                is_listed($name, "dev", |group| group.failures_dev);
            }

            #[test]
            fn what_the_table_says_is_found_is_found() {
                is_found($name);
            }
        })*

        #[test]
        fn every_registry_of_the_conformance_table_is_tested() {
            let tested = BTreeSet::from([$($name),*]);
            let table = table();
            assert_eq!(table.iter().map(|group| group.registry.as_str()).collect::<BTreeSet<_>>(), tested);
        }
    };
}

registries! {
    docker_registry: "docker-registry";
    distribution: "distribution-all";
    crane: "crane";
    olareg: "olareg";
}

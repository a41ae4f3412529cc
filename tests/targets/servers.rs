//! Runs against every real registry that `tests/servers/run` knows: each gets through without trouble, with its credentials,
//! its certificate and its redirects.
//!
//! A server that is not installed is skipped with a message; with `MANIFUZZ_REQUIRE_SERVERS` that is a failure for the
//! servers that `.ci/run` installs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::command::{self, stderr};
use crate::serving::measuring;

/// The exit status of the script for a server that cannot be had or is not installed.
pub(crate) const CANNOT_BE_HAD: i32 = 3;

/// How many cases are fired at each server.
const CASES: usize = 60;

fn script(arguments: &[&str], directory: &Path) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/run");
    Command::new("bash").arg(script).args(arguments).arg(directory).output().expect("bash starts")
}

/// A server that ends with its test.
pub(crate) struct Server {
    pub(crate) folder: tempfile::TempDir,
    /// What the script printed: `URL`, and what a client needs to know.
    pub(crate) answers: HashMap<String, String>,
}

impl Server {
    /// `None` if it is not installed.
    pub(crate) fn start(name: &str, is_required: bool) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let output = script(&["start", name], &directory(&folder));
        let is_required = is_required && std::env::var_os("MANIFUZZ_REQUIRE_SERVERS").is_some();
        if output.status.code() == Some(CANNOT_BE_HAD) && !is_required {
            println!("skipped: {}", stderr(&output).trim_end());
            return None;
        }
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        let answers = text.lines().filter_map(|line| line.split_once('='));
        let answers = answers.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Some(Self { folder, answers })
    }

    /// `manifuzz run` at its repository, with what the script printed for clients.
    fn run(&self) -> Output {
        let mut command = command::manifuzz();
        command.arg("run").arg(&self.answers["URL"]).args([
            "--cases",
            &CASES.to_string(),
            "--depth",
            "put",
            "--seed",
            "7",
        ]);
        command.arg("--corpus").arg(self.folder.path().join("cases.csv"));
        for (key, flag) in [("CA", "--tls-ca"), ("FOLLOW", "--follow-redirects"), ("ALLOW", "--allow-host")] {
            if let Some(value) = self.answers.get(key) {
                command.args([flag, value]);
            }
        }
        for (key, variable) in [("USERNAME", "OCI_USERNAME"), ("PASSWORD", "OCI_PASSWORD")] {
            match self.answers.get(key) {
                Some(value) => command.env(variable, value),
                None => command.env_remove(variable),
            };
        }
        command.output().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        script(&["stop"], &directory(&self.folder));
    }
}

/// Where the script keeps the data and logs of a server.
fn directory(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("server")
}

/// The numbers of the last line, `58 cases judged, 2 unsupported, 0 untestable, …`, by the word behind them.
fn counts(output: &Output) -> HashMap<String, usize> {
    let text = stderr(output);
    let last = text.lines().last().unwrap_or_default();
    let parts = last.split(", ").filter_map(|part| part.split_once(' '));
    parts.filter_map(|(number, word)| Some((word.to_owned(), number.parse().ok()?))).collect()
}

/// `is_required` is set for the servers that `.ci/run` installs.
fn gets_through(name: &str, is_required: bool) {
    let Some(server) = Server::start(name, is_required) else { return };
    let _measuring = measuring();
    let output = server.run();
    let text = stderr(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{name}: {:?}\n{text}", output.status);
    let counts = counts(&output);
    let count = |word: &str| *counts.get(word).unwrap_or_else(|| panic!("{name}: `{word}` is not counted in\n{text}"));
    assert_eq!(count("untestable"), 0, "{name}\n{text}");
    assert_eq!(count("findings not reproduced"), 0, "{name}\n{text}");
    assert_eq!(count("cases judged") + count("unsupported"), CASES, "{name}\n{text}");
    assert!(count("cases judged") > CASES / 2, "{name}\n{text}");
}

macro_rules! servers {
    ($($(#[$attribute:meta])* $test:ident: $name:literal, required: $required:literal;)*) => {
        $($(#[$attribute])*
        #[test]
        fn $test() {
            gets_through($name, $required);
        })*

        /// The servers that a test starts.
        const TESTED: &[&str] = &[$($name),*];
    };
}

servers! {
    gets_through_docker_registry: "docker-registry", required: true;
    gets_through_docker_registry_with_basic_credentials: "docker-registry-htpasswd", required: true;
    gets_through_docker_registry_with_a_token_service: "docker-registry-token", required: true;
    gets_through_docker_registry_with_a_private_ca: "docker-registry-tls", required: true;
    gets_through_distribution_that_needs_all_platforms: "distribution-all", required: true;
    gets_through_distribution_that_needs_listed_platforms: "distribution-list", required: true;
    gets_through_crane: "crane", required: true;
    gets_through_ferro: "ferro", required: true;
    gets_through_olareg: "olareg", required: true;
    #[ignore = "slow: Gitea takes minutes to build"]
    gets_through_gitea: "gitea", required: false;
    #[ignore = "slow: Pulp takes most of a minute to start and answers some ten requests a second"]
    gets_through_pulp: "pulp", required: false;
}

#[test]
fn every_server_that_can_be_had_is_tested() {
    let output =
        Command::new("bash").args(["tests/servers/run", "list"]).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let list = String::from_utf8(output.unwrap().stdout).unwrap();
    let listed: Vec<_> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let untested: Vec<_> = listed.iter().filter(|name| !TESTED.contains(name)).collect();
    assert_eq!(untested, [&"zot"], "the module proxy does not serve it");
    assert!(TESTED.iter().all(|name| listed.contains(name)), "{listed:?}");
}

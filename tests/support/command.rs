//! Runs the binary under test.
#![allow(dead_code, reason = "each test program uses a part")]

use std::ffi::OsStr;
use std::process::{Command, Output};

pub fn manifuzz() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_manifuzz"));
    // The summary of a job is not for the runs of tests.
    command.env_remove("GITHUB_STEP_SUMMARY").env_remove("GITHUB_OUTPUT");
    command
}

/// Runs it in a new directory, which is removed when the second value is dropped.
pub fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> (Output, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let output = manifuzz().args(arguments).current_dir(&directory).output().unwrap();
    (output, directory)
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// `None` if the program is not installed; a panic if `MANIFUZZ_REQUIRE_SERVERS` is set.
pub fn if_installed<T>(program: &str, started: std::io::Result<T>) -> Option<T> {
    match started {
        Ok(started) => Some(started),
        Err(error) if std::env::var_os("MANIFUZZ_REQUIRE_SERVERS").is_some() => panic!("{program}: {error}"),
        Err(error) => {
            println!("skipped: {program} cannot be started: {error}");
            None
        }
    }
}

//! Runs `manifuzz check` for the tests of it.

use crate::command;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

/// Runs `check` with these arguments and this on standard input; its exit code and the lines it printed.
pub fn check(arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<Value>, String) {
    let mut child = command::manifuzz()
        .arg("check")
        .args(arguments)
        .args(["--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let rows = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), rows, String::from_utf8_lossy(&output.stderr).into_owned())
}

//! A command that builds a large covering array ends soon after a signal or its time limit.

use crate::command;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Starts a command that would build for hours, and sends it a signal after a while. Gives how long it took to end
/// after that, and what it said.
fn ends_after(arguments: &[&str], signal: Option<&str>) -> (Duration, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command::manifuzz()
        .args(arguments)
        .args(["--cover", "3", "--filter", "*", "--seed", "1"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut began = Instant::now();
    if let Some(signal) = signal {
        std::thread::sleep(Duration::from_secs(2));
        assert!(child.try_wait().unwrap().is_none(), "it is still building");
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        began = Instant::now();
    }
    while child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(10));
        if began.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            break;
        }
    }
    let took = began.elapsed();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (took, said)
}

#[test]
fn a_signal_stops_building_an_array() {
    for (command, signal) in [("gen", "-INT"), ("gen", "-TERM"), ("run", "-INT")] {
        let target: &[&str] = if command == "run" { &["embedded:clean"] } else { &[] };
        let (took, said) = ends_after(&[&[command], target].concat(), Some(signal));
        assert!(took < Duration::from_secs(2), "{command} {signal}: {took:?}: {said}");
    }
}

#[test]
fn the_time_of_a_run_bounds_the_building_of_its_array() {
    let (took, said) = ends_after(&["run", "embedded:clean", "--time", "2s"], None);
    assert!(took < Duration::from_secs(5), "{took:?}: {said}");
}

//! A program that isolates its network reaches nothing else and is otherwise the same.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::Command;

use manifuzz::consumers::clients::sandbox::{Network, PLAIN_HTTP_ADDRESS, PRIVATE_ADDRESS, isolate};

/// The variable with which the test starts itself.
const INNER: &str = "MANIFUZZ_TEST_ISOLATED";
const MARKER: &str = "MANIFUZZ_NETWORK_ISOLATED";

fn this_test(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("network::{name}"), "--nocapture"]).env(INNER, std::process::id().to_string());
    command
}

#[test]
fn an_isolated_program_reaches_what_it_serves_and_nothing_else() {
    if std::env::var_os(INNER).is_some() {
        match isolate() {
            Network::Isolated => {}
            Network::NotIsolated(reason) => {
                println!("\nnot isolated: {reason}");
                return;
            }
        }
        for address in ["127.0.0.1", "127.0.0.2", PLAIN_HTTP_ADDRESS, PRIVATE_ADDRESS] {
            let listener = TcpListener::bind((address, 0)).unwrap();
            TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        }
        let outside = UdpSocket::bind("0.0.0.0:0").unwrap().connect("192.0.2.1:9").is_err();
        println!("\nisolated: process {}, outside is unreachable: {outside}", std::process::id());
        std::process::exit(7);
    }
    let child = this_test("an_isolated_program_reaches_what_it_serves_and_nothing_else")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    if let Some(line) = text.lines().find(|line| line.starts_with("not isolated: ")) {
        assert!(std::env::var_os("MANIFUZZ_REQUIRE_SERVERS").is_none(), "{line}");
        println!("skipped: {line}");
        return;
    }
    // The same process and its exit code: a program that waits for manifuzz sees no difference.
    let expected = format!("isolated: process {id}, outside is unreachable: true");
    assert!(text.lines().any(|line| line == expected), "expected `{expected}` in: {text}");
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn a_marker_that_is_not_true_is_not_believed() {
    if std::env::var_os(INNER).is_some() {
        println!("\n{:?}", isolate());
        return;
    }
    let others = std::fs::read_to_string("/proc/self/net/dev").unwrap_or_default();
    if others.lines().filter(|line| line.contains(':')).count() < 2 {
        println!("skipped: this machine has no network");
        return;
    }
    let output = this_test("a_marker_that_is_not_true_is_not_believed").env(MARKER, "1").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("NotIsolated(") && text.contains("beside loopback"), "{text}");
}

#[test]
fn a_system_that_refuses_is_reported_with_the_reason() {
    if std::env::var_os(INNER).is_some() {
        println!("\n{:?}", isolate());
        return;
    }
    let empty = tempfile::tempdir().unwrap();
    let mut command = this_test("a_system_that_refuses_is_reported_with_the_reason");
    let output = command.env("PATH", empty.path()).env_remove(MARKER).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("NotIsolated(\"unshare: No such file or directory"), "{text}");
    let refusing = empty.path().join("unshare");
    std::os::unix::fs::symlink("/bin/false", refusing).unwrap();
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("NotIsolated(\"unshare failed\")"), "{text}");
}

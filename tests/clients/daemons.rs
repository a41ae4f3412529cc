//! A daemon is started once, serves several commands, and ends with all that it started.

use std::time::Duration;

use manifuzz::consumers::clients::sandbox::{Daemon, Limits, Means, run};
use manifuzz::exchange::client::{Ending, Overrun};

use crate::marked::{Client, LIMITS};

const PATIENCE: Duration = Duration::from_secs(60);

/// Starts children in other sessions, as container engines do, and does what it is told by a file.
const DAEMON: &str = "setsid sleep 1000 & (setsid sleep 1000 &); sleep 0.3; echo x > $HOME/ready
    while :; do if [ -e $HOME/work ]; then head -c 100000 /dev/zero >> $HOME/data; fi; sleep 0.01; done";

#[test]
fn a_daemon_is_ready_when_it_says_so_and_ends_with_its_children() {
    let client = Client::new(DAEMON);
    let daemon = Daemon::start(client.command.clone(), &client.other("test -e $HOME/ready"), PATIENCE).unwrap();
    assert!(client.folder.home().join("ready").exists() && daemon.is_running());
    assert!(client.left() >= 3, "{}", client.left());
    let ended = run(&client.other("sleep 0.1; exit 5"), &LIMITS, &daemon.watch(&LIMITS)).unwrap();
    assert_eq!((ended.ending, ended.overrun), (Ending::Exit(5), None));
    assert!(daemon.is_running());
    drop(daemon);
    assert_eq!(client.left(), 0);
}

#[test]
fn a_command_is_ended_for_what_it_lets_the_daemon_do() {
    let client = Client::new(DAEMON);
    let mut command = client.command.clone();
    command.watched = client.folder.home();
    let daemon = Daemon::start(command, &client.other("test -e $HOME/ready"), PATIENCE).unwrap();
    let limits = Limits { disk: 1 << 20, ..LIMITS };
    let mut command = client.other("echo x > $HOME/work; sleep 1000");
    command.watched = client.folder.out();
    let ended = run(&command, &limits, &daemon.watch(&limits)).unwrap();
    assert_eq!((ended.ending, ended.overrun), (Ending::Timeout, Some(Overrun::Disk)));
}

#[test]
fn a_daemon_that_does_not_get_ready_is_trouble_with_its_last_words_and_leaves_nothing() {
    let patience = Duration::from_millis(500);
    let client = Client::new("echo address in use >&2; setsid sleep 1000 & sleep 0.1; exit 1");
    let trouble = Daemon::start(client.command.clone(), &client.other("false"), PATIENCE).unwrap_err();
    assert!(trouble.cause.ends_with("it ended before it was ready; it printed: address in use"), "{trouble}");
    assert_eq!(client.left(), 0);

    let client = Client::new("echo still waiting >&2; sleep 1000");
    let trouble = Daemon::start(client.command.clone(), &client.other("false"), patience).unwrap_err();
    assert!(trouble.cause.ends_with("fails; it printed: still waiting"), "{trouble}");
    assert_eq!(client.left(), 0);
}

/// Debian's engine writes to these folders, whatever its options are; it gets empty ones in its namespace.
const ENGINE: &str = r#"mount -n -t tmpfs tmpfs /run && mount -n -t tmpfs tmpfs /opt && cd "$HOME" && echo {} > daemon.json &&
    exec dockerd --config-file "$HOME/daemon.json" --host "unix://$HOME/docker.sock" --data-root "$HOME/data" \
    --exec-root "$HOME/exec" --pidfile "$HOME/pid" --storage-driver=vfs --bridge=none --iptables=false"#;

#[test]
fn a_container_engine_ends_with_the_programs_it_started() {
    // Mounts must be in a namespace, and the engine needs root.
    let is_installed = std::process::Command::new("dockerd").arg("--version").output().is_ok();
    if !is_installed || Means::best() != Means::Namespace {
        assert!(std::env::var_os("MANIFUZZ_REQUIRE_SERVERS").is_none(), "dockerd is not installed, or not as root");
        println!("skipped: dockerd is not installed, or this is not root");
        return;
    }
    let client = Client::new(ENGINE);
    let ready = client.other("docker --host unix://$HOME/docker.sock version");
    let daemon = Daemon::start(client.command.clone(), &ready, PATIENCE).unwrap();
    let ended = run(&client.other("docker --host unix://$HOME/docker.sock images"), &LIMITS, &|| None).unwrap();
    assert_eq!(ended.ending, Ending::Exit(0));
    assert!(client.left() >= 2, "the engine starts containerd: {}", client.left());
    drop(daemon);
    assert_eq!(client.left(), 0);
    let scratch = client.folder.watched().to_owned();
    drop(client);
    assert!(!scratch.exists());
}

//! One fake client for each way to end, with the best means of the system and with the last.

use std::cell::Cell;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use manifuzz::consumers::clients::sandbox::{ERROR_OUTPUT, Ended, Folder, Limits, Means, run, run_by};
use manifuzz::exchange::client::{Ending, Overrun};

use crate::marked::{Client, LIMITS, running};

/// Runs a script by all means; nothing of it may be left.
fn ended(script: &str, limits: &Limits) -> Vec<Ended> {
    let run = |means| {
        let client = Client::new(script);
        let ended = run_by(means, &client.command, limits, &|| None).unwrap();
        assert_eq!(client.left(), 0, "{means:?}: {script}");
        ended
    };
    let last = (Means::best() != Means::Tree).then_some(Means::Tree);
    [Means::best()].into_iter().chain(last).map(run).collect()
}

fn assert_ended(script: &str, limits: &Limits, ending: Ending, overrun: Option<Overrun>) {
    for ended in ended(script, limits) {
        let errors = String::from_utf8_lossy(&ended.error_output);
        assert_eq!((ended.ending, ended.overrun), (ending, overrun), "{script}: {errors}");
    }
}

#[test]
fn a_client_that_ends_by_itself_leaves_its_output_and_its_exit_code() {
    for ended in ended("pwd; echo unknown manifest >&2; exit 3", &LIMITS) {
        assert_eq!((ended.ending, ended.overrun), (Ending::Exit(3), None));
        let output = String::from_utf8(ended.output).unwrap();
        assert!(output.ends_with("/out\n") && ended.output_is_complete, "{output}");
        assert_eq!(ended.error_output, b"unknown manifest\n");
    }
    assert_ended("true", &LIMITS, Ending::Exit(0), None);
}

#[test]
fn a_client_inherits_nothing_of_the_environment_beyond_the_path() {
    for ended in ended("env", &LIMITS) {
        let text = String::from_utf8(ended.output).unwrap();
        let names: Vec<_> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        assert!(names.contains(&"HOME") && names.contains(&"DOCKER_CONFIG"), "{text}");
        assert!(!names.iter().any(|name| name.starts_with("CARGO")), "{text}");
    }
}

#[test]
fn a_signal_is_told_from_the_exit_code_by_which_a_shell_reports_it() {
    for (signal, name) in [(11, "SEGV"), (6, "ABRT"), (9, "KILL"), (15, "TERM")] {
        assert_ended(&format!("kill -{name} $$"), &LIMITS, Ending::Signal(signal), None);
    }
    assert_ended("exit 139", &LIMITS, Ending::Exit(139), None);
}

#[test]
fn a_client_that_hangs_is_ended_with_its_children() {
    let limits = Limits { time: Duration::from_secs(1), ..LIMITS };
    let script = "trap '' TERM INT HUP; sleep 1000 & setsid sleep 1000 & wait";
    assert_ended(script, &limits, Ending::Timeout, None);
}

#[test]
fn what_a_client_leaves_running_is_ended() {
    let script = "(setsid sh -c 'sleep 1000 & sleep 1000' >/dev/null 2>&1 &) ; sleep 1000 & exit 4";
    assert_ended(script, &LIMITS, Ending::Exit(4), None);
}

#[test]
fn a_client_that_forks_without_end_is_ended() {
    // Bounded, for systems on which this fails.
    let script = r#"f() { if [ "$1" -gt 0 ]; then f $(($1 - 1)) & f $(($1 - 1)) & wait; else sleep 1000; fi; }; f 9"#;
    assert_ended(script, &LIMITS, Ending::Timeout, Some(Overrun::Processes));
}

#[test]
fn a_client_that_fills_its_folder_is_ended() {
    for script in [
        "while :; do head -c 100000 /dev/zero >> $HOME/large; done",
        "cat /dev/zero > large",
        "cat /dev/zero > ../../outside",
        "head -c 20000000 /dev/zero > large; exit 0",
        "i=0; while :; do head -c 100000 /dev/zero > file$i; i=$((i + 1)); done",
    ] {
        assert_ended(script, &LIMITS, Ending::Timeout, Some(Overrun::Disk));
    }
    let limits = Limits { disk: 100_000, ..LIMITS };
    let script = "i=0; while :; do : > file$i; i=$((i + 1)); done";
    assert_ended(script, &limits, Ending::Timeout, Some(Overrun::Disk));
}

#[test]
fn what_was_in_the_folder_before_does_not_count() {
    let client = Client::new("head -c 1000000 /dev/zero > more");
    std::fs::write(client.folder.layout().join("blob"), vec![1; 9 << 20]).unwrap();
    assert_eq!(run(&client.command, &LIMITS, &|| None).unwrap().overrun, None);
}

#[test]
fn a_client_that_eats_memory_is_ended() {
    let limits = Limits { memory: 48 << 20, ..LIMITS };
    let script = "x=0123456789abcdef; while :; do x=$x$x; done";
    for ended in ended(script, &limits) {
        assert_eq!((ended.ending, ended.overrun), (Ending::Timeout, Some(Overrun::Memory)));
        assert!(ended.peak_memory > limits.memory, "{}", ended.peak_memory);
    }
}

#[test]
fn forked_processes_that_share_their_memory_are_within_the_limit() {
    let limits = Limits { memory: 48 << 20, ..LIMITS };
    let grow = "x=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do x=$x$x; done";
    let script = format!("{grow}; for i in 1 2 3 4 5 6; do (sleep 0.3; :) & done; wait");
    for ended in ended(&script, &limits) {
        assert_eq!((ended.ending, ended.overrun), (Ending::Exit(0), None));
        assert!(ended.peak_memory > limits.memory, "the script no longer tests this: {}", ended.peak_memory);
    }
}

#[test]
fn of_endless_messages_the_end_is_kept() {
    let limits = Limits { time: Duration::from_secs(1), ..LIMITS };
    for ended in ended("i=0; while :; do echo line $i >&2; i=$((i + 1)); done", &limits) {
        assert_eq!(ended.ending, Ending::Timeout);
        assert_eq!(ended.error_output.len(), ERROR_OUTPUT);
        assert!(!ended.error_output.windows(7).any(|window| window == b"line 0\n"));
    }
    for ended in ended("yes", &limits) {
        assert_eq!((ended.ending, ended.output_is_complete), (Ending::Timeout, false));
        assert!(ended.output.starts_with(b"y\ny\n"));
    }
}

#[test]
fn a_client_that_sends_too_many_requests_is_ended() {
    let client = Client::new("sleep 1000");
    let asked = Cell::new(0);
    let over = || {
        asked.set(asked.get() + 1);
        (asked.get() == 3).then_some(Overrun::Requests)
    };
    let ended = run(&client.command, &LIMITS, &over).unwrap();
    assert_eq!((ended.ending, ended.overrun, asked.get()), (Ending::Timeout, Some(Overrun::Requests), 3));
    assert_eq!(client.left(), 0);
}

#[test]
fn what_a_client_writes_outside_of_its_folder_is_found_and_removed() {
    let absolute = Path::new("/tmp/manifuzz-absolute-title");
    let script = "echo x > inside; echo x > ../outside; echo x > ../../../title; chmod 0 ..
        echo x > /tmp/manifuzz-absolute-title; mkdir -p locked/a; chmod 0 locked";
    let client = Client::in_folder(script, Folder::new(true).unwrap());
    let ended = run(&client.command, &LIMITS, &|| None).unwrap();
    assert_eq!(ended.ending, Ending::Exit(0), "{}", String::from_utf8_lossy(&ended.error_output));
    let escaped: Vec<_> = client.folder.escaped().into_iter().map(|one| one.path).collect();
    assert_eq!(escaped, ["/tmp/manifuzz-absolute-title", "../../../title", "../outside"]);
    let scratch = client.folder.watched().to_owned();
    drop(client);
    assert!(!absolute.exists() && !scratch.exists());
}

#[test]
fn a_program_that_is_not_installed_is_trouble_with_its_name() {
    let mut client = Client::new("true");
    client.command.arguments = vec!["no-such-client".to_owned(), "pull".to_owned()];
    let trouble = run(&client.command, &LIMITS, &|| None).unwrap_err().to_string();
    assert_eq!(trouble, "run `no-such-client pull` on this machine: no-such-client is not on the PATH");
    client.command.arguments = vec!["/etc/passwd".to_owned()];
    let trouble = run(&client.command, &LIMITS, &|| None).unwrap_err().to_string();
    assert!(trouble.ends_with("/etc/passwd is not an executable file"), "{trouble}");
}

/// The variable with which the next test starts itself.
const INNER: &str = "MANIFUZZ_TEST_KILLED";

#[test]
fn a_client_ends_when_manifuzz_is_killed() {
    if std::env::var_os(INNER).is_some() {
        let client = Client::new("setsid sleep 1000 & echo x > ../ready; sleep 1000");
        println!("\nMARK={}", client.command.environment.last().unwrap().1);
        run(&client.command, &LIMITS, &|| None).unwrap();
        return;
    }
    if Means::best() == Means::Tree {
        println!("skipped: this system does not allow namespaces for process ids");
        return;
    }
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "sandbox::a_client_ends_when_manifuzz_is_killed", "--nocapture"]);
    // The folders that the killed program leaves.
    let folder = tempfile::tempdir().unwrap();
    let mut manifuzz = command.env(INNER, "1").env("TMPDIR", folder.path()).stdout(Stdio::piped()).spawn().unwrap();
    let output = std::io::BufReader::new(manifuzz.stdout.take().unwrap());
    let mut lines = std::io::BufRead::lines(output).map(Result::unwrap);
    let mark = lines.find(|line| line.starts_with("MARK=")).unwrap();
    let until = |is_done: &dyn Fn(usize) -> bool| {
        let is_done = || is_done(running(&mark));
        (0..1000).any(|_| {
            is_done() || {
                std::thread::sleep(Duration::from_millis(10));
                false
            }
        })
    };
    let has_started = until(&|running| running >= 3);
    manifuzz.kill().unwrap();
    manifuzz.wait().unwrap();
    assert!(has_started && until(&|running| running == 0), "{} are left", running(&mark));
}

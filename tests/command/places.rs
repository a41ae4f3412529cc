//! Where a corpus file may be: devices, pipes, folders, links, permissions, and the lock beside it.

use crate::command;
use std::fs::{self, Permissions};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use manifuzz::error::Input;
use manifuzz::exchange::case_id;
use manifuzz::findings::{Corpus, Record, Row};
use rustix::fs::{CWD, FileType, Mode, mknodat};

fn record(key: &str) -> Record {
    let row = Row {
        id: case_id("a=b"),
        shape: "a=b".into(),
        class: "hang".into(),
        grade: "warning".into(),
        stage: "manifest-put".into(),
        target: "t".into(),
        key: key.into(),
        ..Row::default()
    };
    row.try_into().unwrap()
}

/// Adds a row to the file.
fn write(corpus: &mut Corpus, key: &str) -> Result<(), Input> {
    corpus.merge(record(key));
    corpus.save()
}

fn pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
}

/// A short run that finds something; it must end by itself.
fn run(corpus: &Path, folder: &Path) -> Output {
    let mut child = command::manifuzz()
        .args(["run", "embedded:distribution", "--cases", "60", "--seed", "1", "--format", "pretty", "--corpus"])
        .arg(corpus)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
        if began.elapsed() > Duration::from_secs(59) {
            child.kill().unwrap();
            panic!("{} makes it hang", corpus.display());
        }
    }
    child.wait_with_output().unwrap()
}

#[test]
fn only_regular_files_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    pipe(&at("pipe"));
    fs::create_dir(at("inside")).unwrap();
    symlink("/dev/null", at("null.csv")).unwrap();
    symlink("pipe", at("pipe.csv")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    for (path, kind) in [
        ("/dev/null".into(), "a device"),
        ("/dev/stdout".into(), "a pipe"),
        (at("pipe"), "a pipe"),
        (at("inside"), "a directory"),
        (at("null.csv"), "a device"),
        (at("pipe.csv"), "a pipe"),
        (at("socket"), "a socket"),
    ] {
        let output = run(&path, folder.path());
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{}: {err}", path.display());
        assert!(err.contains(kind) && err.contains("--corpus"), "{}: {err}", path.display());
        // What standard output of this process is, is not up to the test.
        if path.as_os_str() == "/dev/stdout" {
            continue;
        }
        let error = Corpus::read_only(&path).map(|_| ()).unwrap_err();
        // A socket is not opened at all.
        assert!(error.to_string().contains(kind) || kind == "a socket", "{}: {error}", path.display());
    }
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert!(fs::symlink_metadata(at("pipe")).unwrap().file_type().is_fifo());
    assert!(fs::symlink_metadata(at("null.csv")).unwrap().file_type().is_symlink());
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 5, "nothing is left beside them: {names:?}");
}

#[test]
fn links_lead_to_one_file_and_one_lock_even_before_the_file_exists() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("real")).unwrap();
    symlink("real", at("folder")).unwrap();
    symlink("folder/cases.csv", at("one.csv")).unwrap();
    symlink(at("one.csv"), at("two.csv")).unwrap();
    for there in [false, true] {
        let mut first = Corpus::open(&at("two.csv")).unwrap();
        for other in ["one.csv", "two.csv", "folder/cases.csv", "real/cases.csv", "real/../real/cases.csv"] {
            let error = Corpus::open(&at(other)).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains("another manifuzz process is writing to it"), "{other}, {there}: {error}");
        }
        write(&mut first, if there { "second" } else { "first" }).unwrap();
    }
    for link in ["one.csv", "two.csv"] {
        assert!(fs::symlink_metadata(at(link)).unwrap().file_type().is_symlink(), "{link} is replaced");
    }
    assert!(fs::symlink_metadata(at("real/cases.csv")).unwrap().is_file());
    assert_eq!(Corpus::read_only(&at("one.csv")).unwrap().records().len(), 2);
    symlink("round.csv", at("round.csv")).unwrap();
    assert!(Corpus::open(&at("round.csv")).is_err());
}

#[test]
fn hard_linked_and_read_only_files_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&mut Corpus::open(&at("cases.csv")).unwrap(), "k").unwrap();
    let before = fs::read(at("cases.csv")).unwrap();
    let refused = |why: &str| {
        let output = run(&at("cases.csv"), folder.path());
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains(why), "{err}");
        assert_eq!(fs::read(at("cases.csv")).unwrap(), before);
    };
    fs::hard_link(at("cases.csv"), at("other.csv")).unwrap();
    refused("2 hard links");
    fs::remove_file(at("other.csv")).unwrap();
    fs::set_permissions(at("cases.csv"), Permissions::from_mode(0o444)).unwrap();
    refused("no write permission");
    fs::set_permissions(at("cases.csv"), Permissions::from_mode(0o640)).unwrap();
    assert_eq!(run(&at("cases.csv"), folder.path()).status.code(), Some(1));
    assert_eq!(fs::metadata(at("cases.csv")).unwrap().mode() & 0o777, 0o640, "it is as open as it was");
    // Also where it became so while a run was on.
    let mut corpus = Corpus::open(&at("cases.csv")).unwrap();
    fs::hard_link(at("cases.csv"), at("other.csv")).unwrap();
    assert!(write(&mut corpus, "l").unwrap_err().to_string().contains("2 hard links"));
}

#[test]
fn the_lock_does_not_follow_links_and_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("precious"), "content").unwrap();
    symlink("precious", at(".cases.csv.lock")).unwrap();
    let error = Corpus::open(&at("cases.csv")).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains(".cases.csv.lock") && error.contains("not a regular file"), "{error}");
    assert_eq!(fs::read(at("precious")).unwrap(), b"content");
    // One that a killed run left is taken over as it is.
    fs::remove_file(at(".cases.csv.lock")).unwrap();
    fs::write(at(".cases.csv.lock"), "left").unwrap();
    let corpus = Corpus::open(&at("cases.csv")).unwrap();
    assert_eq!(fs::read(at(".cases.csv.lock")).unwrap(), b"left");
    drop(corpus);
    assert!(!at(".cases.csv.lock").exists());
    pipe(&at(".cases.csv.lock"));
    assert!(Corpus::open(&at("cases.csv")).is_err());
    fs::remove_file(at(".cases.csv.lock")).unwrap();
    // After a run that writes, and after one that finds nothing.
    for target in ["embedded:distribution", "embedded:clean"] {
        let output = command::manifuzz()
            .args(["run", target, "--cases", "1", "--seed", "1", "--corpus", "new.csv"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(!at(".new.csv.lock").exists());
    }
}

/// The file of a lock that is removed may have been opened before by somebody who locks it after: were he let in, he
/// would write beside the one who made a new file, and one of them would lose what the other wrote.
#[test]
fn removing_the_lock_never_admits_two_writers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    const WRITERS: usize = 6;
    const ROWS: usize = 25;
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || {
                for row in 0..ROWS {
                    let mut corpus = loop {
                        match Corpus::open(path) {
                            Ok(corpus) => break corpus,
                            Err(error) => assert!(error.to_string().contains("another manifuzz"), "{error}"),
                        }
                        std::thread::yield_now();
                    };
                    write(&mut corpus, &format!("{writer} {row}")).unwrap();
                }
            });
        }
    });
    assert_eq!(Corpus::read_only(&path).unwrap().records().len(), WRITERS * ROWS);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

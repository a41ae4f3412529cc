//! Registries that go down or break for good in the middle of a run: a real process that exits, with and without somebody
//! who starts it again, and servers that fail on everything after one push.

use crate::command::stderr;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::faulty::{self, Fault};
use crate::serving::measuring;
use manifuzz::compare::Grade;
use manifuzz::findings::{Corpus, Record};
use manifuzz::registry::{Profile, Registry};

/// The server's side of this program: where this is set, the test below serves there, and exits on the fatal push.
const SERVE_AT: &str = "MANIFUZZ_TEST_SERVE_AT";
/// What an image manifest ends with where nothing but `annotations=text` deviates.
const FATAL: &str = "}],\"annotations\":\"annotations\"}";
/// The cases that can hold it, and some others.
const CASES: [&str; 2] = ["--filter", "annotations"];

#[test]
fn server_process() {
    let Ok(address) = std::env::var(SERVE_AT) else { return };
    let listener = TcpListener::bind(address).unwrap();
    let exits = |request: &http::Request<bytes::Bytes>| match faulty::pushes(request, FATAL) {
        true => Fault::Exit,
        false => Fault::None,
    };
    faulty::serve(listener, Arc::new(Registry::new(&Profile::clean())), Arc::new(exits));
}

/// A server in a process of its own.
fn spawn(address: SocketAddr) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "restarts::server_process", "--nocapture"])
        .env(SERVE_AT, address.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn is_up(address: SocketAddr) -> bool {
    (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        std::net::TcpStream::connect(address).is_ok()
    })
}

fn manifuzz(address: SocketAddr, corpus: &Path, more: &[&str]) -> Output {
    faulty::run_on(address, corpus, more).output().unwrap()
}

fn rows(corpus: &Path) -> Vec<Record> {
    if !corpus.exists() {
        return Vec::new();
    }
    Corpus::read_only(corpus).unwrap().records().into_iter().cloned().collect()
}

#[test]
fn an_exit_on_one_shape_is_found_and_shrunk_where_the_server_is_started_again() {
    let address = free_address();
    let over = Arc::new(AtomicBool::new(false));
    let is_over = Arc::clone(&over);
    let supervisor = std::thread::spawn(move || {
        let mut starts = 0;
        while !is_over.load(Ordering::Relaxed) && starts < 200 {
            let mut server = spawn(address);
            starts += 1;
            while server.try_wait().unwrap().is_none() {
                if is_over.load(Ordering::Relaxed) {
                    server.kill().unwrap();
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        starts
    });
    assert!(is_up(address));
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("cases.csv");
    let output = manifuzz(address, &corpus, &[&CASES[..], &["--cases", "40"]].concat());
    over.store(true, Ordering::Relaxed);
    let starts = supervisor.join().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let rows = rows(&corpus);
    let dropped: Vec<&Record> = rows.iter().filter(|row| row.class.as_str() == "dropped").collect();
    let shapes: Vec<&str> = dropped.iter().map(|row| row.shape.as_str()).collect();
    assert_eq!(shapes, ["annotations=text"], "{}", stderr(&output));
    assert_eq!(dropped[0].reproduced, Some(3));
    assert!(stderr(&output).contains("waiting up to 60 s"), "{}", stderr(&output));
    assert!(starts > 3, "{starts} starts");
}

#[test]
fn an_exit_without_a_restart_is_a_row_for_each_case_in_flight() {
    let _measuring = measuring();
    let address = free_address();
    let mut server = spawn(address);
    assert!(is_up(address));
    let folder = tempfile::tempdir().unwrap();
    let (corpus, results) = (folder.path().join("cases.csv"), folder.path().join("results"));
    let before = Instant::now();
    let more = ["--cases", "40", "--restart-wait", "2s", "--results", results.to_str().unwrap()];
    let output = manifuzz(address, &corpus, &[&CASES[..], &more].concat());
    assert!(before.elapsed() < Duration::from_secs(20), "it ends soon after the wait");
    assert_eq!(server.wait().unwrap().code(), Some(7));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let rows: Vec<Record> = rows(&corpus).into_iter().filter(|row| row.class.as_str() == "dropped").collect();
    let in_flight = match rows.len() {
        1 => "the only case in flight when the target went down".to_owned(),
        several => format!("one of the {several} cases in flight when the target went down"),
    };
    assert!(!rows.is_empty(), "{}", stderr(&output));
    for row in &rows {
        assert_eq!((row.reproduced, row.grade, row.note.as_str()), (Some(0), Grade::Warning, in_flight.as_str()));
    }
    assert!(rows.iter().any(|row| row.shape.as_str().contains("annotations=text")), "{rows:#?}");
    let run = std::fs::read_to_string(results.join("run.json")).unwrap();
    assert!(run.contains("\"lost\": true"), "{run}");
    assert!(stderr(&output).contains("no longer answers"), "{}", stderr(&output));
}

#[test]
fn a_server_that_fails_on_everything_after_one_push_is_one_row() {
    let broken = Arc::new(AtomicBool::new(false));
    let address = faulty::start(&Profile::clean(), move |request| {
        if faulty::pushes(request, FATAL) {
            broken.store(true, Ordering::SeqCst);
        }
        if broken.load(Ordering::SeqCst) { Fault::Status(500) } else { Fault::None }
    });
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("cases.csv");
    let output = manifuzz(address, &corpus, &["--cases", "300", "--jobs", "1", "--restart-wait", "2s"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let rows: Vec<Record> = rows(&corpus).into_iter().filter(|row| row.grade > Grade::Note).collect();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    let row = &rows[0];
    assert_eq!((row.class.as_str(), row.reproduced, row.grade), ("server-error", Some(0), Grade::Warning));
    assert_eq!(row.note, "every request failed from this case on");
    assert!(row.shape.as_str().contains("annotations=text"), "{}", row.shape);
}

#[test]
fn a_full_disk_is_not_a_finding_about_later_cases() {
    let pushes = AtomicUsize::new(0);
    let address = faulty::start(&Profile::clean(), move |request| {
        let is_write = matches!(request.method().as_str(), "PUT" | "POST" | "PATCH");
        let full = is_write && pushes.fetch_add(1, Ordering::SeqCst) > 400;
        if full { Fault::Status(507) } else { Fault::None }
    });
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("cases.csv");
    let output = manifuzz(address, &corpus, &["--cases", "600", "--restart-wait", "1s"]);
    let rows: Vec<Record> = rows(&corpus).into_iter().filter(|row| row.grade > Grade::Note).collect();
    assert_eq!(rows.len(), 1, "{rows:#?}\n{}", stderr(&output));
    assert_eq!((rows[0].reproduced, rows[0].note.as_str()), (Some(0), "every request failed from this case on"));
}

#[test]
fn a_broken_node_in_rotation_is_not_a_finding_about_a_case() {
    for (fault, jobs) in [(Fault::Status(500), "1"), (Fault::Status(500), "8"), (Fault::Drop, "1")] {
        let requests = AtomicUsize::new(0);
        let address = faulty::start(&Profile::clean(), move |request| {
            let is_push = request.method() == http::Method::PUT && request.uri().path().contains("/manifests/");
            // The first requests probe what the target can do: then the node breaks.
            let n = requests.fetch_add(usize::from(is_push), Ordering::SeqCst);
            if is_push && n > 40 && n.is_multiple_of(2) { fault } else { Fault::None }
        });
        let folder = tempfile::tempdir().unwrap();
        let corpus = folder.path().join("cases.csv");
        let output = manifuzz(address, &corpus, &["--cases", "200", "--jobs", jobs, "--restart-wait", "1s"]);
        let rows: Vec<Record> = rows(&corpus).into_iter().filter(|row| row.grade > Grade::Note).collect();
        assert!(rows.is_empty(), "{fault:?}, {jobs} jobs: {rows:#?}");
        let is_hidden = fault == Fault::Drop;
        assert!(is_hidden || stderr(&output).contains("the target is flaky"), "{}", stderr(&output));
    }
}

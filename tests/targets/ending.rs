//! How a run ends: signals, `--time`, targets that cannot be tested, and the exit code each time.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::faulty::{self, Fault};
use crate::registry::planted;
use crate::serving::measuring;
use manifuzz::engine::{CeilingEnd, Ceilings};
use manifuzz::findings::Corpus;
use manifuzz::registry::Profile;
use manifuzz::transport::open;

fn manifuzz(address: SocketAddr, corpus: &Path, more: &[&str]) -> Child {
    faulty::run_on(address, corpus, more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The exit code, standard output and standard error of a process that has ended or will soon.
fn ended(mut run: Child) -> (Option<i32>, String, String) {
    let (mut out, mut err) = (String::new(), String::new());
    run.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    run.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (run.wait().unwrap().code(), out, err)
}

/// A registry that takes 5 ms for each answer and refuses what has annotations.
fn slow() -> SocketAddr {
    slow_by(5)
}

/// It takes so many milliseconds for each answer.
fn slow_by(milliseconds: u64) -> SocketAddr {
    let profile = planted(&["refuses-annotations"]);
    faulty::start(&profile, move |_| Fault::Slow(milliseconds))
}

#[test]
fn each_signal_ends_a_run_with_its_rows_within_two_seconds() {
    let _measuring = measuring();
    for signal in ["INT", "TERM", "HUP"] {
        let folder = tempfile::tempdir().unwrap();
        let corpus = folder.path().join("cases.csv");
        let run = manifuzz(slow(), &corpus, &["--cases", "5000"]);
        std::thread::sleep(Duration::from_secs(5));
        let sent = Instant::now();
        assert!(Command::new("kill").args(["-s", signal, &run.id().to_string()]).status().unwrap().success());
        let (code, out, err) = ended(run);
        assert!(sent.elapsed() < Duration::from_secs(2), "{signal}: {:?}", sent.elapsed());
        assert_eq!(code, Some(130), "{signal}: {err}");
        let rows = Corpus::read_only(&corpus).unwrap().records().len();
        assert!(rows > 0 && out.lines().count() == rows, "{signal}: {rows} rows, {} lines", out.lines().count());
        assert!(err.contains("cases judged") && err.contains("not run"), "{signal}: {err}");
    }
}

#[test]
fn time_bounds_the_run_and_unshrunk_findings_are_marked() {
    let _measuring = measuring();
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("cases.csv");
    let begun = Instant::now();
    let (code, _, err) = ended(manifuzz(slow_by(40), &corpus, &["--time", "4s", "--cover", "2"]));
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
    assert_eq!(code, Some(1), "{err}");
    let recorded = Corpus::read_only(&corpus).unwrap();
    let rows = recorded.records();
    let unshrunk: Vec<_> = rows.iter().filter(|row| row.note.contains("not shrunk: the run ended")).collect();
    assert!(!unshrunk.is_empty(), "{err}");
    assert!(unshrunk.iter().all(|row| row.reproduced < Some(3)), "what was reproduced and shrunk is not among them");
    assert!(err.contains("repeats it"), "{err}");
}

#[test]
fn a_target_that_answers_401_after_probing_is_untestable() {
    let pushes = AtomicUsize::new(0);
    let address = faulty::start(&Profile::clean(), move |request| {
        let is_push = request.method() == http::Method::PUT && request.uri().path().contains("/manifests/");
        let n = pushes.fetch_add(usize::from(is_push), Ordering::SeqCst);
        if n > 30 { Fault::Status(401) } else { Fault::None }
    });
    let folder = tempfile::tempdir().unwrap();
    let (code, _, err) = ended(manifuzz(address, &folder.path().join("cases.csv"), &["--cases", "500"]));
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains("20 cases in a row could not be tested"), "{err}");
}

#[test]
fn a_denied_access_is_no_limit() {
    let pushes = AtomicUsize::new(0);
    let address = faulty::start(&Profile::clean(), move |request| {
        let is_push = request.method() == http::Method::PUT && request.uri().path().contains("/manifests/");
        let n = pushes.fetch_add(usize::from(is_push), Ordering::SeqCst);
        if n > 10 { Fault::Status(401) } else { Fault::None }
    });
    let target = open(&format!("http://{address}/a/b"), &crate::registry::opening()).unwrap();
    let found = Ceilings::new(target.as_ref()).measure(|_| Ok(())).unwrap();
    for limit in found {
        let is_partial = matches!(&limit.end, CeilingEnd::Partial(why) if why.contains("answered 401"));
        assert!(is_partial, "{limit:?}");
    }
}

#[test]
fn a_single_401_does_not_end_a_run() {
    let pushes = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&pushes);
    let address = faulty::start(&Profile::clean(), move |request| {
        let is_push = request.method() == http::Method::PUT && request.uri().path().contains("/manifests/");
        let n = seen.fetch_add(usize::from(is_push), Ordering::SeqCst);
        if is_push && n == 60 { Fault::Status(401) } else { Fault::None }
    });
    let folder = tempfile::tempdir().unwrap();
    let (code, _, err) = ended(manifuzz(address, &folder.path().join("cases.csv"), &["--cases", "200"]));
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("200 cases judged"), "{err}");
    assert!(pushes.load(Ordering::SeqCst) > 200);
}

#[test]
fn a_target_that_accepts_and_never_answers_is_given_up_within_three_deadlines() {
    let _measuring = measuring();
    let address = faulty::start(&Profile::clean(), |_| Fault::Hang);
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let (code, _, err) = ended(manifuzz(address, &folder.path().join("cases.csv"), &["--cases", "500"]));
    assert_eq!(code, Some(3), "{err}");
    assert!(begun.elapsed() < Duration::from_secs(17), "{:?}", begun.elapsed());
    assert!(!folder.path().join("cases.csv").exists(), "nothing was written");
}

#[test]
fn a_target_that_falls_silent_in_the_middle_is_given_up_within_three_deadlines() {
    let _measuring = measuring();
    let pushes = AtomicUsize::new(0);
    let silent = Arc::new(OnceLock::new());
    let began = Arc::clone(&silent);
    let address = faulty::start(&Profile::clean(), move |request| {
        let is_push = request.method() == http::Method::PUT && request.uri().path().contains("/manifests/");
        let n = pushes.fetch_add(usize::from(is_push), Ordering::SeqCst);
        if n > 60 {
            began.get_or_init(Instant::now);
            return Fault::Hang;
        }
        Fault::None
    });
    let folder = tempfile::tempdir().unwrap();
    let (_, _, err) = ended(manifuzz(address, &folder.path().join("cases.csv"), &["--cases", "500"]));
    let silence = silent.get().unwrap().elapsed();
    assert!(silence < Duration::from_secs(20), "{silence:?}");
    assert!(err.contains("no longer answers"), "{err}");
}

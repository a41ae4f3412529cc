//! What a run does to a registry, and what it leaves there.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use manifuzz::transport::ledger;

use crate::command::{manifuzz, stderr};
use crate::serving::{Act, Asked, Served, answer};

fn run_in(folder: &Path, url: &str, more: &[&str]) -> Output {
    manifuzz().args(["run", url, "--seed", "7"]).args(more).current_dir(folder).output().unwrap()
}

fn ledger_of(folder: &Path) -> PathBuf {
    folder.join("manifuzz-cases.csv.ledger.jsonl")
}

fn is_write(one: &Asked) -> bool {
    !matches!(&*one.method, "GET" | "HEAD")
}

/// Waits ten seconds at most.
fn wait_until(is_so: impl Fn() -> bool) {
    for _ in 0..1000 {
        if is_so() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// The tags of a registry, by its own list.
fn tags(server: &Served) -> Vec<String> {
    let stream = std::net::TcpStream::connect(&server.address).unwrap();
    let mut stream = std::io::BufReader::new(stream);
    use std::io::{Read as _, Write as _};
    stream.get_mut().write_all(b"GET /v2/a/b/tags/list HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.get_ref().set_read_timeout(Some(std::time::Duration::from_millis(500))).unwrap();
    let _ = stream.read_to_string(&mut text);
    let body = text.split_once("\r\n\r\n").map_or("{}", |(_, body)| body);
    let list: serde_json::Value = serde_json::from_str(body).unwrap();
    list["tags"].as_array().into_iter().flatten().map(|tag| tag.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_write_is_on_disk_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (path, missing) = (ledger_of(folder.path()), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&missing);
    let server = Served::registry(move |one| {
        if is_write(one) && one.method != "DELETE" {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let (method, target) = (format!("\"method\":\"{}\"", one.method), format!("\"path\":\"{}\"", one.target));
            if !text.lines().any(|line| line.contains(&method) && line.contains(&target)) {
                seen.lock().unwrap().push(format!("{} {}", one.method, one.target));
            }
        }
        None
    });
    let output = run_in(folder.path(), &server.url(), &["--cases", "20", "--depth", "put", "--no-shrink"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
    assert!(server.asked().iter().filter(|one| is_write(one)).count() > 40);
    assert_eq!(*missing.lock().unwrap(), Vec::<String>::new());
}

#[test]
fn a_run_says_what_it_will_do_before_its_first_write_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::registry(|_| None);
    let output = run_in(folder.path(), &server.url(), &["--cases", "12", "--depth", "put", "--no-shrink"]);
    let said = stderr(&output);
    let announced = said.lines().find(|line| line.contains("requests plus those for shrinking")).expect("it is said");
    for part in ["12 cases", " MB in ", "manifests and blobs", "without a rate limit"] {
        assert!(announced.contains(part), "{part}: {announced}");
    }
    assert_eq!(tags(&server), Vec::<String>::new(), "{said}");
    assert!(said.contains(": removed "), "{said}");
    assert!(!ledger_of(folder.path()).exists(), "{said}");
    // Blobs too: each that was pushed is deleted once.
    assert!(server.count("DELETE", "/blobs/sha256:") > 5);
}

#[test]
fn what_is_kept_is_removed_by_cleanup() {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::registry(|_| None);
    let output = run_in(folder.path(), &server.url(), &["--cases", "12", "--depth", "put", "--no-shrink", "--keep"]);
    assert!(stderr(&output).contains("manifuzz cleanup manifuzz-cases.csv.ledger.jsonl"), "{}", stderr(&output));
    assert_eq!((server.count("DELETE", "/blobs/"), tags(&server).is_empty()), (0, false));
    let entries = ledger::read(&ledger_of(folder.path())).unwrap();
    assert!(entries.iter().all(|entry| entry.target == server.url() && !entry.run.is_empty()));
    let output = manifuzz().arg("cleanup").current_dir(&folder).output().unwrap();
    assert_eq!((output.status.code(), tags(&server).len()), (Some(0), 0), "{}", stderr(&output));
    assert!(!ledger_of(folder.path()).exists());
    let output = manifuzz().arg("cleanup").current_dir(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "the ledger is missing: {}", stderr(&output));
}

#[test]
fn a_killed_run_is_cleaned_up_after() {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::registry(|_| None);
    let mut child = manifuzz()
        .args(["run", &server.url(), "--seed", "7", "--depth", "put", "--no-shrink"])
        .current_dir(&folder)
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    wait_until(|| server.count("PUT", "/manifests/") > 30);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!tags(&server).is_empty());
    let output = manifuzz().arg("cleanup").current_dir(&folder).output().unwrap();
    assert_eq!((output.status.code(), tags(&server).len()), (Some(0), 0), "{}", stderr(&output));
}

#[test]
fn what_others_pushed_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::registry(|_| None);
    let transport = server.transport(Default::default());
    crate::serving::exact(&transport, "/v2/a/b/manifests/of-others").unwrap();
    let output = run_in(folder.path(), &server.url(), &["--cases", "5", "--depth", "put", "--no-shrink"]);
    let said = stderr(&output);
    assert_eq!(tags(&server), ["of-others"], "{said}");
    // Content is shared by digest: it may be theirs.
    assert_eq!(server.count("DELETE", "/v2/a/b/blobs/"), 0, "{said}");
    assert!(said.contains("has tags that are not in the ledger, such as of-others"), "{said}");
    let output = manifuzz().arg("cleanup").current_dir(&folder).output().unwrap();
    assert_eq!((output.status.code(), tags(&server)), (Some(1), vec!["of-others".to_owned()]), "{}", stderr(&output));
}

/// Answers a request for a tag list, or leaves it to the registry.
type Answering = Box<dyn Fn(&Asked) -> Option<Act> + Send + Sync>;

/// A registry whose tag list cannot be read to its end may have tags of others.
#[test]
fn manifests_are_kept_if_the_tags_of_others_are_not_known() {
    let second_page = [("link", "</v2/a/b/tags/list?last=z>; rel=\"next\"")];
    let pages: [(&str, Answering); 4] = [
        ("was answered 500", Box::new(|_| Some(answer(500, &[], "")))),
        ("is not a tag list", Box::new(|_| Some(answer(200, &[], "<html>")))),
        (
            "was answered 502",
            Box::new(move |one| match one.target.contains("last=z") {
                true => Some(answer(502, &[], "")),
                false => Some(answer(200, &second_page, r#"{"name":"a/b","tags":["a-mf-none"]}"#)),
            }),
        ),
        (
            "no further tags",
            Box::new(move |_| Some(answer(200, &second_page, r#"{"name":"a/b","tags":["a-mf-none"]}"#))),
        ),
    ];
    for (why, page) in pages {
        let folder = tempfile::tempdir().unwrap();
        let server = Served::registry(move |one| {
            let is_list = one.method == "GET" && one.target.starts_with("/v2/a/b/tags/list");
            is_list.then(|| page(one)).flatten()
        });
        let output = run_in(folder.path(), &server.url(), &["--cases", "5", "--depth", "put", "--no-shrink"]);
        let said = stderr(&output);
        assert!(said.contains("may have tags that are not in the ledger") && said.contains(why), "{why}: {said}");
        assert_eq!(server.count("DELETE", "/v2/a/b/blobs/"), 0, "{why}: {said}");
        assert_eq!(server.count("DELETE", "/v2/a/b/manifests/sha256:"), 0, "{why}: {said}");
    }
}

#[test]
fn what_cannot_be_deleted_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::registry(|one| (one.method == "DELETE").then(|| answer(405, &[], "")));
    let output = run_in(folder.path(), &server.url(), &["--cases", "5", "--depth", "put", "--no-shrink"]);
    let said = stderr(&output);
    assert!(said.contains("stays: /v2/a/b/manifests/") && said.contains("DELETE was answered 405"), "{said}");
    assert!(matches!(output.status.code(), Some(0 | 1)), "the verdict is about the registry: {said}");
    let output = manifuzz().arg("cleanup").current_dir(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_read_only_run_writes_nothing_and_finds_what_reading_shows() {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::registry(|one| {
        let is_unknown_blob = one.method == "GET" && one.target.contains("/blobs/sha256:");
        is_unknown_blob.then(|| answer(200, &[], "not what was asked for"))
    });
    let output = run_in(folder.path(), &server.url(), &["--read-only", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let written: Vec<Asked> = server.asked().into_iter().filter(is_write).collect();
    assert!(written.is_empty(), "{written:?}");
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(found.contains("afterwards=get-unknown-blob"), "{found}");
    assert!(!ledger_of(folder.path()).exists());
}

#[test]
fn a_budget_ends_a_run() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, most, slack) in
        [("--max-requests", 300, 300), ("--max-objects", 60, 120), ("--max-bytes", 20_000, 90_000)]
    {
        let server = Served::registry(|_| None);
        let most_text = most.to_string();
        let output = run_in(folder.path(), &server.url(), &["--depth", "put", "--keep", flag, &most_text]);
        let asked = server.asked();
        let spent = match flag {
            "--max-requests" => asked.len(),
            "--max-objects" => asked.iter().filter(|one| one.method == "PUT").count(),
            _ => asked.iter().map(|one| one.body.len()).sum(),
        };
        assert!(spent >= most && spent <= most + slack, "{flag}: {spent}\n{}", stderr(&output));
    }
}

#[test]
fn repositories_that_have_to_be_made_are_told_from_refusals() {
    let made = |one: &Asked| {
        ["a/b", "c/one", "c/two"].iter().any(|name| {
            let rest = one.target.strip_prefix(&format!("/v2/{name}/")).unwrap_or_default();
            ["blobs", "manifests", "tags", "referrers"].iter().any(|part| rest.starts_with(part))
        })
    };
    let unknown = r#"{"errors":[{"code":"NAME_UNKNOWN","message":"the repository does not exist"}]}"#;
    let serve = move |one: &Asked| (is_write(one) && !made(one)).then(|| answer(404, &[], unknown));
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--filter", "afterwards", "--no-shrink"];
    let plain = Served::registry(serve);
    let said = stderr(&run_in(folder.path(), &plain.url(), &arguments));
    assert!(said.contains("repositories have to be made beforehand"), "{said}");
    assert!(said.contains("--repository-for-fresh"), "{said}");
    let unsupported = |said: &str| -> usize {
        let last = said.lines().last().unwrap();
        let words: Vec<&str> = last.split(' ').collect();
        words[words.iter().position(|word| word.starts_with("unsupported")).unwrap() - 1].parse().unwrap()
    };
    let lent = Served::registry(serve);
    let more = ["--repository-for-fresh", "c/one", "--repository-for-fresh", "c/two"];
    let with = stderr(&run_in(folder.path(), &lent.url(), &[&arguments[..], &more].concat()));
    assert!(!with.contains("made beforehand") && unsupported(&with) < unsupported(&said), "{with}");
    assert!(lent.count("PUT", "/v2/c/one/manifests/") > 0 && lent.count("PUT", "/v2/c/two/manifests/") > 0);
    let elsewhere = Served::registry(move |one| is_write(one).then(|| answer(404, &[], unknown)));
    let said = stderr(&run_in(folder.path(), &elsewhere.url(), &arguments));
    assert!(said.contains("the repository a/b does not exist") && said.contains("make it first"), "{said}");
}

#[test]
fn a_signal_deletes_nothing_and_names_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let puts = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&puts);
    let server = Served::registry(move |one| {
        count.fetch_add(usize::from(one.method == "PUT"), Ordering::SeqCst);
        None::<Act>
    });
    let child = manifuzz()
        .args(["run", &server.url(), "--seed", "7", "--depth", "put", "--filter", "layers.*"])
        .current_dir(&folder)
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    wait_until(|| puts.load(Ordering::SeqCst) > 60);
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("to remove it: manifuzz cleanup manifuzz-cases.csv.ledger.jsonl"), "{said}");
    assert!(!tags(&server).is_empty());
}

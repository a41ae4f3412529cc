//! Nothing goes elsewhere: redirects, `Location` and `Link` are followed on the registry's own host and port alone, and what is
//! not followed is a finding about the answer.

use crate::command;
use std::process::Output;

use crate::registry::opening;
use crate::serving::{Served, answer, managed};
use manifuzz::compare::{Finding, Grade, compare};
use manifuzz::exchange::{Capabilities, Exchange, Observation, Probe, Questions, Reply, Unfollowable};
use manifuzz::model::{Class, Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::http::HttpOptions;
use manifuzz::transport::{CaseContext, Opening, Repository, Request, Transport as _, open};

/// A host that must not be contacted.
fn elsewhere() -> Served {
    Served::new(|_| answer(200, &[], "{}"))
}

fn fire(server: &Served, shape: &str, http: HttpOptions) -> (Exchange, Observation) {
    let target = open(&server.url(), &Opening { http, ..opening() }).unwrap();
    let exchange = render(&shape.parse::<Shape>().unwrap());
    let seen = target.fire(&exchange, Repository::Main, Questions::ALL).unwrap();
    (exchange, seen)
}

fn findings(exchange: &Exchange, seen: &Observation) -> Vec<Finding> {
    let judgement = judge(exchange, &seen.facts, Party::Registry, Versions::V1_1);
    compare(exchange, &judgement, seen, &Capabilities::ALL, Versions::V1_1)
}

#[test]
fn no_request_follows_a_redirect_to_another_host_or_port() {
    for status in [301, 302, 303, 307, 308] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
            let other = elsewhere();
            let to = format!("http://{}/v2/a/b/x", other.address);
            let server = Served::new(move |_| answer(status, &[("Location", &to)], ""));
            let reply = managed(&server.transport(HttpOptions::default()), method, "/v2/x").unwrap().reply;
            match (&reply, method, status) {
                (Reply::NotFollowed(not), ..) => {
                    assert_eq!(not.why, Unfollowable::Elsewhere(other.address.clone()));
                    assert_eq!(not.answer.status, status);
                }
                // A client does not send these again after such a status.
                (Reply::Answer(_), "POST" | "PUT" | "PATCH" | "DELETE", 301..=303) => {}
                _ => panic!("{method} {status}: {reply:?}"),
            }
            assert!(other.asked().is_empty(), "{method} {status}");
        }
    }
}

#[test]
fn redirects_on_the_same_host_are_followed_and_counted() {
    let redirecting = || {
        Served::new(|one| match one.target.strip_prefix("/v2/hop") {
            Some("5") => answer(200, &[], "there"),
            Some(n) => answer(307, &[("Location", &format!("hop{}", n.parse::<u32>().unwrap() + 1))], ""),
            None if one.target == "/v2/loop" => answer(302, &[("Location", "/v2/loop")], ""),
            None => answer(303, &[("Location", "/v2/hop5")], ""),
        })
    };
    let server = redirecting();
    let transport = server.transport(HttpOptions::default());
    let reply = managed(&transport, "GET", "/v2/hop0").unwrap().reply;
    assert!(reply.answer().is_some_and(|answer| answer.body == "there"), "{reply:?}");
    assert_eq!((transport.requests(), server.asked().len()), (6, 6));
    // Method and body stay what they are.
    let context = CaseContext::default();
    let post = Request { body: "body".into(), ..Request::new(http::Method::POST, "/v2/hop4", &context) };
    assert!(transport.managed(&post).unwrap().reply.is(200));
    let asked = server.asked().pop().unwrap();
    assert!(asked.is("POST", "/v2/hop5") && asked.body == b"body");
    assert!(managed(&transport, "GET", "/v2/see").unwrap().reply.is(200));
    assert!(managed(&transport, "POST", "/v2/see").unwrap().reply.is(303));
    let (before, server) = (transport.requests(), redirecting());
    let transport = server.transport(HttpOptions::default());
    assert!(managed(&transport, "GET", "/v2/loop").unwrap().reply.is(302), "five hops and no more");
    assert_eq!((before > 0, transport.requests()), (true, 6));
}

#[test]
fn blobs_are_fetched_from_other_hosts_only_if_allowed() {
    let blob = |other: &Served| {
        let other = other.address.clone();
        Served::registry(move |one| {
            let is_blob = one.method == "GET" && one.target.contains("/blobs/sha256:");
            let to = format!("http://{other}{}?X-Amz-Signature=hunter2", one.target);
            is_blob.then(|| answer(307, &[("Location", &to)], ""))
        })
    };
    let other = elsewhere();
    let (exchange, seen) = fire(&blob(&other), "afterwards=get-blob", HttpOptions::default());
    let found = findings(&exchange, &seen);
    assert!(other.asked().is_empty());
    let [only] = &found[..] else { panic!("{found:#?}") };
    assert_eq!(only.symptom.to_string(), "blob-get inconsistent 307 - -");
    assert_eq!((only.grade, &*only.note), (Grade::Note, &*format!("served from {}", other.address)));
    let shown = seen.replies.iter().find_map(|(_, reply)| match reply {
        Reply::NotFollowed(not) => Some(not.to.clone()),
        _ => None,
    });
    assert!(shown.is_some_and(|to| to.contains("X-Amz-Signature=***")));
    // Port and host are both part of what is allowed.
    for names in [vec!["127.0.0.1".to_owned()], vec![other.address.replace("127.0.0.1", "127.0.0.2")]] {
        let http = HttpOptions { follow_redirects: names, ..HttpOptions::default() };
        assert_eq!(findings(&exchange, &fire(&blob(&other), "afterwards=get-blob", http).1).len(), 1);
    }
    assert!(other.asked().is_empty());
    let http = HttpOptions { follow_redirects: vec![other.address.clone()], ..HttpOptions::default() };
    let (_, seen) = fire(&blob(&other), "afterwards=get-blob", http.clone());
    let reply = seen.replies.iter().rev().find(|(probe, _)| matches!(probe, Probe::Ask(_))).map(|(_, reply)| reply);
    assert!(reply.is_some_and(|reply| reply.is(200)), "{reply:?}");
    assert_eq!(other.asked().len(), 1);
    // What is allowed is the GET of a blob, and no other request.
    let other_again = other.address.clone();
    let manifests = Served::registry(move |one| {
        (one.target.contains("/manifests/") && one.method != "PUT")
            .then(|| answer(307, &[("Location", &format!("http://{other_again}/"))], ""))
    });
    fire(&manifests, "base", http);
    assert_eq!(other.asked().len(), 1);
}

#[test]
fn locations_resolve_against_the_request() {
    for to in
        ["{last}", "./{last}", "../manifests/{last}", "/v2/a/b/manifests/{last}", "//{host}/v2/a/b/manifests/{last}"]
    {
        let address = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
        let own = std::sync::Arc::clone(&address);
        let taken = std::sync::Mutex::new(std::collections::HashMap::<String, Vec<u8>>::new());
        let server = Served::registry(move |one| {
            let mut taken = taken.lock().unwrap();
            if one.method == "PUT" && one.target.contains("/manifests/") {
                let last = one.target.rsplit('/').next().unwrap();
                let host = own.get().unwrap();
                taken.insert(one.target.clone(), one.body.clone());
                return Some(answer(201, &[("Location", &to.replace("{last}", last).replace("{host}", host))], ""));
            }
            let body = taken.get(&one.target).filter(|_| one.method == "GET")?;
            Some(answer(200, &[("Content-Type", "application/vnd.oci.image.manifest.v1+json")], body))
        });
        address.set(server.address.clone()).unwrap();
        let (_, seen) = fire(&server, "base", HttpOptions::default());
        let reply = seen.reply(&Probe::Get(manifuzz::exchange::By::Location));
        assert!(reply.is_some_and(|reply| reply.is(200)), "{to}: {reply:?}");
    }
}

#[test]
fn a_query_alone_is_a_location_of_an_upload() {
    let server =
        Served::registry(|one| (one.method == "POST").then(|| answer(202, &[("Location", "?session=1#x")], "")));
    assert!(fire(&server, "base", HttpOptions::default()).1.accepted());
    assert!(server.count("PUT", "/v2/a/b/blobs/uploads/?session=1&digest=sha256:") > 0);
}

/// What is wrong with what an answer points at, by the stage, the class, the rule, the grade, and a part of the note.
type Wrong = (&'static str, &'static str, &'static str, Class, &'static str, Grade, &'static str);

#[test]
fn an_unfollowable_location_is_a_finding_about_the_answer() {
    let other = elsewhere();
    let rows: &[Wrong] = &[
        ("push", "http://[", "manifest-put", Class::Lost, "push-location-is-pullable", Grade::Violation, "`http://[`"),
        ("push", "ftp://a/b", "manifest-put", Class::Lost, "push-location-is-pullable", Grade::Violation, "scheme"),
        ("push", "OTHER", "manifest-get", Class::Inconsistent, "", Grade::Note, "points to"),
        (
            "push",
            "https://127.0.0.1:1/",
            "manifest-get",
            Class::Inconsistent,
            "",
            Grade::Note,
            "points to https://127.0.0.1:1",
        ),
        (
            "upload",
            "http://a:x/",
            "blob-upload",
            Class::Inconsistent,
            "upload-location-is-a-url",
            Grade::Violation,
            "http",
        ),
        ("upload", "OTHER", "blob-upload", Class::Inconsistent, "", Grade::Note, "points to"),
        ("tags", "ftp://a/b", "tag-list", Class::Inconsistent, "tag-list-link-is-next", Grade::Violation, "Link is"),
        ("tags", "OTHER", "tag-list", Class::Inconsistent, "", Grade::Note, "points to"),
        (
            "referrers",
            "ftp://a/b",
            "referrers",
            Class::ReferrersWrong,
            "referrers-link-is-next",
            Grade::Violation,
            "Link",
        ),
        ("referrers", "OTHER", "referrers", Class::Inconsistent, "", Grade::Note, "points to"),
    ];
    for (which, to, stage, class, rule, grade, note) in rows {
        let to = to.replace("OTHER", &format!("http://{}/v2/", other.address));
        let server = Served::registry(move |one| {
            let link = format!("<{to}>; rel=\"next\"");
            let index = [("Content-Type", "application/vnd.oci.image.index.v1+json"), ("Link", &*link)];
            match *which {
                "push" if one.method == "PUT" && one.target.contains("/manifests/mf-") => {
                    Some(answer(201, &[("Location", &to)], ""))
                }
                "upload" if one.method == "POST" => Some(answer(202, &[("Location", &to)], "")),
                "tags" if one.target.ends_with("/tags/list") => {
                    Some(answer(200, &index[1..], r#"{"name":"a/b","tags":[]}"#))
                }
                "referrers" if one.target.contains("/referrers/") => {
                    Some(answer(200, &index, r#"{"schemaVersion":2,"manifests":[]}"#))
                }
                _ => None,
            }
        });
        let (exchange, seen) = fire(&server, "subject=present", HttpOptions::default());
        let found = findings(&exchange, &seen);
        let is_it = |one: &&Finding| one.symptom.stage.as_str() == *stage && one.symptom.class == *class;
        let rules: Vec<&str> = Some(*rule).into_iter().filter(|rule| !rule.is_empty()).collect();
        let one = found.iter().find(|one| is_it(one) && one.rules == rules);
        assert!(one.is_some_and(|one| one.grade == *grade && one.note.contains(note)), "{which} {stage}: {found:#?}");
    }
    assert!(other.asked().is_empty());
}

/// A run of the binary.
fn manifuzz(arguments: &[&str]) -> Output {
    command::run(arguments).0
}

#[test]
fn a_run_goes_on_and_asks_no_other_host() {
    let other = elsewhere();
    let to = format!("http://{}/v2/a/b/manifests/x", other.address);
    let server = Served::registry(move |one| {
        let is_push = one.method == "PUT" && one.target.contains("/manifests/");
        is_push.then(|| answer(201, &[("Location", &to)], ""))
    });
    let run = manifuzz(&["run", &server.url(), "--seed", "1", "--cases", "3", "--fail-on", "note", "--no-shrink"]);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(said.contains("3 cases judged"), "{said}");
    assert!(String::from_utf8_lossy(&run.stdout).contains("manifest-get"), "{said}");
    assert!(other.asked().is_empty());
}

#[test]
fn the_flag_allows_blobs_to_be_fetched_elsewhere() {
    let other = elsewhere();
    let to = other.address.clone();
    let server = Served::registry(move |one| {
        let is_blob = one.method == "GET" && one.target.contains("/blobs/sha256:");
        is_blob.then(|| answer(307, &[("Location", &format!("http://{to}{}", one.target))], ""))
    });
    let shrink = |more: &[&str]| {
        manifuzz(&[&["shrink", "afterwards=get-blob", "--target", &server.url(), "--format", "json"], more].concat())
    };
    let said = String::from_utf8(shrink(&[]).stdout).unwrap();
    assert!(said.contains("blob-get") && said.contains(&format!("served from {}", other.address)), "{said}");
    assert!(other.asked().is_empty());
    shrink(&["--follow-redirects", &other.address]);
    assert!(!other.asked().is_empty());
}

#[test]
fn no_password_and_no_token_is_printed() {
    for target in [
        "http://user:hunter2@127.0.0.1:1/a",
        "http:/user:hunter2@127.0.0.1:1/a",
        "user:hunter2@127.0.0.1/x",
        "https://hunter2@127.0.0.1",
        "https://127.0.0.1/a?access_token=hunter2",
        "embedded:user:hunter2@127.0.0.1",
    ] {
        for arguments in [&["run", target][..], &["matrix", target], &["shrink", "base", "--target", target]] {
            let output = manifuzz(arguments);
            let said = format!("{output:?}");
            assert!(!said.contains("hunter2") && output.status.code() == Some(2), "{said}");
        }
    }
    // Nor one that a registry names.
    let server = Served::registry(|one| match (&*one.method, &*one.target) {
        ("GET", path) if path.contains("/blobs/sha256:") => {
            Some(answer(307, &[("Location", "https://user:hunter2@b.invalid/x?X-Amz-Signature=hunter2")], ""))
        }
        ("PUT", path) if path.contains("/manifests/mf-") => {
            let body = r#"{"errors":[{"code":"DENIED","message":"see https://b.invalid/?token=hunter2"}]}"#;
            Some(answer(400, &[], body))
        }
        _ => None,
    });
    let (run, folder) =
        command::run(["run", &server.url(), "--seed", "1", "--cases", "2", "--fail-on", "note", "--results", "r"]);
    let written = std::fs::read_to_string(folder.path().join("manifuzz-cases.csv")).unwrap()
        + &std::fs::read_to_string(folder.path().join("r/findings.jsonl")).unwrap();
    let said = format!("{run:?}{written}");
    assert!(said.contains("token=***") && !said.contains("hunter2"), "{said}");
}

#[test]
fn an_upload_that_is_opened_elsewhere_is_not_used() {
    let other = elsewhere();
    let to = format!("http://{}/upload", other.address);
    let server = Served::registry(move |one| (one.method == "POST").then(|| answer(202, &[("Location", &to)], "")));
    let (_, seen) = fire(&server, "base", HttpOptions::default());
    assert!(matches!(&seen.replies[..], [(Probe::Upload(0), Reply::NotFollowed(_))]), "{seen:?}");
    // Where the user allows that host and port, it is.
    let http = HttpOptions { allow_hosts: vec![other.address.clone()], ..HttpOptions::default() };
    fire(&server, "base", http);
    assert!(other.count("PUT", "/upload") > 0);
}

//! Follow-ups that read, on the wire: headers and names are sent as the script says, and answers come back as they were sent.

use crate::docker_registry;
use crate::registry::opening;
use crate::serving::{Act, Asked, Served, answer};
use manifuzz::compare::{Finding, compare};
use manifuzz::exchange::roles::reading as roles;
use manifuzz::exchange::{Answer, Capabilities, Exchange, Observation, Probe, Questions, Role};
use manifuzz::model::{Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::{Opening, Repository, Target, open};

fn fire(target: &dyn Target, follow_up: &str) -> (Exchange, Observation) {
    let exchange = render(&format!("afterwards={follow_up}").parse::<Shape>().unwrap());
    let seen = target.fire(&exchange, Repository::Main, Questions::ALL).unwrap();
    (exchange, seen)
}

fn fired(server: &Served, follow_up: &str) -> Observation {
    let target = open(&server.url(), &Opening { allow_escape: true, ..opening() }).unwrap();
    fire(target.as_ref(), follow_up).1
}

fn header<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
}

/// The answers to requests with a role.
fn answers(seen: &Observation, role: Role) -> Vec<&Answer> {
    let scripted = |probe: &Probe| matches!(probe, Probe::Scripted { role: own, .. } if *own == role);
    seen.answers().filter(|(probe, _)| scripted(probe)).map(|(_, answer)| answer).collect()
}

/// No client library adds `Accept-Encoding` to requests that should not have it, or decodes what comes back.
#[test]
fn a_coding_is_asked_for_only_where_the_script_does() {
    let server = Served::registry(|_| None);
    fired(&server, "get-in-gzip");
    let asked = server.asked();
    let asking = |coding| asked.iter().filter(|one| header(one, "accept-encoding") == Some(coding)).count();
    assert_eq!((asking("gzip"), asking("identity")), (2, 2));
    let others: Vec<_> = asked.iter().filter(|one| header(one, "accept-encoding").is_none()).collect();
    assert_eq!(others.len() + 4, asked.len());
    assert!(others.iter().any(|one| one.method == "GET" && one.target.contains("/manifests/")));
}

/// A coded body arrives as it was sent: the model decodes it.
#[test]
fn a_coded_body_is_not_decoded_on_the_way() {
    let server = Served::registry(|asked| {
        let coded = header(asked, "accept-encoding") == Some("gzip");
        coded.then(|| answer(200, &[("Content-Encoding", "gzip")], b"\x1f\x8b not gzip"))
    });
    let seen = fired(&server, "get-in-gzip");
    let pulled = answers(&seen, roles::GET_MANIFEST);
    assert_eq!((&pulled[0].body[..], pulled[0].header("content-encoding")), (&b"\x1f\x8b not gzip"[..], Some("gzip")));
    assert!(pulled[1].body.starts_with(b"{") && pulled[1].header("content-encoding").is_none());
}

/// An answer with this ETag to every GET that has no condition.
fn with_etag(asked: &Asked, etag: &str) -> Option<Act> {
    let is_read = asked.method == "GET" && (asked.target.contains("/manifests/") || asked.target.contains("/blobs/"));
    (is_read && header(asked, "if-none-match").is_none()).then(|| answer(200, &[("ETag", etag)], "{}"))
}

#[test]
fn the_etag_that_was_given_is_sent_byte_for_byte_and_none_without_one() {
    let server = Served::registry(|asked| with_etag(asked, "W/\"a,b\""));
    fired(&server, "get-if-changed");
    let conditions = |server: &Served| -> Vec<String> {
        server.asked().iter().filter_map(|one| header(one, "if-none-match").map(str::to_owned)).collect()
    };
    let strange = "\"manifuzz-strange\"".to_owned();
    let given = "W/\"a,b\"".to_owned();
    assert_eq!(conditions(&server), [given.clone(), given.clone(), strange.clone(), given, strange.clone()]);
    let without = Served::registry(|_| None);
    fired(&without, "get-if-changed");
    assert_eq!(conditions(&without), [strange.clone(), strange]);
}

/// HTTP ends 304 after its header. What a server sends beyond that must not become the next answer.
#[test]
fn content_after_304_does_not_become_the_next_answer() {
    let server = Served::registry(|asked| {
        let is_given = header(asked, "if-none-match") == Some("\"a\"");
        if is_given { Some(answer(304, &[("ETag", "\"a\"")], "HTTP/1.1 200 X")) } else { with_etag(asked, "\"a\"") }
    });
    let seen = fired(&server, "get-if-changed");
    assert!(answers(&seen, roles::GET_IF_CHANGED).iter().all(|one| one.status == 304 && one.body.is_empty()));
    let after = answers(&seen, roles::GET_IF_NOT_STRANGE);
    assert!(after.iter().all(|one| one.body.starts_with(b"{")), "{after:?}");
}

#[test]
fn invalid_names_are_sent_untidied() {
    let server = Served::registry(|_| None);
    fired(&server, "get-invalid-name");
    fired(&server, "get-invalid-reference");
    let asked = server.asked();
    let long = "m".repeat(256);
    let names = ["/MF-NONE", "//mf-none", "/mf-none-", &format!("/{long}")];
    for target in names.map(|name| format!("/v2/a/b{name}/manifests/mf-none")) {
        assert!(asked.iter().any(|one| one.target == target), "{target}");
    }
    for reference in [".mf-none", "sha256:mf-none", &format!("mf-none{}", "t".repeat(122))] {
        assert!(asked.iter().any(|one| one.target == format!("/v2/a/b/manifests/{reference}")), "{reference}");
    }
}

/// What another place serves is told from the registry's own answer.
#[test]
fn an_answer_from_where_a_redirect_led_says_so() {
    let server = Served::registry(|asked| {
        let is_blob = asked.method == "GET" && asked.target.contains("/blobs/sha256:");
        match &*asked.target {
            "/storage" => Some(answer(200, &[], "blob")),
            _ => is_blob.then(|| answer(307, &[("Location", "/storage")], "")),
        }
    });
    let seen = fired(&server, "head-blob");
    let [blob] = answers(&seen, roles::GET_HELD_BLOB)[..] else { panic!("one answer") };
    assert!(blob.redirected && &blob.body[..] == b"blob");
    assert!(answers(&seen, roles::HEAD_HELD_BLOB).iter().all(|one| !one.redirected));
}

fn findings(target: &dyn Target, follow_up: &str) -> Vec<Finding> {
    let (exchange, seen) = fire(target, follow_up);
    let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
    compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1)
}

/// Each was checked by hand with curl on version 2.8.
#[test]
fn what_a_docker_registry_answers_to_other_ways_of_reading() {
    let Some(registry) = docker_registry::start() else { return };
    let target = open(&format!("http://{}/some/repo", registry.address), &opening()).unwrap();
    let rows: [(&str, &[(&str, u16)]); 6] = [
        ("head-accepting", &[("http-any-type-is-accepted", 404)]),
        ("get-if-changed", &[("http-304-has-the-etag", 304), ("http-304-has-the-etag", 304)]),
        ("get-crossed", &[("missing-manifest-answers-404", 500)]),
        ("get-invalid-name", &[("refusal-is-a-client-error", 500)]),
        ("put-if-match", &[("http-if-match-may-be-ignored", 201)]),
        ("read-twice", &[]),
    ];
    for (follow_up, expected) in rows {
        let found = findings(target.as_ref(), follow_up);
        let found: Vec<_> = found.iter().map(|one| (one.symptom.duty.unwrap_or(""), one.symptom.status)).collect();
        let expected: Vec<_> = expected.iter().map(|(rule, status)| (*rule, Some(*status))).collect();
        assert_eq!(found, expected, "{follow_up}");
    }
}

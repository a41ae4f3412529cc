//! What a generic client of registries has to handle: nineteen points, each a test named after it. Other files test each in
//! depth.

use std::sync::Mutex;

use crate::guarded::{BASIC, BEARER, Guarded, TOKEN, authorization, has_token, token, unauthorized, user, with};
use crate::registry::opening;
use crate::serving::{Act, Asked, Served, answer, exact, managed};
use manifuzz::exchange::{MANIFEST_TYPES, Observation, Presence, Probe, Questions, Stage};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::http::HttpOptions;
use manifuzz::transport::{Opening, Repository, Target, open};

const PUT: &str = "/v2/a/b/manifests/t";
const SESSION: &str = "/v2/a/b/blobs/uploads/";

fn target(server: &Served) -> Box<dyn Target> {
    open(&server.url(), &opening()).unwrap()
}

fn fire(server: &Served, shape: &str) -> Observation {
    let exchange = render(&shape.parse::<Shape>().unwrap());
    target(server).fire(&exchange, Repository::Main, Questions::ALL).unwrap()
}

/// A registry that takes everything, except what `change` answers.
fn takes(change: impl Fn(&Asked) -> Option<Act> + Send + Sync + 'static) {
    let server = Served::registry(change);
    let seen = fire(&server, "base");
    assert!(seen.accepted() && seen.facts.needs.iter().all(|need| *need == Presence::Yes), "{seen:?}");
}

fn is_upload(asked: &Asked) -> bool {
    asked.target.contains("/blobs/uploads/")
}

#[test]
fn point_1_several_challenges_and_header_lines_quoted_or_not() {
    let challenges = ["Negotiate", "BASIC Realm=x, bearer realm={service}/token, Service=\"reg\""];
    let guarded = Guarded::new(&challenges, has_token, |_, _| token());
    assert!(exact(&guarded.registry.transport(with(user())), PUT).unwrap().reply.is(201));
}

#[test]
fn point_2_token_or_access_token_sixty_seconds_and_a_refresh_on_401() {
    // Each token is good for two requests.
    let used = Mutex::new(0);
    let accepts = move |asked: &Asked| {
        let mut used = used.lock().unwrap();
        let is_valid = authorization(asked) == format!("Bearer token-{}", *used / 2);
        *used += usize::from(is_valid);
        is_valid
    };
    let grant = |_: &Asked, before: usize| {
        let name = if before == 0 { "token" } else { "access_token" };
        answer(200, &[], format!(r#"{{"{name}":"token-{before}"}}"#))
    };
    let guarded = Guarded::new(&[BEARER], accepts, grant);
    let transport = guarded.registry.transport(with(user()));
    for _ in 0..6 {
        assert!(exact(&transport, PUT).unwrap().reply.is(201));
    }
    assert_eq!(guarded.asks().len(), 3);
}

#[test]
fn point_3_get_falls_back_to_the_oauth2_form() {
    let guarded = Guarded::new(&[BEARER], has_token, |asked, _| match &*asked.method {
        "POST" => answer(200, &[], format!(r#"{{"access_token":"{TOKEN}"}}"#)),
        _ => answer(404, &[], ""),
    });
    assert!(exact(&guarded.registry.transport(with(user())), PUT).unwrap().reply.is(201));
    assert_eq!(guarded.asks(), ["GET /token", "POST /token"]);
}

#[test]
fn point_4_scopes_are_merged_with_those_of_the_repository_first() {
    let challenge = r#"Bearer realm="{service}/token",scope="registry:catalog:* repository:a/b:pull""#;
    let guarded = Guarded::new(&[challenge], has_token, |_, _| token());
    assert!(exact(&guarded.registry.transport(with(user())), PUT).unwrap().reply.is(201));
    let scopes = guarded.service.asked()[0].target.split_once("&scope=").unwrap().1.to_owned();
    assert_eq!(scopes, "repository%3Aa%2Fb%3Apull%2Cpush%2Cdelete&scope=registry%3Acatalog%3A*");
}

#[test]
fn point_5_a_realm_on_another_scheme_or_network_is_refused() {
    for realm in ["https://auth.invalid/token", "http://169.254.169.254/token", "file:///token"] {
        let registry = Served::new(move |_| unauthorized(&[format!(r#"Bearer realm="{realm}""#)]));
        assert!(exact(&registry.transport(with(user())), PUT).is_err(), "{realm}");
    }
}

#[test]
fn point_6_a_redirect_to_another_host_carries_no_authorization() {
    for status in [301, 302, 303, 307, 308] {
        let other = Served::new(|_| answer(200, &[], "blob"));
        let to = format!("http://{}/blob?X-Amz-Signature=x", other.address);
        let registry = Served::new(move |asked| match authorization(asked) {
            "" => unauthorized(&["Basic realm=x".to_owned()]),
            _ => answer(status, &[("Location", &to)], ""),
        });
        let options = HttpOptions { allow_hosts: vec![other.address.clone()], ..with(user()) };
        assert!(managed(&registry.transport(options), "GET", "/v2/a/b/blobs/x").unwrap().reply.is(200));
        assert!(registry.asked().iter().any(|asked| authorization(asked) == BASIC));
        assert!(other.asked().iter().all(|asked| authorization(asked).is_empty()), "{status}");
    }
}

#[test]
fn point_7_a_location_is_relative_to_the_request_keeps_its_query_and_changes_after_each_patch() {
    for (to, closing) in [
        ("../uploads/1?_state=a%2Fb", "1?_state=a%2Fb&digest="),
        ("2", "2?digest="),
        ("?_state=c", "?_state=c&digest="),
    ] {
        let server =
            Served::registry(move |asked| (asked.method == "POST").then(|| answer(202, &[("Location", to)], "")));
        assert!(fire(&server, "base").accepted(), "{to}");
        assert!(server.count("PUT", &format!("{SESSION}{closing}sha256:")) > 0, "{to}: {:?}", server.asked());
    }
    let server = Served::registry(|asked| match &*asked.method {
        "PATCH" => Some(answer(202, &[("Location", "patched?b=2")], "")),
        "PUT" if is_upload(asked) && !asked.target.contains("patched") => Some(answer(405, &[], "")),
        _ => None,
    });
    assert!(fire(&server, "base").accepted());
    assert!(server.count("PUT", "patched?b=2&digest=") > 0);
}

#[test]
fn point_8_chunks_are_continued_after_201_and_202_whatever_range_they_name() {
    for (status, range) in [(202, "0-1"), (202, "bytes=0-1"), (201, ""), (202, "garbage")] {
        takes(move |asked| match &*asked.method {
            "POST" => Some(answer(202, &[("Location", "session"), ("OCI-Chunk-Min-Length", "1048576")], "")),
            "PATCH" => Some(answer(status, &[("Location", "patched"), ("Range", range)], "")),
            "PUT" if is_upload(asked) && !asked.target.contains("patched") => Some(answer(400, &[], "")),
            _ => None,
        });
    }
}

#[test]
fn point_9_202_to_a_mount_is_a_session_and_a_failed_mount_is_an_upload() {
    for status in [202, 400, 404, 405, 500] {
        let server = Served::registry(move |asked| {
            asked.target.contains("?mount=").then(|| answer(status, &[("Location", "mounting")], ""))
        });
        let (target, base) = (target(&server), render(&Shape::base()));
        target.fire(&base, Repository::Main, Questions::NONE).unwrap();
        assert!(target.fire(&base, Repository::Fresh, Questions::NONE).unwrap().accepted(), "{status}");
        assert_eq!(server.count("PUT", "mounting") > 0, status == 202);
    }
}

#[test]
fn point_10_an_upload_in_one_request_falls_back_to_chunks() {
    for status in [400, 404, 405, 411, 413, 416] {
        takes(move |asked| match &*asked.method {
            "PATCH" => Some(answer(202, &[("Location", "patched")], "")),
            "PUT" if is_upload(asked) && !asked.target.contains("patched") => Some(answer(status, &[], "")),
            _ => None,
        });
    }
}

#[test]
fn point_11_missing_headers_are_no_trouble() {
    takes(|asked| match &*asked.method {
        "PUT" if asked.target.contains("/manifests/") => Some(answer(201, &[], "")),
        "HEAD" => Some(Act::Close(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())),
        "GET" if asked.target.contains("/manifests/") => Some(answer(200, &[], "{}")),
        // After a chunk, the session stays where it is.
        "PATCH" => Some(answer(202, &[], "")),
        "PUT" if is_upload(asked) && asked.body.len() > 1 => Some(answer(405, &[], "")),
        _ => None,
    });
}

#[test]
fn point_12_every_manifest_type_is_named_in_accept() {
    let server = Served::registry(|_| None);
    fire(&server, "base");
    let gets = server.asked().into_iter().filter(|asked| asked.method == "GET" && asked.target.contains("/manifests/"));
    let gets: Vec<Asked> = gets.collect();
    assert!(!gets.is_empty() && gets.iter().all(|asked| MANIFEST_TYPES.iter().all(|one| asked.head.contains(one))));
}

#[test]
fn point_13_error_bodies_are_read_whatever_their_type_and_403_is_absent() {
    for (kind, body) in [("text/html", "<html>"), ("text/plain", r#"{"errors":[{"code":"DENIED"}]}"#), ("", "")] {
        for status in [403, 404] {
            let server = Served::registry(move |asked| {
                let is_absent = asked.method == "HEAD" && asked.target.contains("/blobs/");
                is_absent.then(|| {
                    Act::Write(
                        format!(
                            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
                            body.len()
                        )
                        .into_bytes(),
                    )
                })
            });
            let seen = fire(&server, "facts.layers.0=missing");
            assert!(seen.facts.needs.contains(&Presence::No), "{status} {kind}: {:?}", seen.facts);
        }
    }
}

#[test]
fn point_14_429_and_503_with_retry_after_are_repeated_and_other_failures_reported() {
    for (status, header, puts) in
        [(429, "0", 2), (503, "Sun, 06 Nov 1994 08:49:37 GMT", 2), (503, "", 1), (500, "0", 1), (408, "0", 1)]
    {
        let failed = Mutex::new(false);
        let server = Served::registry(move |asked| {
            let is_first = asked.target.contains("/manifests/mf-")
                && asked.method == "PUT"
                && !std::mem::replace(&mut *failed.lock().unwrap(), true);
            let headers = [("Retry-After", header)];
            is_first.then(|| answer(status, if header.is_empty() { &[] } else { &headers }, ""))
        });
        let seen = fire(&server, "base");
        assert_eq!((seen.accepted(), server.count("PUT", "/manifests/mf-")), (puts == 2, puts), "{status} {header}");
    }
}

#[test]
fn point_15_links_are_quoted_or_not_relative_or_absolute() {
    for link in [
        "</v2/a/b/tags/list?last=x>; rel=\"next\"",
        "<list?last=x>;rel=next",
        "<?last=x>; rel=next",
        "<http://{host}/v2/a/b/tags/list?last=x>; rel=\"next\"",
    ] {
        let host = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
        let own = std::sync::Arc::clone(&host);
        let server = Served::registry(move |asked| {
            let link = link.replace("{host}", own.get().unwrap());
            asked.target.ends_with("/tags/list").then(|| answer(200, &[("Link", &link)], r#"{"name":"a/b","tags":[]}"#))
        });
        host.set(server.address.clone()).unwrap();
        let seen = fire(&server, "base");
        let lists = seen.replies.iter().filter(|(probe, _)| probe.stage() == Stage::TagList);
        assert!(lists.clone().count() > 0 && lists.clone().all(|(_, reply)| reply.is(200)), "{link}: {seen:?}");
    }
}

#[test]
fn point_16_the_version_check_ends_with_a_slash() {
    let server = Served::registry(|_| None);
    target(&server).ping(&render(&Shape::base())).unwrap();
    assert_eq!(server.asked()[0].target, "/v2/");
}

#[test]
fn point_17_a_subject_header_alone_does_not_prove_referrers() {
    let server = Served::registry(|asked| match asked.target.contains("/referrers/") {
        true => Some(answer(404, &[("OCI-Subject", "sha256:0")], "")),
        false => None,
    });
    let with_subject = render(&"subject=present".parse::<Shape>().unwrap());
    let found = target(&server).capabilities(&render(&Shape::base()), &with_subject).unwrap();
    assert!(!found.referrers, "{found:?}");
}

#[test]
fn point_18_warnings_are_kept_with_the_answer() {
    let warning = r#"299 - "deprecated""#;
    let server = Served::registry(move |asked| {
        (asked.method == "PUT" && asked.target.contains("/mf-")).then(|| answer(201, &[("Warning", warning)], ""))
    });
    let seen = fire(&server, "base");
    let push = seen.reply(&Probe::Put).and_then(|reply| reply.answer()).unwrap();
    assert_eq!(push.header("warning"), Some(warning));
}

#[test]
fn point_19_the_right_to_delete_is_asked_for_and_repositories_may_exist_before() {
    let guarded = Guarded::new(&[BEARER], has_token, |asked, _| match asked.target.contains("pull%2Cpush%2Cdelete") {
        true => token(),
        false => answer(403, &[], ""),
    });
    let fresh = vec!["a/made-before".to_owned()];
    let target = open(&guarded.registry.url(), &Opening { fresh, http: with(user()), ..opening() }).unwrap();
    let seen = target.fire(&render(&Shape::base()), Repository::Fresh, Questions::NONE).unwrap();
    assert!(seen.accepted() && seen.repository == "a/made-before", "{seen:?}");
    assert!(guarded.registry.asked().iter().all(|asked| asked.target.contains("/a/made-before/")));
}

//! When a request is sent again: after an idle connection was closed, and when the registry asks for patience.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::registry::opening;
use crate::serving::{Act, Served, answer, exact, managed};
use manifuzz::exchange::{Observation, Probe, Questions, Reply};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::http::HttpOptions;
use manifuzz::transport::{Repository, Target, Transport as _, open};

fn target(server: &Served) -> Box<dyn Target> {
    open(&server.url(), &opening()).unwrap()
}

fn fire(target: &dyn Target, shape: &str) -> Observation {
    target.fire(&render(&shape.parse::<Shape>().unwrap()), Repository::Main, Questions::ALL).unwrap()
}

#[test]
fn a_request_on_a_connection_that_was_idle_is_sent_again_once() {
    // The second request on every connection is read, and the connection closed.
    let server = Served::new(|one| if one.before == 0 { answer(200, &[], "") } else { Act::Close(Vec::new()) });
    let transport = server.transport(HttpOptions::default());
    let first = exact(&transport, "/v2/1").unwrap();
    assert!(first.reply.is(200) && !first.repeated);
    let second = exact(&transport, "/v2/2").unwrap();
    assert!(second.reply.is(200) && second.repeated, "{second:?}");
    let third = managed(&transport, "GET", "/v2/3").unwrap();
    assert!(third.reply.is(200) && third.repeated, "{third:?}");
    let targets: Vec<_> = server.asked().iter().map(|one| (one.target.clone(), one.connection)).collect();
    let expected = [("/v2/1", 0), ("/v2/2", 0), ("/v2/2", 1), ("/v2/3", 1), ("/v2/3", 2)];
    assert_eq!(targets, expected.map(|(target, connection)| (target.to_owned(), connection)));
    assert_eq!(transport.requests(), 5, "what is sent again counts");
}

#[test]
fn a_connection_closed_while_idle_does_not_count_as_dropped() {
    let server = Served::new(|_| Act::Close(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".into()));
    let transport = server.transport(HttpOptions::default());
    let mut rested = false;
    for pause in [0, 50, 0, 0, 50, 0] {
        let sent = exact(&transport, "/v2/").unwrap();
        assert!(sent.reply.is(200));
        // What closed during the pause is noticed before anything is sent on it.
        assert!(!(rested && sent.repeated));
        rested = pause > 0;
        std::thread::sleep(Duration::from_millis(pause));
    }
}

#[test]
fn a_server_that_always_drops_is_dropped_once_per_try() {
    // `/ok` is answered, so that the next request goes over a connection that is reused; it is dropped there and on a new one.
    let server = Served::new(|one| if one.target == "/ok" { answer(200, &[], "") } else { Act::Close(Vec::new()) });
    let transport = server.transport(HttpOptions::default());
    assert!(managed(&transport, "GET", "/ok").unwrap().reply.is(200));
    let dropped = exact(&transport, "/v2/").unwrap();
    assert!(matches!(dropped.reply, Reply::Dropped(_)) && dropped.repeated);
    assert_eq!(server.count("PUT", "/v2/"), 2);
    // On a connection that is new it is believed at once.
    assert!(
        matches!(exact(&transport, "/v2/").unwrap(), sent if matches!(sent.reply, Reply::Dropped(_)) && !sent.repeated)
    );
    assert_eq!(server.count("PUT", "/v2/"), 3);
}

#[test]
fn a_drop_after_one_byte_of_the_answer_is_not_retried() {
    let server = Served::new(|one| if one.target == "/ok" { answer(200, &[], "") } else { Act::Close(b"H".into()) });
    let transport = server.transport(HttpOptions::default());
    assert!(managed(&transport, "GET", "/ok").unwrap().reply.is(200));
    let dropped = exact(&transport, "/v2/").unwrap();
    assert!(matches!(dropped.reply, Reply::Dropped(_)) && !dropped.repeated);
    assert_eq!(server.count("PUT", "/v2/"), 1);
}

#[test]
fn prior_state_is_unknown_after_a_repeated_push() {
    let drops = AtomicUsize::new(0);
    let server = Served::registry(move |one| {
        let is_first = one.method == "PUT"
            && one.target.contains("/manifests/mf-")
            && one.before > 0
            && drops.fetch_add(1, Ordering::SeqCst) == 0;
        is_first.then(|| Act::Close(Vec::new()))
    });
    let target = target(&server);
    let seen = fire(target.as_ref(), "base");
    assert!(seen.accepted() && !seen.tag_is_new && !seen.body_is_new, "{seen:?}");
    let seen = fire(target.as_ref(), "annotations=one");
    assert!(seen.accepted() && seen.tag_is_new && seen.body_is_new, "{seen:?}");
}

#[test]
fn retry_after_is_honoured() {
    for (status, headers, least) in [
        (429, vec![("Retry-After", "1")], 1000),
        (503, vec![("Retry-After", "1")], 1000),
        (429, vec![], 1000),
        // A date counts from the answer's own.
        (503, vec![("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Retry-After", "Sun, 06 Nov 1994 08:49:39 GMT")], 2000),
        (429, vec![("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")], 0),
    ] {
        let refused = AtomicUsize::new(0);
        let answers = headers.clone();
        let server = Served::registry(move |one| {
            let is_first = one.target.contains("/manifests/mf-") && one.method == "PUT";
            (is_first && refused.fetch_add(1, Ordering::SeqCst) == 0).then(|| answer(status, &answers, ""))
        });
        let target = target(&server);
        let started = Instant::now();
        let seen = fire(target.as_ref(), "base");
        assert!(seen.accepted(), "{status} {headers:?}");
        assert!(!seen.tag_is_new && !seen.body_is_new, "the first push may have been carried out");
        let least = Duration::from_millis(least);
        assert!(started.elapsed() >= least && target.waited() >= least, "{status} {headers:?}: {:?}", target.waited());
        assert_eq!(seen.replies.iter().filter(|(probe, _)| *probe == Probe::Put).count(), 1);
    }
}

#[test]
fn retries_are_bounded() {
    let server = Served::registry(|one| {
        (one.method == "PUT" && one.target.contains("/manifests/mf-")).then(|| answer(429, &[("Retry-After", "0")], ""))
    });
    let seen = fire(target(&server).as_ref(), "base");
    assert!(seen.reply(&Probe::Put).is_some_and(|reply| reply.is(429)));
    assert_eq!(server.count("PUT", "/manifests/mf-"), 4);
    let long = Served::registry(|one| {
        (one.method == "PUT" && one.target.contains("/manifests/mf-"))
            .then(|| answer(503, &[("Retry-After", "61")], ""))
    });
    let to_long = target(&long);
    let seen = fire(to_long.as_ref(), "base");
    assert!(seen.reply(&Probe::Put).is_some_and(|reply| reply.is(503)));
    assert_eq!((long.count("PUT", "/manifests/mf-"), to_long.waited()), (1, Duration::ZERO));
    // 503 without Retry-After is an answer like others.
    let failing = Served::registry(|one| one.target.contains("/manifests/mf-").then(|| answer(503, &[], "")));
    assert!(fire(target(&failing).as_ref(), "base").reply(&Probe::Put).is_some_and(|reply| reply.is(503)));
    assert_eq!(failing.count("PUT", "/manifests/mf-"), 1);
}

#[test]
fn a_deletion_that_was_sent_twice_proves_nothing_by_404() {
    let server = Served::registry(|one| {
        // Deleted, and the connection closed before the answer.
        (one.method == "DELETE" && one.before > 0).then(|| Act::Close(Vec::new()))
    });
    let deleted_first = Served::registry(|one| match (&*one.method, one.before) {
        ("DELETE", 1..) => Some(Act::Close(Vec::new())),
        ("DELETE", 0) => Some(answer(404, &[], "")),
        _ => None,
    });
    let ask = Probe::Ask(manifuzz::exchange::Ask::DeleteDigest);
    assert!(fire(target(&server).as_ref(), "afterwards=delete-digest").reply(&ask).is_some_and(|reply| reply.is(202)));
    assert_eq!(fire(target(&deleted_first).as_ref(), "afterwards=delete-digest").reply(&ask), None);
}

#[test]
fn waiting_for_the_embedded_registry_takes_no_time() {
    let target = open("embedded:clean", &opening()).unwrap();
    let started = Instant::now();
    target.wait(Duration::from_secs(3600)).unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(target.waited(), Duration::from_secs(3600));
}

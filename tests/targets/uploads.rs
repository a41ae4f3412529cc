//! Uploads: what is mounted instead, and what is pushed together.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::registry::opening;
use crate::serving::{Act, Asked, Served, answer};
use manifuzz::exchange::{Exchange, NeedKind, Observation, Presence, Probe, Questions};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::{Repository, open};

/// A case with so many blobs that they are pushed together.
const MANY: &str = "layers=count(40)";

fn exchange(shape: &str) -> Exchange {
    render(&shape.parse::<Shape>().unwrap())
}

fn blobs(exchange: &Exchange) -> BTreeSet<&str> {
    exchange.needs.iter().filter(|need| need.kind == NeedKind::Blob).map(|need| &*need.digest).collect()
}

/// Pushes the base to the main repository, and twice to a fresh one.
fn fire_afresh(server: &Served) -> [Observation; 2] {
    let (target, base) = (open(&server.url(), &opening()).unwrap(), exchange("base"));
    target.fire(&base, Repository::Main, Questions::NONE).unwrap();
    [(); 2].map(|()| target.fire(&base, Repository::Fresh, Questions::NONE).unwrap())
}

#[test]
fn a_blob_of_the_main_repository_is_mounted() {
    let server = Served::registry(|one| {
        one.target.contains("?mount=").then(|| answer(201, &[("Location", "/v2/a/b/blobs/x")], ""))
    });
    for seen in fire_afresh(&server) {
        assert!(seen.accepted() && seen.facts.needs.iter().all(|need| *need == Presence::Yes), "{seen:?}");
    }
    let count = blobs(&exchange("base")).len();
    assert_eq!(server.count("POST", "?mount="), 2 * count);
    assert_eq!(server.count("POST", ""), 3 * count, "no other session is opened for them");
    let mounts = server.asked().into_iter().filter(|one| one.target.contains("?mount="));
    for one in mounts {
        assert!(one.target.contains("/v2/a/b/mf-") && one.target.ends_with("&from=a/b"), "{}", one.target);
    }
}

#[test]
fn a_blob_that_is_not_mounted_is_uploaded() {
    type Answer = fn(&Asked) -> Option<Act>;
    let count = blobs(&exchange("base")).len();
    let session: Answer = |_| None;
    let refused: Answer = |_| Some(answer(404, &[], ""));
    let created: Answer = |_| Some(answer(200, &[], ""));
    let nowhere: Answer = |_| Some(answer(202, &[], ""));
    let closed: Answer = |_| Some(Act::Close(Vec::new()));
    for (mount, mounts, posts) in [
        (session, 2 * count, 3 * count),
        (refused, 1, 3 * count + 1),
        (created, 1, 3 * count + 1),
        (nowhere, 1, 3 * count + 1),
    ] {
        let server = Served::registry(move |one| one.target.contains("?mount=").then(|| mount(one))?);
        for seen in fire_afresh(&server) {
            assert!(seen.accepted() && seen.facts.needs.iter().all(|need| *need == Presence::Yes), "{seen:?}");
        }
        assert_eq!((server.count("POST", "?mount="), server.count("POST", "")), (mounts, posts));
        assert_eq!(server.count("PUT", "/blobs/uploads/"), 3 * count);
    }
    let server = Served::registry(move |one| one.target.contains("?mount=").then(|| closed(one))?);
    assert!(fire_afresh(&server).iter().all(Observation::accepted));
}

/// A registry that takes a while for each upload and refuses some blobs, and how many uploads it had at once at most.
fn slow(refused: Vec<String>) -> (Served, Arc<AtomicUsize>) {
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let server = Served::registry(move |one| {
        if one.method != "POST" {
            return refused.iter().any(|digest| one.target.contains(digest)).then(|| answer(500, &[], ""));
        }
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(2));
        now.fetch_sub(1, Ordering::SeqCst);
        None
    });
    (server, most)
}

fn fire(server: &Served, exchange: &Exchange, at_once: usize) -> Observation {
    let mut opening = opening();
    opening.http.at_once = at_once;
    open(&server.url(), &opening).unwrap().fire(exchange, Repository::Main, Questions::NONE).unwrap()
}

#[test]
fn many_blobs_are_pushed_together_and_once_each() {
    let exchange = exchange(MANY);
    for (at_once, together) in [(4, 2..5), (1, 1..2)] {
        let (server, most) = slow(Vec::new());
        let seen = fire(&server, &exchange, at_once);
        assert!(seen.accepted() && seen.facts.needs.iter().all(|need| *need == Presence::Yes));
        assert!(together.contains(&most.load(Ordering::SeqCst)), "{at_once}: {most:?}");
        let puts = server.count("PUT", "/blobs/uploads/");
        assert_eq!(puts, blobs(&exchange).len());
    }
}

#[test]
fn what_is_pushed_together_is_observed_as_if_pushed_in_order() {
    let exchange = exchange(MANY);
    let refused: Vec<_> = [5, 3, 11].map(|i: usize| exchange.needs[i].digest.clone()).into();
    let [together, in_order] = [4, 1].map(|at_once| {
        let (server, _) = slow(refused.clone());
        let seen = fire(&server, &exchange, at_once);
        let probes: Vec<_> = seen.replies.iter().map(|(probe, reply)| (probe.clone(), reply.is(500))).collect();
        (seen.facts.needs, probes)
    });
    assert_eq!(together, in_order);
    assert_eq!(in_order.1, [(Probe::Upload(3), true)]);
}

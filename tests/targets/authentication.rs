//! Registries that want credentials: how often they and their token services are asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::guarded::{BEARER, Guarded, authorization, has_token, token, token_if, unauthorized, user, with};
use crate::serving::{Asked, Served, answer, exact, managed};

const PUT: &str = "/v2/a/b/manifests/t";

#[test]
fn a_token_that_expires_in_mid_run_is_refreshed_and_the_request_sent_twice_at_most() {
    let valid = Arc::new(AtomicUsize::new(0));
    let current = Arc::clone(&valid);
    let accepts =
        move |asked: &Asked| authorization(asked) == format!("Bearer token-{}", current.load(Ordering::SeqCst));
    let guarded =
        Guarded::new(&[BEARER], accepts, |_, before| answer(200, &[], format!(r#"{{"token":"token-{before}"}}"#)));
    let transport = guarded.registry.transport(with(user()));
    assert!(exact(&transport, PUT).unwrap().reply.is(201));
    valid.store(1, Ordering::SeqCst);
    let sent = exact(&transport, PUT).unwrap();
    assert!(sent.reply.is(201) && sent.repeated);
    assert_eq!((guarded.registry.count("PUT", ""), guarded.asks().len()), (4, 2));
    // A registry that never takes the token gets each request twice, and the service is asked once more.
    valid.store(100, Ordering::SeqCst);
    assert!(exact(&transport, PUT).unwrap().reply.is(401));
    assert_eq!((guarded.registry.count("PUT", ""), guarded.asks().len()), (6, 3));
}

#[test]
fn requests_at_the_same_time_fetch_one_token() {
    let guarded = Guarded::new(&[BEARER], has_token, |_, _| {
        std::thread::sleep(Duration::from_millis(50));
        token()
    });
    let transport = guarded.registry.transport(with(user()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert!(exact(&transport, PUT).unwrap().reply.is(201)));
        }
    });
    assert_eq!(guarded.asks(), ["GET /token"]);
}

#[test]
fn a_service_that_refuses_the_right_to_delete_is_asked_for_less_before_the_push_is_sent() {
    let guarded = Guarded::new(&[r#"Bearer realm="{service}/token""#], has_token, |asked, _| {
        token_if(!asked.target.contains("delete"))
    });
    let transport = guarded.registry.transport(with(user()));
    assert!(managed(&transport, "GET", "/v2/").unwrap().reply.is(200));
    let sent = exact(&transport, PUT).unwrap();
    assert!(sent.reply.is(201) && !sent.repeated, "{sent:?}");
}

/// A registry whose tokens are for scopes, as a service that understands them grants.
fn scoped(error: &'static str) -> (Served, Served) {
    let service =
        Served::new(|asked| answer(200, &[], format!(r#"{{"token":"{}"}}"#, asked.target.replace("%3A", ":"))));
    let realm = format!("http://{}/token", service.address);
    let registry = Served::registry(move |asked| {
        let needed = if asked.target.ends_with("/tags/list") { "metadata_read" } else { "pull" };
        let challenge = format!(r#"Bearer realm="{realm}",scope="repository:a/b:{needed}"{error}"#);
        (!authorization(asked).contains(needed)).then(|| unauthorized(&[challenge]))
    });
    (registry, service)
}

#[test]
fn a_scope_that_the_registry_adds_is_asked_for_from_then_on() {
    for error in ["", r#",error="insufficient_scope""#] {
        let (registry, service) = scoped(error);
        let transport = registry.transport(with(user()));
        assert!(exact(&transport, PUT).unwrap().reply.is(201));
        for _ in 0..3 {
            assert!(managed(&transport, "GET", "/v2/a/b/tags/list").unwrap().reply.is(200), "{error}");
            assert!(!exact(&transport, PUT).unwrap().repeated, "{error}");
        }
        assert_eq!((registry.count("GET", "/tags/list"), service.asked().len()), (4, 2), "{error}");
    }
}

#[test]
fn a_challenge_that_names_another_scope_each_time_costs_a_token_for_each_request() {
    let service = Served::new(|_| token());
    let (realm, number) = (format!("http://{}/token", service.address), AtomicUsize::new(0));
    let registry = Served::new(move |_| {
        let n = number.fetch_add(1, Ordering::SeqCst);
        unauthorized(&[format!(r#"Bearer realm="{realm}",scope="repository:a/b:x{n}",error="insufficient_scope""#)])
    });
    let transport = registry.transport(with(user()));
    for _ in 0..20 {
        assert!(exact(&transport, PUT).unwrap().reply.is(401));
    }
    assert!(registry.asked().len() <= 40 && service.asked().len() <= 40, "{}", service.asked().len());
    let longest = service.asked().iter().map(|asked| asked.target.len()).max().unwrap();
    assert!(longest < 600, "{longest}");
}

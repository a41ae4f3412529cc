//! Token services that fail, and hosts that must not see credentials.

use std::sync::Arc;
use std::time::Duration;

use crate::guarded::{
    BASIC, BEARER, Guarded, PASSWORD, TOKEN, authorization, has_token, token, unauthorized, user, with,
};
use crate::serving::{Act, Asked, Served, answer, exact, managed};
use manifuzz::error::TroubleKind;
use manifuzz::exchange::Reply;
use manifuzz::transport::http::HttpOptions;
use manifuzz::transport::{CaseContext, Request, Transport as _};

const PUT: &str = "/v2/a/b/manifests/t";

/// An answer 200 of a token service.
fn body(text: &str) -> Act {
    answer(200, &[], text.replace("TOKEN", TOKEN))
}

#[test]
fn a_service_without_a_token_is_trouble_that_names_it_without_secrets() {
    let elsewhere = Arc::new(Served::new(|_| token()));
    let to = format!("http://{}/token", elsewhere.address);
    type Acts = Box<dyn Fn(&Asked, usize) -> Act + Send + Sync>;
    let rows: Vec<(&str, Acts, TroubleKind)> = vec![
        (
            "refused user `user` with 401",
            Box::new(|asked, _| answer(401, &[], authorization(asked))),
            TroubleKind::Unauthorized,
        ),
        (
            "refused user `user` with 429",
            Box::new(|_, _| answer(429, &[("Retry-After", "0")], "")),
            TroubleKind::RateLimited,
        ),
        ("answered 500", Box::new(|asked, _| answer(500, &[], authorization(asked))), TroubleKind::Protocol),
        ("answered 503", Box::new(|_, _| answer(503, &[], "")), TroubleKind::Protocol),
        (
            "contains no token",
            Box::new(|asked, _| answer(200, &[], format!("<html>{}", authorization(asked)))),
            TroubleKind::Protocol,
        ),
        ("contains no token", Box::new(|_, _| answer(200, &[], "")), TroubleKind::Protocol),
        ("contains no token", Box::new(|_, _| body(r#"{"token":""}"#)), TroubleKind::Protocol),
        ("contains no token", Box::new(|_, _| body(r#"{"token":"TOKEN\r\nX-Injected: 1"}"#)), TroubleKind::Protocol),
        ("contains no token", Box::new(|_, _| body(r#"{"token":"TOKEN"} "#.repeat(2).as_str())), TroubleKind::Protocol),
        ("contains no token", Box::new(|_, _| body(&"[".repeat(200_000))), TroubleKind::Protocol),
        (
            "contains no token",
            Box::new(|_, _| body(&format!(r#"{{"token":"{}"}}"#, "x".repeat(2 << 20)))),
            TroubleKind::Protocol,
        ),
        (
            "a redirect, which is not followed",
            Box::new(move |_, _| answer(307, &[("Location", &to)], "")),
            TroubleKind::Protocol,
        ),
        ("not HTTP", Box::new(|_, _| Act::Close(b"SSH-2.0-x\r\n".to_vec())), TroubleKind::Protocol),
        ("not answered", Box::new(|_, _| Act::Close(Vec::new())), TroubleKind::Protocol),
        ("no answer within the deadline", Box::new(|_, _| Act::Hang), TroubleKind::TimeOut),
    ];
    for (words, grant, kind) in rows {
        let guarded = Guarded::new(&[BEARER], has_token, grant);
        let options = HttpOptions { deadline: Duration::from_millis(500), ..with(user()) };
        let trouble = exact(&guarded.registry.transport(options), PUT).unwrap_err();
        let text = format!("{trouble} {trouble:?}");
        assert!(text.contains(words) && text.contains(&guarded.service.address), "{words}: {text}");
        assert_eq!(trouble.kind, kind, "{text}");
        assert!(![PASSWORD, BASIC, &BASIC[6..], TOKEN].iter().any(|secret| text.contains(secret)), "{text}");
        assert!(guarded.asks().len() <= 4, "{words}: {:?}", guarded.asks());
        assert_eq!(guarded.registry.asked().len(), 1, "{words}");
    }
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn a_realm_elsewhere_is_refused_before_anything_is_sent_there() {
    for (realm, words) in [
        ("https://auth.invalid/token", "on another network"),
        ("http://192.0.2.1/token", "on another network"),
        ("file:///etc/passwd", "not a URL"),
        ("/token", "not a URL"),
        ("http://", "not a URL"),
        ("http://user:hunter2-hunter2@auth.invalid/?token=hunter2-hunter2", "on another network"),
        ("ftp://user:hunter2-hunter2@auth.invalid/", "not a URL"),
    ] {
        let challenge = format!(r#"Bearer realm="{realm}",service="reg""#);
        let registry = Served::new(move |_| unauthorized(std::slice::from_ref(&challenge)));
        let trouble = exact(&registry.transport(with(user())), PUT).unwrap_err();
        assert_eq!(trouble.kind, TroubleKind::Unauthorized, "{trouble}");
        let text = trouble.to_string();
        assert!(text.contains(words) && !text.contains(PASSWORD), "{realm}: {text}");
        assert_eq!(registry.asked().len(), 1);
    }
}

#[test]
fn credentials_are_sent_to_the_registry_and_its_token_service_alone() {
    for (challenge, accepted) in [(BEARER, TOKEN), ("Basic realm=x", &BASIC[6..])] {
        let other = Served::new(|_| answer(200, &[], "{}"));
        let to = format!("http://{}/x", other.address);
        let is_elsewhere = |asked: &Asked| asked.target.contains("/blobs/");
        let service = Served::new(|_| token());
        let challenge = challenge.replace("{service}", &format!("http://{}", service.address));
        let registry = Served::new(move |asked| match authorization(asked).ends_with(accepted) {
            false => unauthorized(std::slice::from_ref(&challenge)),
            true if is_elsewhere(asked) => answer(307, &[("Location", &to)], ""),
            true => answer(200, &[], ""),
        });
        let names = vec![other.address.clone()];
        let options = HttpOptions { follow_redirects: names.clone(), allow_hosts: names, ..with(user()) };
        let transport = registry.transport(options);
        let context = CaseContext::default();
        for (method, target) in
            [("GET", "/v2/a/b/blobs/x"), ("HEAD", "/v2/a/b/blobs/x"), ("POST", "/v2/a/b/blobs/uploads/")]
        {
            let request = Request { is_blob: true, ..Request::new(method.parse().unwrap(), target, &context) };
            assert!(transport.managed(&request).unwrap().reply.is(200), "{method}");
        }
        // As the `Location` of an upload.
        managed(&transport, "PUT", &format!("http://{}/session", other.address)).unwrap();
        assert_eq!(other.asked().len(), 4);
        for asked in other.asked() {
            assert!(authorization(&asked).is_empty() && !asked.head.contains(accepted), "{}", asked.head);
        }
    }
}

#[test]
fn an_other_host_that_answers_401_gets_no_credentials() {
    let other = Served::new(|_| unauthorized(&["Basic realm=x".to_owned()]));
    let registry = Served::new(|_| answer(200, &[], ""));
    let options = HttpOptions { allow_hosts: vec![other.address.clone()], ..with(user()) };
    let reply = managed(&registry.transport(options), "GET", &format!("http://{}/x", other.address)).unwrap().reply;
    assert!(matches!(reply, Reply::Answer(_)) && reply.is(401));
    assert_eq!(other.asked().len(), 1);
}

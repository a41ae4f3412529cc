//! What answers is looked at before anything is judged: whether it is a registry, and which optional parts it has.

use crate::command;
use std::io::{Read as _, Write as _};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::registry::opening;
use crate::serving::{Act, Asked, Served, answer, measuring, raw};
use manifuzz::error::{Trouble, TroubleKind};
use manifuzz::exchange::{Capabilities, Capability};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::http::HttpOptions;
use manifuzz::transport::{Opening, Target, open};

fn target(url: &str, http: HttpOptions) -> Box<dyn Target> {
    open(url, &Opening { http, ..opening() }).unwrap()
}

fn probed_at(url: &str, http: HttpOptions) -> Result<Capabilities, Trouble> {
    let (base, with_subject) = (render(&Shape::base()), render(&"subject=present".parse().unwrap()));
    let target = target(url, http);
    target.ping(&base)?;
    target.capabilities(&base, &with_subject)
}

fn probed(server: &Served) -> Result<Capabilities, Trouble> {
    probed_at(&server.url(), HttpOptions::default())
}

/// A run of the binary; nothing may be written.
fn run(url: &str) -> Output {
    let (output, folder) = command::run(["run", url, "--seed", "1", "--cases", "4"]);
    assert!(!folder.path().join("manifuzz-cases.csv").exists(), "{output:?}");
    output
}

fn is_trouble(url: &str, kind: TroubleKind, words: &[&str]) {
    let trouble = probed_at(url, HttpOptions::default()).unwrap_err();
    assert_eq!(trouble.kind, kind, "{trouble}");
    for word in words {
        assert!(trouble.to_string().contains(word), "{word}: {trouble}");
    }
    let output = run(url);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
}

const HTML: &[(&str, &str)] = &[("Content-Type", "text/html; charset=utf-8")];

#[test]
fn a_web_server_is_not_taken_for_a_registry() {
    type Web = fn(&Asked) -> Act;
    let servers: &[(Web, &[&str])] = &[
        (|_| answer(404, HTML, "<html>not found"), &["404 (text/html)"]),
        (|one| if one.method == "GET" { answer(404, HTML, "<p>") } else { answer(501, HTML, "<p>") }, &["404", "501"]),
        (|one| if one.method == "GET" { answer(200, HTML, "<p>") } else { answer(405, HTML, "<p>") }, &["200", "405"]),
        (|_| answer(200, HTML, "<html>a single page"), &["200 (text/html)"]),
        (|_| answer(404, &[("Content-Type", "text/plain")], "404 page not found"), &["404 (text/plain)"]),
        (
            |_| answer(301, &[("Location", "https://registry.invalid/v2/")], ""),
            &["redirected to https://registry.invalid"],
        ),
    ];
    for (act, words) in servers {
        is_trouble(&Served::new(*act).url(), TroubleKind::Protocol, words);
    }
}

#[test]
fn other_protocols_on_the_port_are_named() {
    for text in [
        "<center>The plain HTTP request was sent to HTTPS port</center>",
        "Client sent an HTTP request to an HTTPS server.\n",
        "Reason: You're applicable plain HTTP to an SSL-enabled server port.",
    ] {
        is_trouble(&Served::new(move |_| answer(400, HTML, text)).url(), TroubleKind::Protocol, &["TLS", "https://"]);
    }
    let alert = raw(|mut stream| {
        let _ = stream.read(&mut [0; 4]);
        let _ = stream.write_all(&[0x15, 3, 1, 0, 2, 2, 70]);
    });
    is_trouble(&format!("http://{alert}/a/b"), TroubleKind::Protocol, &["TLS", "https://"]);
    let ssh = raw(|mut stream| {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n");
        let _ = stream.read(&mut [0; 4096]);
    });
    is_trouble(&format!("http://{ssh}/a/b"), TroubleKind::Protocol, &["not HTTP"]);
    let plain = raw(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    is_trouble(
        &format!("https://{}/a/b", plain.replace("127.0.0.1", "localhost")),
        TroubleKind::Protocol,
        &["not speak TLS", "http://"],
    );
}

#[test]
fn a_registry_is_recognised_by_what_it_accepts() {
    // No `/v2/`; 401 there for a reason of its own; no header that names the version.
    let odd: [fn(&Asked) -> Option<Act>; 4] = [
        |one| (one.target == "/v2/").then(|| answer(404, HTML, "<p>")),
        |one| (one.target == "/v2/").then(|| answer(401, &[], "")),
        |one| (one.target == "/v2/").then(|| answer(200, &[], "")),
        |one| (one.target == "/v2/").then(|| Act::Close(Vec::new())),
    ];
    for change in odd {
        let server = Served::registry(change);
        let base = render(&Shape::base());
        target(&server.url(), HttpOptions::default()).ping(&base).unwrap();
        assert_eq!(probed(&server).unwrap(), Capabilities::ALL);
    }
}

#[test]
fn a_missing_push_permission_is_reported() {
    for (status, kind) in [(401, TroubleKind::Unauthorized), (403, TroubleKind::Forbidden)] {
        let server = Served::registry(move |one| (one.method == "POST").then(|| answer(status, &[], "")));
        assert_eq!(probed(&server).unwrap_err().kind, kind);
    }
}

/// Which requests concern a part.
fn concerns(part: Capability, one: &Asked) -> bool {
    match part {
        Capability::PushByDigest => one.method == "PUT" && one.target.contains("/manifests/sha256:"),
        Capability::Referrers => one.target.contains("/referrers/"),
        Capability::TagList => one.target.ends_with("/tags/list"),
        Capability::FreshRepositories => one.method == "POST" && !one.target.starts_with("/v2/a/b/blobs"),
        Capability::Deletion => one.method == "DELETE",
        Capability::Http1 => false,
    }
}

/// The capabilities that answers to requests show.
fn probed_by_requests() -> impl Iterator<Item = Capability> {
    Capability::ALL.into_iter().filter(|part| *part != Capability::Http1)
}

/// A registry whose answers on one part are these, one after the other; then as usual.
fn failing(part: Capability, acts: impl Fn(usize) -> Option<Act> + Send + Sync + 'static) -> Served {
    let seen = AtomicUsize::new(0);
    Served::registry(move |one| if concerns(part, one) { acts(seen.fetch_add(1, Ordering::SeqCst)) } else { None })
}

#[test]
fn a_part_is_lacking_if_the_target_says_so_twice() {
    for part in probed_by_requests() {
        for status in [404, 405] {
            let has = probed(&failing(part, move |_| Some(answer(status, &[], "")))).unwrap();
            let lacking = has.lacking();
            let lack = lacking.iter().find(|lack| lack.part == part).unwrap_or_else(|| panic!("{part:?}"));
            assert!(lack.evidence.ends_with(&format!("answered {status}")), "{lack}");
            // Where nothing can be pushed to, nothing can be deleted.
            let others = lacking.iter().filter(|lack| lack.part != part).map(|lack| lack.part).collect::<Vec<_>>();
            let is_expected =
                others.is_empty() || (part == Capability::FreshRepositories && others == [Capability::Deletion]);
            assert!(is_expected, "{part:?}: {others:?}");
        }
        // Said once, it may be a replica that lags.
        let once = failing(part, |n| (n == 0).then(|| answer(404, &[], "")));
        assert!(probed(&once).unwrap().has(part), "{part:?}");
    }
    for (part, status, has) in [
        (Capability::Deletion, 400, false),
        (Capability::Deletion, 501, false),
        (Capability::Deletion, 200, true),
        (Capability::Deletion, 204, true),
        (Capability::FreshRepositories, 403, false),
        (Capability::PushByDigest, 400, false),
    ] {
        let act = move |_| match status {
            204 => Some(Act::Write(b"HTTP/1.1 204 X\r\n\r\n".to_vec())),
            _ => Some(answer(status, &[], "")),
        };
        assert_eq!(probed(&failing(part, act)).unwrap().has(part), has, "{part:?} {status}");
    }
}

#[test]
fn failures_are_not_taken_for_missing_capabilities() {
    // Most of the time is spent waiting before something is asked again.
    std::thread::scope(|scope| {
        for part in probed_by_requests() {
            scope.spawn(move || failures_of(part));
        }
    });
    let http = HttpOptions { deadline: Duration::from_millis(200), ..HttpOptions::default() };
    for stalls in [1, usize::MAX] {
        let server = failing(Capability::Referrers, move |n| (n < stalls).then_some(Act::Hang));
        assert!(probed_at(&server.url(), http.clone()).unwrap().referrers);
    }
}

fn failures_of(part: Capability) {
    let acts: [fn() -> Act; 4] = [
        || answer(503, &[], ""),
        || answer(500, &[], ""),
        || Act::Close(Vec::new()),
        || answer(429, &[("Retry-After", "0")], ""),
    ];
    for act in acts {
        let passing = failing(part, move |n| (n < 2).then(act));
        assert!(probed(&passing).unwrap().has(part), "{part:?}");
    }
    // What goes on although the target is alive is for the model to judge.
    for act in &acts[..3] {
        let act = *act;
        assert!(probed(&failing(part, move |_| Some(act()))).unwrap().has(part), "{part:?}");
    }
    let limited = probed(&failing(part, |_| Some(answer(429, &[("Retry-After", "0")], ""))));
    assert_eq!(limited.unwrap_err().kind, TroubleKind::RateLimited, "{part:?}");
}

#[test]
fn a_target_must_answer_the_base() {
    let base: fn(&Asked) -> bool = |one| one.method == "PUT" && one.target.contains("/manifests/mf-");
    // What is dropped on a connection that was idle is sent once more.
    let acts: [(fn() -> Act, usize); 2] = [(|| answer(500, &[], ""), 3), (|| Act::Close(Vec::new()), 4)];
    for (act, count) in acts {
        let server = Served::registry(move |one| base(one).then(act));
        let trouble = probed(&server).unwrap_err();
        assert!(trouble.kind == TroubleKind::Protocol && trouble.cause.contains("3 times"), "{trouble}");
        assert_eq!(server.asked().iter().filter(|one| base(one)).count(), count);
    }
}

#[test]
fn a_named_subject_proves_referrers() {
    let server = Served::registry(|one| {
        if one.target.contains("/referrers/") {
            return Some(answer(404, &[], ""));
        }
        let has_subject = String::from_utf8_lossy(&one.body).contains("\"subject\"");
        (one.method == "PUT" && has_subject).then(|| answer(201, &[("Location", "x"), ("OCI-Subject", "sha256:0")], ""))
    });
    assert!(probed(&server).unwrap().referrers);
    // So does one list, whatever others say.
    let first = Arc::new(AtomicUsize::new(0));
    let server = Served::registry(move |one| {
        (one.target.contains("/referrers/") && first.fetch_add(1, Ordering::SeqCst) == 0).then(|| answer(404, &[], ""))
    });
    assert!(probed(&server).unwrap().referrers);
}

#[test]
fn a_target_that_never_answers_is_given_up_within_three_deadlines() {
    let _measuring = measuring();
    let server = Served::new(|_| Act::Hang);
    let http = HttpOptions { deadline: Duration::from_millis(500), ..HttpOptions::default() };
    let started = Instant::now();
    let trouble = probed_at(&server.url(), http.clone()).unwrap_err();
    assert_eq!(trouble.kind, TroubleKind::TimeOut);
    assert!(started.elapsed() < Duration::from_millis(1900), "{:?}", started.elapsed());
    // Also one that stops answering when it is pushed to.
    let server = Served::registry(|one| (one.target != "/v2/").then_some(Act::Hang));
    assert_eq!(probed_at(&server.url(), http).unwrap_err().kind, TroubleKind::TimeOut);
}

#[test]
fn each_missing_capability_is_reported_once_with_the_answer() {
    let server = failing(Capability::Referrers, |_| Some(answer(404, &[], "")));
    let (output, _folder) = command::run(["run", &server.url(), "--seed", "1", "--cases", "2"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let expected = "answered 404; distribution-spec listing-referrers)";
    assert!(said.contains("no referrers (GET /v2/a/b/referrers/sha256:"), "{said}");
    assert_eq!(said.matches(expected).count(), 1, "{said}");
}

/// A server with a certificate that is valid in these days from now, for this name; signed by another one or by itself.
fn tls(days: std::ops::Range<i64>, name: &str, by_another: bool) -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "leaf");
    let at = |days: i64| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        (SystemTime::UNIX_EPOCH + Duration::from_secs(now.saturating_add_signed(days * 86_400))).into()
    };
    (parameters.not_before, parameters.not_after) = (at(days.start), at(days.end));
    let certificate = if by_another {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        authority.distinguished_name.push(rcgen::DnType::CommonName, "authority");
        parameters.signed_by(&key, &rcgen::Issuer::new(authority, authority_key)).unwrap()
    } else {
        parameters.self_signed(&key).unwrap()
    };
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    raw(move |mut stream| {
        let mut connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        let _ = connection.complete_io(&mut stream);
    })
}

#[test]
fn untrusted_certificates_are_reported_with_the_reason() {
    let (valid, authority) = ("use a certificate that is valid", "--tls-ca FILE");
    for (days, by_another, words, kind, advice) in [
        (-10..-5, false, "expired", TroubleKind::Tls, valid),
        (5..10, true, "not valid yet", TroubleKind::Tls, valid),
        (-5..5, false, "self-signed", TroubleKind::UnknownAuthority, authority),
        (-5..5, true, "not issued by a trusted authority", TroubleKind::UnknownAuthority, authority),
    ] {
        let port = tls(days, "localhost", by_another).rsplit(':').next().unwrap().to_owned();
        let url = format!("https://localhost:{port}/a/b");
        is_trouble(&url, kind, &["certificate", words]);
        let said = String::from_utf8_lossy(&run(&url).stderr).into_owned();
        assert!(said.contains(advice) && said.contains("--tls-verify=false"), "{said}");
        assert!(!said.contains("is the registry running"), "{said}");
    }
}

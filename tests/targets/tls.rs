//! TLS: which servers are trusted and why others are not, client certificates, and which protocol carries which request.

use std::io::Read as _;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use crate::command::{manifuzz, stderr};
use crate::secure::{Authority, Secure};
use crate::serving::{exact, put, raw};
use http::{Method, Version};
use manifuzz::error::TroubleKind;
use manifuzz::transport::http::{Address, HttpOptions, HttpTransport, Tls};
use manifuzz::transport::{CaseContext, Transport as _};

const BOTH: &[&str] = &["h2", "http/1.1"];

/// A run on a server of this machine, with system roots that do not matter.
fn run(port: u16, arguments: &[&str], certificates: Option<&str>) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("https://localhost:{port}/a/b");
    let mut run = manifuzz();
    run.args(["run", &url, "--seed", "1", "--cases", "8", "--no-shrink", "--name", "tls"]).args(arguments);
    run.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").current_dir(folder.path());
    run.envs(certificates.map(|path| ("SSL_CERT_FILE", path))).output().unwrap()
}

/// Whether the server was tested: findings are not the point here.
fn is_tested(output: &Output) -> bool {
    matches!(output.status.code(), Some(0 | 1)) && stderr(output).contains("8 cases judged")
}

#[test]
fn an_own_authority_is_trusted_if_a_flag_or_the_environment_names_it() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let server = Secure::new(authority.server("localhost", None), BOTH);
    let own = authority.write(folder.path().join("own.pem"));
    let other = Authority::new().write(folder.path().join("other.pem"));
    for (arguments, certificates) in
        [(&["--tls-ca", &own][..], None), (&["--tls-ca", &other, "--tls-ca", &own], None), (&[], Some(&*own))]
    {
        let output = run(server.port, arguments, certificates);
        assert!(is_tested(&output), "{arguments:?} {certificates:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("NOT verified"));
    }
    for arguments in [&[][..], &["--tls-ca", &other]] {
        let output = run(server.port, arguments, Some(&other));
        let said = stderr(&output);
        assert!(output.status.code() == Some(3) && said.contains("--tls-ca FILE"), "{said}");
    }
    let output = run(server.port, &["--tls-verify=false"], None);
    assert!(is_tested(&output) && stderr(&output).contains("warning: --tls-verify=false"), "{}", stderr(&output));
    let nothing = folder.path().join("empty.pem").display().to_string();
    std::fs::write(&nothing, "").unwrap();
    for path in [&*nothing, "/nowhere.pem"] {
        let output = run(server.port, &["--tls-ca", path], None);
        assert!(
            output.status.code() == Some(2) && stderr(&output).contains("cannot read certificates"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn a_certificate_for_another_name_is_reported_with_both_names() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let server = Secure::new(authority.server("other.invalid", None), BOTH);
    let output = run(server.port, &["--tls-ca", &authority.write(folder.path().join("own.pem"))], None);
    let said = stderr(&output);
    assert!(output.status.code() == Some(3) && said.contains("for other.invalid, not for localhost"), "{said}");
    assert!(said.contains("--tls-verify=false") && server.asked().is_empty(), "{said}");
}

#[test]
fn a_client_certificate_is_presented_and_asked_for_by_the_name_of_its_flags() {
    let (folder, authority, clients) = (tempfile::tempdir().unwrap(), Authority::new(), Authority::new());
    let server = Secure::new(authority.server("localhost", Some(&clients)), BOTH);
    let own = authority.write(folder.path().join("own.pem"));
    let [certificate, key] = clients.write_client(folder.path(), "right");
    let output = run(server.port, &["--tls-ca", &own, "--tls-cert", &certificate, "--tls-key", &key], None);
    assert!(is_tested(&output), "{}", stderr(&output));
    let asked = server.asked().len();
    let [wrong, wrong_key] = Authority::new().write_client(folder.path(), "wrong");
    for (identity, words) in [
        (&[][..], "--tls-cert FILE and --tls-key FILE"),
        (&["--tls-cert", &wrong, "--tls-key", &wrong_key], "--tls-cert FILE and --tls-key FILE"),
        (&["--tls-cert", &certificate, "--tls-key", &wrong_key], "the client certificate and its key cannot be used"),
    ] {
        let output = run(server.port, &[&["--tls-ca", &*own][..], identity].concat(), None);
        let said = stderr(&output);
        assert!(output.status.code() == Some(3) && said.contains(words), "{identity:?}: {said}");
    }
    assert_eq!(server.asked().len(), asked, "only the run with the right certificate got through");
}

#[test]
fn the_tested_request_is_sent_over_http_1_and_others_over_http_2() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let own = authority.write(folder.path().join("own.pem"));
    let server = Secure::new(authority.server("localhost", None), BOTH);
    let output = run(server.port, &["--tls-ca", &own], None);
    assert!(is_tested(&output), "{}", stderr(&output));
    let asked = server.asked();
    // Only the tested request, and its repetitions, push a tag.
    let is_tested =
        |one: &&http::request::Parts| one.method == Method::PUT && one.uri.path().contains("/manifests/mf-");
    let (tested, others): (Vec<_>, Vec<_>) = asked.iter().partition(|one| is_tested(one));
    assert!(tested.len() >= 8 && tested.iter().all(|one| one.version == Version::HTTP_11));
    let is_http2 = |one: &&&http::request::Parts| one.version == Version::HTTP_2;
    let reads = others.iter().filter(|one| one.method == Method::GET);
    assert!(reads.clone().count() > 8 && reads.clone().all(|one| is_http2(&one)));
    assert!(others.iter().any(|one| one.method == Method::POST && one.version == Version::HTTP_2));
    assert!(asked.iter().all(|one| one.headers["user-agent"].as_bytes().starts_with(b"manifuzz/")));
    let connections = server.connections();
    assert!(connections * 4 < asked.len(), "{connections} connections for {} requests", asked.len());
}

#[test]
fn a_server_without_http_1_is_tested_over_http_2_and_lacks_a_capability() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let own = authority.write(folder.path().join("own.pem"));
    let server = Secure::new(authority.server("localhost", None), &["h2"]);
    let output = run(server.port, &["--tls-ca", &own], None);
    let said = stderr(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    assert!(said.contains("no HTTP/1.1") && said.contains("HTTP/2 only"), "{said}");
    let asked = server.asked();
    assert!(asked.iter().all(|one| one.version == Version::HTTP_2) && asked.len() > 30, "{}", asked.len());
    let connections = server.connections();
    assert!(connections * 4 < asked.len(), "{connections} connections for {} requests", asked.len());
    // Nothing is sent in chunks, and what must be is not sent.
    let is_whole = |one: &http::request::Parts| one.headers.contains_key("content-length");
    assert!(asked.iter().filter(|one| one.method == Method::PUT).all(is_whole));
    let address = Address::parse(&format!("https://localhost:{}/a/b", server.port)).unwrap();
    let tls = Arc::new(Tls::load(&[own.into()], None, true).unwrap());
    let transport = HttpTransport::new(&address, HttpOptions { tls, ..HttpOptions::default() }).unwrap();
    let trouble = transport.exact(put("/v2/a/b/manifests/t"), true, &CaseContext::default()).unwrap_err();
    assert!(trouble.kind == TroubleKind::Protocol && trouble.cause.contains("HTTP/2 has no chunked"), "{trouble}");
    assert_eq!(server.asked().len(), asked.len());
}

#[test]
fn a_server_that_is_silent_in_the_handshake_is_trouble_at_the_deadline() {
    let silent = raw(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let address = Address::parse(&format!("https://{silent}/a/b")).unwrap();
    let options = HttpOptions { deadline: Duration::from_millis(300), ..HttpOptions::default() };
    let trouble = exact(&HttpTransport::new(&address, options).unwrap(), "/v2/").unwrap_err();
    assert_eq!(trouble.kind, TroubleKind::Unreachable);
    assert!(trouble.to_string().contains("no TLS connection within 0.3 s"), "{trouble}");
}

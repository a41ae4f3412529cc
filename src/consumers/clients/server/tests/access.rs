use super::super::{Addresses, CaseServer, USERNAME};
use super::client::{Connection, ask, ask_as_user, basic, follow};
use super::{exchange, serve};
use crate::exchange::client::At;

const MANIFEST: &str = "/v2/manifuzz/case/manifests/case";

/// The realm of the challenge that a request gets.
fn realm(server: &CaseServer) -> String {
    let got = ask(server, "GET", MANIFEST);
    let challenge = got.header("www-authenticate").unwrap().to_owned();
    assert!(
        got.status == 401 && challenge.contains("service=\"manifuzz\",scope=\"repository:manifuzz/case:pull,push\"")
    );
    challenge.strip_prefix("Bearer realm=\"").unwrap().split_once('"').unwrap().0.to_owned()
}

/// The status of a request with a token.
fn with_token(server: &CaseServer, target: &str, token: &str) -> u16 {
    let header = format!("Bearer {token}");
    Connection::to(server.registry()).send("GET", target, &[("Authorization", &header)], b"").status
}

fn token(url: &str) -> String {
    follow("GET", &format!("{url}?service=manifuzz&account={USERNAME}")).json()["token"].as_str().unwrap().to_owned()
}

#[test]
fn a_case_that_leads_nowhere_asks_for_nothing() {
    for text in
        ["", "answer.redirect=loop", "answer.redirect=file", "answer.location=relative", "answer.link.tags=pages"]
    {
        assert_eq!(ask(&serve(text), "GET", "/v2/").status, 200, "{text}");
    }
}

#[test]
fn a_case_that_leads_to_another_host_asks_for_the_password_of_every_request() {
    let texts = [
        "answer.redirect=other-host",
        "answer.redirect=other-port",
        "answer.location=other-host",
        "answer.location=redirected",
        "answer.link.tags=other-host",
        "answer.link.referrers=other-host",
    ];
    for text in texts {
        let server = serve(text);
        for target in ["/v2/", MANIFEST, "/v2/manifuzz/copy/tags/list"] {
            let got = ask(&server, "GET", target);
            assert_eq!((got.status, got.header("www-authenticate")), (401, Some("Basic realm=\"manifuzz\"")), "{text}");
        }
        assert_ne!(ask_as_user(&server, "GET", MANIFEST).status, 401, "{text}");
        let wrong = [("Authorization", "Basic Zm9vOmJhcg==")];
        assert_eq!(Connection::to(server.registry()).send("GET", MANIFEST, &wrong, b"").status, 401);
    }
}

#[test]
fn a_realm_is_where_the_entry_says_and_its_tokens_count() {
    for (entry, host, at) in [("ours", "127.0.0.1", At::Registry), ("foreign", "127.0.0.2", At::ForeignRealm)] {
        let server = serve(&format!("answer.realm={entry}"));
        let realm = realm(&server);
        assert!(realm.starts_with(&format!("http://{host}:")) && realm.ends_with("/token"), "{realm}");
        assert_eq!(realm.contains(server.registry()), entry == "ours");
        assert_eq!(ask_as_user(&server, "GET", MANIFEST).status, 401, "a password is not a token");
        assert_eq!(with_token(&server, MANIFEST, &token(&realm)), 200);
        assert_eq!(with_token(&server, MANIFEST, "other"), 401);
        let arrived = server.arrived();
        let at_realm = arrived.iter().find(|one| one.target.starts_with("/token?")).unwrap();
        assert!(at_realm.at == at && !at_realm.has_credentials, "the user's name alone is not a secret");
    }
}

#[test]
fn credentials_that_reach_a_foreign_realm_are_seen_in_headers_and_bodies() {
    let server = serve("answer.realm=foreign");
    let realm = realm(&server);
    let (host, _) = realm.strip_prefix("http://").unwrap().split_once('/').unwrap();
    Connection::to(host).send("GET", "/token", &[("Authorization", &basic())], b"");
    let form = format!("grant_type=password&username={USERNAME}&password={}", super::super::PASSWORD);
    Connection::to(host).send("POST", "/token", &[], form.as_bytes());
    let seen: Vec<_> = server.arrived().into_iter().filter(|one| one.at == At::ForeignRealm).collect();
    assert_eq!(seen.iter().map(|one| (one.has_credentials, one.status)).collect::<Vec<_>>(), [(true, 200); 2]);
}

#[test]
fn a_realm_at_an_address_that_this_machine_lacks_is_said_to_be_lacking() {
    for (entry, address) in [("plain-http", "10.99.99.99"), ("private-address", "169.254.169.254")] {
        let text = format!("answer.realm={entry}");
        assert!(serve(&text).lacks().unwrap().contains(address));
        let server = CaseServer::start(&exchange(&text), Addresses::Private).unwrap();
        // Only in a namespace to which the address was added is it there.
        match server.lacks() {
            Some(lack) => assert!(lack.contains(address), "{lack}"),
            None => assert!(realm(&server).starts_with(&format!("http://{address}"))),
        }
    }
}

#[test]
fn tokens_end_at_the_first_get_of_a_blob_and_a_new_one_counts() {
    let server = serve("answer.status=401-in-pull");
    let realm = realm(&server);
    let blob = format!("/v2/manifuzz/case/blobs/{}", exchange("").needs[0].digest);
    let old = token(&realm);
    assert_eq!(with_token(&server, MANIFEST, &old), 200);
    let header = format!("Bearer {old}");
    let got = Connection::to(server.registry()).send("GET", &blob, &[("Authorization", &header)], b"");
    assert!(got.status == 401 && got.header("www-authenticate").unwrap().ends_with(",error=\"invalid_token\""));
    assert_eq!(with_token(&server, MANIFEST, &old), 401);
    let new = token(&realm);
    assert_eq!([&blob, MANIFEST, &blob].map(|target| with_token(&server, target, &new)), [200; 3]);
}

#[test]
fn the_first_request_for_each_address_fails() {
    for (entry, status, after) in [("429-once", 429, Some("1")), ("500-once", 500, None)] {
        let server = serve(&format!("answer.status={entry}"));
        for target in [MANIFEST, "/v2/", "/v2/manifuzz/case/tags/list"] {
            let got = ask(&server, "GET", target);
            assert_eq!((got.status, got.header("retry-after")), (status, after));
            assert_eq!([ask(&server, "GET", target), ask(&server, "HEAD", target)].map(|got| got.status), [200; 2]);
        }
        server.reset();
        assert_eq!(ask(&server, "GET", MANIFEST).status, status, "each operation begins anew");
    }
}

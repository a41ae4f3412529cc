//! Token services in every variant, each with the requests that it must get and no more.

use crate::guarded::{BASIC, BEARER, Guarded, TOKEN, authorization, has_token, token, token_if, user, with};
use crate::serving::{Act, Asked, answer, exact, managed};
use manifuzz::transport::http::credentials::{Credentials, Secret};

const PUT: &str = "/v2/a/b/manifests/t";

fn password(username: &str, password: &str) -> Option<Credentials> {
    Some(Credentials::password(username, Secret::new(password)))
}

fn anonymous() -> Option<Credentials> {
    None
}

fn identity() -> Option<Credentials> {
    Some(Credentials::IdentityToken(Secret::new("identity-token")))
}

fn given_token() -> Option<Credentials> {
    Some(Credentials::RegistryToken(Secret::new(TOKEN)))
}

fn acr() -> Option<Credentials> {
    password("00000000-0000-0000-0000-000000000000", "directory-token")
}

/// An answer 200 of a token service.
fn body(text: &str) -> Act {
    answer(200, &[], text.replace("TOKEN", TOKEN))
}

fn field(asked: &Asked, field: &str) -> bool {
    std::str::from_utf8(&asked.body).unwrap().split('&').any(|one| one == field)
}

/// Name, credentials, challenges, token service, and the requests that it must get for a push, a GET and another push.
type Variant = (
    &'static str,
    fn() -> Option<Credentials>,
    &'static [&'static str],
    fn(&Asked, usize) -> Act,
    &'static [&'static str],
);

const ONCE: &[&str] = &["GET /token"];

const VARIANTS: &[Variant] = &[
    ("anonymous", anonymous, &[BEARER], |asked, _| token_if(authorization(asked).is_empty()), ONCE),
    ("a user", user, &[BEARER], |asked, _| token_if(authorization(asked) == BASIC), ONCE),
    ("access_token", user, &[BEARER], |_, _| body(r#"{"access_token":"TOKEN"}"#), ONCE),
    (
        "unquoted",
        user,
        &["bearer realm={service}/token,service=reg,scope=repository:a/b:pull,push"],
        |_, _| token(),
        ONCE,
    ),
    ("without a scope", user, &[r#"Bearer realm="{service}/token""#], |_, _| token(), ONCE),
    (
        "a realm with a query",
        user,
        &[r#"Bearer realm="{service}/token?a=b""#],
        |asked, _| token_if(asked.target.starts_with("/token?a=b&")),
        ONCE,
    ),
    (
        "several challenges in a line",
        user,
        &[r#"Negotiate, Basic realm="a, b", Bearer realm="{service}/token""#],
        |_, _| token(),
        ONCE,
    ),
    (
        "Gitea: two header lines, and the scope `*`",
        user,
        &[
            r#"Bearer realm="{service}/v2/token",service="container_registry",scope="*""#,
            r#"Basic realm="{service}/v2""#,
        ],
        |asked, _| token_if(asked.target.contains("scope=*") && !asked.target.contains("repository")),
        &["GET /v2/token"],
    ),
    (
        "Basic beside a service that refuses",
        user,
        &["Basic realm=x", BEARER],
        |_, _| answer(403, &[], ""),
        &["GET /token", "GET /token"],
    ),
    (
        "ECR: Basic",
        user,
        &[r#"Basic realm="https://1.dkr.ecr.invalid/",service="ecr.amazonaws.com""#],
        |_, _| token(),
        &[],
    ),
    ("a 401 without a challenge", user, &[], |_, _| token(), &[]),
    ("a registry token", given_token, &[BEARER], |_, _| answer(500, &[], ""), &[]),
    (
        "a key file",
        || password("_json_key", "{\"a\":\n\"b:c\"}"),
        &[BEARER],
        |asked, _| {
            token_if(
                authorization(asked) == "Basic X2pzb25fa2V5OnsiYSI6CiJiOmMifQ=="
                    && asked.target.contains("account=_json_key&"),
            )
        },
        ONCE,
    ),
    (
        "POST alone",
        user,
        &[BEARER],
        |asked, _| match &*asked.method {
            "POST" => token_if(
                field(asked, "grant_type=password")
                    && field(asked, "password=hunter2-hunter2")
                    && field(asked, "service=reg"),
            ),
            _ => answer(405, &[], ""),
        },
        &["GET /token", "POST /token"],
    ),
    (
        "an identity token",
        identity,
        &[BEARER],
        |asked, _| token_if(field(asked, "grant_type=refresh_token") && field(asked, "refresh_token=identity-token")),
        &["POST /token"],
    ),
    (
        "an identity token with GET alone",
        identity,
        &[BEARER],
        |asked, _| match &*asked.method {
            "GET" => token_if(authorization(asked) == "Basic PHRva2VuPjppZGVudGl0eS10b2tlbg=="),
            _ => answer(404, &[], ""),
        },
        &["POST /token", "GET /token"],
    ),
    (
        "ACR: a refresh token",
        acr,
        &[r#"Bearer realm="{service}/oauth2/token",service="x.azurecr.invalid",scope="repository:a/b:pull,push""#],
        |asked, _| token_if(field(asked, "refresh_token=directory-token")),
        &["POST /oauth2/token"],
    ),
    (
        "ACR: a token of the directory",
        acr,
        &[r#"Bearer realm="{service}/oauth2/token",service="x.azurecr.invalid",scope="repository:a/b:pull,push""#],
        |asked, _| match &*asked.target {
            "/oauth2/exchange"
                if field(asked, "grant_type=access_token") && field(asked, "access_token=directory-token") =>
            {
                answer(200, &[], r#"{"refresh_token":"refresh-1"}"#)
            }
            _ => token_if(field(asked, "refresh_token=refresh-1") && field(asked, "service=x.azurecr.invalid")),
        },
        &["POST /oauth2/token", "POST /oauth2/exchange", "POST /oauth2/token"],
    ),
    ("expires_in 0", user, &[BEARER], |_, _| body(r#"{"token":"TOKEN","expires_in":0}"#), ONCE),
    ("expires_in below 0", user, &[BEARER], |_, _| body(r#"{"token":"TOKEN","expires_in":-1}"#), ONCE),
    ("expires_in null", user, &[BEARER], |_, _| body(r#"{"token":"TOKEN","expires_in":null}"#), ONCE),
    ("expires_in too large", user, &[BEARER], |_, _| body(r#"{"token":"TOKEN","expires_in":1e308}"#), ONCE),
    ("expires_in a string", user, &[BEARER], |_, _| body(r#"{"token":"TOKEN","expires_in":"300"}"#), ONCE),
    ("one of two tokens is empty", user, &[BEARER], |_, _| body(r#"{"token":"","access_token":"TOKEN"}"#), ONCE),
    (
        "only the first scope is read",
        user,
        &[r#"Bearer realm="{service}/token",scope="registry:catalog:* repository:a/b:pull,push""#],
        |asked, _| {
            token_if(
                asked
                    .target
                    .split("scope=")
                    .nth(1)
                    .is_some_and(|first| first.starts_with("repository%3Aa%2Fb%3Apull%2Cpush")),
            )
        },
        ONCE,
    ),
    // Then for a GET what that needs.
    (
        "deletion is not allowed",
        user,
        &[BEARER],
        |asked, _| token_if(!asked.target.contains("delete")),
        &["GET /token"; 3],
    ),
    (
        "429 with Retry-After",
        user,
        &[BEARER],
        |_, before| if before == 0 { answer(429, &[("Retry-After", "0")], "") } else { token() },
        &["GET /token", "GET /token"],
    ),
];

#[test]
fn every_variant_of_authentication_gets_a_push_accepted() {
    for (name, credentials, challenges, grant, asks) in VARIANTS {
        let accepts = |asked: &Asked| has_token(asked) || authorization(asked) == BASIC;
        let guarded = Guarded::new(challenges, accepts, *grant);
        let transport = guarded.registry.transport(with(credentials()));
        let first = exact(&transport, PUT).unwrap_or_else(|trouble| panic!("{name}: {trouble}"));
        assert!(first.reply.is(201) && first.repeated, "{name}: {first:?}");
        assert!(managed(&transport, "GET", PUT).unwrap().reply.is(200), "{name}");
        let again = exact(&transport, PUT).unwrap();
        assert!(again.reply.is(201) && !again.repeated, "{name}: {again:?}");
        assert_eq!(guarded.registry.count("PUT", ""), 3, "{name}: the first was sent twice");
        assert_eq!(guarded.asks(), *asks, "{name}");
    }
}

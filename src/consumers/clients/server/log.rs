//! What arrived, and the secrets by which a leak shows.

use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::names::REPOSITORY;
use super::wire::Request;
use crate::exchange::client::{Arrived, At};

/// The user that clients under test have at the registry.
pub const USERNAME: &str = "fuzz";
/// The password of [`USERNAME`].
pub const PASSWORD: &str = "manifuzz-secret-7c41d09e";

/// The most requests that are remembered.
const REMEMBERED: usize = 4096;
/// The part of a body that is searched: forms of token services are short.
const SCANNED: usize = 64 << 10;
/// How each token that is handed out begins.
const TOKEN: &str = "manifuzz-token-b83a5f-";

/// The requests that arrived at any of our hosts.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    arrived: Vec<Arrived>,
    count: usize,
    tokens: usize,
}

impl Log {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request and the status of its answer.
    pub fn note(&self, at: At, request: &Request, status: u16) {
        let mut entries = self.entries();
        entries.count += 1;
        if entries.arrived.len() < REMEMBERED {
            entries.arrived.push(Arrived {
                at,
                method: request.method.clone(),
                target: request.target.clone(),
                is_of_case: request.target.contains(&format!("/v2/{REPOSITORY}/")),
                has_credentials: has_credentials(request),
                status,
            });
        }
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.entries().arrived.clone()
    }

    pub fn count(&self) -> usize {
        self.entries().count
    }

    /// A fresh token, and its number.
    pub fn token(&self) -> (usize, String) {
        let mut entries = self.entries();
        entries.tokens += 1;
        (entries.tokens, format!("{TOKEN}{}", entries.tokens))
    }

    /// How many tokens were handed out.
    pub fn tokens(&self) -> usize {
        self.entries().tokens
    }

    /// Forgets the requests, but not the tokens that were handed out.
    pub fn forget_arrived(&self) {
        let mut entries = self.entries();
        entries.arrived.clear();
        entries.count = 0;
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.entries() = Entries::default();
    }
}

/// The number of the token in a Bearer header.
pub(super) fn token_of(request: &Request) -> Option<usize> {
    let value = request.header("authorization")?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    token.trim().strip_prefix(TOKEN)?.parse().ok()
}

/// Whether a request has our user and password in a Basic header.
pub(super) fn has_password(request: &Request) -> bool {
    basic(request).is_some_and(|pair| pair == format!("{USERNAME}:{PASSWORD}"))
}

fn basic(request: &Request) -> Option<String> {
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}

/// Whether a request has our user or password in a Basic header, or the password or a token of ours anywhere. The user's name
/// alone, as in `account=`, is not a secret.
fn has_credentials(request: &Request) -> bool {
    if basic(request).is_some_and(|pair| pair.split_once(':').is_some_and(|(user, _)| user == USERNAME)) {
        return true;
    }
    let pair = STANDARD.encode(format!("{USERNAME}:{PASSWORD}"));
    let secrets = [PASSWORD, TOKEN, pair.trim_end_matches('=')];
    let has = |text: &[u8]| secrets.iter().any(|secret| contains(text, secret.as_bytes()));
    request.headers.iter().any(|(_, value)| has(value.as_bytes()))
        || has(request.target.as_bytes())
        || has(&request.body[..request.body.len().min(SCANNED)])
        || basic(request).is_some_and(|pair| has(pair.as_bytes()))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_seen_in_headers_queries_and_bodies_and_a_user_name_alone_is_not_one() {
        let basic = format!("Basic {}", STANDARD.encode(format!("{USERNAME}:{PASSWORD}")));
        let request = |header: &str, target: &str, body: &str| Request {
            headers: vec![("Authorization".to_owned(), header.to_owned())],
            target: target.to_owned(),
            body: body.to_owned().into(),
            ..Request::default()
        };
        let (_, token) = Log::default().token();
        let seen = [
            request(&basic, "/", ""),
            request(&format!("bearer {token}"), "/", ""),
            request("", &format!("/?password={PASSWORD}"), ""),
            request("", "/", &format!("grant_type=password&password={PASSWORD}")),
            request(&format!("Basic {}", STANDARD.encode(format!("{USERNAME}:old"))), "/", ""),
        ];
        assert!(seen.iter().all(has_credentials));
        assert_eq!(token_of(&seen[1]), Some(1));
        assert!(has_password(&seen[0]) && !has_password(&seen[4]));
        let none = [request("Bearer other", "/token?account=fuzz", ""), request("", "/v2/manifuzz/case", "fuzz")];
        assert!(!none.iter().any(has_credentials));
    }

    #[test]
    fn requests_are_counted_beyond_those_that_are_remembered() {
        let log = Log::default();
        for _ in 0..REMEMBERED + 3 {
            log.note(At::Registry, &Request::default(), 200);
        }
        assert_eq!((log.arrived().len(), log.count()), (REMEMBERED, REMEMBERED + 3));
        log.clear();
        assert_eq!((log.arrived().len(), log.count()), (0, 0));
    }
}

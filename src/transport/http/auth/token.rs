//! Asks token services for access tokens: Docker's GET, the OAuth2 POST, and the exchange that precedes it at ACR.

use std::time::{Duration, Instant};

use ::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;
use serde_json::Value;

use super::realm::Realm;
use super::scope::Scopes;
use crate::error::{Trouble, TroubleKind};
use crate::exchange::Answer;
use crate::transport::http::credentials::{Credentials, Secret};
use crate::transport::patience::Patience;

/// How we name ourselves to token services.
const CLIENT: &str = "manifuzz";
/// The lifetime of a token whose service does not say it, according to Docker's token specification.
const LIFETIME: f64 = 60.0;
/// The shortest lifetime that is believed, in seconds: with none, every request would need another token.
const SHORTEST: f64 = 1.0;
/// The longest lifetime that is believed, in seconds.
const LONGEST: f64 = 12.0 * 3600.0;
/// The user name with which ACR takes tokens in place of a password.
const ACR_USER: &str = "00000000-0000-0000-0000-000000000000";

/// A request to a token service.
pub(in crate::transport::http) struct TokenRequest<'a> {
    pub realm: &'a Realm,
    pub method: Method,
    /// Path and query.
    pub target: String,
    pub authorization: Option<Secret>,
    /// The fields of the form; empty for GET.
    pub form: String,
}

/// Sends requests to token services.
pub(in crate::transport::http) trait TokenService {
    /// Sends a request; the answer is not judged, and redirects are not followed.
    fn ask(&self, request: &TokenRequest<'_>) -> Result<Answer, Trouble>;
    /// Waits. Fails if the run is asked to stop meanwhile.
    fn wait(&self, pause: Duration) -> Result<(), Trouble>;
}

/// An access token.
pub(super) struct Token {
    pub secret: Secret,
    /// When it should be replaced.
    pub until: Instant,
}

/// Whom and what for a token is asked.
pub(super) struct Grant<'a> {
    pub realm: &'a Realm,
    pub service: Option<&'a str>,
    pub scopes: &'a Scopes,
    pub credentials: Option<&'a Credentials>,
}

/// Why a token was not obtained.
pub(super) enum NoToken {
    /// The service answered with this status, and perhaps would not for fewer scopes.
    Refused(u16),
    Trouble(Trouble),
}

impl From<Trouble> for NoToken {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// The value of an `Authorization` header for a user name and a password.
pub(super) fn basic(username: &str, password: &Secret) -> Secret {
    Secret::new(format!("Basic {}", STANDARD.encode(format!("{username}:{}", password.expose()))))
}

impl Grant<'_> {
    /// Gets a token, in the ways that services know, one after the other.
    pub fn token(&self, service: &dyn TokenService) -> Result<Token, NoToken> {
        let first = match self.credentials {
            Some(Credentials::IdentityToken(token)) => self.refresh(service, token),
            Some(Credentials::Password { username, password }) if username == ACR_USER => {
                self.refresh(service, password)
            }
            _ => self.get(service),
        };
        // Not there, or not this way.
        let Err(NoToken::Refused(status @ (400 | 401 | 404 | 405 | 415 | 501))) = first else { return first };
        let second = match self.credentials {
            Some(Credentials::Password { username, password }) if username == ACR_USER => {
                self.exchange(service, password)
            }
            Some(Credentials::Password { username, password }) if matches!(status, 404 | 405 | 501) => self
                .post(service, &[("grant_type", "password"), ("username", username), ("password", password.expose())]),
            Some(Credentials::IdentityToken(_)) => self.get(service),
            _ => return first,
        };
        // The first refusal is that of the usual way.
        if matches!(second, Err(NoToken::Refused(_))) { first } else { second }
    }

    fn get(&self, service: &dyn TokenService) -> Result<Token, NoToken> {
        let mut query = Serializer::new(String::new());
        let named = match self.credentials {
            Some(Credentials::Password { username, .. }) => Some(&**username),
            _ => None,
        };
        for (name, value) in [("service", self.service), ("account", named), ("client_id", Some(CLIENT))] {
            value.map(|value| query.append_pair(name, value));
        }
        query.extend_pairs(self.scopes.0.iter().map(|scope| ("scope", scope)));
        let target = &self.realm.url.target;
        let separator = if target.contains('?') { '&' } else { '?' };
        let authorization = match self.credentials {
            Some(Credentials::Password { username, password }) => Some(basic(username, password)),
            Some(Credentials::IdentityToken(token)) => Some(basic("<token>", token)),
            _ => None,
        };
        let target = format!("{target}{separator}{}", query.finish());
        self.ask(
            service,
            TokenRequest { realm: self.realm, method: Method::GET, target, authorization, form: String::new() },
        )
    }

    fn refresh(&self, service: &dyn TokenService, token: &Secret) -> Result<Token, NoToken> {
        self.post(service, &[("grant_type", "refresh_token"), ("refresh_token", token.expose())])
    }

    fn post(&self, service: &dyn TokenService, credentials: &[(&str, &str)]) -> Result<Token, NoToken> {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(credentials).append_pair("client_id", CLIENT);
        self.service.map(|service| form.append_pair("service", service));
        form.append_pair("scope", &self.scopes.0.join(" "));
        let target = self.realm.url.target.clone();
        let (method, authorization) = (Method::POST, None);
        self.ask(service, TokenRequest { realm: self.realm, method, target, authorization, form: form.finish() })
    }

    /// Exchanges an access token of Azure's directory for a refresh token of the registry, and that for a token.
    fn exchange(&self, service: &dyn TokenService, directory: &Secret) -> Result<Token, NoToken> {
        let Some(path) = self.realm.url.target.strip_suffix("/oauth2/token") else { return Err(NoToken::Refused(404)) };
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "access_token").append_pair("access_token", directory.expose());
        self.service.map(|service| form.append_pair("service", service));
        let (method, target) = (Method::POST, format!("{path}/oauth2/exchange"));
        let request = TokenRequest { realm: self.realm, method, target, authorization: None, form: form.finish() };
        let answer = patiently(service, &request)?;
        if answer.status != 200 {
            return Err(NoToken::Refused(answer.status));
        }
        let refresh = field(&answer, &["refresh_token"]).ok_or_else(|| self.no_token(&answer))?;
        self.refresh(service, &refresh)
    }

    fn ask(&self, service: &dyn TokenService, request: TokenRequest<'_>) -> Result<Token, NoToken> {
        let asked = Instant::now();
        let answer = patiently(service, &request)?;
        match answer.status {
            200..=299 => {
                let secret = field(&answer, &["token", "access_token"]).ok_or_else(|| self.no_token(&answer))?;
                // Replaced a little earlier, so that it does not expire on its way.
                let until = asked + Duration::from_secs_f64(lifetime(&answer) * 0.9);
                Ok(Token { secret, until })
            }
            400..=499 | 501 => Err(NoToken::Refused(answer.status)),
            _ => Err(self.no_token(&answer)),
        }
    }

    /// The service answered, but with something else than a token or a refusal. What it said may hold a secret.
    fn no_token(&self, answer: &Answer) -> NoToken {
        let host = self.realm.url.origin.to_string();
        let cause = match answer.status {
            200..=299 => "the answer contains no token".to_owned(),
            300..=399 => format!("answered {} with a redirect, which is not followed", answer.status),
            status => format!("answered {status}"),
        };
        NoToken::Trouble(Trouble::new(TroubleKind::Protocol, "getting a token", host, cause))
    }

    /// The trouble of a refusal.
    pub fn refused(&self, status: u16) -> Trouble {
        let host = self.realm.url.origin.to_string();
        let whose = self.credentials.map_or("a request without credentials".to_owned(), Credentials::holder);
        let cause = format!("refused {whose} with {status}");
        let kind = if status == 429 { TroubleKind::RateLimited } else { TroubleKind::Unauthorized };
        Trouble::new(kind, "getting a token", host, cause)
    }
}

/// Asks again as long as the service says to.
fn patiently(service: &dyn TokenService, request: &TokenRequest<'_>) -> Result<Answer, Trouble> {
    let mut patience = Patience::default();
    loop {
        let answer = service.ask(request)?;
        match patience.due(&answer) {
            Some(pause) => service.wait(pause)?,
            None => return Ok(answer),
        }
    }
}

fn document(answer: &Answer) -> Option<Value> {
    serde_json::from_slice(&answer.body).ok()
}

/// The first of these members that holds text that fits into a header.
fn field(answer: &Answer, names: &[&str]) -> Option<Secret> {
    let document = document(answer)?;
    let mut texts = names.iter().filter_map(|name| document.get(name)?.as_str());
    texts.find(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())).map(Secret::new)
}

/// The lifetime of a token in seconds.
fn lifetime(answer: &Answer) -> f64 {
    let value = document(answer).and_then(|document| document.get("expires_in").cloned());
    let seconds = match value {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    seconds.filter(|seconds| *seconds > 0.0).map_or(LIFETIME, |seconds| seconds.clamp(SHORTEST, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &'static str) -> Answer {
        Answer { status: 200, headers: ::http::HeaderMap::new(), body: body.into(), cut: false, is_redirected: false }
    }

    #[test]
    fn either_name_of_a_token_is_read_and_a_lifetime_is_believed_within_bounds() {
        let token = |body| field(&answer(body), &["token", "access_token"]).map(|secret| secret.expose().to_owned());
        assert_eq!(token(r#"{"token":"a","access_token":"b"}"#).as_deref(), Some("a"));
        assert_eq!(token(r#"{"token":"","access_token":"b"}"#).as_deref(), Some("b"));
        for body in [r#"{"token":"a\nb"}"#, r#"{"token":1}"#, "[]", "<html>", ""] {
            assert_eq!(token(body), None, "{body}");
        }
        for (body, seconds) in [
            (r#"{"expires_in":300}"#, 300.0),
            (r#"{"expires_in":"300"}"#, 300.0),
            ("{}", LIFETIME),
            (r#"{"expires_in":0}"#, LIFETIME),
            (r#"{"expires_in":-5}"#, LIFETIME),
            (r#"{"expires_in":1e-9}"#, SHORTEST),
            (r#"{"expires_in":"NaN"}"#, LIFETIME),
            (r#"{"expires_in":1e300}"#, LONGEST),
        ] {
            assert!((lifetime(&answer(body)) - seconds).abs() < 1e-9, "{body}");
        }
    }
}

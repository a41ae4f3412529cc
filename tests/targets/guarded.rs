//! A registry that wants credentials, with its token service, as a test configures them.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::serving::{Act, Asked, Served, answer};
use manifuzz::transport::http::HttpOptions;
use manifuzz::transport::http::credentials::{Credentials, Secret};

/// The token that services give out.
pub const TOKEN: &str = "token-0123456789";
/// The password of `user`.
pub const PASSWORD: &str = "hunter2-hunter2";
/// `Basic`, then `user:hunter2-hunter2` in base64.
pub const BASIC: &str = "Basic dXNlcjpodW50ZXIyLWh1bnRlcjI=";
/// The challenge of most registries.
pub const BEARER: &str = r#"Bearer realm="{service}/token",service="reg",scope="repository:a/b:pull,push""#;

/// A registry and the token service that it names.
pub struct Guarded {
    pub registry: Served,
    pub service: Served,
}

impl Guarded {
    /// A registry that takes requests whose `Authorization` it `accepts`, and answers the others 401 with these challenges, in
    /// which `{service}` is the URL of the service. `grant` answers the service; it gets the number of requests before.
    pub fn new(
        challenges: &[&str],
        accepts: impl Fn(&Asked) -> bool + Send + Sync + 'static,
        grant: impl Fn(&Asked, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let before = AtomicUsize::new(0);
        let service = Served::new(move |asked| grant(asked, before.fetch_add(1, Ordering::SeqCst)));
        let url = format!("http://{}", service.address);
        let challenges: Vec<String> = challenges.iter().map(|one| one.replace("{service}", &url)).collect();
        let registry = Served::registry(move |asked| (!accepts(asked)).then(|| unauthorized(&challenges)));
        Self { registry, service }
    }

    /// The requests to the token service: method and path.
    pub fn asks(&self) -> Vec<String> {
        let path = |asked: &Asked| asked.target.split('?').next().unwrap().to_owned();
        self.service.asked().iter().map(|asked| format!("{} {}", asked.method, path(asked))).collect()
    }
}

/// A 401 with these challenges, each in one header line.
pub fn unauthorized(challenges: &[String]) -> Act {
    let headers: Vec<(&str, &str)> = challenges.iter().map(|one| ("WWW-Authenticate", &**one)).collect();
    answer(401, &headers, r#"{"errors":[{"code":"UNAUTHORIZED"}]}"#)
}

/// The value of `Authorization`.
pub fn authorization(asked: &Asked) -> &str {
    asked.head.lines().find_map(|line| line.strip_prefix("authorization: ")).unwrap_or_default()
}

/// Whether the request carries the token that services give out.
pub fn has_token(asked: &Asked) -> bool {
    authorization(asked).strip_prefix("Bearer ") == Some(TOKEN)
}

/// The answer of a service that gives out a token.
pub fn token() -> Act {
    answer(200, &[("Content-Type", "application/json")], format!(r#"{{"token":"{TOKEN}","expires_in":300}}"#))
}

/// A token if the condition holds, else a refusal.
pub fn token_if(is_right: bool) -> Act {
    if is_right { token() } else { answer(401, &[], r#"{"details":"incorrect username or password"}"#) }
}

pub fn user() -> Option<Credentials> {
    Some(Credentials::password("user", Secret::new(PASSWORD)))
}

pub fn with(credentials: Option<Credentials>) -> HttpOptions {
    HttpOptions { credentials, ..HttpOptions::default() }
}

//! Everything but the tested request: uploads and reading back, with redirects and patience.

use std::time::Duration;

use reqwest::Url;

use super::Address;
use crate::exchange::Answer;

/// How often a request waits as `Retry-After` says.
const WAITS: usize = 3;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);

/// A client that follows a few redirects, without credentials across hosts, and decompresses nothing.
pub(super) fn client(address: &Address) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("manifuzz/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::limited(5));
    // Loopback is never proxied: a proxy would talk to another machine's loopback.
    if address.is_loopback() { builder.no_proxy() } else { builder }.build()
}

/// The URL of a path on the registry, or the absolute one that an answer named: the registry's own host, or one
/// that is allowed.
pub(super) fn resolve(address: &Address, target: &str, allow_hosts: &[String]) -> Result<Url, String> {
    let base =
        Url::parse(&format!("{}://{}/", address.scheme, address.authority)).map_err(|error| error.to_string())?;
    let url = base.join(target).map_err(|error| format!("the location {target} is malformed: {error}"))?;
    let host = url.host_str().unwrap_or_default();
    let is_own = url.host_str() == base.host_str();
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    if is_own || is_loopback && address.is_loopback() || allow_hosts.iter().any(|allowed| allowed == host) {
        Ok(url)
    } else {
        Err(format!("its answer points at another host, {host}"))
    }
}

/// Waits that a server asked for.
#[derive(Debug, Default)]
pub(super) struct Waits {
    done: usize,
}

impl Waits {
    /// How long to wait before the request is sent again; `None` if the answer stands.
    pub fn due(&mut self, answer: &Answer) -> Option<Duration> {
        if !matches!(answer.status, 429 | 503) || self.done >= WAITS {
            return None;
        }
        let seconds = answer.header("retry-after")?.trim().parse().ok()?;
        self.done += 1;
        Some(Duration::from_secs(seconds).min(LONGEST))
    }
}

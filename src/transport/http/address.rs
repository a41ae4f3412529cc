//! A target's address (scheme, host, repository), and which hosts may be contacted.

use crate::error::{Input, redacted};
use crate::transport::{Origin, Url};

/// The parts of `http://host:port/repository`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `http` or `https`.
    pub scheme: String,
    /// `host` or `host:port`.
    pub authority: String,
    /// Scheme, host and port.
    pub origin: Origin,
    /// The repository name.
    pub repository: String,
}

impl Address {
    /// Parses a target URL as given on the command line.
    ///
    /// # Errors
    ///
    /// [`Input::Value`] if it is not such a URL, contains credentials, or names no valid repository.
    pub fn parse(text: &str) -> Result<Self, Input> {
        let wrong = |why: &str| {
            Input::value(
                format!("invalid target `{}`", redacted(text)),
                why,
                "expected http://HOST:PORT/REPOSITORY, or https:// for hosts other than loopback",
            )
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(|| wrong("missing scheme"))?;
        if !matches!(scheme, "http" | "https") {
            return Err(wrong("the scheme is neither http nor https"));
        }
        let (authority, repository) = rest.split_once('/').unwrap_or((rest, ""));
        let repository = repository.trim_end_matches('/');
        if authority.contains('@') {
            let target = format!("invalid target `{}`", redacted(text));
            return Err(Input::value(target, "the URL contains credentials", "remove them from the URL"));
        }
        let url = Url::parse(&format!("{scheme}://{authority}/"));
        let Some(url) = url.ok().filter(|_| authority.parse::<::http::uri::Authority>().is_ok()) else {
            return Err(wrong("malformed host"));
        };
        if repository.is_empty() {
            return Err(wrong("missing repository"));
        }
        if repository.contains(['?', '#']) {
            return Err(wrong("the URL has a query or a fragment"));
        }
        if !is_repository(repository) {
            return Err(wrong("invalid repository name (allowed: lower-case letters and digits, separated by . _ -)"));
        }
        let (scheme, authority, repository) = (scheme.to_owned(), authority.to_owned(), repository.to_owned());
        Ok(Self { scheme, authority, origin: url.origin, repository })
    }

    /// The URL that it was parsed from, without slashes at its end.
    pub fn url(&self) -> String {
        format!("{}://{}/{}", self.scheme, self.authority, self.repository)
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    /// Whether the host is loopback: localhost, 127.0.0.0/8 or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        self.origin.is_loopback()
    }
}

/// Whether `text` is the name of a repository.
pub fn is_repository(text: &str) -> bool {
    text.split('/').all(is_component)
}

/// Whether `text` is one component of a repository name: runs of letters and digits separated by `.`, `_`, `__` or dashes.
fn is_component(text: &str) -> bool {
    let is_run = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends = bytes.first().zip(bytes.last()).is_some_and(|(first, last)| is_run(*first) && is_run(*last));
    let separators = text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()).filter(|s| !s.is_empty());
    let mut kept = separators.map(|s| matches!(s, "." | "_" | "__") || s.bytes().all(|b| b == b'-'));
    ends && kept.all(|kept| kept)
}

/// Checks that the host is loopback or allowed by name (`HOST` or `HOST:PORT`).
///
/// # Errors
///
/// [`Input::NotAllowed`] if it is neither.
pub fn check_allowed(address: &Address, allow_hosts: &[String]) -> Result<(), Input> {
    if address.is_loopback() || allow_hosts.iter().any(|host| host == address.host() || *host == address.authority) {
        return Ok(());
    }
    Err(Input::NotAllowed { target: address.url(), host: address.host().to_owned() })
}

//! Three kinds of failure, three types: trouble with a target ([`Trouble`]), bad input of the user
//! ([`Input`]), and a bug of ours ([`Bug`]). A finding is none of them: it is a result.
//!
//! Every message says what was attempted, on what, and why it failed. What to do about a [`Trouble`] depends on how the
//! library is driven, so the driver says it: for the command line, `cli/advice.rs`. Open to all.

mod redact;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use redact::redacted;

/// What kind of trouble a target is in: what a driver decides and advises by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// No connection could be made.
    Unreachable,
    /// 401, or credentials that were not taken.
    Unauthorized,
    /// 403 to what these credentials should be able to do.
    Forbidden,
    /// 429 even after waiting.
    RateLimited,
    /// The TLS handshake failed: a certificate or a protocol version.
    Tls,
    /// No answer within the deadlines.
    TimeOut,
    /// The answers are not those of a registry, or a request cannot be written as HTTP.
    Protocol,
    /// An answer exceeded a bound without which nothing can be judged.
    TooLarge,
    /// The target pointed at a host that may not be contacted.
    ForeignHost,
    /// The run was asked to stop.
    Interrupted,
}

impl TroubleKind {
    /// The kind of trouble that a status stands for.
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            429 => Self::RateLimited,
            _ => Self::Protocol,
        }
    }
}

use crate::foreign::escaped;

/// The target could not be talked to. Never a finding.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{attempted} on {host}: {cause}")]
pub struct Trouble {
    /// What kind of trouble.
    pub kind: TroubleKind,
    /// What was attempted, such as `PUT /v2/a/manifests/b`.
    pub attempted: String,
    /// The host or target.
    pub host: String,
    /// What went wrong.
    pub cause: String,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Trouble {
    /// Trouble with `host` while `attempted` was tried.
    pub fn new(
        kind: TroubleKind,
        attempted: impl Into<String>,
        host: impl Into<String>,
        cause: impl Into<String>,
    ) -> Self {
        Self { kind, attempted: attempted.into(), host: host.into(), cause: cause.into(), source: None }
    }

    /// The same, with the error that caused it.
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }
}

/// Bad input: usage, configuration, corpus, shape text. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Input {
    /// A value that cannot be used.
    #[error("{what}: {why}; {advice}")]
    Value {
        /// Which value.
        what: String,
        /// Why not.
        why: String,
        /// What to do next.
        advice: String,
    },
    /// A file that cannot be read or written.
    #[error("cannot {attempted} {}: {}; {advice}", escaped(&path.to_string_lossy()), escaped(&cause.to_string()))]
    File {
        /// `read`, `write`, `create`, `find`.
        attempted: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        cause: std::io::Error,
        /// What to do next.
        advice: String,
    },
    /// A target that is not on loopback and was not allowed by name.
    #[error(
        "the target {target} is not on loopback, and manifuzz pushes odd manifests to its targets; {host} must be allowed by name"
    )]
    NotAllowed {
        /// The target, without credentials.
        target: String,
        /// Its host.
        host: String,
    },
}

impl Input {
    /// A value that cannot be used, why, and what to do next. What they quote is escaped here.
    pub fn value(what: impl Into<String>, why: impl Into<String>, advice: impl Into<String>) -> Self {
        let visible = |text: String| escaped(&text).into_owned();
        Self::Value { what: visible(what.into()), why: visible(why.into()), advice: visible(advice.into()) }
    }

    /// The same, with this added to what to do next.
    pub fn advising(mut self, more: &str) -> Self {
        let (Self::Value { advice, .. } | Self::File { advice, .. }) = &mut self else { return self };
        advice.push_str(more);
        self
    }

    /// A file that cannot be used.
    pub fn file(attempted: &'static str, path: &Path, cause: std::io::Error, advice: impl Into<String>) -> Self {
        Self::File { attempted, path: path.to_owned(), cause, advice: advice.into() }
    }
}

/// A bug of manifuzz: something that must hold does not. Reported as such, never as a finding.
#[derive(Debug, thiserror::Error)]
#[error("a bug in manifuzz: {0}; please report it with the command line and the seed")]
pub struct Bug(pub String);

/// What ends a command other than its result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Exit 2.
    #[error(transparent)]
    Input(#[from] Input),
    /// Exit 3.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Exit 101.
    #[error(transparent)]
    Bug(#[from] Bug),
    /// Nobody reads the results any more, as after `| head`. Exit 141 without a word, as a process that SIGPIPE ends.
    #[error("nobody reads standard output any more")]
    Unread,
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn trouble_says_what_where_and_why_and_keeps_its_source() {
        let trouble = Trouble::new(TroubleKind::Tls, "GET /v2/", "registry.invalid", "the certificate has expired")
            .caused_by(std::io::Error::other("expired"));
        assert_eq!(trouble.to_string(), "GET /v2/ on registry.invalid: the certificate has expired");
        assert_eq!(trouble.clone().source().map(ToString::to_string).as_deref(), Some("expired"));
        assert_eq!(TroubleKind::of_status(401), TroubleKind::Unauthorized);
    }
}

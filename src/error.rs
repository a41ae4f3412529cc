//! Errors: a target that cannot be tested ([`Trouble`]), invalid user input ([`Input`]), and a bug in manifuzz ([`Bug`]). A
//! finding is a result, not an error.
//!
//! Every message states what was attempted, on what, and why it failed. How to resolve a [`Trouble`] depends on the caller, so
//! the caller adds that; for the command line, `cli/advice.rs`.

mod redact;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use redact::{is_secret_header, redacted};

/// The kind of a [`Trouble`], for callers that react to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// No connection could be made.
    Unreachable,
    /// Answered 401: no or invalid credentials.
    Unauthorized,
    /// Answered 403: insufficient permissions.
    Forbidden,
    /// Answered 429 even after waiting.
    RateLimited,
    /// The TLS handshake failed: a certificate or a protocol version.
    Tls,
    /// The certificate is self-signed, or of an authority that is not trusted.
    UnknownAuthority,
    /// The server wants a client certificate.
    ClientCertificate,
    /// No answer within the deadline.
    TimeOut,
    /// The answers are not those of a registry, or a request cannot be expressed in HTTP.
    Protocol,
    /// An answer exceeded a size limit, so it cannot be judged.
    TooLarge,
    /// The target points to a host that may not be contacted.
    ForeignHost,
    /// A path would lead out of the repository under test, so the request was not sent.
    Escape,
    /// The ledger could not be written, so the request was not sent.
    Ledger,
    /// The repository under test does not exist, and a push does not make it.
    NoRepository,
    /// A command of the user failed.
    Command,
    /// The run was asked to stop.
    Interrupted,
}

impl TroubleKind {
    /// The kind of trouble for an HTTP status.
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

/// The target could not be tested. Never a finding.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{attempted} on {host}: {cause}")]
pub struct Trouble {
    /// The kind of trouble.
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
    /// Trouble with `host` during `attempted`.
    pub fn new(
        kind: TroubleKind,
        attempted: impl Into<String>,
        host: impl Into<String>,
        cause: impl Into<String>,
    ) -> Self {
        Self { kind, attempted: attempted.into(), host: host.into(), cause: cause.into(), source: None }
    }

    /// Adds the underlying error.
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }
}

/// Invalid user input: arguments, configuration, corpus files, shape texts.
#[derive(Debug, thiserror::Error)]
pub enum Input {
    /// An invalid value.
    #[error("{what}: {why}; {advice}")]
    Value {
        /// The value, such as ``invalid rate `5` ``.
        what: String,
        /// Why it is invalid.
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
        /// The I/O error.
        cause: std::io::Error,
        /// What to do next.
        advice: String,
    },
    /// A target that is neither loopback nor allowed by name.
    #[error(
        "refusing to test {target}: manifuzz pushes malformed manifests, and {host} is neither loopback nor allowed by name"
    )]
    NotAllowed {
        /// The target, without credentials.
        target: String,
        /// Its host.
        host: String,
    },
}

impl Input {
    /// An invalid value, why, and what to do next. The strings are [`escaped`].
    pub fn value(what: impl Into<String>, why: impl Into<String>, advice: impl Into<String>) -> Self {
        let visible = |text: String| escaped(&text).into_owned();
        Self::Value { what: visible(what.into()), why: visible(why.into()), advice: visible(advice.into()) }
    }

    /// Appends to the advice.
    pub fn advising(mut self, more: &str) -> Self {
        let (Self::Value { advice, .. } | Self::File { advice, .. }) = &mut self else { return self };
        advice.push_str(more);
        self
    }

    /// A file that cannot be read or written.
    pub fn file(attempted: &'static str, path: &Path, cause: std::io::Error, advice: impl Into<String>) -> Self {
        Self::File { attempted, path: path.to_owned(), cause, advice: advice.into() }
    }
}

/// A violated invariant of manifuzz. Never a finding.
#[derive(Debug, thiserror::Error)]
#[error("a bug in manifuzz: {0}; please report it with the command line and the seed")]
pub struct Bug(pub String);

/// Any error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Invalid input; exit code 2.
    #[error(transparent)]
    Input(#[from] Input),
    /// The target could not be tested; exit code 3.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// A bug in manifuzz; exit code 101.
    #[error(transparent)]
    Bug(#[from] Bug),
    /// Standard output was closed, as by `| head`. Exit code 141 without a message, like a process killed by SIGPIPE.
    #[error("stdout was closed")]
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

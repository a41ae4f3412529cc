//! Three kinds of failure, three types: trouble with a target ([`Trouble`]), bad input of the user
//! ([`Input`]), and a bug of ours ([`Bug`]). A finding is none of them: it is a result.
//!
//! Every message says what was attempted, on what, and what to do next. Open to all.

use std::path::{Path, PathBuf};

use crate::foreign::escaped;

/// The target could not be talked to. Never a finding.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{attempted} on {host}: {cause}; {advice}")]
pub struct Trouble {
    /// What was attempted, such as `PUT /v2/a/manifests/b`.
    pub attempted: String,
    /// The host or target.
    pub host: String,
    /// What went wrong.
    pub cause: String,
    /// What to do next.
    pub advice: String,
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
}

impl Input {
    /// A value that cannot be used, why, and what to do next. What they quote is escaped here.
    pub fn value(what: impl Into<String>, why: impl Into<String>, advice: impl Into<String>) -> Self {
        let visible = |text: String| escaped(&text).into_owned();
        Self::Value { what: visible(what.into()), why: visible(why.into()), advice: visible(advice.into()) }
    }

    /// The same, with this added to what to do next.
    pub fn advising(mut self, more: &str) -> Self {
        let (Self::Value { advice, .. } | Self::File { advice, .. }) = &mut self;
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

//! Scripts: requests with roles, in order, that a case sends after its push, or instead of one to upload a blob.
//!
//! A script says what is sent and what each request is meant as, never what a right answer is: rules ask for the answers to a
//! role. Transports send it, rows and packets list it.

use std::hash::BuildHasher as _;

use bytes::Bytes;
use foldhash::fast::FixedState;
use http::Method;
use sha2::{Digest as _, Sha256};

use super::accept::accept_at;
use super::digest::sha256;
use super::placeholders::REPOSITORY;
use super::stage::Stage;

/// What a request of a script is meant as, such as opening an upload. Roles are constants next to the scripts that use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Role {
    /// A unique name, such as `upload-open`.
    pub name: &'static str,
    /// The stage of its answer.
    pub stage: Stage,
}

impl Role {
    /// A role with this name and stage.
    pub const fn new(name: &'static str, stage: Stage) -> Self {
        Self { name, stage }
    }
}

/// Where a request of a script is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// Path and query, with [`REPOSITORY`] and [`TAG`](super::TAG).
    Path(String),
    /// The `Location` of the answer to an earlier request of the script, with this added to its query. If that answer has none and
    /// the earlier request was itself sent to a `Location`, that one again, since the session may stay where it is.
    Location {
        /// The index of the earlier request.
        of: usize,
        /// What is added to the query, such as `digest=sha256:…`; empty to add nothing.
        query: String,
    },
}

/// The value of a header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// This text.
    Text(String),
    /// The value of a header in the answer to an earlier request of the script. The request is not sent if that answer has no such
    /// header.
    Echo {
        /// The index of the earlier request.
        of: usize,
        /// The header's name in lower case.
        header: &'static str,
    },
}

/// When a request of a script is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// Always.
    Always,
    /// If the request with this index was answered with 2xx.
    Accepted(usize),
    /// If the request with this index was answered with one of these statuses.
    Answered(usize, &'static [u16]),
    /// If the request with this index was answered with 4xx.
    Refused(usize),
    /// If one of these requests was answered with one of its statuses.
    AnyAnswered(&'static [(usize, &'static [u16])]),
}

impl When {
    /// Whether it holds, given the statuses of the answers so far.
    pub fn holds(&self, status: impl Fn(usize) -> Option<u16>) -> bool {
        let is_one_of = |of: usize, statuses: &[u16]| status(of).is_some_and(|status| statuses.contains(&status));
        match self {
            Self::Always => true,
            Self::Accepted(of) => status(*of).is_some_and(|status| (200..300).contains(&status)),
            Self::Answered(of, statuses) => is_one_of(*of, statuses),
            Self::Refused(of) => status(*of).is_some_and(|status| (400..500).contains(&status)),
            Self::AnyAnswered(each) => each.iter().any(|(of, statuses)| is_one_of(*of, statuses)),
        }
    }
}

/// One request of a script.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScriptedRequest {
    /// What it is meant as.
    pub role: Role,
    /// The method.
    pub method: Method,
    /// Where it is sent.
    pub address: Address,
    /// Headers but `Host` and those for the body's length, with names in lower case.
    pub headers: Vec<(&'static str, Value)>,
    /// The body.
    pub body: Bytes,
    /// The digest of the content that it writes or deletes, for the ledger; empty if there is none.
    pub digest: String,
    /// When it is sent.
    pub when: When,
    /// The most pages of a list that are requested: the first, and those to which `Link` leads.
    pub pages: usize,
    /// Whether its answer decides if the case was accepted.
    pub is_tested: bool,
}

impl ScriptedRequest {
    /// A request without headers and body for a path.
    pub fn new(role: Role, method: Method, path: impl Into<String>) -> Self {
        Self::at(role, method, Address::Path(path.into()))
    }

    /// A request without headers and body for the `Location` of an earlier answer.
    pub fn at_location(role: Role, method: Method, of: usize, query: impl Into<String>) -> Self {
        Self::at(role, method, Address::Location { of, query: query.into() })
    }

    fn at(role: Role, method: Method, address: Address) -> Self {
        let (headers, body, digest) = (Vec::new(), Bytes::new(), String::new());
        Self { role, method, address, headers, body, digest, when: When::Always, pages: 1, is_tested: false }
    }

    /// A GET or HEAD of a path, with the `Accept` that careful clients send at its stage.
    pub fn read(role: Role, method: Method, path: impl Into<String>) -> Self {
        let request = Self::new(role, method, path);
        match accept_at(role.stage).value() {
            Some(accept) => request.with("accept", accept),
            None => request,
        }
    }

    /// A push of a manifest under a reference.
    pub fn push(role: Role, reference: &str, media_type: &str, body: Bytes) -> Self {
        let path = format!("/v2/{REPOSITORY}/manifests/{reference}");
        Self::new(role, Method::PUT, path).with("content-type", media_type).carrying(body)
    }

    /// With a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, Value::Text(value.into())));
        self
    }

    /// With a header whose value an earlier answer gave in `header`.
    #[must_use]
    pub fn echoing(mut self, name: &'static str, of: usize, header: &'static str) -> Self {
        self.headers.push((name, Value::Echo { of, header }));
        self
    }

    /// With a body, whose SHA-256 is noted as the digest of what is written.
    #[must_use]
    pub fn carrying(self, body: Bytes) -> Self {
        let digest = if self.digest.is_empty() { sha256(&body) } else { self.digest };
        Self { body, digest, ..self }
    }

    /// About the content with this digest.
    #[must_use]
    pub fn about(self, digest: &str) -> Self {
        Self { digest: digest.to_owned(), ..self }
    }

    /// Sent under this condition only.
    #[must_use]
    pub fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    /// Following `Link` up to so many pages.
    #[must_use]
    pub fn paged(self, pages: usize) -> Self {
        Self { pages, ..self }
    }

    /// As the request whose answer decides if the case was accepted.
    #[must_use]
    pub fn tested(self) -> Self {
        Self { is_tested: true, ..self }
    }

    /// Adds everything that the target sees except fresh names to a digest. A body can be large, so it is added as a hash that is
    /// computed faster.
    pub(super) fn add_to(&self, hash: &mut Sha256) {
        let Self { role, method, address, headers, body, digest, when, pages, is_tested } = self;
        let body = FixedState::with_seed(0).hash_one(&body[..]);
        hash.update(format!("{}|{method}|{address:?}|{headers:?}|{when:?}|{pages}|{is_tested}|", role.name));
        hash.update(format!("{digest}|{body};"));
    }

    /// The text of a header; `None` if it is absent or taken from an answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|(own, value)| match value {
            Value::Text(text) if *own == name => Some(text.as_str()),
            _ => None,
        })
    }
}

/// The requests of a script in order. Indices in it refer to positions here.
pub type Script = Vec<ScriptedRequest>;

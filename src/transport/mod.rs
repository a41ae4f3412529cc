//! FIRE: sends an exchange to a target and brings back what was observed.
//!
//! [`Target`] is what the loop sees: synchronous, a job is a thread. [`Transport`] is how one request reaches
//! a registry: in process ([`embedded`]) or over HTTP ([`http`]); [`conversation`] is the same for both.
//! Decides nothing about right or wrong. May import exchange, json, registry.

mod allowance;
mod asking;
pub mod conversation;
pub mod embedded;
mod history;
#[cfg(feature = "live")]
pub mod http;
mod open;
mod patience;
mod probing;
mod reading;
mod reference;
mod talk;
mod upload;

use std::time::Duration;

use ::http::Method;
use bytes::Bytes;

pub use allowance::{Allowance, Purse};
pub use open::{Opening, embedded, open};
pub use reference::{Origin, Url};

use crate::error::Trouble;
use crate::exchange::{Capabilities, Depth, Exchange, Observation, Reply};

/// Where a case is fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repository {
    /// The repository that the user named.
    Main,
    /// A repository below it that was never written to.
    Fresh,
}

/// Something that manifests are sent to.
pub trait Target: Send + Sync {
    /// The `target` column.
    fn name(&self) -> &str;

    /// The `target_version` column; empty where it cannot be known.
    fn version(&self) -> String;

    /// Whether what answers is a registry. Asks `/v2/`, and pushes `base` where that answer does not settle it. Trouble says what
    /// answers instead.
    fn ping(&self, base: &Exchange) -> Result<(), Trouble>;

    /// Probes what the target can do, after a [`ping`](Self::ping): with `base`, which must be accepted for the answers to mean
    /// anything, and `with_subject`, the base with a subject. A part is lacking only if the target says so twice.
    fn capabilities(&self, base: &Exchange, with_subject: &Exchange) -> Result<Capabilities, Trouble>;

    /// Sends the whole exchange and reads back as far as `depth` says.
    fn fire(&self, exchange: &Exchange, place: Repository, depth: Depth) -> Result<Observation, Trouble>;

    /// Reads back once more what an exchange pushed before, and puts its question again unless that changes something. The
    /// answers to the push are those that were `seen`.
    fn read_again(&self, exchange: &Exchange, seen: &Observation, depth: Depth) -> Result<Observation, Trouble>;

    /// Waits, as the target counts time; trouble if the run is asked to stop meanwhile.
    fn wait(&self, pause: Duration) -> Result<(), Trouble>;

    /// How long was waited so far, in all jobs together.
    fn waited(&self) -> Duration;

    /// How many requests were sent so far.
    fn requests(&self) -> u64;

    /// The bound on requests a second, if there is one.
    fn rate(&self) -> Option<f64> {
        None
    }
}

/// What an answer returns if all is well, so that it is read that much further than the bound.
#[derive(Clone, Debug, Default)]
pub enum Owed {
    /// Nothing that is known.
    #[default]
    Nothing,
    /// These bytes. An answer that has them takes no memory of its own.
    Bytes(Bytes),
    /// A list of this many bytes at most.
    Length(usize),
}

impl Owed {
    /// How many bytes that is.
    pub fn length(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Bytes(bytes) => bytes.len(),
            Self::Length(length) => *length,
        }
    }
}

/// A request as a well-behaved client sends it.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// Path and query, or the absolute URL of a host that may be contacted.
    pub target: &'a str,
    /// Headers other than those on connection and length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
    /// What the answer should return.
    pub owed: Owed,
    /// Whether it asks for a blob, which another host may serve if the user allows that.
    pub is_blob: bool,
    /// What the answers of this case may take.
    pub allowance: &'a Allowance,
}

impl<'a> Request<'a> {
    /// A request without headers and body.
    pub fn new(method: Method, target: &'a str, allowance: &'a Allowance) -> Self {
        let (headers, body, owed) = (Vec::new(), Bytes::new(), Owed::Nothing);
        Self { method, target, headers, body, owed, is_blob: false, allowance }
    }
}

/// What came back for a request, and whether it was sent twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The reply to the last time.
    pub reply: Reply,
    /// Whether it may have been carried out before it was sent for the last time: what was there before is unknown then.
    pub repeated: bool,
}

/// How one request reaches a registry. Neither method judges an answer.
pub trait Transport: Send + Sync {
    /// Sends exactly this: no redirects, no decompression, no header that is not in `request` but `Host`, the one that tells the
    /// body's length, and credentials. `request.uri()` is a path. It is sent again, once and on a new connection, only if a
    /// connection that was kept open ended before a byte of the answer came.
    fn exact(&self, request: ::http::Request<Bytes>, chunked: bool, allowance: &Allowance) -> Result<Sent, Trouble>;

    /// Sends this as a well-behaved client does: follows redirects, but only to where it [`may ask`](Self::may_ask).
    fn managed(&self, request: &Request<'_>) -> Result<Sent, Trouble>;

    /// Waits, in real time over HTTP; trouble if the run is asked to stop meanwhile.
    fn wait(&self, pause: Duration) -> Result<(), Trouble>;

    /// How long was waited so far, in all jobs together.
    fn waited(&self) -> Duration;

    /// How many requests were sent so far.
    fn requests(&self) -> u64;

    /// For messages: the host, or the profile.
    fn host(&self) -> &str;

    /// What relative references resolve against.
    fn origin(&self) -> &Origin;

    /// Whether requests may go there: the registry itself, or a host and port that the user allowed by name.
    fn may_ask(&self, origin: &Origin) -> bool {
        origin == self.origin()
    }

    /// What the answers of one case may take in memory.
    fn allowance(&self) -> Allowance {
        Allowance::default()
    }

    /// The bound on requests a second, if there is one.
    fn rate(&self) -> Option<f64> {
        None
    }
}

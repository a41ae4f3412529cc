//! Sends exchanges to a target and returns observations. Does not judge them.
//!
//! [`Target`] is the engine's view: synchronous, one thread per job. [`Transport`] carries single requests to a registry, in
//! process ([`mod@embedded`]) or over HTTP ([`http`]); `conversation` implements `Target` over either.

mod allowance;
mod as_target;
mod asking;
mod case_context;
mod claims;
mod cleanup;
mod commands;
mod conversation;
pub mod embedded;
mod fresh;
mod guard;
mod hangs;
mod history;
#[cfg(feature = "live")]
pub mod http;
pub mod ledger;
mod listed_tags;
mod open;
mod patience;
mod prefix;
mod probing;
mod reading;
mod reference;
mod registry_target;
mod scripted;
mod side_by_side;
mod talk;
mod together;
pub mod trace;
mod upload;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ::http::Method;
use bytes::Bytes;

pub use allowance::{Allowance, Purse};
pub use case_context::CaseContext;
pub use cleanup::{Left, Object};
pub use commands::Commands;
#[cfg(feature = "live")]
pub use open::open_address;
pub use open::{Opening, embedded, open};
pub use reference::{Origin, Url};
pub use registry_target::RegistryTarget;
pub use side_by_side::side_by_side;

use crate::error::Trouble;
use crate::exchange::{Capabilities, Exchange, Observation, Questions, Reply, Spent};

/// The repository a case is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repository {
    /// The repository the user named, or after [`Target::rotate`] one below it.
    Main,
    /// A new repository below it.
    Fresh,
}

/// A registry under test, or a client program to which each case is served. Every method that returns a `Result` fails with [`Trouble`] if the target could not be tested; a
/// wrong answer is an observation, not trouble.
///
/// # Examples
///
/// ```
/// use manifuzz::exchange::Questions;
/// use manifuzz::render::render;
/// use manifuzz::shape::Shape;
/// use manifuzz::transport::{Opening, Repository, open};
///
/// let target = open("embedded:clean", &Opening { nonce: "run1".to_owned(), ..Opening::default() })?;
/// let shape: Shape = "annotations=one".parse()?;
/// let seen = target.fire(&render(&shape), Repository::Main, Questions::ALL)?;
/// assert!(seen.accepted());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Target: Send + Sync {
    /// Value of the `target` column.
    fn name(&self) -> &str;

    /// Value of the `target_version` column; empty if unknown.
    fn version(&self) -> String;

    /// Checks that the target is a registry: requests `/v2/`, and pushes `base` if that answer is inconclusive.
    ///
    /// # Errors
    ///
    /// Trouble that describes the answer if it is not a registry's.
    fn ping(&self, base: &Exchange) -> Result<(), Trouble>;

    /// Probes the optional capabilities, after a [`ping`](Self::ping), with `base` and `with_subject` (the base with a subject).
    /// The result is only meaningful if the target accepts `base`. A capability is absent only if the target says so twice.
    ///
    /// # Errors
    ///
    /// Trouble if the target cannot be probed, for example because it requires credentials.
    fn capabilities(&self, base: &Exchange, with_subject: &Exchange) -> Result<Capabilities, Trouble>;

    /// Checks that the target is a registry and probes what can be probed without a write.
    ///
    /// # Errors
    ///
    /// Trouble as from [`ping`](Self::ping) and [`capabilities`](Self::capabilities).
    fn read_capabilities(&self) -> Result<Capabilities, Trouble>;

    /// Sends only the follow-up request of an exchange, which must be one that only reads.
    ///
    /// # Errors
    ///
    /// As [`fire`](Self::fire).
    fn inquire(&self, exchange: &Exchange) -> Result<Observation, Trouble>;

    /// Sends the whole exchange, then asks the questions.
    ///
    /// # Errors
    ///
    /// Trouble if a request could not be sent or its answer not be read. A timeout or a dropped connection is a [`Reply`].
    fn fire(&self, exchange: &Exchange, place: Repository, questions: Questions) -> Result<Observation, Trouble>;

    /// Reads back an earlier push again, and repeats its follow-up request unless that would change the repository. The replies
    /// to the push are copied from `seen`.
    ///
    /// # Errors
    ///
    /// As [`fire`](Self::fire).
    fn read_again(&self, exchange: &Exchange, seen: &Observation, questions: Questions)
    -> Result<Observation, Trouble>;

    /// The digests of the manifests that [`Repository::Main`] acknowledged in this run, for a later one that continues it.
    fn acknowledged(&self) -> Vec<String> {
        Vec::new()
    }

    /// Counts manifests as acknowledged by [`Repository::Main`] in the run that this one continues.
    fn acknowledge(&self, _digests: &[String]) {}

    /// Continues in a new repository below the one that the user named, so that the lists of [`Repository::Main`] stay
    /// short. No case may be in flight.
    fn rotate(&self);

    /// Waits on the target's clock, which may be virtual.
    ///
    /// # Errors
    ///
    /// Trouble of the kind [`Interrupted`](crate::error::TroubleKind::Interrupted) if the run is asked to stop meanwhile.
    fn wait(&self, pause: Duration) -> Result<(), Trouble>;

    /// Total time waited so far, summed over all jobs.
    fn waited(&self) -> Duration;

    /// Number of requests sent so far.
    fn requests(&self) -> u64;

    /// Restarts a development server, if there is a command for that. Returns whether there is.
    ///
    /// # Errors
    ///
    /// Trouble if the command fails.
    fn restart(&self) -> Result<bool, Trouble> {
        Ok(false)
    }

    /// Empties a development server, if there is a command for that. No case may be in flight.
    ///
    /// # Errors
    ///
    /// Trouble if the command fails.
    fn reset(&self) -> Result<(), Trouble> {
        Ok(())
    }

    /// Removes what these entries of a ledger wrote, on so many threads, and collects garbage if there is a command for that.
    /// Returns what stays.
    ///
    /// # Errors
    ///
    /// Trouble if the target cannot be asked, for example because it requires credentials.
    fn clean_up(&self, written: &[ledger::Entry], jobs: usize) -> Result<Vec<Left>, Trouble> {
        let _ = (written, jobs);
        Ok(Vec::new())
    }

    /// How long the target takes to answer a request that only reads; `None` if that is not known.
    fn latency(&self) -> Option<Duration> {
        None
    }

    /// What was sent so far.
    fn spent(&self) -> Spent {
        Spent { requests: self.requests(), ..Spent::default() }
    }

    /// The rate limit in requests per second, if any.
    fn rate(&self) -> Option<f64> {
        None
    }
}

/// The body expected in a correct answer. It is read even where it exceeds the size limit.
#[derive(Clone, Debug, Default)]
pub enum Owed {
    /// Not known.
    #[default]
    Nothing,
    /// These bytes. An answer equal to them shares their memory.
    Bytes(Bytes),
    /// A list of at most this many bytes.
    Length(usize),
}

impl Owed {
    /// Its length in bytes.
    pub fn length(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Bytes(bytes) => bytes.len(),
            Self::Length(length) => *length,
        }
    }
}

/// A request sent the way a well-behaved client does.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// Path and query, or the absolute URL of a host that may be contacted.
    pub target: &'a str,
    /// Headers except those for connection and length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
    /// The expected body of the answer.
    pub owed: Owed,
    /// The digest of the content that it writes; empty if it writes none.
    pub digest: &'a str,
    /// Whether it requests a blob, which another host may serve if the user allows that.
    pub is_blob: bool,
    /// What the requests of its case share.
    pub context: &'a CaseContext,
}

impl<'a> Request<'a> {
    /// A request without headers and body.
    pub fn new(method: Method, target: &'a str, context: &'a CaseContext) -> Self {
        let (headers, body, owed) = (Vec::new(), Bytes::new(), Owed::Nothing);
        Self { method, target, headers, body, owed, digest: "", is_blob: false, context }
    }
}

/// The reply to a request, and whether the request was retried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The reply to the last attempt.
    pub reply: Reply,
    /// Whether an earlier attempt may have been executed, so the state before the last one is unknown.
    pub repeated: bool,
}

/// Carries single requests to a registry. Neither method judges an answer.
pub trait Transport: Send + Sync {
    /// Sends exactly this request: no redirects, no decompression, and no added headers except `Host`, the one that gives the
    /// body's length, and credentials. `request.uri()` is a path. It is retried, once and on a new connection, only if a
    /// reused connection closed before any byte of the answer arrived.
    ///
    /// # Errors
    ///
    /// Trouble if the request could not be sent or its answer not be read.
    fn exact(&self, request: ::http::Request<Bytes>, chunked: bool, context: &CaseContext) -> Result<Sent, Trouble>;

    /// Sends a request like a well-behaved client: follows redirects, but only where it [`may ask`](Self::may_ask).
    ///
    /// # Errors
    ///
    /// As [`exact`](Self::exact).
    fn managed(&self, request: &Request<'_>) -> Result<Sent, Trouble>;

    /// Waits; in real time over HTTP.
    ///
    /// # Errors
    ///
    /// Trouble if the run is asked to stop meanwhile.
    fn wait(&self, pause: Duration) -> Result<(), Trouble>;

    /// Total time waited so far, summed over all jobs.
    fn waited(&self) -> Duration;

    /// Number of requests sent so far.
    fn requests(&self) -> u64;

    /// The host or profile, for messages.
    fn host(&self) -> &str;

    /// The origin that relative references resolve against.
    fn origin(&self) -> &Origin;

    /// Whether requests may go to `origin`: the registry itself, or a host and port that the user allowed by name.
    fn may_ask(&self, origin: &Origin) -> bool {
        origin == self.origin()
    }

    /// Whether it has turned out that the registry speaks HTTP/2 only, which has no chunked requests.
    fn is_only_http2(&self) -> bool {
        false
    }

    /// The flag that is set when the run is asked to stop, if there is one.
    fn stop(&self) -> Option<&AtomicBool> {
        None
    }

    /// How many requests of one case may be in flight at once.
    fn at_once(&self) -> usize {
        1
    }

    /// A new memory allowance for the answers of one case.
    fn allowance(&self) -> Allowance {
        Allowance::default()
    }

    /// The rate limit in requests per second, if any.
    fn rate(&self) -> Option<f64> {
        None
    }
}

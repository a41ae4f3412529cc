//! A registry over HTTP/1.1, through hyper. The tested request goes out exactly as it is; all others as a well-behaved client
//! sends them. Async exists only in here.
//!
//! May import error, exchange, json and the transport trait.

mod address;
mod answer;
mod buffer;
mod connections;
mod limits;
mod message;
mod rate;
mod redirect;
mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ::http::Request as Exact;
use bytes::Bytes;
use tokio::runtime::Runtime;

use self::answer::Reading;
use self::connections::{Connection, Connections, HEADERS, RequestBody};
use self::limits::AnswerLimits;
use super::{Allowance, Origin, Owed, Purse, Request, Sent, Transport, Url};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Answer, Reply};

pub use address::{Address, check_allowed};
pub use rate::Rate;

/// Bounds on every request.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// How long an answer may take, its body included.
    pub deadline: Duration,
    /// How long an answer's body may be beyond what is owed, in bytes; what comes behind is not read.
    pub body_bound: usize,
    /// The rate of requests; `None` for 5 a second off loopback and no bound on it.
    pub rate: Option<Rate>,
    /// Hosts beside loopback that may be talked to: `HOST` or `HOST:PORT`.
    pub allow_hosts: Vec<String>,
    /// Hosts that blobs may be fetched from where the registry redirects there: `HOST` or `HOST:PORT`.
    pub follow_redirects: Vec<String>,
    /// Set to end every request and every wait soon, with trouble of the kind [`TroubleKind::Interrupted`].
    pub stop: Arc<AtomicBool>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(5),
            body_bound: 4 << 20,
            rate: None,
            allow_hosts: Vec::new(),
            follow_redirects: Vec::new(),
            stop: Arc::default(),
        }
    }
}

/// One registry over HTTP.
#[derive(Debug)]
pub struct HttpTransport {
    address: Address,
    options: HttpOptions,
    runtime: Runtime,
    connections: Connections,
    purse: Arc<Purse>,
    limiter: Option<rate::Limiter>,
    requests: AtomicU64,
    /// In microseconds.
    waited: AtomicU64,
}

/// Why no whole answer came.
enum Failure {
    /// Nothing can be said of the request.
    Trouble(TroubleKind, String, Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The connection ended after the request went out.
    Dropped {
        why: String,
        /// It had been kept open, and not a byte came back: the server may have closed it before the request reached it.
        was_idle: bool,
    },
    /// The deadline passed.
    Late,
    /// The run is asked to stop.
    Stopped,
}

impl Failure {
    fn dropped(why: String) -> Self {
        Self::Dropped { why, was_idle: false }
    }

    fn trouble(kind: TroubleKind, cause: impl Into<String>) -> Self {
        Self::Trouble(kind, cause.into(), None)
    }
}

impl HttpTransport {
    /// A transport to the address's host. Connects only when asked.
    pub fn new(address: &Address, mut options: HttpOptions) -> Result<Self, Trouble> {
        let broken =
            |cause: String| Trouble::new(TroubleKind::Unreachable, "preparing connections", &*address.authority, cause);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| broken(error.to_string()))?;
        let connections = Connections::new().map_err(broken)?;
        options.rate = options.rate.or_else(|| (!address.is_loopback()).then_some(Rate::POLITE));
        let limiter = options.rate.map(rate::limiter);
        let (requests, waited, purse) = (AtomicU64::new(0), AtomicU64::new(0), Arc::default());
        Ok(Self { address: address.clone(), options, runtime, connections, purse, limiter, requests, waited })
    }

    fn trouble(&self, kind: TroubleKind, what: &str, cause: impl Into<String>) -> Trouble {
        Trouble::new(kind, what, &*self.address.authority, cause)
    }

    fn interrupted(&self, what: &str) -> Trouble {
        self.trouble(TroubleKind::Interrupted, what, "interrupted")
    }

    /// Sends a request to its end or its deadline. One whose connection turns out to have been closed while it was idle is sent
    /// once more, on a new connection.
    fn send(
        &self,
        what: &str,
        origin: &Origin,
        reading: &Reading<'_>,
        make: impl Fn() -> Result<Exact<RequestBody>, String>,
    ) -> Result<Sent, Trouble> {
        let mut dropped: Option<String> = None;
        loop {
            let repeated = dropped.is_some();
            if !self.limiter.as_ref().is_none_or(|limiter| rate::wait(limiter, &self.options.stop)) {
                return Err(self.interrupted(what));
            }
            self.requests.fetch_add(1, Ordering::Relaxed);
            let request = make().map_err(|cause| self.trouble(TroubleKind::Protocol, what, cause))?;
            let reply = match self.runtime.handle().block_on(self.attempt(origin, request, repeated, reading)) {
                Ok(answer) => Reply::Answer(answer),
                Err(Failure::Dropped { was_idle: true, why }) if !repeated => {
                    dropped = Some(why);
                    continue;
                }
                // The target went down with the first connection: that it was dropped is what there is to tell.
                Err(Failure::Trouble(TroubleKind::Unreachable, ..)) if repeated => {
                    Reply::Dropped(dropped.unwrap_or_default())
                }
                Err(Failure::Dropped { why, .. }) => Reply::Dropped(why),
                Err(Failure::Late) => Reply::Hang,
                Err(Failure::Stopped) => return Err(self.interrupted(what)),
                Err(Failure::Trouble(kind, cause, source)) => {
                    let trouble = self.trouble(kind, what, cause);
                    return Err(match source {
                        Some(source) => trouble.caused_by(source),
                        None => trouble,
                    });
                }
            };
            return Ok(Sent { reply, repeated });
        }
    }

    async fn attempt(
        &self,
        origin: &Origin,
        request: Exact<RequestBody>,
        is_fresh: bool,
        reading: &Reading<'_>,
    ) -> Result<Answer, Failure> {
        let mut limits = AnswerLimits::new(self.options.deadline, &self.options.stop);
        let mut connection = match limits.run(self.connections.get(origin, is_fresh)).await {
            Ok(connected) => connected.map_err(unreachable)?,
            // Nothing was sent, so the request has nothing to do with it.
            Err(Failure::Late) => {
                let tls = if origin.is_tls { "TLS " } else { "" };
                let cause = format!("no {tls}connection within {} s", self.options.deadline.as_secs_f32());
                return Err(Failure::trouble(TroubleKind::Unreachable, cause));
            }
            Err(failure) => return Err(failure),
        };
        let read_before = connection.wire.read();
        let sent = limits.run(connection.sender.send_request(request)).await?;
        let response = sent.map_err(|error| no_answer(&error, &connection, read_before, origin))?;
        let (answer, is_whole) = reading.answer(response, &mut limits).await?;
        if is_whole {
            self.connections.keep(origin, connection).await;
        }
        Ok(answer)
    }
}

fn unreachable(error: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    let (kind, cause) = match tls::error_in(error.as_ref()) {
        Some(tls) => tls::cause_of(tls),
        None => (TroubleKind::Unreachable, with_causes(error.as_ref())),
    };
    Failure::Trouble(kind, cause, Some(error))
}

/// Why a request that was sent has no answer.
fn no_answer(error: &hyper::Error, connection: &Connection, read_before: u64, origin: &Origin) -> Failure {
    if !origin.is_tls && connection.wire.is_alert() {
        let cause = "this port speaks TLS and was sent plain HTTP: use https://";
        return Failure::trouble(TroubleKind::Protocol, cause);
    }
    if error.is_parse_too_large() {
        let cause = format!("the headers of the answer are longer than {HEADERS} bytes, or too many");
        return Failure::trouble(TroubleKind::TooLarge, cause);
    }
    let is_silent = connection.wire.read() == read_before;
    // A request that was cancelled was not sent at all.
    let was_idle = connection.is_reused && (is_silent || error.is_canceled());
    let why = match () {
        () if error.is_canceled() && !connection.is_reused && connection.wire.read() > 0 => {
            "the answer is not HTTP: it came before the request".to_owned()
        }
        () if error.is_parse() => format!("the answer is not HTTP: {}", with_causes(error)),
        () => with_causes(error),
    };
    Failure::Dropped { why, was_idle }
}

/// An error with its causes, in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = inner.source();
    }
    text
}

impl Transport for HttpTransport {
    fn exact(&self, request: Exact<Bytes>, chunked: bool, allowance: &Allowance) -> Result<Sent, Trouble> {
        let what = format!("{} {}", request.method(), request.uri());
        let origin = &self.address.origin;
        let reading = Reading { bound: self.options.body_bound, owed: &Owed::Nothing, allowance };
        self.send(&what, origin, &reading, || message::exact(request.clone(), origin, chunked))
    }

    fn managed(&self, request: &Request<'_>) -> Result<Sent, Trouble> {
        self.following(request, |what, url| {
            let Request { owed, allowance, .. } = request;
            let reading = Reading { bound: self.options.body_bound, owed, allowance };
            self.send(what, &url.origin, &reading, || message::managed(request, url))
        })
    }

    fn wait(&self, pause: Duration) -> Result<(), Trouble> {
        self.waited.fetch_add(u64::try_from(pause.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if limits::rest(pause, &self.options.stop) { Ok(()) } else { Err(self.interrupted("waiting")) }
    }

    fn waited(&self) -> Duration {
        Duration::from_micros(self.waited.load(Ordering::Relaxed))
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn host(&self) -> &str {
        &self.address.authority
    }

    fn origin(&self) -> &Origin {
        &self.address.origin
    }

    fn may_ask(&self, origin: &Origin) -> bool {
        let own = &self.address.origin;
        let is_named = || self.options.allow_hosts.iter().any(|name| origin.is_named_by(name));
        origin == own || (!own.is_tls || origin.is_tls) && is_named()
    }

    fn allowance(&self) -> Allowance {
        self.purse.allowance()
    }

    fn rate(&self) -> Option<f64> {
        self.options.rate.map(Rate::per_second)
    }
}

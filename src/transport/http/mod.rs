//! A registry over HTTP/1.1, through hyper. The tested request is sent unchanged, all others the way a well-behaved client
//! sends them. Async code is confined to this module.

mod address;
mod answer;
mod buffer;
mod connection;
mod failure;
mod lane;
mod limits;
mod message;
mod rate;
mod redirect;
mod tls;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ::http::{HeaderValue, Request as Exact};
use bytes::Bytes;

use self::answer::Reading;
use self::connection::{Connection, Connector, HEADERS};
use self::failure::Failure;
use self::lane::{Lane, Lanes};
use self::limits::AnswerLimits;
use self::message::RequestBody;
use super::{Allowance, Origin, Owed, Purse, Request, Sent, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Answer, Reply};

pub use address::{Address, check_allowed};
pub use rate::Rate;

/// Limits on requests and answers.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Time limit per attempt, including the body of the answer.
    pub deadline: Duration,
    /// Maximum size of a body beyond the expected one, in bytes; the rest is not read.
    pub body_bound: usize,
    /// Rate limit; `None` means 5 requests per second, or no limit for loopback.
    pub rate: Option<Rate>,
    /// Hosts other than loopback that may be contacted: `HOST` or `HOST:PORT`.
    pub allow_hosts: Vec<String>,
    /// Hosts that redirected blob downloads may be fetched from: `HOST` or `HOST:PORT`.
    pub follow_redirects: Vec<String>,
    /// How many blobs of one case may be pushed at once.
    pub at_once: usize,
    /// When set, every request and wait soon fails with [`TroubleKind::Interrupted`].
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
            at_once: 8,
            stop: Arc::default(),
        }
    }
}

/// Names a request in a message.
type What<'a> = dyn Fn() -> String + 'a;

/// One registry over HTTP.
#[derive(Debug)]
pub struct HttpTransport {
    address: Address,
    /// The `Host` header of requests to it.
    host: HeaderValue,
    options: HttpOptions,
    connector: Connector,
    lanes: Lanes,
    purse: Arc<Purse>,
    limiter: Option<rate::Limiter>,
    requests: AtomicU64,
    /// In microseconds.
    waited: AtomicU64,
}

impl HttpTransport {
    /// A transport to the address's host. Connects on the first request.
    ///
    /// # Errors
    ///
    /// Trouble if the runtime or TLS cannot be set up.
    pub fn new(address: &Address, mut options: HttpOptions) -> Result<Self, Trouble> {
        let broken = |cause: String| {
            Trouble::new(TroubleKind::Unreachable, "setting up the HTTP client", &*address.authority, cause)
        };
        let host = message::host(&address.origin.authority()).map_err(broken)?;
        let connector = Connector::new().map_err(broken)?;
        let lanes = Lanes::new().map_err(|error| broken(error.to_string()))?;
        options.rate = options.rate.or_else(|| (!address.is_loopback()).then_some(Rate::POLITE));
        let limiter = options.rate.map(rate::limiter);
        let (requests, waited, purse) = (AtomicU64::new(0), AtomicU64::new(0), Arc::default());
        let address = address.clone();
        Ok(Self { address, host, options, connector, lanes, purse, limiter, requests, waited })
    }

    fn trouble(&self, kind: TroubleKind, what: &What<'_>, cause: impl Into<String>) -> Trouble {
        Trouble::new(kind, what(), &*self.address.authority, cause)
    }

    fn interrupted(&self, what: &What<'_>) -> Trouble {
        self.trouble(TroubleKind::Interrupted, what, "interrupted")
    }

    /// The `Host` header of requests to `origin`.
    fn host_of(&self, origin: &Origin) -> Result<HeaderValue, String> {
        if *origin == self.address.origin { Ok(self.host.clone()) } else { message::host(&origin.authority()) }
    }

    /// Sends a request. If it was sent on a reused connection that turns out to be closed, retries once on a new one.
    fn send(
        &self,
        what: &What<'_>,
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
            let lane = self.lanes.take();
            let mut lane =
                lane.map_err(|error| self.trouble(TroubleKind::Unreachable, what, error.to_string()).caused_by(error))?;
            let attempt = self.attempt(&mut lane, origin, request, repeated, reading);
            self.lanes.give_back(lane);
            let reply = match attempt {
                Ok(answer) => Reply::Answer(answer),
                Err(Failure::Dropped { was_idle: true, why }) if !repeated => {
                    dropped = Some(why);
                    continue;
                }
                // The target went down with the first connection; report the drop.
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

    fn attempt(
        &self,
        lane: &mut Lane,
        origin: &Origin,
        request: Exact<RequestBody>,
        is_fresh: bool,
        reading: &Reading<'_>,
    ) -> Result<Answer, Failure> {
        let Lane { runtime, tick, idle } = lane;
        runtime.block_on(async {
            let mut limits = AnswerLimits::new(tick.as_mut(), self.options.deadline, &self.options.stop);
            let kept = if is_fresh { None } else { idle.take(origin).await };
            let mut connection = match kept {
                Some(connection) => connection,
                None => self.connect(origin, &mut limits).await?,
            };
            let read_before = connection.wire.read();
            let sent = limits.run(connection.send(request)).await?;
            let response = sent.map_err(|error| no_answer(&error, &connection, read_before, origin))?;
            let (answer, is_whole) = reading.answer(response, &mut connection, &mut limits).await?;
            if is_whole {
                idle.keep(connection).await;
            }
            Ok(answer)
        })
    }

    async fn connect(&self, origin: &Origin, limits: &mut AnswerLimits<'_>) -> Result<Connection, Failure> {
        match limits.run(self.connector.connect(origin)).await {
            // Nothing was sent, so this is not the request's doing.
            Err(Failure::Late) => {
                let tls = if origin.is_tls { "TLS " } else { "" };
                let cause = format!("no {tls}connection within {} s", self.options.deadline.as_secs_f32());
                Err(Failure::trouble(TroubleKind::Unreachable, cause))
            }
            connected => connected?.map_err(unreachable),
        }
    }
}

fn unreachable(error: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    let (kind, cause) = match tls::error_in(error.as_ref()) {
        Some(tls) => tls::cause_of(tls),
        None => (TroubleKind::Unreachable, with_causes(error.as_ref())),
    };
    Failure::Trouble(kind, cause, Some(error))
}

/// Why a request was not answered.
fn no_answer(error: &hyper::Error, connection: &Connection, read_before: u64, origin: &Origin) -> Failure {
    if !origin.is_tls && connection.wire.is_alert() {
        let cause = "the port expects TLS but was sent plain HTTP; use https://";
        return Failure::trouble(TroubleKind::Protocol, cause);
    }
    if error.is_parse_too_large() {
        let cause = format!("the answer has too many headers, or more than {HEADERS} bytes of them");
        return Failure::trouble(TroubleKind::TooLarge, cause);
    }
    let is_silent = connection.wire.read() == read_before;
    // A cancelled request was never sent.
    let was_idle = connection.is_reused && (is_silent || error.is_canceled());
    let why = match () {
        () if error.is_canceled() && !connection.is_reused && connection.wire.read() > 0 => {
            "the answer is not HTTP: bytes arrived before the request was sent".to_owned()
        }
        () if error.is_parse() => format!("the answer is not HTTP: {}", with_causes(error)),
        () => with_causes(error),
    };
    Failure::Dropped { why, was_idle }
}

/// An error and its causes on one line.
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
        let what = || format!("{} {}", request.method(), request.uri());
        let reading = Reading { bound: self.options.body_bound, owed: &Owed::Nothing, allowance };
        let make = || Ok(message::exact(request.clone(), self.host.clone(), chunked));
        self.send(&what, &self.address.origin, &reading, make)
    }

    fn managed(&self, request: &Request<'_>) -> Result<Sent, Trouble> {
        self.following(request, |what, origin, target| {
            let Request { owed, allowance, .. } = request;
            let reading = Reading { bound: self.options.body_bound, owed, allowance };
            self.send(what, origin, &reading, || message::managed(request, self.host_of(origin)?, target))
        })
    }

    fn wait(&self, pause: Duration) -> Result<(), Trouble> {
        self.waited.fetch_add(u64::try_from(pause.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if limits::rest(pause, &self.options.stop) { Ok(()) } else { Err(self.interrupted(&|| "waiting".to_owned())) }
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

    fn at_once(&self) -> usize {
        self.options.at_once
    }

    fn allowance(&self) -> Allowance {
        self.purse.allowance()
    }

    fn rate(&self) -> Option<f64> {
        self.options.rate.map(Rate::per_second)
    }
}

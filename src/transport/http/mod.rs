//! A registry over HTTP/1.1 and HTTP/2, through hyper. The tested request is sent unchanged, all others the way a well-behaved client
//! sends them. Async code is confined to this module.

mod address;
mod answer;
mod auth;
mod authorised;
mod buffer;
mod connection;
mod connector;
pub mod credentials;
mod dns;
mod echo;
mod failure;
mod lane;
mod limits;
mod message;
mod outgoing;
mod rate;
mod redirect;
mod sending;
mod tls;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ::http::{HeaderValue, Request as Exact};
use bytes::Bytes;

use self::auth::Authenticator;
use self::connector::Connector;
use self::credentials::Credentials;
use self::lane::Lanes;
use self::message::Added;
use self::outgoing::{ToSend, What};
use super::{Allowance, CaseContext, Origin, Owed, Purse, Request, Sent, Transport};
use crate::error::{Trouble, TroubleKind};

pub use address::{Address, check_allowed, is_repository};
pub use rate::Rate;
pub use tls::Tls;

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
    /// How to authenticate, if the registry asks for that.
    pub credentials: Option<Credentials>,
    /// Whether challenges are answered. Without credentials, that is by asking for an anonymous token.
    pub answers_challenges: bool,
    /// Which servers are trusted.
    pub tls: Arc<Tls>,
    /// Whether requests name their case in the header `Manifuzz-Case`.
    pub case_header: bool,
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
            credentials: None,
            answers_challenges: true,
            tls: Arc::default(),
            case_header: true,
            stop: Arc::default(),
        }
    }
}

/// One registry over HTTP.
#[derive(Debug)]
pub struct HttpTransport {
    address: Address,
    /// The `Host` header of requests to it.
    host: HeaderValue,
    options: HttpOptions,
    connector: Connector,
    authenticator: Authenticator,
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
    /// Trouble if the runtime cannot be set up.
    pub fn new(address: &Address, mut options: HttpOptions) -> Result<Self, Trouble> {
        let broken = |cause: String| {
            Trouble::new(TroubleKind::Unreachable, "setting up the HTTP client", &*address.authority, cause)
        };
        let host = message::host(&address.origin.authority()).map_err(broken)?;
        let connector = Connector::new(Arc::clone(&options.tls));
        let authenticator = Authenticator::new(address, &options.allow_hosts, options.credentials.clone());
        let lanes = Lanes::new().map_err(|error| broken(error.to_string()))?;
        options.rate = options.rate.or_else(|| (!address.is_loopback()).then_some(Rate::POLITE));
        let limiter = options.rate.map(rate::limiter);
        let (requests, waited, purse) = (AtomicU64::new(0), AtomicU64::new(0), Arc::default());
        let address = address.clone();
        Ok(Self { address, host, options, connector, authenticator, lanes, purse, limiter, requests, waited })
    }

    fn trouble(&self, kind: TroubleKind, what: &What<'_>, cause: impl Into<String>) -> Trouble {
        Trouble::new(kind, what(), &*self.address.authority, cause)
    }

    fn interrupted(&self, what: &What<'_>) -> Trouble {
        self.trouble(TroubleKind::Interrupted, what, "interrupted")
    }

    /// The headers that are added to a request to `origin`, but for the authorization.
    fn added(&self, origin: &Origin, context: &CaseContext) -> Result<Added, String> {
        let id = Some(context.id()).filter(|id| self.options.case_header && !id.is_empty());
        let case = id.and_then(|id| HeaderValue::from_str(id).ok());
        Ok(Added { host: self.host_of(origin)?, authorization: None, case })
    }

    /// The `Host` header of requests to `origin`.
    fn host_of(&self, origin: &Origin) -> Result<HeaderValue, String> {
        if *origin == self.address.origin { Ok(self.host.clone()) } else { message::host(&origin.authority()) }
    }
}

impl Transport for HttpTransport {
    fn exact(&self, request: Exact<Bytes>, chunked: bool, context: &CaseContext) -> Result<Sent, Trouble> {
        let what = || format!("{} {}", request.method(), request.uri());
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let (method, origin) = (request.method(), &self.address.origin);
        let to_send = ToSend { what: &what, method, origin, target, owed: &Owed::Nothing, context, is_exact: true };
        self.authorised(&to_send, |added| Ok(message::exact(request.clone(), added, chunked)))
    }

    fn managed(&self, request: &Request<'_>) -> Result<Sent, Trouble> {
        self.following(request, |what, origin, target| {
            let Request { method, owed, context, .. } = request;
            let to_send = ToSend { what, method, origin, target, owed, context, is_exact: false };
            self.authorised(&to_send, |added| message::managed(request, added, target))
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

    fn is_only_http2(&self) -> bool {
        self.connector.is_only_http2()
    }

    fn stop(&self) -> Option<&AtomicBool> {
        Some(&self.options.stop)
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

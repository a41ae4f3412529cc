//! A registry over HTTP. The tested request goes out through hyper, exactly as it is; everything else through
//! reqwest, as a well-behaved client does it. Async exists only in here.
//!
//! May import error, exchange and the transport trait.

mod address;
mod exact;
mod limit;
mod managed;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::http::{Method, Request, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::runtime::Runtime;

use super::Transport;
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Answer, Reply};

pub use address::{Address, check_allowed};
pub use limit::Rate;

/// Bounds on every request.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// How long an answer may take, its body included.
    pub deadline: Duration,
    /// How long an answer's body may be, in bytes; what comes behind is not read.
    pub body_bound: usize,
    /// The rate of requests; `None` for 5 a second off loopback and no bound on it.
    pub rate: Option<Rate>,
    /// Hosts beside loopback that may be talked to.
    pub allow_hosts: Vec<String>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(5), body_bound: 16 << 20, rate: None, allow_hosts: Vec::new() }
    }
}

/// One registry over HTTP.
#[derive(Debug)]
pub struct HttpTransport {
    address: Address,
    options: HttpOptions,
    runtime: Runtime,
    exact: exact::Client,
    managed: reqwest::Client,
    limiter: Option<limit::Limiter>,
    requests: AtomicU64,
}

/// Why no whole answer came.
enum Failure {
    /// Nothing was sent: no connection.
    Unreachable(String),
    /// The connection ended after the request went out.
    Dropped(String),
    /// The deadline passed.
    Late,
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
        let exact = exact::client();
        let managed = managed::client(address).map_err(|error| broken(error.to_string()))?;
        options.rate = options.rate.or_else(|| (!address.is_loopback()).then_some(Rate::POLITE));
        let limiter = options.rate.map(limit::limiter);
        Ok(Self { address: address.clone(), options, runtime, exact, managed, limiter, requests: AtomicU64::new(0) })
    }

    fn trouble(&self, kind: TroubleKind, what: &str, cause: impl Into<String>) -> Trouble {
        Trouble::new(kind, what, &*self.address.authority, cause)
    }

    fn take_token(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if let Some(limiter) = &self.limiter {
            limit::wait(limiter);
        }
    }

    /// Runs one request to its end or its deadline.
    fn within_deadline(
        &self,
        what: &str,
        request: impl Future<Output = Result<Answer, Failure>>,
    ) -> Result<Reply, Trouble> {
        let deadline = self.options.deadline;
        let outcome = self
            .runtime
            .handle()
            .block_on(async { tokio::time::timeout(deadline, request).await.unwrap_or(Err(Failure::Late)) });
        match outcome {
            Ok(answer) => Ok(Reply::Answer(answer)),
            Err(Failure::Dropped(why)) => Ok(Reply::Dropped(why)),
            Err(Failure::Late) => Ok(Reply::Hang),
            Err(Failure::Unreachable(cause)) => Err(self.trouble(TroubleKind::Unreachable, what, cause)),
        }
    }
}

/// Reads an answer's body up to the bound.
async fn answer<B>(response: Response<B>, bound: usize) -> Result<Answer, Failure>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: std::error::Error,
{
    let (parts, mut body) = response.into_parts();
    let mut read = BytesMut::new();
    let mut cut = false;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Failure::Dropped(format!("in the middle of the body: {error}")))?;
        let Some(data) = frame.data_ref() else { continue };
        let room = bound - read.len();
        read.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            cut = true;
            break;
        }
    }
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: read.freeze(), cut })
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
    fn exact(&self, request: Request<Bytes>, chunked: bool) -> Result<Reply, Trouble> {
        let what = format!("{} {}", request.method(), request.uri());
        let request = exact::addressed(request, &self.address, chunked)
            .map_err(|cause| self.trouble(TroubleKind::Protocol, &what, cause))?;
        self.take_token();
        let bound = self.options.body_bound;
        self.within_deadline(&what, async {
            let sent = self.exact.request(request).await;
            let response = sent.map_err(|error| {
                let causes = with_causes(&error);
                if error.is_connect() { Failure::Unreachable(causes) } else { Failure::Dropped(causes) }
            })?;
            answer(response, bound).await
        })
    }

    fn managed(
        &self,
        method: Method,
        target: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Reply, Trouble> {
        let what = format!("{method} {target}");
        let url = managed::resolve(&self.address, target, &self.options.allow_hosts)
            .map_err(|cause| self.trouble(TroubleKind::ForeignHost, &what, cause))?;
        let mut waits = managed::Waits::default();
        loop {
            self.take_token();
            let mut request = self.managed.request(method.clone(), url.clone()).body(body.clone());
            for (name, value) in headers {
                request = request.header(*name, value);
            }
            let bound = self.options.body_bound;
            let reply = self.within_deadline(&what, async {
                let response = request.send().await.map_err(|error| {
                    let error = error.without_url();
                    let causes = with_causes(&error);
                    if error.is_connect() { Failure::Unreachable(causes) } else { Failure::Dropped(causes) }
                })?;
                answer(Response::from(response), bound).await
            })?;
            match reply.answer().and_then(|answer| waits.due(answer)) {
                Some(pause) => std::thread::sleep(pause),
                None => return Ok(reply),
            }
        }
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn host(&self) -> &str {
        &self.address.authority
    }

    fn rate(&self) -> Option<f64> {
        self.options.rate.map(Rate::per_second)
    }
}

//! One connection to a registry.
//!
//! Pooled by us rather than by hyper's client, because the meaning of a closed connection depends on whether it was reused and
//! whether any byte came back: a server may close an idle connection at any time. It is driven by the request it carries, in the
//! same task: no other thread or task has to be woken for an answer.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use ::http::{Request, Response, Uri, header};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::connector::{Bytes, Connector, Dialled, Failed, Wish};
use super::message::RequestBody;
use super::wire::{Metered, Wire};
use crate::transport::Origin;

/// Maximum total size of an answer's headers, in bytes.
pub(super) const HEADERS: usize = 64 << 10;
/// Maximum number of headers of an answer.
const HEADER_COUNT: usize = 1000;
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(30);

/// The bytes of a connection in both directions.
type Stream = TokioIo<Metered<Box<dyn Bytes>>>;

enum Sender {
    Http1(http1::SendRequest<RequestBody>),
    Http2(http2::SendRequest<RequestBody>),
}

/// Reads and writes; ready once the connection has ended.
type Driver = Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>;

/// An open connection.
pub(super) struct Connection {
    sender: Sender,
    /// `None` once the connection has ended.
    driver: Option<Driver>,
    pub wire: Arc<Wire>,
    pub origin: Origin,
    /// The prefix of request targets and the authorization for a proxy, if there is one.
    proxy: Option<Option<::http::HeaderValue>>,
    /// Whether HTTP/2 was offered.
    offered_http2: bool,
    /// Whether it was checked that the host is public.
    public_only: bool,
    /// Whether it carried an earlier request.
    pub is_reused: bool,
    /// When its last answer was complete.
    since: Instant,
}

impl Connection {
    /// A new connection.
    pub async fn open(connector: &Connector, wish: Wish<'_>) -> Result<Self, Failed> {
        let Dialled { stream, is_http2, proxy } = connector.dial(wish).await?;
        let wire = Arc::new(Wire::default());
        let io: Stream = TokioIo::new(Metered::new(stream, Arc::clone(&wire)));
        let (sender, driver): (Sender, Driver) = if is_http2 {
            let (sender, driver) =
                http2::Builder::new(TokioExecutor::new()).max_header_list_size(HEADERS as u32).handshake(io).await?;
            (Sender::Http2(sender), Box::pin(driver))
        } else {
            let (sender, driver) = http1::Builder::new()
                .max_buf_size(HEADERS)
                .max_header_size(HEADERS)
                .max_headers(HEADER_COUNT)
                .handshake(io)
                .await?;
            (Sender::Http1(sender), Box::pin(driver))
        };
        let (driver, origin, since) = (Some(driver), wish.origin.clone(), Instant::now());
        let (offered_http2, public_only) = (wish.may_be_http2, wish.public_only);
        Ok(Self { sender, driver, wire, origin, proxy, offered_http2, public_only, is_reused: false, since })
    }

    /// Whether a request with this wish can be sent over the connection.
    pub fn suits(&self, wish: Wish<'_>) -> bool {
        let is_http2 = self.is_http2();
        let protocol =
            !self.origin.is_tls || if wish.may_be_http2 { is_http2 || self.offered_http2 } else { !is_http2 };
        self.origin == *wish.origin && protocol && (self.public_only || !wish.public_only)
    }

    /// Whether it carries HTTP/2.
    pub fn is_http2(&self) -> bool {
        matches!(self.sender, Sender::Http2(_))
    }

    /// Sends a request and waits for the head of its answer.
    pub async fn send(&mut self, mut request: Request<RequestBody>) -> hyper::Result<Response<Incoming>> {
        if (self.proxy.is_some() || self.is_http2())
            && let Some(uri) = absolute(&self.origin, request.uri())
        {
            *request.uri_mut() = uri;
        }
        if let Some(Some(authorization)) = &self.proxy {
            request.headers_mut().insert(header::PROXY_AUTHORIZATION, authorization.clone());
        }
        match &mut self.sender {
            Sender::Http1(sender) => {
                let head = sender.send_request(request);
                self.drive(head).await
            }
            Sender::Http2(sender) => {
                request.headers_mut().remove(header::HOST);
                *request.version_mut() = ::http::Version::HTTP_2;
                let head = sender.send_request(request);
                self.drive(head).await
            }
        }
    }

    /// Waits for something that arrives over this connection.
    pub async fn drive<R>(&mut self, part: impl Future<Output = R>) -> R {
        let mut part = pin!(part);
        poll_fn(|cx| {
            if let Poll::Ready(done) = part.as_mut().poll(cx) {
                return Poll::Ready(done);
            }
            self.advance(cx);
            // Now rather than when woken: that would take another turn of the runtime.
            part.as_mut().poll(cx)
        })
        .await
    }

    /// Whether the connection can carry another request. A close by the server is noticed here, because an idle connection is
    /// not polled.
    pub async fn is_reusable(&mut self) -> bool {
        if self.since.elapsed() >= IDLE {
            return false;
        }
        // Lets the runtime look at its sockets.
        tokio::task::yield_now().await;
        self.settle().await
            && match &self.sender {
                Sender::Http1(sender) => sender.is_ready(),
                Sender::Http2(sender) => sender.is_ready(),
            }
    }

    /// Marks the answer as read to its end. Returns whether the server keeps the connection open.
    pub async fn complete(&mut self) -> bool {
        (self.is_reused, self.since) = (true, Instant::now());
        self.settle().await
    }

    /// Does what can be done without waiting. Returns whether the connection is open.
    async fn settle(&mut self) -> bool {
        poll_fn(|cx| {
            self.advance(cx);
            Poll::Ready(self.driver.is_some())
        })
        .await
    }

    fn advance(&mut self, cx: &mut Context<'_>) {
        self.wire.begin_turn();
        // An error is reported by the request it affects.
        if self.driver.as_mut().is_some_and(|driver| driver.as_mut().poll(cx).is_ready()) {
            self.driver = None;
        }
    }
}

/// The absolute form of a request target, which keeps its bytes.
fn absolute(origin: &Origin, target: &Uri) -> Option<Uri> {
    let mut parts = target.clone().into_parts();
    parts.scheme = origin.scheme().parse().ok();
    parts.authority = origin.authority().parse().ok();
    Uri::from_parts(parts).ok()
}

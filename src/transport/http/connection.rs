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

use ::http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service as _;

use super::message::RequestBody;
use super::tls;
use super::wire::{Metered, Wire};
use crate::transport::Origin;

/// Maximum total size of an answer's headers, in bytes.
pub(super) const HEADERS: usize = 64 << 10;
/// Maximum number of headers of an answer.
const HEADER_COUNT: usize = 1000;
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(30);

/// Opens connections.
#[derive(Debug)]
pub(super) struct Connector(HttpsConnector<HttpConnector>);

/// The bytes of a connection in both directions.
type Stream = TokioIo<Metered<TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>>>;
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// An open connection.
pub(super) struct Connection {
    sender: SendRequest<RequestBody>,
    /// Reads and writes; `None` once the connection has ended.
    driver: Option<http1::Connection<Stream, RequestBody>>,
    pub wire: Arc<Wire>,
    pub origin: Origin,
    /// Whether it carried an earlier request.
    pub is_reused: bool,
    /// When its last answer was complete.
    since: Instant,
}

impl Connector {
    /// Fails if TLS cannot be set up.
    pub fn new() -> Result<Self, String> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls::config()?).https_or_http().enable_http1();
        Ok(Self(builder.wrap_connector(tcp)))
    }

    /// A new connection.
    pub async fn connect(&self, origin: &Origin) -> Result<Connection, Failed> {
        let uri = Uri::try_from(format!("{origin}/"))?;
        let stream = self.0.clone().call(uri).await?;
        let wire = Arc::new(Wire::default());
        let io = TokioIo::new(Metered::new(TokioIo::new(stream), Arc::clone(&wire)));
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(HEADERS)
            .max_header_size(HEADERS)
            .max_headers(HEADER_COUNT)
            .handshake(io)
            .await?;
        let (driver, origin) = (Some(driver), origin.clone());
        Ok(Connection { sender, driver, wire, origin, is_reused: false, since: Instant::now() })
    }
}

impl Connection {
    /// Sends a request and waits for the head of its answer.
    pub async fn send(&mut self, request: Request<RequestBody>) -> hyper::Result<Response<Incoming>> {
        let head = self.sender.send_request(request);
        self.drive(head).await
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
        self.settle().await && self.sender.is_ready()
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
        if self.driver.as_mut().is_some_and(|driver| Pin::new(driver).poll(cx).is_ready()) {
            self.driver = None;
        }
    }
}

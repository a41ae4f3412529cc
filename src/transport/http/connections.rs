//! A connection pool.
//!
//! Ours rather than hyper's, because the meaning of a closed connection depends on whether it was reused and whether any byte
//! came back: a server may close an idle connection at any time.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use ::http::Uri;
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tower_service::Service as _;

use super::tls;
use crate::transport::Origin;

/// The body of a request.
pub(super) type RequestBody = BoxBody<Bytes, std::convert::Infallible>;

/// Maximum total size of an answer's headers, in bytes.
pub(super) const HEADERS: usize = 64 << 10;
/// Maximum number of headers of an answer.
const HEADER_COUNT: usize = 1000;
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(30);
/// How long to wait for a connection to be ready again after its answer has been read.
const READY: Duration = Duration::from_millis(50);

/// The connections of one target.
#[derive(Debug)]
pub(super) struct Connections {
    connector: HttpsConnector<HttpConnector>,
    idle: Mutex<HashMap<Origin, Vec<(Connection, Instant)>>>,
}

/// A connection that is ready for a request.
#[derive(Debug)]
pub(super) struct Connection {
    pub sender: SendRequest<RequestBody>,
    pub wire: Arc<Wire>,
    /// Whether it carried an earlier request.
    pub is_reused: bool,
}

/// Statistics on the bytes received over a connection.
#[derive(Debug, Default)]
pub(super) struct Wire {
    read: AtomicU64,
    /// The first byte received, plus one; 0 until one arrives.
    first: AtomicU16,
}

impl Wire {
    /// Number of bytes received so far.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Whether the first byte received is that of a TLS alert: a TLS server was sent plain HTTP.
    pub fn is_alert(&self) -> bool {
        self.first.load(Ordering::Relaxed) == 0x15 + 1
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Connections {
    /// An empty pool. Fails if TLS cannot be set up.
    pub fn new() -> Result<Self, String> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls::config()?).https_or_http().enable_http1();
        Ok(Self { connector: builder.wrap_connector(tcp), idle: Mutex::default() })
    }

    /// A pooled connection, or a new one if there is none or `is_fresh` is set.
    pub async fn get(&self, origin: &Origin, is_fresh: bool) -> Result<Connection, Failed> {
        if let Some(connection) = self.kept(origin).filter(|_| !is_fresh) {
            return Ok(connection);
        }
        let uri = Uri::try_from(format!("{origin}/"))?;
        let stream = self.connector.clone().call(uri).await?;
        let wire = Arc::new(Wire::default());
        let io = TokioIo::new(Metered { inner: TokioIo::new(stream), wire: Arc::clone(&wire) });
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(HEADERS)
            .max_header_size(HEADERS)
            .max_headers(HEADER_COUNT)
            .handshake(io)
            .await?;
        // Errors are reported by the request they affect.
        tokio::spawn(connection);
        Ok(Connection { sender, wire, is_reused: false })
    }

    fn kept(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.get_mut(origin)?;
        kept.retain(|(connection, since)| !connection.sender.is_closed() && since.elapsed() < IDLE);
        kept.pop().map(|(connection, _)| connection)
    }

    /// Returns a connection to the pool if the server keeps it open. Its answer must have been read to the end.
    pub async fn keep(&self, origin: &Origin, mut connection: Connection) {
        if matches!(tokio::time::timeout(READY, connection.sender.ready()).await, Ok(Ok(()))) {
            connection.is_reused = true;
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.entry(origin.clone()).or_default().push((connection, Instant::now()));
        }
    }
}

/// Counts the bytes read.
struct Metered<T> {
    inner: T,
    wire: Arc<Wire>,
}

impl<T: AsyncRead + Unpin> AsyncRead for Metered<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = into.filled().len();
        let done = Pin::new(&mut self.inner).poll_read(cx, into);
        let new = &into.filled()[before..];
        if let Some(first) = new.first() {
            let first = u16::from(*first) + 1;
            let _ = self.wire.first.compare_exchange(0, first, Ordering::Relaxed, Ordering::Relaxed);
            self.wire.read.fetch_add(new.len() as u64, Ordering::Relaxed);
        }
        done
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Metered<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, from)
    }
}

//! Counts the bytes received over a connection, and bounds how many are read at once.

use std::pin::Pin;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::tls;

/// So many bytes are read before the limits of the attempt are looked at again. hyper skips 1xx answers as long as there are any,
/// and each of them takes it some microseconds.
const TURN: u64 = 64 << 10;

/// Statistics on the bytes received over a connection.
#[derive(Debug, Default)]
pub(super) struct Wire {
    read: AtomicU64,
    /// The first byte received, plus one; 0 until one arrives.
    first: AtomicU16,
    /// Why TLS ended the connection, if it did.
    tls: OnceLock<rustls::Error>,
    /// Where the present turn ends, as a number of bytes received.
    turn: AtomicU64,
}

impl Wire {
    /// Allows so many bytes more.
    pub fn begin_turn(&self) {
        self.turn.store(self.read() + TURN, Ordering::Relaxed);
    }

    fn is_turn_over(&self) -> bool {
        self.read() >= self.turn.load(Ordering::Relaxed)
    }

    /// Number of bytes received so far.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The error with which TLS ended the connection. The error of HTTP/2 does not name it as a cause.
    pub fn tls_error(&self) -> Option<&rustls::Error> {
        self.tls.get()
    }

    /// Whether the first byte received is that of a TLS alert: a TLS server was sent plain HTTP.
    pub fn is_alert(&self) -> bool {
        self.first.load(Ordering::Relaxed) == 0x15 + 1
    }
}

/// A stream whose bytes read are counted.
pub(super) struct Metered<T> {
    inner: T,
    wire: Arc<Wire>,
}

impl<T> Metered<T> {
    /// Counts in `wire`.
    pub fn new(inner: T, wire: Arc<Wire>) -> Self {
        Self { inner, wire }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Metered<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if self.wire.is_turn_over() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = into.filled().len();
        let done = Pin::new(&mut self.inner).poll_read(cx, into);
        if let Poll::Ready(Err(error)) = &done
            && let Some(tls) = tls::error_in(error)
        {
            let _ = self.wire.tls.set(tls.clone());
        }
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

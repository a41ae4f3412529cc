//! Serves the embedded registry over HTTP/1.1. Passes requests on unchanged to [`Registry::handle`], which decides
//! everything. May be imported by the command line and tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::answer::Refusal;
use super::{Registry, is_dropped};

/// Largest accepted request body, in bytes; a larger one is answered with 413.
pub const BODY_LIMIT: usize = 128 * 1024 * 1024;

/// Serves `registry` at `listen` until the process ends. Calls `ready` with the bound address once connections are
/// accepted; with port 0 the system chooses the port.
///
/// # Errors
///
/// If the runtime cannot be started or the address cannot be bound.
pub fn serve(registry: Arc<Registry>, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    runtime()?.block_on(async {
        let listener = TcpListener::bind(listen).await?;
        ready(listener.local_addr()?);
        accept(registry, listener).await;
        Ok(())
    })
}

/// A registry served on a background thread; dropping it stops the server.
#[derive(Debug)]
pub struct Serving {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    /// Serves `registry` on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// If the runtime or the thread cannot be started, or no port can be bound.
    pub fn start(registry: Arc<Registry>) -> std::io::Result<Self> {
        let runtime = runtime()?;
        let listener = runtime.block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("registry".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(registry, listener) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only if the thread has already ended.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

async fn accept(registry: Arc<Registry>, listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Probably out of file descriptors: wait for connections to close.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        };
        let registry = Arc::clone(&registry);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(&registry, request));
            // An error here means that the client disconnected or that a quirk dropped the connection: nothing to report.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type ServeError = Box<dyn std::error::Error + Send + Sync>;

/// Answers one request.
///
/// # Errors
///
/// Closes the connection without an answer: the body could not be read, or a quirk drops the connection.
async fn respond(
    registry: &Registry,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, ServeError> {
    let (parts, body) = request.into_parts();
    let response = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => registry.handle(http::Request::from_parts(parts, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("the body is larger than {BODY_LIMIT} bytes");
            Refusal::new(413, "SIZE_INVALID", message).answer()
        }
        Err(error) => return Err(error),
    };
    if is_dropped(&response) {
        return Err("connection dropped by a quirk of the profile".into());
    }
    Ok(response.map(Full::new))
}

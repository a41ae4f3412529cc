//! The embedded registry as an HTTP/1.1 server on a socket. Passes requests through as they come; what they mean
//! is decided in [`Registry::handle`]. The command line and tests import it.

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

/// A request whose body is larger than this many bytes is answered with 413.
pub const BODY_LIMIT: usize = 128 * 1024 * 1024;

/// Serves `registry` at `listen` until the process ends. Calls `ready` with the address once connections are taken;
/// with port 0 the system chooses one. Fails where the address cannot be bound.
pub fn serve(registry: Arc<Registry>, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    runtime()?.block_on(async {
        let listener = TcpListener::bind(listen).await?;
        ready(listener.local_addr()?);
        accept(registry, listener).await;
        Ok(())
    })
}

/// A registry that is served on a thread; dropping it stops the server.
#[derive(Debug)]
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    /// Serves `registry` on a free port of 127.0.0.1.
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
            // The receiver is gone where the thread has ended already.
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
            // Out of descriptors, say: connections that end will free some.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        };
        let registry = Arc::clone(&registry);
        tokio::spawn(async move {
            let service = service_fn(|request| one(&registry, request));
            // A client that goes away, or a quirk that drops the connection, is no failure of the server.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type ServeError = Box<dyn std::error::Error + Send + Sync>;

/// Answers one request; an error closes the connection without an answer.
async fn one(registry: &Registry, request: http::Request<Incoming>) -> Result<http::Response<Full<Bytes>>, ServeError> {
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
        return Err("the profile drops this connection".into());
    }
    Ok(response.map(Full::new))
}

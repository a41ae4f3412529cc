//! Opens byte streams to hosts: directly or through a proxy, plain or over TLS.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use ::http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service as _;

use super::dns::Resolver;
use super::tls::{self, Tls};
use crate::transport::Origin;

pub(super) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// HTTP/1.1 in ALPN.
const HTTP_1: &[u8] = b"http/1.1";
/// HTTP/2 in ALPN.
const HTTP_2: &[u8] = b"h2";

/// A byte stream in both directions.
pub(super) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

/// An open stream.
pub(super) struct Dialled {
    pub stream: Box<dyn Bytes>,
    pub is_http2: bool,
    /// Set if the stream leads to a proxy, which wants absolute URLs and perhaps this `Proxy-Authorization`.
    pub proxy: Option<Option<HeaderValue>>,
}

/// What to connect to, and what for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub origin: &'a Origin,
    /// Whether HTTP/2 will do. Its framing does not allow to send a request byte for byte.
    pub may_be_http2: bool,
    /// Whether the host must have a public address.
    pub public_only: bool,
}

/// Opens streams.
pub(super) struct Connector {
    proxies: Matcher,
    tls: Arc<Tls>,
    /// Made when TLS is first used: reading the roots of the system takes time.
    configs: OnceLock<Result<[TlsConnector; 2], String>>,
    /// Whether the registry refused HTTP/1.1.
    only_http2: AtomicBool,
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Connector").finish_non_exhaustive()
    }
}

impl Connector {
    /// A connector that uses the proxies of the environment.
    pub fn new(tls: Arc<Tls>) -> Self {
        let (configs, only_http2) = (OnceLock::new(), AtomicBool::new(false));
        Self { proxies: Matcher::from_env(), tls, configs, only_http2 }
    }

    /// Whether the registry speaks HTTP/2 only.
    pub fn is_only_http2(&self) -> bool {
        self.only_http2.load(Ordering::Relaxed)
    }

    /// Opens a stream.
    pub async fn dial(&self, wish: Wish<'_>) -> Result<Dialled, Failed> {
        let uri = Uri::try_from(format!("{}/", wish.origin))?;
        // Whatever the environment says: loopback is this machine, and a proxy may be another one.
        let proxy = if wish.origin.is_loopback() { None } else { self.proxies.intercept(&uri) };
        if let Some(proxy) = &proxy
            && proxy.uri().scheme_str() != Some("http")
        {
            let scheme = proxy.uri().scheme_str().unwrap_or_default();
            return Err(
                format!("the environment names a proxy of the kind `{scheme}`; only http:// is supported").into()
            );
        }
        let stream: TokioIo<TcpStream> = match &proxy {
            Some(proxy) if wish.origin.is_tls => {
                // The proxy resolves the name, and may be local.
                let mut tunnel = Tunnel::new(proxy.uri().clone(), tcp(false));
                if let Some(authorization) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(authorization.clone());
                }
                let tunnelled = tunnel.call(uri).await;
                tunnelled.map_err(|error| format!("the proxy of the environment does not connect: {error}"))?
            }
            Some(proxy) => {
                let connected = tcp(false).call(proxy.uri().clone()).await;
                connected.map_err(|error| format!("the proxy of the environment cannot be reached: {error}"))?
            }
            None => tcp(wish.public_only).call(uri).await?,
        };
        let stream = stream.into_inner();
        if !wish.origin.is_tls {
            let proxy = proxy.map(|proxy| proxy.basic_auth().cloned());
            return Ok(Dialled { stream: Box::new(stream), is_http2: false, proxy });
        }
        let host = wish.origin.host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host)?;
        let may_be_http2 = wish.may_be_http2 || self.is_only_http2();
        let config = self.config(may_be_http2)?;
        match config.connect(name, stream).await {
            Ok(stream) => {
                let is_http2 = stream.get_ref().1.alpn_protocol() == Some(HTTP_2);
                Ok(Dialled { stream: Box::new(stream), is_http2, proxy: None })
            }
            Err(error) if !may_be_http2 && tls::error_in(&error).is_some_and(tls::wants_other_protocol) => {
                self.only_http2.store(true, Ordering::Relaxed);
                Box::pin(self.dial(wish)).await
            }
            Err(error) => Err(error.into()),
        }
    }

    fn config(&self, may_be_http2: bool) -> Result<&TlsConnector, Failed> {
        let make = || {
            let config = self.tls.config()?;
            let with = |protocols: &[&[u8]]| {
                let mut config = config.clone();
                config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
                TlsConnector::from(Arc::new(config))
            };
            Ok([with(&[HTTP_1]), with(&[HTTP_2, HTTP_1])])
        };
        let configs = self.configs.get_or_init(make).as_ref().map_err(Clone::clone)?;
        Ok(&configs[usize::from(may_be_http2)])
    }
}

/// Opens TCP connections; only to public addresses if that is asked for.
fn tcp(public_only: bool) -> HttpConnector<Resolver> {
    let mut tcp = HttpConnector::new_with_resolver(Resolver::new(public_only));
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp
}

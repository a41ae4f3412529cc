//! The embedded registry behind TLS, over HTTP/1.1 and HTTP/2, with certificates of an own authority.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use manifuzz::registry::{Profile, Registry};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Issues certificates.
pub struct Authority {
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    pub fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "authority");
        let certificate = parameters.self_signed(&key).unwrap().der().clone();
        Self { issuer: rcgen::Issuer::new(parameters, key), certificate }
    }

    /// A certificate for a name, and its key.
    fn issue(&self, name: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "leaf");
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into())
    }

    /// Writes the certificate of the authority to a file.
    pub fn write(&self, path: PathBuf) -> String {
        write_pem(&path, "CERTIFICATE", &self.certificate)
    }

    /// Writes a certificate for a client and its key to files.
    pub fn write_client(&self, folder: &Path, name: &str) -> [String; 2] {
        let (certificate, key) = self.issue("client");
        let file = |end: &str| folder.join(format!("{name}.{end}"));
        [write_pem(&file("pem"), "CERTIFICATE", &certificate), write_pem(&file("key"), "PRIVATE KEY", key.secret_der())]
    }

    /// What a server needs that has a certificate for a name, and wants one of `clients` if given.
    pub fn server(&self, name: &str, clients: Option<&Self>) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = match clients {
            Some(clients) => {
                let mut roots = RootCertStore::empty();
                roots.add(clients.certificate.clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.unwrap().with_client_cert_verifier(verifier.unwrap())
            }
            None => builder.unwrap().with_no_client_auth(),
        };
        let (certificate, key) = self.issue(name);
        builder.with_single_cert(vec![certificate], key).unwrap()
    }
}

fn write_pem(path: &Path, label: &str, der: &[u8]) -> String {
    let text = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der));
    std::fs::write(path, text).unwrap();
    path.display().to_string()
}

/// A registry behind TLS, and what was asked so far: the heads of requests, without their bodies.
pub struct Secure {
    pub port: u16,
    asked: Arc<Mutex<Vec<http::request::Parts>>>,
    connections: Arc<AtomicUsize>,
}

impl Secure {
    /// A clean registry that offers these application protocols.
    pub fn new(mut config: ServerConfig, protocols: &[&str]) -> Self {
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (port, acceptor) = (listener.local_addr().unwrap().port(), TlsAcceptor::from(Arc::new(config)));
        let (asked, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let (registry, log, count) =
            (Arc::new(Registry::new(&Profile::clean())), Arc::clone(&asked), Arc::clone(&connections));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    count.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(serve(acceptor.clone(), stream, Arc::clone(&registry), Arc::clone(&log)));
                }
            });
        });
        Self { port, asked, connections }
    }

    pub fn asked(&self) -> Vec<http::request::Parts> {
        self.asked.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    registry: Arc<Registry>,
    log: Arc<Mutex<Vec<http::request::Parts>>>,
) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (registry, log) = (Arc::clone(&registry), Arc::clone(&log));
        async move {
            let (parts, body) = request.into_parts();
            log.lock().unwrap().push(parts.clone());
            let body = body.collect().await.map_or_else(|_| Bytes::new(), |body| body.to_bytes());
            let response = registry.handle(http::Request::from_parts(parts, body));
            Ok::<_, Infallible>(response.map(Full::new))
        }
    });
    let io = TokioIo::new(stream);
    let _ = match is_http2 {
        true => hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(io, service).await,
        false => hyper::server::conn::http1::Builder::new().serve_connection(io, service).await,
    };
}

//! The embedded registry as a transport: in process, no socket.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::{HeaderValue, Method, header};

use super::Transport;
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Answer, Reply};
use crate::registry::{Profile, Registry, is_dropped};

/// A registry in this process.
#[derive(Debug)]
pub struct EmbeddedTransport {
    host: String,
    registry: Registry,
    requests: AtomicU64,
}

impl EmbeddedTransport {
    /// A registry that behaves as the profile says, with nothing in it.
    pub fn new(profile: &Profile) -> Self {
        let host = format!("embedded:{}", profile.name);
        Self { host, registry: Registry::new(profile), requests: AtomicU64::new(0) }
    }

    fn send(&self, mut request: http::Request<Bytes>) -> Reply {
        self.requests.fetch_add(1, Ordering::Relaxed);
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("embedded.invalid"));
        let response = self.registry.handle(request);
        if is_dropped(&response) {
            return Reply::Dropped("the embedded registry closed the connection".to_owned());
        }
        let (parts, body) = response.into_parts();
        Reply::Answer(Answer { status: parts.status.as_u16(), headers: parts.headers, body, cut: false })
    }
}

impl Transport for EmbeddedTransport {
    fn exact(&self, mut request: http::Request<Bytes>, chunked: bool) -> Result<Reply, Trouble> {
        if chunked {
            request.headers_mut().insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        } else {
            let length = HeaderValue::from(request.body().len());
            request.headers_mut().insert(header::CONTENT_LENGTH, length);
        }
        Ok(self.send(request))
    }

    fn managed(
        &self,
        method: Method,
        target: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Reply, Trouble> {
        // A Location may be a whole URL; here there is only one host.
        let path = match target.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
            None => target,
        };
        let trouble =
            |cause: String| Trouble::new(TroubleKind::Protocol, format!("{method} {target}"), &*self.host, cause);
        let mut request = http::Request::builder().method(&method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.header(header::CONTENT_LENGTH, body.len());
        Ok(self.send(request.body(body).map_err(|error| trouble(error.to_string()))?))
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn host(&self) -> &str {
        &self.host
    }
}

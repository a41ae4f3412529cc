//! The embedded registry as a transport: in process, without sockets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::http::{HeaderValue, header};
use bytes::Bytes;

use super::trace::SentRequest;
use super::{CaseContext, Origin, Request, Sent, Transport, Url};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Answer, Reply};
use crate::registry::{Profile, Registry, is_dropped};

/// The host of every embedded registry.
const HOST: &str = "embedded.invalid";

/// An in-process registry. Its clock is virtual: waiting advances it and returns at once.
#[derive(Debug)]
pub struct EmbeddedTransport {
    host: String,
    origin: Origin,
    registry: Registry,
    requests: AtomicU64,
    /// In microseconds.
    waited: AtomicU64,
}

impl EmbeddedTransport {
    /// An empty registry that behaves as the profile describes.
    pub fn new(profile: &Profile) -> Self {
        let host = format!("embedded:{}", profile.name);
        let origin = Origin { is_tls: false, host: HOST.to_owned(), port: 80 };
        let (requests, waited) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { host, origin, registry: Registry::new(profile), requests, waited }
    }

    fn send(&self, mut request: ::http::Request<Bytes>, context: &CaseContext) -> Reply {
        self.requests.fetch_add(1, Ordering::Relaxed);
        request.headers_mut().insert(header::HOST, HeaderValue::from_static(HOST));
        let Some(log) = context.log() else { return self.answered(request) };
        let (origin, sent) = (self.origin.to_string(), request.clone());
        let reply = self.answered(request);
        let target = sent.uri().path_and_query().map_or("/", |target| target.as_str());
        let (method, headers, body) = (sent.method().as_str(), sent.headers(), sent.body());
        log.add(&SentRequest { method, origin: &origin, target, headers, body }, Ok(&reply));
        reply
    }

    fn answered(&self, request: ::http::Request<Bytes>) -> Reply {
        let response = self.registry.handle(request);
        if is_dropped(&response) {
            return Reply::Dropped("the embedded registry closed the connection".to_owned());
        }
        let (parts, body) = response.into_parts();
        Reply::Answer(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
            cut: false,
            is_redirected: false,
        })
    }
}

impl Transport for EmbeddedTransport {
    fn exact(
        &self,
        mut request: ::http::Request<Bytes>,
        chunked: bool,
        context: &CaseContext,
    ) -> Result<Sent, Trouble> {
        if chunked {
            request.headers_mut().insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        } else {
            let length = HeaderValue::from(request.body().len());
            request.headers_mut().insert(header::CONTENT_LENGTH, length);
        }
        Ok(Sent { reply: self.send(request, context), repeated: false })
    }

    fn managed(&self, request: &Request<'_>) -> Result<Sent, Trouble> {
        let Request { method, target, headers, body, .. } = request;
        let url = target.contains("://").then(|| Url::parse(target).ok()).flatten();
        let path = url.as_ref().map_or(*target, |url| &url.target);
        let mut built = ::http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            built = built.header(*name, value);
        }
        let built = built.header(header::CONTENT_LENGTH, body.len()).body(body.clone());
        let built = built.map_err(|error| {
            Trouble::new(TroubleKind::Protocol, format!("{method} {target}"), &*self.host, error.to_string())
        })?;
        Ok(Sent { reply: self.send(built, request.context), repeated: false })
    }

    fn wait(&self, pause: Duration) -> Result<(), Trouble> {
        let micros = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        self.waited.fetch_add(micros, Ordering::Relaxed);
        self.registry.advance(pause);
        Ok(())
    }

    fn waited(&self) -> Duration {
        Duration::from_micros(self.waited.load(Ordering::Relaxed))
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn host(&self) -> &str {
        &self.host
    }

    fn origin(&self) -> &Origin {
        &self.origin
    }
}

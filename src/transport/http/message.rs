//! Builds outgoing requests with the given method, request target, headers and body, unchanged.
//!
//! An `http::Uri` preserves `..`, `%2e` and doubled slashes, which a URL parser would normalise.

use std::pin::Pin;
use std::task::{Context, Poll};

use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::auth::TokenRequest;

/// Who we are, and where to find out what we do.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("manifuzz/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")"));
/// Names the case that a request belongs to, for the logs of the registry.
const CASE: HeaderName = HeaderName::from_static("manifuzz-case");

/// The headers that are added to every request.
#[derive(Clone, Debug)]
pub(super) struct Added {
    pub host: HeaderValue,
    pub authorization: Option<HeaderValue>,
    pub case: Option<HeaderValue>,
}

impl Added {
    fn to(&self, headers: &mut HeaderMap) {
        headers.insert(header::HOST, self.host.clone());
        headers.insert(header::USER_AGENT, USER_AGENT);
        for (name, value) in [(header::AUTHORIZATION, &self.authorization), (CASE, &self.case)] {
            value.clone().map(|value| headers.insert(name, value));
        }
    }
}

/// The body of a request.
pub(super) struct RequestBody {
    /// What is left to send.
    bytes: Option<Bytes>,
    /// Whether hyper does not learn the length, so that it sends the body in chunks.
    in_chunks: bool,
}

impl RequestBody {
    fn new(bytes: Bytes, in_chunks: bool) -> Self {
        Self { bytes: Some(bytes).filter(|bytes| in_chunks || !bytes.is_empty()), in_chunks }
    }

    /// Whether it is to be sent in chunks.
    pub fn is_in_chunks(&self) -> bool {
        self.in_chunks
    }

    /// What is left to send.
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone().unwrap_or_default()
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        !self.in_chunks && self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.bytes {
            _ if self.in_chunks => SizeHint::default(),
            Some(bytes) => SizeHint::with_exact(bytes.len() as u64),
            None => SizeHint::with_exact(0),
        }
    }
}

/// The tested request, unchanged except for the added headers and the one that gives the body's length.
pub(super) fn exact(request: Request<Bytes>, added: &Added, chunked: bool) -> Request<RequestBody> {
    let (mut parts, body) = request.into_parts();
    if !chunked {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    added.to(&mut parts.headers);
    Request::from_parts(parts, RequestBody::new(body, chunked))
}

/// Any other request, to a path and query.
pub(super) fn managed(
    request: &super::super::Request<'_>,
    added: &Added,
    target: &str,
) -> Result<Request<RequestBody>, String> {
    let mut built = Request::builder().method(&request.method).uri(target);
    for (name, value) in &request.headers {
        built = built.header(*name, value);
    }
    if matches!(request.method, Method::POST | Method::PUT | Method::PATCH) {
        built = built.header(header::CONTENT_LENGTH, request.body.len());
    }
    let mut built = built.body(RequestBody::new(request.body.clone(), false)).map_err(|error| error.to_string())?;
    added.to(built.headers_mut());
    Ok(built)
}

/// The `Host` header for `authority`.
pub(super) fn host(authority: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(authority).map_err(|error| error.to_string())
}

/// A request to a token service.
pub(super) fn to_token_service(request: &TokenRequest<'_>, host: HeaderValue) -> Result<Request<RequestBody>, String> {
    let authorization = request.authorization.as_ref().and_then(|secret| HeaderValue::from_str(secret.expose()).ok());
    let added = Added { host, authorization, case: None };
    let mut built =
        Request::builder().method(&request.method).uri(&*request.target).header(header::ACCEPT, "application/json");
    if request.method == Method::POST {
        built = built
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, request.form.len());
    }
    let body = RequestBody::new(Bytes::from(request.form.clone()), false);
    let mut built = built.body(body).map_err(|error| error.to_string())?;
    added.to(built.headers_mut());
    Ok(built)
}

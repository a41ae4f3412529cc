//! Builds outgoing requests with the given method, request target, headers and body, unchanged.
//!
//! An `http::Uri` preserves `..`, `%2e` and doubled slashes, which a URL parser would normalise.

use std::pin::Pin;
use std::task::{Context, Poll};

use ::http::{HeaderValue, Method, Request, header};
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("manifuzz/", env!("CARGO_PKG_VERSION")));

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

/// The tested request, unchanged except for `Host` and the header that gives the body's length.
pub(super) fn exact(request: Request<Bytes>, host: HeaderValue, chunked: bool) -> Request<RequestBody> {
    let (mut parts, body) = request.into_parts();
    if !chunked {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    parts.headers.insert(header::HOST, host);
    Request::from_parts(parts, RequestBody::new(body, chunked))
}

/// Any other request, to a path and query of `host`.
pub(super) fn managed(
    request: &super::super::Request<'_>,
    host: HeaderValue,
    target: &str,
) -> Result<Request<RequestBody>, String> {
    let mut built = Request::builder().method(&request.method).uri(target);
    built = built.header(header::HOST, host).header(header::USER_AGENT, USER_AGENT);
    for (name, value) in &request.headers {
        built = built.header(*name, value);
    }
    if matches!(request.method, Method::POST | Method::PUT | Method::PATCH) {
        built = built.header(header::CONTENT_LENGTH, request.body.len());
    }
    built.body(RequestBody::new(request.body.clone(), false)).map_err(|error| error.to_string())
}

/// The `Host` header for `authority`.
pub(super) fn host(authority: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(authority).map_err(|error| error.to_string())
}

//! Builds outgoing requests with the given method, request target, headers and body, unchanged.
//!
//! An `http::Uri` preserves `..`, `%2e` and doubled slashes, which a URL parser would normalise.

use std::pin::Pin;
use std::task::{Context, Poll};

use ::http::{HeaderValue, Method, Request, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};

use super::connections::RequestBody;
use super::{Origin, Url};

const USER_AGENT: &str = concat!("manifuzz/", env!("CARGO_PKG_VERSION"));

/// The tested request, unchanged except for `Host` and the header that gives the body's length.
pub(super) fn exact(request: Request<Bytes>, origin: &Origin, chunked: bool) -> Result<Request<RequestBody>, String> {
    let (mut parts, body) = request.into_parts();
    let body = if chunked {
        InChunks(Some(body)).boxed()
    } else {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        Full::new(body).boxed()
    };
    parts.headers.insert(header::HOST, host(origin)?);
    Ok(Request::from_parts(parts, body))
}

/// Any other request.
pub(super) fn managed(request: &super::super::Request<'_>, url: &Url) -> Result<Request<RequestBody>, String> {
    let mut built = Request::builder().method(&request.method).uri(&*url.target);
    built = built.header(header::HOST, host(&url.origin)?).header(header::USER_AGENT, USER_AGENT);
    for (name, value) in &request.headers {
        built = built.header(*name, value);
    }
    if matches!(request.method, Method::POST | Method::PUT | Method::PATCH) {
        built = built.header(header::CONTENT_LENGTH, request.body.len());
    }
    built.body(Full::new(request.body.clone()).boxed()).map_err(|error| error.to_string())
}

fn host(origin: &Origin) -> Result<HeaderValue, String> {
    HeaderValue::from_str(&origin.authority()).map_err(|error| error.to_string())
}

/// A body without a known length, so that hyper sends it chunked.
struct InChunks(Option<Bytes>);

impl hyper::body::Body for InChunks {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.take().map(|body| Ok(hyper::body::Frame::data(body))))
    }
}

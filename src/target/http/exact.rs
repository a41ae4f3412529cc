//! The tested request, exactly: method, request target, headers and body as they are given.
//!
//! An `http::Uri` keeps `..`, `%2e` and doubled slashes, which a URL parser would tidy away.

use std::pin::Pin;
use std::task::{Context, Poll};

use ::http::{HeaderValue, Request, Uri, header};
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Address;

type Body = BoxBody<Bytes, std::convert::Infallible>;

/// A client without redirects, retries, decompression, and headers of its own.
pub(super) type Client = legacy::Client<HttpsConnector<HttpConnector>, Body>;

pub(super) fn client() -> Client {
    let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
    // The client sends a request again only if not a byte of it left on a kept connection that the server had
    // closed: the server never sees it twice.
    legacy::Client::builder(TokioExecutor::new()).build(connector)
}

/// The request with the address's scheme and host before its path, and a header that tells its length.
pub(super) fn addressed(request: Request<Bytes>, address: &Address, chunked: bool) -> Result<Request<Body>, String> {
    let (mut parts, body) = request.into_parts();
    let mut uri = std::mem::take(&mut parts.uri).into_parts();
    uri.scheme = Some(address.scheme.parse().map_err(|_| format!("the scheme {} is unknown", address.scheme))?);
    uri.authority =
        Some(address.authority.parse().map_err(|_| format!("the host {} is malformed", address.authority))?);
    parts.uri = Uri::from_parts(uri).map_err(|error| error.to_string())?;
    let body = if chunked {
        InChunks(Some(body)).boxed()
    } else {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        Full::new(body).boxed()
    };
    Ok(Request::from_parts(parts, body))
}

/// A body whose length is not known before its end.
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

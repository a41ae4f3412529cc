//! Builds responses: headers, bodies, and errors in the format and with the codes of distribution-spec. Does not decide
//! when to send which. Imports nothing from the registry.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// A response with its whole body.
pub(super) type Response = http::Response<Bytes>;

/// Why a request is refused. Serialises to one error per detail, or to a single error if there are no details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    pub details: Vec<String>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: Vec::new() }
    }

    pub(super) fn about(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Nothing was ever pushed to the repository.
    pub(super) fn name_unknown(name: &str) -> Self {
        Self::new(404, "NAME_UNKNOWN", "repository name not known to registry").about(name)
    }

    pub(super) fn blob_unknown(digest: &str) -> Self {
        Self::new(404, "BLOB_UNKNOWN", "blob unknown to registry").about(digest)
    }

    pub(super) fn manifest_unknown(reference: &str) -> Self {
        Self::new(404, "MANIFEST_UNKNOWN", "manifest unknown to registry").about(reference)
    }

    pub(super) fn digest_invalid(message: &str, digest: &str) -> Self {
        Self::new(400, "DIGEST_INVALID", message).about(digest)
    }

    /// The endpoint does not support the method.
    pub(super) fn method() -> Self {
        Self::new(405, "UNSUPPORTED", "the operation is unsupported")
    }

    pub(super) fn answer(self) -> Response {
        error(self.status, self.code, &self.message, &self.details)
    }
}

#[derive(Serialize)]
struct Errors<'e> {
    errors: Vec<Error<'e>>,
}

#[derive(Serialize)]
struct Error<'e> {
    code: &'e str,
    detail: Option<&'e str>,
    message: &'e str,
}

/// An error response in the format of distribution-spec.
pub(super) fn error(status: u16, code: &str, message: &str, details: &[String]) -> Response {
    let one = |detail| Error { code, detail, message };
    let errors =
        if details.is_empty() { vec![one(None)] } else { details.iter().map(|detail| one(Some(detail))).collect() };
    json_answer(status, &Errors { errors })
}

/// A response with this value as its body.
pub(super) fn json_answer(status: u16, value: &impl Serialize) -> Response {
    // Writing to memory does not fail, and the keys of these values are texts.
    let body = serde_json::to_vec(value).unwrap_or_default();
    answer(status, &[("content-type", "application/json")], Bytes::from(body))
}

/// A response with `Content-Length`. Headers with invalid values are omitted.
pub(super) fn answer(status: u16, headers: &[(&'static str, &str)], body: Bytes) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status_of(status);
    response.headers_mut().insert("docker-distribution-api-version", HeaderValue::from_static("registry/2.0"));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.headers_mut().insert(*name, value);
        }
    }
    // A 204 must not have a Content-Length (RFC 9110, section 8.6).
    if status == 204 {
        return response;
    }
    set_body(&mut response, body);
    response
}

/// Replaces the body and updates `Content-Length`.
pub(super) fn set_body(response: &mut Response, body: Bytes) {
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = body;
}

/// The status code; 500 if the number is not a valid one.
pub(super) fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

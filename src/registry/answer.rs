//! How answers are put together: headers, bodies, and errors in the form and with the codes of distribution-spec.
//! Decides nothing about when. Imports nothing of the registry.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

/// What the registry answers.
pub(super) type Response = http::Response<Bytes>;

/// Why a request is refused. Becomes one error for each detail, or one without.
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

    /// The repository was never pushed to.
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

    /// A method that the endpoint does not have.
    pub(super) fn method() -> Self {
        Self::new(405, "UNSUPPORTED", "the operation is unsupported")
    }

    pub(super) fn answer(self) -> Response {
        error(self.status, self.code, &self.message, &self.details)
    }
}

/// An error answer of the specified form.
pub(super) fn error(status: u16, code: &str, message: &str, details: &[String]) -> Response {
    let one = |detail: Option<&String>| serde_json::json!({"code": code, "message": message, "detail": detail});
    let errors: Vec<_> =
        if details.is_empty() { vec![one(None)] } else { details.iter().map(|detail| one(Some(detail))).collect() };
    let body = serde_json::json!({ "errors": errors }).to_string();
    answer(status, &[("content-type", "application/json")], Bytes::from(body))
}

/// An answer with its `Content-Length`. A header whose value HTTP cannot carry is left out.
pub(super) fn answer(status: u16, headers: &[(&'static str, &str)], body: Bytes) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status_of(status);
    response.headers_mut().insert("docker-distribution-api-version", HeaderValue::from_static("registry/2.0"));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.headers_mut().insert(*name, value);
        }
    }
    // 204 has no body, and so no length (RFC 9110, section 8.6).
    if status == 204 {
        return response;
    }
    set_body(&mut response, body);
    response
}

/// Gives an answer another body, and its length.
pub(super) fn set_body(response: &mut Response, body: Bytes) {
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = body;
}

/// A status; 500 where the number is none.
pub(super) fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

//! Entity tags and conditional reads (RFC 9110, sections 8.8.3 and 13.1.2). `If-Match` is ignored: distribution-spec defines no entity
//! tags, so that a client cannot rely on them.

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};

use super::answer::Response;
use super::request::ParsedRequest;
use super::route::Endpoint;

/// Adds the ETag to a successful answer to GET or HEAD of content, and turns it into 304 if the client has that content.
pub(super) fn apply(request: &ParsedRequest<'_>, response: &mut Response) {
    let is_read = *request.method == Method::GET || *request.method == Method::HEAD;
    let is_content = matches!(request.endpoint, Endpoint::Manifest(_) | Endpoint::Blob(_));
    if !is_read || !is_content || response.status() != StatusCode::OK {
        return;
    }
    let Some(digest) = response.headers().get("docker-content-digest") else { return };
    let quoted = [b"\"", digest.as_bytes(), b"\""].concat();
    let Ok(etag) = HeaderValue::from_bytes(&quoted) else { return };
    let is_known = request.header("if-none-match").is_some_and(|condition| names(condition, &quoted));
    response.headers_mut().insert(header::ETAG, etag);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
        *response.body_mut() = Bytes::new();
    }
}

/// Whether a list of entity tags has this one; weak comparison ignores `W/`.
fn names(condition: &str, etag: &[u8]) -> bool {
    let mut tags = condition.split(',').map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_condition_is_a_list_of_entity_tags_or_an_asterisk() {
        for holds in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"] {
            assert!(names(holds, b"\"a\""), "{holds}");
        }
        for fails in ["", "a", "\"b\"", "\"A\""] {
            assert!(!names(fails, b"\"a\""), "{fails}");
        }
    }
}

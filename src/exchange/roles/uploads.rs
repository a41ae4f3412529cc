//! The roles of requests that upload a blob.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

const fn role(name: &'static str) -> Role {
    Role::new(name, Stage::BlobUpload)
}

/// Opens an upload session: POST without content.
pub const OPEN: Role = role("upload-open");
/// POST with digest and content.
pub const SINGLE_POST: Role = role("upload-single-post");
/// PATCH with a chunk that follows those before.
pub const CHUNK: Role = role("upload-chunk");
/// PATCH with a chunk of one byte that is not the last one.
pub const SMALL_CHUNK: Role = role("upload-small-chunk");
/// PATCH with a chunk that does not follow those before.
pub const OUT_OF_ORDER: Role = role("upload-chunk-out-of-order");
/// GET of an open session.
pub const STATUS: Role = role("upload-status");
/// PUT that ends a session.
pub const CLOSE: Role = role("upload-close");
/// DELETE of an open session.
pub const CANCEL: Role = role("upload-cancel");
/// GET of a session that was cancelled.
pub const STATUS_OF_CANCELLED: Role = role("upload-status-of-cancelled");
/// PATCH of a session that was cancelled.
pub const CHUNK_OF_CANCELLED: Role = role("upload-chunk-of-cancelled");

//! The roles of requests that upload a blob and read it back.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

/// Opens an upload session: POST without content.
pub const OPEN: Role = Role::new("upload-open", Stage::BlobUpload);
/// POST with digest and content.
pub const SINGLE_POST: Role = Role::new("upload-single-post", Stage::BlobUpload);
/// PATCH with a chunk that follows those before.
pub const CHUNK: Role = Role::new("upload-chunk", Stage::BlobUpload);
/// PUT that ends a session with the right digest.
pub const CLOSE: Role = Role::new("upload-close", Stage::BlobUpload);
/// HEAD of the uploaded blob.
pub const HEAD: Role = Role::new("blob-head", Stage::BlobHead);
/// GET of the uploaded blob.
pub const GET: Role = Role::new("blob-get", Stage::BlobGet);

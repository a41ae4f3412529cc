//! The roles of requests that read blobs and delete them.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

/// HEAD of the uploaded blob.
pub const HEAD: Role = Role::new("blob-head", Stage::BlobHead);
/// GET of the uploaded blob.
pub const GET: Role = Role::new("blob-get", Stage::BlobGet);
/// GET of the `Location` in the answer that ended the upload.
pub const GET_LOCATION: Role = Role::new("blob-get-location", Stage::BlobGet);
/// GET of a part of the uploaded blob, or of parts.
pub const GET_RANGE: Role = Role::new("blob-get-range", Stage::BlobGet);
/// HEAD of a blob whose upload was refused.
pub const HEAD_REFUSED: Role = Role::new("blob-head-refused", Stage::BlobHead);
/// GET of a blob whose upload was refused.
pub const GET_REFUSED: Role = Role::new("blob-get-refused", Stage::BlobGet);
/// DELETE of the uploaded blob.
pub const DELETE: Role = Role::new("blob-delete", Stage::BlobDelete);
/// DELETE of a blob that was deleted.
pub const DELETE_AGAIN: Role = Role::new("blob-delete-again", Stage::BlobDelete);
/// HEAD of a blob that was deleted.
pub const HEAD_DELETED: Role = Role::new("blob-head-deleted", Stage::BlobHead);
/// GET of a blob that was deleted.
pub const GET_DELETED: Role = Role::new("blob-get-deleted", Stage::BlobGet);

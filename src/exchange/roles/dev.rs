//! The roles of requests that only the main branch of distribution-spec defines.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

/// Opens the upload that is cancelled.
pub const OPEN_CANCELLED: Role = Role::new("cancel-open", Stage::BlobUpload);
/// DELETE of an open upload session.
pub const CANCEL: Role = Role::new("cancel", Stage::BlobUpload);
/// Opens an upload that ends with a digest which is none.
pub const OPEN_BAD: Role = Role::new("bad-digest-open", Stage::BlobUpload);
/// PUT that ends a session with a malformed digest.
pub const CLOSE_MALFORMED: Role = Role::new("malformed-digest-close", Stage::BlobUpload);
/// PUT that ends a session with a digest of an unregistered algorithm.
pub const CLOSE_UNKNOWN: Role = Role::new("unknown-algorithm-close", Stage::BlobUpload);
/// Push of a manifest by digest, with a tag as parameter.
pub const PUSH_TAG: Role = Role::new("push-tag", Stage::ManifestPut);
/// GET of that tag.
pub const GET_TAG: Role = Role::new("get-pushed-tag", Stage::ManifestGet);
/// Push of a manifest by digest, with ten tags as parameters.
pub const PUSH_TEN_TAGS: Role = Role::new("push-ten-tags", Stage::ManifestPut);
/// GET of the last one.
pub const GET_LAST_TAG: Role = Role::new("get-last-pushed-tag", Stage::ManifestGet);
/// GET of the manifest with the namespace that a client used.
pub const GET_WITH_NAMESPACE: Role = Role::new("get-with-namespace", Stage::ManifestGet);

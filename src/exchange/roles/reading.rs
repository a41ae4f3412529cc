//! The roles of follow-up requests that read. What each of them should get is in `model::rules::distribution::expected`.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

/// HEAD of a manifest that was never pushed.
pub const HEAD_UNKNOWN_MANIFEST: Role = Role::new("head-unknown-manifest", Stage::ManifestHead);
/// HEAD of a blob that was never pushed.
pub const HEAD_UNKNOWN_BLOB: Role = Role::new("head-unknown-blob", Stage::BlobHead);

/// `GET /v2/`.
pub const PING: Role = Role::new("ping", Stage::Ping);

/// GET of the pushed manifest.
pub const GET_MANIFEST: Role = Role::new("manifest-get", Stage::ManifestGet);
/// HEAD of the pushed manifest.
pub const HEAD_MANIFEST: Role = Role::new("manifest-head", Stage::ManifestHead);
/// GET of the blob that the repository holds.
pub const GET_HELD_BLOB: Role = Role::new("held-blob-get", Stage::BlobGet);
/// HEAD of the blob that the repository holds.
pub const HEAD_HELD_BLOB: Role = Role::new("held-blob-head", Stage::BlobHead);

/// HEAD of the pushed manifest without `Accept`.
pub const HEAD_ANY_TYPE: Role = Role::new("manifest-head-any-type", Stage::ManifestHead);
/// HEAD of the pushed manifest by a client that accepts another type only.
pub const HEAD_OTHER_TYPE: Role = Role::new("manifest-head-other-type", Stage::ManifestHead);
/// GET of the pushed manifest by a client that accepts another type only.
pub const GET_OTHER_TYPE: Role = Role::new("manifest-get-other-type", Stage::ManifestGet);

/// GET of the pushed manifest if it has another ETag than the one that the registry gave.
pub const GET_IF_CHANGED: Role = Role::new("manifest-get-if-changed", Stage::ManifestGet);
/// HEAD of the pushed manifest under the same condition.
pub const HEAD_IF_CHANGED: Role = Role::new("manifest-head-if-changed", Stage::ManifestHead);
/// GET of the pushed manifest if it has another ETag than one that the registry never gave.
pub const GET_IF_NOT_STRANGE: Role = Role::new("manifest-get-if-not-strange", Stage::ManifestGet);
/// GET of the held blob if it has another ETag than the one that the registry gave.
pub const GET_BLOB_IF_CHANGED: Role = Role::new("held-blob-get-if-changed", Stage::BlobGet);
/// GET of the held blob if it has another ETag than one that the registry never gave.
pub const GET_BLOB_IF_NOT_STRANGE: Role = Role::new("held-blob-get-if-not-strange", Stage::BlobGet);

/// Push of the tested manifest under a second tag.
pub const TAG_AGAIN: Role = Role::new("tag-again", Stage::ManifestPut);
/// Push of another manifest under the second tag.
pub const MOVE_TAG: Role = Role::new("tag-move", Stage::ManifestPut);
/// GET of the second tag after it was moved.
pub const GET_MOVED: Role = Role::new("moved-tag-get", Stage::ManifestGet);
/// HEAD of the second tag after it was moved.
pub const HEAD_MOVED: Role = Role::new("moved-tag-head", Stage::ManifestHead);
/// Push of another manifest under the second tag if that still has an ETag that the registry never gave.
pub const MOVE_TAG_IF_STRANGE: Role = Role::new("tag-move-if-strange", Stage::ManifestPut);
/// GET of the second tag after that.
pub const GET_IF_MOVED: Role = Role::new("tag-get-after-condition", Stage::ManifestGet);

/// Push of a manifest without `mediaType`.
pub const PUSH_UNTYPED: Role = Role::new("untyped-put", Stage::ManifestPut);
/// Push of the same bytes under another tag and another Content-Type.
pub const PUSH_UNTYPED_AS_OTHER: Role = Role::new("untyped-put-as-other", Stage::ManifestPut);
/// GET of either tag, or of the digest.
pub const GET_UNTYPED: Role = Role::new("untyped-get", Stage::ManifestGet);

/// GET of a manifest by the digest of a blob.
pub const GET_BLOB_AS_MANIFEST: Role = Role::new("blob-as-manifest-get", Stage::ManifestGet);
/// GET of a blob by the digest of a manifest.
pub const GET_MANIFEST_AS_BLOB: Role = Role::new("manifest-as-blob-get", Stage::BlobGet);
/// GET of a manifest in a repository whose name is outside the grammar.
pub const GET_INVALID_NAME: Role = Role::new("invalid-name-get", Stage::ManifestGet);
/// GET of a manifest by a reference that is neither a digest nor a tag.
pub const GET_INVALID_REFERENCE: Role = Role::new("invalid-reference-get", Stage::ManifestGet);
/// GET of a blob by what is not a digest.
pub const GET_INVALID_DIGEST: Role = Role::new("invalid-digest-get", Stage::BlobGet);

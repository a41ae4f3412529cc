//! The roles of follow-up requests that read.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

/// HEAD of a manifest that was never pushed.
pub const HEAD_UNKNOWN_MANIFEST: Role = Role::new("head-unknown-manifest", Stage::ManifestHead);
/// HEAD of a blob that was never pushed.
pub const HEAD_UNKNOWN_BLOB: Role = Role::new("head-unknown-blob", Stage::BlobHead);

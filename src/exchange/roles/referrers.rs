//! The roles of follow-up requests about referrers lists.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

/// Pushes a manifest whose subject is the document of the case.
pub const PUSH: Role = Role::new("referrer-push", Stage::ManifestPut);
/// The referrers of the document.
pub const LIST: Role = Role::new("referrers-list", Stage::Referrers);
/// The referrers of the document, filtered by an artifact type that some of them have.
pub const LIST_FILTERED: Role = Role::new("referrers-list-filtered", Stage::Referrers);
/// Deletes a referrer.
pub const DELETE: Role = Role::new("referrer-delete", Stage::Delete);
/// The referrers of the document after one of them was deleted.
pub const LIST_AFTER_DELETE: Role = Role::new("referrers-list-after-delete", Stage::Referrers);
/// The referrers of a digest with an algorithm that is not registered.
pub const LIST_OF_UNKNOWN_ALGORITHM: Role = Role::new("referrers-list-of-unknown-algorithm", Stage::Referrers);
/// Pushes an index under the referrers tag, as clients of registries without the referrers API do.
pub const PUSH_TAG: Role = Role::new("referrers-tag-push", Stage::ManifestPut);
/// GET of the referrers tag.
pub const GET_TAG: Role = Role::new("referrers-tag-get", Stage::ManifestGet);

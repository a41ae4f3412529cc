//! The roles of follow-up requests about tag lists.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

/// Pushes the document under another tag.
pub const PUSH: Role = Role::new("tag-push", Stage::ManifestPut);
/// The tag list of a repository with tags; `n` is absent or a number above 0, `last` absent or a tag that was pushed.
pub const LIST: Role = Role::new("tag-list", Stage::TagList);
/// The tag list after a tag that does not exist.
pub const LIST_AFTER_UNKNOWN: Role = Role::new("tag-list-after-unknown", Stage::TagList);
/// The tag list with an `n` that cannot be a number of tags.
pub const LIST_ODD: Role = Role::new("tag-list-odd", Stage::TagList);
/// The tag list of a repository that does not exist.
pub const LIST_OF_UNKNOWN: Role = Role::new("tag-list-of-unknown", Stage::TagList);
/// Pushes a manifest by digest to a repository that has no tags.
pub const PUSH_UNTAGGED: Role = Role::new("tag-push-untagged", Stage::ManifestPut);
/// The tag list of that repository.
pub const LIST_OF_UNTAGGED: Role = Role::new("tag-list-of-untagged", Stage::TagList);
/// Deletes a tag.
pub const DELETE: Role = Role::new("tag-delete", Stage::Delete);
/// The tag list after a tag was deleted.
pub const LIST_AFTER_DELETE: Role = Role::new("tag-list-after-delete", Stage::TagList);

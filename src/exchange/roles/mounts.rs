//! The roles of requests that mount a blob.

use crate::exchange::script::Role;
use crate::exchange::stage::Stage;

/// POST that mounts a blob from a repository that holds it.
pub const MOUNT: Role = Role::new("mount", Stage::BlobMount);
/// POST that mounts a blob from a repository that does not exist.
pub const MOUNT_FROM_UNKNOWN: Role = Role::new("mount-from-unknown", Stage::BlobMount);
/// POST that mounts a blob without naming a repository.
pub const MOUNT_WITHOUT_FROM: Role = Role::new("mount-without-from", Stage::BlobMount);
/// GET of the `Location` of a blob that was mounted.
pub const GET_LOCATION: Role = Role::new("mount-get-location", Stage::BlobGet);

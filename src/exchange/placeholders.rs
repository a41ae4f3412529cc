//! Placeholders in the paths of planned requests.

/// Stands for the repository in a path.
pub const REPOSITORY: &str = "{repository}";
/// Stands for a fresh tag in a path.
pub const TAG: &str = "{tag}";
/// Stands for the `Location` of the request before; after the tested request, for that of its answer.
pub const LOCATION: &str = "{location}";

//! The user's own manifests: files and OCI image layouts of `--manifest` and `--blob`, and those that rows of a corpus name.

mod files;
mod outcome;
mod recorded;
mod verdict;

pub(in crate::cli) use self::files::{ManifestFlags, NamedDocument};
pub(in crate::cli) use self::outcome::{DocumentOutcome, Pushing, push};
pub(in crate::cli) use self::recorded::{bytes, recorded};
pub(in crate::cli) use self::verdict::{json, lines};

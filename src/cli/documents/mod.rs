//! `--manifest` and `--blob`: the user's own manifests, as files or OCI image layouts.

mod files;
mod outcome;
mod verdict;

pub(in crate::cli) use self::files::{ManifestFlags, NamedDocument};
pub(in crate::cli) use self::outcome::{DocumentOutcome, Pushing, push};
pub(in crate::cli) use self::verdict::{json, lines};

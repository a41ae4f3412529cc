//! Checks that the content a manifest references is stored in the repository with the stated size. The subject is not
//! checked: distribution-spec requires accepting manifests whose subject does not exist.

use super::answer::Refusal;
use super::digest::{Algorithm, algorithm};
use super::document::allows_size;
use super::pushed::{ManifestKind, content, present};
use super::quirk::{Validation, Waived};
use super::storage::StoredRepository;
use crate::json::Node;

/// Looks up every descriptor of the manifest.
///
/// # Errors
///
/// `MANIFEST_BLOB_UNKNOWN` with a detail for each missing blob or manifest; `MANIFEST_INVALID` with a detail for each
/// size that differs from that of the stored content.
pub(super) fn check(
    kind: ManifestKind,
    root: Node<'_>,
    repository: &StoredRepository,
    waived: &Waived,
) -> Result<(), Refusal> {
    let mut missing = Vec::new();
    let mut sizes = Vec::new();
    for (pointer, node) in content(kind, root) {
        // Content with `urls` may be hosted elsewhere, and content with an unknown algorithm cannot be stored here.
        if present(node, "urls").is_some_and(|urls| !urls.is_empty()) {
            continue;
        }
        let Some(digest) = node.get("digest").and_then(Node::text) else { continue };
        if algorithm(&digest).is_none_or(|known| known == Algorithm::Unknown) {
            continue;
        }
        let only_manifest = kind.is_list() && has_manifest_type(node);
        match stored_size(repository, &digest, only_manifest) {
            None => missing.push(format!("{pointer} {digest}")),
            Some(size)
                if node.get("size").and_then(Node::integer) != i64::try_from(size).ok()
                    && !allows_size(node, waived) =>
            {
                sizes.push(format!("{pointer}/size of {digest}, which has {size} bytes"));
            }
            Some(_) => {}
        }
    }
    let failure = |code, message, details| Refusal { status: 400, code, message: String::from(message), details };
    let may_be_missing = kind.is_list() && waived.has(Validation::Children);
    if !missing.is_empty() && !may_be_missing {
        let message = "manifest references a manifest or blob unknown to registry";
        return Err(failure("MANIFEST_BLOB_UNKNOWN", message, missing));
    }
    if !sizes.is_empty() && !waived.has(Validation::Sizes) {
        return Err(failure("MANIFEST_INVALID", "manifest invalid: a size is not that of the content", sizes));
    }
    Ok(())
}

/// Whether the descriptor's media type is that of a known kind of manifest.
pub(super) fn has_manifest_type(node: Node<'_>) -> bool {
    node.get("mediaType").and_then(Node::text).is_some_and(|text| ManifestKind::of(&text).is_some())
}

fn stored_size(repository: &StoredRepository, digest: &str, only_manifest: bool) -> Option<usize> {
    let manifest = repository.manifest(digest).map(|manifest| manifest.bytes.len());
    manifest.or_else(|| if only_manifest { None } else { repository.blobs.get(digest).map(bytes::Bytes::len) })
}

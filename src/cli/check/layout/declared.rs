//! A manifest against the descriptor that names it. The digest of the content is right, so where the two disagree the
//! descriptor is at fault.

use super::differences::difference;
use super::links::{Link, text};
use crate::exchange::{DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, essence};
use crate::json::{Node, read};
use crate::model::{Breach, LayoutRule, is_undefined, members_type};

/// How Nydus marks its form of an image in an index, and finds it; the manifest itself looks like that of any image.
const NYDUS: &str = "application/vnd.nydus.image.manifest.v1+json";

/// Whether a media type is that of manifests with config and layers, or of those with manifests; `None` for others.
fn lists_manifests(media_type: &str) -> Option<bool> {
    match essence(media_type).as_str() {
        IMAGE_MANIFEST | DOCKER_MANIFEST => Some(false),
        IMAGE_INDEX | DOCKER_LIST => Some(true),
        _ => None,
    }
}

/// The media type that the content has, if it differs from the declared one and its members leave no doubt.
pub(super) fn own_type(declared: Option<&str>, body: &[u8]) -> Option<&'static str> {
    let document = read(body).ok()?;
    let root = document.root();
    let (_, by_members) = members_type(body)?;
    let has_manifests = by_members == IMAGE_INDEX;
    let known = [IMAGE_MANIFEST, IMAGE_INDEX, DOCKER_MANIFEST, DOCKER_LIST];
    let own = text(root, "mediaType").map(|own| essence(&own));
    let own = own.and_then(|own| known.into_iter().find(|known| *known == own));
    let has_other_members = |declared| lists_manifests(declared).is_some_and(|lists| lists != has_manifests);
    let declares_other_members = || declared.is_some_and(|it| has_other_members(it) || is_undefined(it));
    let own = match own.filter(|own| lists_manifests(own) == Some(has_manifests)) {
        Some(own) => own,
        // Without a usable mediaType, only the members tell.
        None if declares_other_members() => by_members,
        None => return None,
    };
    declared.is_none_or(|declared| essence(declared) != own).then_some(own)
}

/// Where a descriptor says something else than the manifest. `own` is the manifest's type, if that differs.
pub(super) fn compare(link: &Link, own: Option<&str>, body: &[u8]) -> Vec<Breach> {
    let mut found = Vec::new();
    if let (Some(own), Some(_)) = (own, &link.media_type) {
        let message = format!("the descriptor's type is not that of its content; set it to \"{own}\"");
        found.push(difference(LayoutRule::MediaType, format!("{}/mediaType", link.path), message));
    }
    let types = artifact_types(body);
    if let (Some(declared), Some(first)) = (&link.artifact_type, types.first())
        && !types.contains(declared)
        && declared != NYDUS
    {
        let message = format!("the descriptor's artifactType is not that of its content; set it to \"{first}\"");
        found.push(difference(LayoutRule::ArtifactType, format!("{}/artifactType", link.path), message));
    }
    found
}

/// The types of artifact that a manifest may be listed as, the best first: its artifactType and the type of its config.
pub(super) fn artifact_types(body: &[u8]) -> Vec<String> {
    let Ok(document) = read(body) else { return Vec::new() };
    let root = document.root();
    let of_config = root.get("config").filter(|node| node.is_object());
    let own = text(root, "artifactType").filter(|own| !own.is_empty());
    own.into_iter().chain(of_config.and_then(|config: Node<'_>| text(config, "mediaType"))).collect()
}

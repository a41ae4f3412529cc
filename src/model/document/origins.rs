//! Documents that tools write in the form of an image without being one: attestations, signatures, models. `check` says
//! what they are, and no rule advises their authors to make images of them.

use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::document::descriptors::{Descriptor, Part};
use crate::model::document::members::Name;

/// What `check` says about a document besides the findings: where, and in which words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The JSON Pointer of the place; empty for the document.
    pub place: String,
    /// What is there.
    pub message: String,
}

/// Layer types, as whole names or beginnings, and what has such layers.
const ORIGINS: [(&str, &str); 10] = [
    ("application/vnd.in-toto+json", "an attestation of BuildKit (in-toto statements such as provenance or an SBOM)"),
    ("application/vnd.dev.cosign.simplesigning.v1+json", "a cosign signature"),
    ("application/vnd.dsse.envelope.v1+json", "a cosign attestation"),
    ("application/vnd.ollama.image.", "an Ollama model"),
    ("text/spdx", "an SBOM in SPDX format"),
    ("application/spdx+json", "an SBOM in SPDX format"),
    ("spdx+json", "an SBOM in SPDX format"),
    ("application/vnd.cyclonedx", "an SBOM in CycloneDX format"),
    ("application/vnd.syft+json", "an SBOM in Syft's format"),
    ("application/vnd.oci.image.layer.nydus.blob.v1", "a Nydus image, whose blobs only Nydus reads"),
];

/// The type of the configuration of BuildKit's build cache.
const BUILD_CACHE: &str = "application/vnd.buildkit.cacheconfig.v0";

/// The end of the types of layers that ocicrypt encrypted.
const ENCRYPTED: &str = "+encrypted";

/// What has layers of this type, if it is a tool's own type.
pub(in crate::model) fn origin_of_layer(media_type: &str) -> Option<&'static str> {
    let known = ORIGINS.iter().find(|(start, _)| media_type.starts_with(start)).map(|(_, origin)| *origin);
    known.or_else(|| media_type.ends_with(ENCRYPTED).then_some("an image with encrypted layers"))
}

/// Whether a layer type is that of a file system: one of image-spec's or Docker's, or an extension of one.
pub(in crate::model) fn is_of_image(media_type: &str) -> bool {
    ["application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs."]
        .into_iter()
        .any(|start| media_type.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start)))
}

/// Whether an element of an index is an attestation of BuildKit, which marks its platform as unknown.
pub(in crate::model) fn is_attestation(child: &Descriptor<'_>) -> bool {
    let annotations = child.get(Name::Annotations).filter(|node| node.is_object());
    let of_type = annotations.and_then(|annotations| annotations.get("vnd.docker.reference.type"));
    of_type.is_some_and(|node| node.is_text("attestation-manifest"))
}

/// What a document is, if a tool writes it in the form of an image or index, each in one line.
pub fn remarks(content: &Content<'_>) -> Vec<Remark> {
    let content = content.docker_twin().unwrap_or(content);
    let attestations: Vec<_> =
        content.descriptors_of(Part::Child).filter(is_attestation).map(|child| child.node).collect();
    let mut remarks: Vec<_> =
        attestations.first().map(|first| of_attestations(*first, attestations.len())).into_iter().collect();
    let cache = content.descriptors_of(Part::Child).filter_map(|child| child.media_type());
    if let Some(node) = cache.filter(|node| node.is_text(BUILD_CACHE)).last() {
        let message = "this is a build cache of BuildKit in its old form; export it with image-manifest=true to get an image manifest";
        remarks.push(Remark { place: node.pointer(), message: message.to_owned() });
    }
    let layers = content.descriptors_of(Part::Layer).filter_map(|layer| layer.media_type());
    let mut known = layers.filter_map(|node| Some((node, origin_of_layer(&node.text()?)?)));
    if let Some((node, origin)) = known.next() {
        remarks.push(Remark { place: node.pointer(), message: format!("this is {origin}") });
    }
    remarks
}

fn of_attestations(first: Node<'_>, count: usize) -> Remark {
    let place = first.pointer();
    let message = match count {
        1 => "this is an attestation of BuildKit (provenance, SBOM), not an image: its platform is meant to be unknown"
            .to_owned(),
        _ => format!(
            "this and {} more are attestations of BuildKit (provenance, SBOM), not images: their platform is meant to be unknown",
            count - 1
        ),
    };
    Remark { place, message }
}

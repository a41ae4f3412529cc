//! The common values of each place of a manifest: a document in which one of them replaces another value shows
//! whether the target objects to that value.

const KINDS: &[&str] =
    &["\"application/vnd.oci.image.manifest.v1+json\"", "\"application/vnd.oci.image.index.v1+json\""];
const CONFIG: &[&str] =
    &["\"application/vnd.oci.image.config.v1+json\"", "\"application/vnd.docker.container.image.v1+json\""];
const LAYER: &[&str] =
    &["\"application/vnd.oci.image.layer.v1.tar+gzip\"", "\"application/vnd.docker.image.rootfs.diff.tar.gzip\""];
const CHILD: &[&str] = &["\"application/vnd.oci.image.manifest.v1+json\""];
const ARTIFACT: &[&str] = &["\"application/vnd.example\""];

/// The JSON texts, the most common first; none for places without such a value.
pub(super) fn familiar(pointer: &str) -> Vec<&'static str> {
    let parts: Vec<&str> = pointer.split('/').skip(1).collect();
    let known: &[&str] = match parts[..] {
        ["mediaType"] => KINDS,
        ["schemaVersion"] => &["2"],
        ["config", "mediaType"] => CONFIG,
        ["layers" | "blobs", _, "mediaType"] => LAYER,
        ["manifests", _, "mediaType"] | ["subject", "mediaType"] => CHILD,
        ["artifactType"] | [.., "artifactType"] => ARTIFACT,
        ["manifests", _, "platform", "architecture"] => &["\"amd64\""],
        ["manifests", _, "platform", "os"] => &["\"linux\""],
        _ => &[],
    };
    known.to_vec()
}

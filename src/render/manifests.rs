//! The manifests that descriptors reference: image manifests, attestations, and referrers of other content.

use std::sync::LazyLock;

use super::blob::{Blob, config, gzipped, index as empty_index, tar};
use super::media_type::{Vendor, index_type, usual_media_type};
use crate::shape::{ManifestContent, Role, Shape};

/// A manifest like the base, so that registries treat it like the base; its configuration's author makes it unique. All
/// share a layer that no tested document references.
pub(super) fn usual(vendor: Vendor, name: &str) -> Blob {
    Manifest::usual(vendor, name).write(vendor)
}

/// The manifest that a descriptor of an index references at `index`, where `sibling` is what another one usually references. Unique if
/// there is a salt.
pub(super) fn special(which: ManifestContent, vendor: Vendor, index: usize, salt: Option<&str>, sibling: Blob) -> Blob {
    let named = || [&format!("special-{index}"), salt.unwrap_or_default()].concat();
    let referrer = |subject| Manifest { subject: Some(subject), ..Manifest::usual(vendor, &named()) };
    let manifest = match which {
        ManifestContent::Gzipped => {
            let media_type = match vendor {
                Vendor::Oci => "application/vnd.oci.image.layer.v1.tar+gzip",
                Vendor::Docker => "application/vnd.docker.image.rootfs.diff.tar.gzip",
            };
            let usual = Manifest::usual(vendor, &named());
            Manifest { layer: Part::of(media_type, gzipped(&usual.layer.blob)), ..usual }
        }
        ManifestContent::Attestation => attestation(&sibling, salt),
        ManifestContent::Referrer => referrer(Part::of(usual_media_type(Role::Child, vendor), sibling)),
        ManifestContent::ReferrerOfIndex => {
            let subject = Blob::from(empty_index(vendor, None));
            referrer(Part::of(index_type(vendor), subject))
        }
        ManifestContent::ReferrerOfContainer => referrer(Part::of(index_type(vendor), usual_index(vendor, index))),
    };
    manifest.write(vendor)
}

/// What a descriptor in a manifest references, and as which type.
struct Part {
    media_type: &'static str,
    blob: Blob,
}

impl Part {
    fn of(media_type: &'static str, blob: Blob) -> Self {
        Self { media_type, blob }
    }

    /// Its descriptor.
    fn descriptor(&self) -> String {
        let Blob { bytes, digest, .. } = &self.blob;
        let size = bytes.len().to_string();
        [r#"{"mediaType":""#, self.media_type, r#"","digest":""#, digest, r#"","size":"#, &size, "}"].concat()
    }
}

/// A manifest before it is written.
struct Manifest {
    artifact_type: Option<&'static str>,
    config: Part,
    layer: Part,
    subject: Option<Part>,
}

impl Manifest {
    fn usual(vendor: Vendor, name: &str) -> Self {
        static LAYER: LazyLock<Blob> = LazyLock::new(|| Blob::from(tar("child")));
        let part = |role, blob| Part::of(usual_media_type(role, vendor), blob);
        Self {
            artifact_type: None,
            config: part(Role::Config, Blob::from(config(Some(name), &LAYER))),
            layer: part(Role::Layer, LAYER.clone()),
            subject: None,
        }
    }

    fn write(self, vendor: Vendor) -> Blob {
        let member = |name: &str, value: &str| [",\"", name, "\":", value].concat();
        let quoted = |text: &str| ["\"", text, "\""].concat();
        let Self { artifact_type, config, layer, subject } = self;
        let written = [
            "{\"schemaVersion\":2",
            &member("mediaType", &quoted(usual_media_type(Role::Child, vendor))),
            &artifact_type.map(|artifact_type| member("artifactType", &quoted(artifact_type))).unwrap_or_default(),
            &member("config", &config.descriptor()),
            &member("layers", &["[", &layer.descriptor(), "]"].concat()),
            &subject.map(|subject| member("subject", &subject.descriptor())).unwrap_or_default(),
            "}",
        ];
        let written = written.concat().into_bytes();
        Blob { parts: Some(Box::new([config.blob, layer.blob])), ..Blob::from(written) }
    }
}

/// An attestation of another manifest.
fn attestation(of: &Blob, salt: Option<&str>) -> Manifest {
    let salt = salt.map_or_else(String::new, |salt| format!("\"salt\":\"{salt}\""));
    let hex = &of.digest[7..];
    let statement = format!(
        "{{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"predicateType\":\"https://slsa.dev/provenance/v0.2\",\
         \"subject\":[{{\"name\":\"_\",\"digest\":{{\"sha256\":\"{hex}\"}}}}],\"predicate\":{{{salt}}}}}"
    );
    Manifest {
        // Required with an empty config.
        artifact_type: Some("application/vnd.docker.attestation.manifest.v1+json"),
        config: Part::of("application/vnd.oci.empty.v1+json", Blob::from(b"{}".to_vec())),
        layer: Part::of("application/vnd.in-toto+json", Blob::from(statement.into_bytes())),
        subject: None,
    }
}

/// The index that lists usual manifests up to `index`.
fn usual_index(vendor: Vendor, index: usize) -> Blob {
    let kind = if vendor == Vendor::Docker { "kind=docker-list" } else { "kind=index" };
    let text = if index == 0 { kind.to_owned() } else { format!("{kind};manifests=two") };
    let shape: Shape = text.parse().unwrap_or_default();
    let bytes = super::render(&shape).tested.body.to_vec();
    Blob::from(bytes)
}

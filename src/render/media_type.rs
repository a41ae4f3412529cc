//! The media types of the kinds of document.

use std::borrow::Cow;

use super::template::Filling;
use crate::exchange::{ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST};
use crate::shape::{Kind, Role};

/// Docker schema 1, signed.
const SCHEMA_1: &str = "application/vnd.docker.distribution.manifest.v1+prettyjws";

/// The media type of a kind; an image manifest's for kinds that are not objects.
pub fn media_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Image | Kind::Json | Kind::NotJson => IMAGE_MANIFEST,
        Kind::Index => IMAGE_INDEX,
        Kind::DockerImage => DOCKER_MANIFEST,
        Kind::DockerList => DOCKER_LIST,
        Kind::Artifact => ARTIFACT_MANIFEST,
        Kind::Blob => "application/octet-stream",
    }
}

/// The media type of another kind, for entries named `other`.
pub(super) fn other_media_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Image | Kind::Json | Kind::NotJson => IMAGE_INDEX,
        Kind::Index | Kind::Artifact | Kind::Blob => IMAGE_MANIFEST,
        Kind::DockerImage => DOCKER_LIST,
        Kind::DockerList => DOCKER_MANIFEST,
    }
}

/// The value of a template variable that names a media type by kind.
pub(super) fn named_type<'v>(kind: Kind, variable: &str) -> Filling<'v> {
    let own = media_type(kind);
    Some(Cow::Borrowed(match variable {
        "own" => own,
        "OWN" => return Some(Cow::Owned(own.to_ascii_uppercase())),
        "other" => other_media_type(kind),
        "other-family" => match kind {
            Kind::Image | Kind::Json | Kind::NotJson | Kind::Artifact | Kind::Blob => DOCKER_MANIFEST,
            Kind::Index => DOCKER_LIST,
            Kind::DockerImage => IMAGE_MANIFEST,
            Kind::DockerList => IMAGE_INDEX,
        },
        "schema1" => SCHEMA_1,
        "docker" => return Some(Cow::Owned(format!("{DOCKER_MANIFEST}, {DOCKER_LIST}"))),
        _ => return None,
    }))
}

/// `application/vnd.oci.image.config.v1+json`
pub(super) const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";

const IMAGE_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";

const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar";

/// Whether media types are OCI's or Docker's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vendor {
    Oci,
    Docker,
}

/// The media type of a descriptor of this role at entry 0.
pub(super) fn usual_media_type(role: Role, vendor: Vendor) -> &'static str {
    match (role, vendor) {
        (Role::Config, Vendor::Oci) => IMAGE_CONFIG,
        (Role::Config, Vendor::Docker) => DOCKER_CONFIG,
        (Role::Layer | Role::Blob, Vendor::Oci) => IMAGE_LAYER,
        (Role::Layer | Role::Blob, Vendor::Docker) => DOCKER_LAYER,
        (Role::Child | Role::Subject, Vendor::Oci) => IMAGE_MANIFEST,
        (Role::Child | Role::Subject, Vendor::Docker) => DOCKER_MANIFEST,
    }
}

/// The media type of an index.
pub(super) fn index_type(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Oci => IMAGE_INDEX,
        Vendor::Docker => DOCKER_LIST,
    }
}

/// Docker's equivalent of an OCI media type, and the reverse; Docker's layer type for an unknown one.
pub(super) fn other_family(media_type: &str) -> &'static str {
    let pairs = [
        (IMAGE_CONFIG, DOCKER_CONFIG),
        (IMAGE_LAYER, DOCKER_LAYER),
        (IMAGE_MANIFEST, DOCKER_MANIFEST),
        (IMAGE_INDEX, DOCKER_LIST),
    ];
    let other = pairs.into_iter().find_map(|(oci, docker)| match media_type {
        _ if media_type == oci => Some(docker),
        _ if media_type == docker => Some(oci),
        _ => None,
    });
    other.unwrap_or(DOCKER_LAYER)
}

//! The document of a manifest push: its kind and its descriptors. Only reads the document; `document` checks it.

use bytes::Bytes;
use http::{HeaderMap, header};

use crate::exchange::{ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST};
use crate::json::{self, Document, Node, SyntaxError};

/// The kinds of manifest that the registry supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ManifestKind {
    Image,
    Index,
    Artifact,
    DockerImage,
    DockerList,
}

impl ManifestKind {
    /// The kind with this media type, which must not have parameters; ignores case.
    pub(super) fn of(media_type: &str) -> Option<Self> {
        [Self::Image, Self::Index, Self::Artifact, Self::DockerImage, Self::DockerList]
            .into_iter()
            .find(|kind| kind.media_type().eq_ignore_ascii_case(media_type))
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Image => IMAGE_MANIFEST,
            Self::Index => IMAGE_INDEX,
            Self::Artifact => ARTIFACT_MANIFEST,
            Self::DockerImage => DOCKER_MANIFEST,
            Self::DockerList => DOCKER_LIST,
        }
    }

    /// Has `config` and `layers`.
    pub(super) fn is_image(self) -> bool {
        matches!(self, Self::Image | Self::DockerImage)
    }

    /// Has `manifests`.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Index | Self::DockerList)
    }

    /// Has `subject`, `artifactType` and `annotations`; in Docker's kinds these are unknown members.
    pub(super) fn is_oci(self) -> bool {
        matches!(self, Self::Image | Self::Index | Self::Artifact)
    }

    /// The member that holds a list of descriptors.
    pub(super) fn list(self) -> &'static str {
        match self {
            Self::Image | Self::DockerImage => "layers",
            Self::Index | Self::DockerList => "manifests",
            Self::Artifact => "blobs",
        }
    }
}

/// A pushed document.
pub(super) struct Pushed<'a> {
    document: Result<Document<'a>, SyntaxError>,
    /// The first JSON value, if the body as a whole does not parse.
    prefix: Option<Document<'a>>,
    /// The Content-Type without parameters; empty if the header is absent.
    pub essence: &'a str,
}

impl<'a> Pushed<'a> {
    pub(super) fn read(headers: &'a HeaderMap, body: &'a Bytes) -> Self {
        let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = value.split(';').next().unwrap_or_default().trim();
        let document = json::read(body);
        let prefix = if document.is_err() { json::read_first(body).ok().map(|(first, _)| first) } else { None };
        Self { document, prefix, essence }
    }

    /// The document, if the body is exactly one JSON value.
    pub(super) fn document(&self) -> Result<Node<'_>, &SyntaxError> {
        self.document.as_ref().map(Document::root)
    }

    /// The first JSON value, regardless of what follows it.
    pub(super) fn first(&self) -> Option<Node<'_>> {
        self.document.as_ref().ok().or(self.prefix.as_ref()).map(Document::root)
    }

    /// The document, if it is an object.
    pub(super) fn object(&self) -> Option<Node<'_>> {
        self.document().ok().filter(|root| root.is_object())
    }

    /// The kind, from Content-Type, then `mediaType`, then the members.
    pub(super) fn kind(&self) -> Option<ManifestKind> {
        if let Some(kind) = ManifestKind::of(self.essence) {
            return Some(kind);
        }
        let root = self.first()?;
        let own = present(root, "mediaType").and_then(Node::text);
        own.and_then(|own| ManifestKind::of(&own)).or_else(|| {
            if present(root, "manifests").is_some() {
                Some(ManifestKind::Index)
            } else if present(root, "config").is_some() || present(root, "layers").is_some() {
                Some(ManifestKind::Image)
            } else {
                None
            }
        })
    }

    /// The kind and the root object, if both are known.
    pub(super) fn manifest(&self) -> Option<(ManifestKind, Node<'_>)> {
        Some((self.kind()?, self.object()?))
    }
}

/// A member that is present and not null.
pub(super) fn present<'d>(object: Node<'d>, name: &str) -> Option<Node<'d>> {
    object.get(name).filter(|value| !value.is_null())
}

/// The descriptors of a document, each with its JSON Pointer. Leaves out `subject`, which need not exist.
pub(super) fn content<'d>(kind: ManifestKind, root: Node<'d>) -> Vec<(String, Node<'d>)> {
    let config = if kind.is_image() { present(root, "config") } else { None };
    let mut found: Vec<_> = config.map(|config| ("/config".to_owned(), config)).into_iter().collect();
    let list = kind.list();
    let elements = present(root, list).into_iter().flat_map(Node::elements);
    found.extend(elements.enumerate().map(|(i, element)| (format!("/{list}/{i}"), element)));
    found
}

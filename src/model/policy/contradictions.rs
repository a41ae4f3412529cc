//! Contradictions between specifications, their JSON Schema and their versions, as rows. They give no verdict; findings
//! record what the target does.

use crate::exchange::{Reference, is_digest};
use crate::json::{Document, Node, first_repeated};
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::forms::Size;
use crate::model::document::members::Name;
use crate::model::rules::image::manifest;
use crate::model::rules::image::parameters::with_parameters;
use crate::model::rules::image::platform::platforms;
use crate::model::versions::{FROM_1_0_2, FROM_1_1, FROM_DEV};

/// One contradiction.
pub(in crate::model) struct Contradiction {
    /// What contradicts what, briefly.
    pub why: &'static str,
    /// Whether it affects the content.
    pub touches: fn(&Content<'_>) -> bool,
}

/// Every contradiction; the first that affects the content becomes the reason of the judgement.
pub(in crate::model) const CONTRADICTIONS: &[Contradiction] = &[
    Contradiction {
        why: "layers absent, empty or null: the text allows none, the schema wants one",
        touches: |content| {
            let is_none = |node: Node<'_>| node.is_null() || (node.is_array() && node.is_empty());
            content.root_of(DocumentKind::Image).is_some() && content.member(Name::Layers).is_none_or(is_none)
        },
    },
    Contradiction {
        why: "null for an optional member: the text is silent, the schema refuses it",
        touches: has_null_member,
    },
    Contradiction {
        why: "2.0 for the integer 2: JSON Schema takes it for an integer, Go's decoders do not",
        touches: |content| {
            let is_float = |node| !matches!(content.kind(), DocumentKind::Artifact) && manifest::is_float_two(node);
            content.is_known() && content.member(Name::SchemaVersion).is_some_and(is_float)
        },
    },
    Contradiction {
        why: "a negative or fractionally written size: an int64 to the text and to some schemas, not to others",
        touches: |content| {
            // The main branch says that a size is not negative.
            let is_decided = |size: i64| is_dev(content) && size < 0;
            content
                .descriptors()
                .any(|descriptor| matches!(descriptor.size, Size::Ambiguous(size) if !is_decided(size)))
        },
    },
    Contradiction {
        why: "an empty mediaType or artifactType of the document: one document calls that missing, another malformed",
        touches: |content| {
            let empty = |name| content.member(name).is_some_and(|node| node.is_text(""));
            content.is_known() && optional(content).any(empty)
        },
    },
    Contradiction {
        why: "the document's mediaType in another letter case: media types ignore case, the text requires this value",
        touches: |content| {
            content.member(Name::MediaType).is_some_and(|node| manifest::is_own_type_but_for_case(content, node))
        },
    },
    Contradiction {
        why: "the empty type of config in another letter case: media types ignore case, the text names this value",
        touches: manifest::has_empty_config_but_for_case,
    },
    Contradiction {
        why: "the document's mediaType is not a string: before version 1.0.2 no sentence requires one",
        touches: |content| {
            let is_fixed = FROM_1_0_2.holds(content.versions.image);
            content.is_known()
                && content.member(Name::MediaType).is_some_and(|node| !is_fixed && !node.is_string() && !node.is_null())
        },
    },
    Contradiction {
        why: "a media type with parameters: RFC 6838 names have none, but it lets a type define some",
        touches: |content| with_parameters(content).next().is_some(),
    },
    Contradiction {
        why: "members of a manifest and of an index together: which of the two it is depends on the reader",
        touches: |content| match content.kind() {
            DocumentKind::Index => [Name::Layers, Name::Config].into_iter().any(|name| content.member(name).is_some()),
            DocumentKind::Image | DocumentKind::Artifact => content.member(Name::Manifests).is_some(),
            DocumentKind::Foreign | DocumentKind::Unknown => false,
        },
    },
    Contradiction {
        why: "a value that JSON allows and lets readers refuse: its depth, its range, half a surrogate pair",
        touches: beyond_limits,
    },
    Contradiction {
        why: "a reference with another algorithm than sha256: which ones a registry must know is not said",
        touches: |content| match &content.exchange.tested.reference {
            Reference::Text(text) => is_digest(text) && !text.starts_with("sha256:"),
            _ => false,
        },
    },
    Contradiction {
        why: "a repeated member: readers keep the first, the last, or refuse",
        touches: |content| !is_dev(content) && has_repeated_member(content),
    },
    Contradiction {
        why: "neither Content-Type nor mediaType says what the document is",
        touches: |content| content.root().is_some() && content.header_kind().is_none() && content.body_kind().is_none(),
    },
];

/// The contradictions that affect the content, regardless of what else is wrong with it.
///
/// Each is a short text that is also part of the `expect` column, as in `ambiguous(TEXT)`.
pub fn contradictions(content: &Content<'_>) -> impl Iterator<Item = &'static str> {
    CONTRADICTIONS.iter().filter(|row| (row.touches)(content)).map(|row| row.why)
}

/// The document's optional type members: `mediaType` except in artifact manifests, and `artifactType` in versions that
/// define it.
fn optional(content: &Content<'_>) -> impl Iterator<Item = Name> {
    let own = (content.kind() != DocumentKind::Artifact).then_some(Name::MediaType);
    // In the release candidate, only the artifact manifest has it.
    let has_artifact_type = FROM_1_1.holds(content.versions.image) || content.kind() == DocumentKind::Artifact;
    own.into_iter().chain(has_artifact_type.then_some(Name::ArtifactType))
}

/// Whether the main branch of image-spec is judged by, which decides what releases leave open: it requires I-JSON.
fn is_dev(content: &Content<'_>) -> bool {
    FROM_DEV.holds(content.versions.image)
}

/// Whether an optional member is null. Members that the version does not define are ignored.
fn has_null_member(content: &Content<'_>) -> bool {
    const OF_DESCRIPTOR: [Name; 4] = [Name::Urls, Name::Platform, Name::Data, Name::ArtifactType];
    const OF_PLATFORM: [&str; 3] = ["os.version", "os.features", "variant"];
    let is_1_1 = content.versions.is_1_1();
    let is_null = |node: Option<Node<'_>>| node.is_some_and(Node::is_null);
    let of_document = || {
        let more = [(Name::Subject, is_1_1), (Name::Blobs, content.kind() == DocumentKind::Artifact)];
        optional(content).chain(more.into_iter().filter(|(_, is_known)| *is_known).map(|(name, _)| name))
    };
    let of_descriptor = &OF_DESCRIPTOR[..if is_1_1 { 4 } else { 2 }];
    content.is_known()
        && (of_document().any(|name| is_null(content.member(name)))
            || of_descriptor.iter().any(|name| content.descriptor_members(*name).any(Node::is_null))
            || platforms(content).any(|platform| OF_PLATFORM.iter().any(|name| is_null(platform.get(name)))))
}

/// Readers may limit depth (RFC 8259, section 9) and the range of numbers (section 6), and a lone surrogate has no
/// defined meaning (section 8.2).
fn beyond_limits(content: &Content<'_>) -> bool {
    const DEPTH: usize = 64;
    let Some(document) = content.root().and(content.document().ok()) else { return false };
    let traits = document.traits();
    let out_of_range = |node: Node<'_>| {
        let number = || std::str::from_utf8(node.raw()).ok().and_then(|text| text.parse::<f64>().ok());
        node.is_number() && node.integer().is_none() && number().is_none_or(|value| value.abs() >= 1.8e19)
    };
    // Lone surrogates occur only as escapes.
    let surrogate = |unit: &[u8]| matches!(unit, [b'\\', b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F']);
    let lone_surrogate = |node: Node<'_>| {
        node.is_string() && node.raw().windows(4).any(surrogate) && node.is_utf8() && node.text().is_none()
    };
    traits.depth > DEPTH
        || (traits.odd_numbers && document.all().any(out_of_range))
        || (traits.surrogates && !is_dev(content) && document.all().any(lone_surrogate))
}

fn has_repeated_member(content: &Content<'_>) -> bool {
    let document = content.root().and(content.document().ok());
    document.is_some_and(|document: &Document<'_>| {
        document.traits().repeats && document.all().any(|node| first_repeated(node).is_some())
    })
}

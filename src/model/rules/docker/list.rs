//! Docker's rules on the manifest list and its platforms.

use crate::exchange::{DOCKER_LIST, DOCKER_MANIFEST};
use crate::json::Node;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::document::kind::{SCHEMA_1, kind_of};
use crate::model::document::members::Name;
use crate::model::document::origins::is_attestation;
use crate::model::rule::{ContentRule, Report};
use crate::model::rules::docker::{LIST, on_twin, row};
use crate::model::rules::image::{image_index, manifest, platform};

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    row(
        "docker-list-schema-version-is-2",
        LIST,
        "schemaVersion is the integer 2",
        ["Docker reads the list as another version.", "Set \"schemaVersion\" to the integer 2."],
        |content, report| {
            on_twin(content, report, |twin, report| manifest::schema_version(twin, DocumentKind::Index, report));
        },
    ),
    row(
        "docker-list-media-type-is-its-own",
        LIST,
        "mediaType is the media type of Docker's manifest list",
        [
            "Clients that trust mediaType read the list as another kind of document.",
            "Set \"mediaType\" to application/vnd.docker.distribution.manifest.list.v2+json.",
        ],
        |content, report| on_twin(content, report, media_type),
    ),
    row(
        "docker-list-manifests-are-descriptors",
        LIST,
        "manifests is the list of manifests for platforms",
        [
            "Clients reject the list or read it as another kind of document.",
            "Add \"manifests\" as an array of descriptors.",
        ],
        |content, report| on_twin(content, report, manifests),
    ),
    row(
        "docker-list-child-types-are-dockers",
        LIST,
        "a listed manifest generally has the media type of Docker's image manifest or of schema 1",
        [
            "Some clients refuse a list that mixes Docker's and OCI's types.",
            "List Docker's image manifests, or use an OCI image index.",
        ],
        |content, report| on_twin(content, report, child_types),
    ),
    row(
        "docker-list-child-names-its-platform",
        LIST,
        "a listed manifest has a platform with architecture and os",
        [
            "Clients cannot select the image for their platform.",
            "Add \"platform\" with \"architecture\" and \"os\", with GOARCH and GOOS values.",
        ],
        |content, report| on_twin(content, report, platforms),
    ),
    row(
        "docker-list-platform-members-have-their-types",
        LIST,
        "os.version and variant are strings, and os.features is an array of strings",
        ["Clients cannot compare the platform with theirs.", "Write strings, and an array of strings for os.features."],
        |content, report| on_twin(content, report, platform::types),
    ),
    row(
        "docker-list-platform-values-are-gos",
        LIST,
        "architecture and os are GOARCH and GOOS values",
        ["Clients do not find the image for their platform.", "Write the platform's GOARCH and GOOS values."],
        |content, report| on_twin(content, report, platform::values),
    ),
];

fn media_type(twin: &Content<'_>, report: &mut Report) {
    manifest::has_media_type(twin, DocumentKind::Index, DOCKER_LIST, report);
    manifest::own_media_type(twin, DocumentKind::Index, DOCKER_LIST, report);
}

fn manifests(twin: &Content<'_>, report: &mut Report) {
    image_index::has_manifests(twin, report);
    image_index::manifests(twin, report);
}

fn child_types(twin: &Content<'_>, report: &mut Report) {
    for node in twin.descriptors_of(Part::Child).filter_map(|child| child.media_type()) {
        let is_dockers = |text: &str| text == DOCKER_MANIFEST || text.starts_with(SCHEMA_1);
        if !node.text().is_some_and(|text| is_dockers(&text)) {
            let advice = "list Docker's image manifests, or use an OCI image index";
            report.at(node, format!("the type is not one of Docker's; {advice}"));
        }
    }
}

fn platforms(twin: &Content<'_>, report: &mut Report) {
    platform::names_both(twin, report);
    // Tools also list what is not a manifest, such as layers of a cache.
    let is_manifest = |node: Node<'_>| node.text().is_some_and(|text| kind_of(&text).is_some());
    for child in twin.descriptors_of(Part::Child).filter(|child| child.media_type().is_none_or(is_manifest)) {
        if child.get(Name::Platform).is_none_or(|node| node.is_null()) && !is_attestation(&child) {
            let advice = "add one with \"architecture\" and \"os\"";
            report.at(child.node, format!("a manifest in a list has no \"platform\"; {advice}"));
        }
    }
}

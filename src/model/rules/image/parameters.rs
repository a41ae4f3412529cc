//! Media types with parameters in `mediaType` and `artifactType`. Their validity is disputed: names in RFC 6838 section
//! 4.2 have no parameters, but section 4.3 lets a type define some.

use crate::json::Node;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::forms::parameters;
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::versions::{FROM_1_0, FROM_1_1};

const PAGE: Clause = Clause::of(Source::ImageSpec, "descriptor.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Descriptor);

pub(in crate::model) const CONTENT: &[ContentRule] = &[ContentRule {
    info: RuleInfo {
        id: "media-types-have-no-parameters",
        clause: Clause {
            section: "properties",
            summary: "media types are names as defined in RFC 6838, which have no parameters",
            sentence: "ca57bf28586867e5",
            ..PAGE
        },
        // The sentence says MUST, but does not say whether a value may have parameters after the name.
        level: Level::Should,
        versions: FROM_1_0,
        why: "Readers that compare the whole value with the types they know do not recognise it.",
        fix: "Remove what follows the semicolon; put further facts into annotations.",
        ..AUTHOR
    },
    consequence: Consequence::Breach,
    check: |content, report| with_parameters(content).for_each(|node| add(node, report)),
}];

/// Every member whose value is a media type with parameters or a bare `;`.
pub(in crate::model) fn with_parameters<'c>(content: &'c Content<'_>) -> impl Iterator<Item = Node<'c>> {
    // Earlier versions do not define artifactType.
    let has_artifact_types = FROM_1_1.holds(content.versions.image);
    let own_type = content.member(Name::ArtifactType);
    let own_type = own_type.filter(|_| has_artifact_types || content.kind() == DocumentKind::Artifact);
    let own = content.member(Name::MediaType).into_iter().chain(own_type).filter(|_| content.is_known());
    let types = content.descriptors().filter(|descriptor| !descriptor.is_typed);
    let types = types.filter_map(|descriptor| descriptor.get(Name::MediaType));
    let artifact_types = content.descriptor_members(Name::ArtifactType).filter(move |_| has_artifact_types);
    own.chain(types).chain(artifact_types).filter(|node| has_parameters(*node))
}

/// Whether a value is a media type with parameters or a bare `;`.
pub(in crate::model) fn has_parameters(node: Node<'_>) -> bool {
    node.is_string() && node.text().is_some_and(|text| parameters(&text).is_some())
}

fn add(node: Node<'_>, report: &mut Report) {
    let text = node.text().unwrap_or_default();
    let shown: String = parameters(&text).unwrap_or_default().chars().take(40).collect();
    report.at(
        node,
        match &*shown {
            "" => "the media type ends with `;`; remove it".to_owned(),
            shown => format!("the media type has the parameter `{shown}`; remove it"),
        },
    );
}

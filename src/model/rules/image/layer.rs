//! The author rule from image-spec's page on layers, for the content that a manifest's layers point at.

use crate::model::document::content::Content;
use crate::model::document::descriptors::Part;
use crate::model::document::media_types::KnownType;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::versions::FROM_1_0;

const PAGE: Clause = Clause::of(Source::ImageSpec, "layer.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Manifest);

pub(in crate::model) const CONTENT: &[ContentRule] =
    &[ContentRule { info: TAR_LAYER, consequence: Consequence::Breach, check: tar_layers }];

/// The rule, which the content of a layout can break as well.
pub(in crate::model) const TAR_LAYER: RuleInfo = RuleInfo {
    id: "manifest-tar-layer-is-a-tar",
    clause: Clause {
        section: "application-vnd-oci-image-layer-v1-tar",
        summary: "content of the uncompressed tar layer type is a tar archive",
        sentence: "bc5695706d21a756",
        ..PAGE
    },
    level: Level::Must,
    versions: FROM_1_0,
    why: "Runtimes cannot unpack the layer, so the image does not start.",
    fix: "Push a tar archive, or give the layer the media type of what it is.",
    ..AUTHOR
};

fn tar_layers(content: &Content<'_>, report: &mut Report) {
    for layer in content.descriptors_of(Part::Layer) {
        let Some((need, _)) = content.need(&layer).filter(|_| layer.is_type(KnownType::Tar)) else { continue };
        // A tar archive consists of 512-byte blocks, at least two of them.
        if need.length < 1024 || need.length % 512 != 0 {
            report.at(
                layer.node,
                "a tar layer points at content that is not a tar archive; push one or change the media type",
            );
        }
    }
}

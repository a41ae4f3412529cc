//! The author rule from image-spec's page on the image configuration, for the content that a manifest's config points
//! at.

use std::cell::RefCell;

use bytes::Bytes;

use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::document::media_types::KnownType;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::rules::image::manifest::config_of;
use crate::model::versions::FROM_1_0;

const PAGE: Clause = Clause::of(Source::ImageSpec, "config.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Manifest);

pub(in crate::model) const CONTENT: &[ContentRule] = &[ContentRule {
    info: RuleInfo {
        id: "manifest-image-config-is-an-image-config",
        clause: Clause {
            section: "properties",
            summary: "content of the image configuration type has architecture, os and a rootfs of type layers",
            sentence: "7f139b35b6f8918a",
            ..PAGE
        },
        level: Level::Must,
        versions: FROM_1_0,
        why: "Runtimes read architecture, os and rootfs from it, so they cannot run the image.",
        fix: "Push an image configuration with architecture, os and rootfs, or give the config the media type of what \
              it is.",
        ..AUTHOR
    },
    consequence: Consequence::Breach,
    check: image_config,
}];

fn image_config(content: &Content<'_>, report: &mut Report) {
    let Some(config) = config_of(content) else { return };
    let Some((need, _)) = content.need(&config).filter(|_| config.is_type(KnownType::ImageConfig)) else { return };
    let Some(bytes) = need.held().filter(|bytes| !is_image_config(bytes)) else { return };
    let advice = match &**bytes {
        b"{}" => "write the media type of the empty descriptor and an \"artifactType\", or another config type",
        _ => "push one or change the media type",
    };
    report.at(config.node, format!("\"config\" points at content that is not an image configuration; {advice}"));
}

/// Whether content has the required properties of an image configuration. Most exchanges point at the same one, so the
/// last result is cached.
fn is_image_config(bytes: &Bytes) -> bool {
    thread_local! {
        static LAST: RefCell<Option<(Bytes, bool)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| {
        if let Some((_, complete)) = last.as_ref().filter(|(cached, _)| cached == bytes) {
            return *complete;
        }
        let complete = has_required_properties(bytes);
        *last = Some((bytes.clone(), complete));
        complete
    })
}

fn has_required_properties(bytes: &[u8]) -> bool {
    let Ok(config) = crate::json::read(bytes) else { return false };
    let root = config.root();
    let is_string = |name: &&str| root.get(name).is_some_and(Node::is_string);
    ["architecture", "os"].iter().all(is_string)
        && root.get("rootfs").is_some_and(|rootfs| {
            rootfs.get("type").is_some_and(|kind| kind.is_text("layers"))
                && rootfs.get("diff_ids").is_some_and(|ids| ids.is_array() && ids.elements().all(Node::is_string))
        })
}

//! Rules of image-spec's page on annotations, for the document's own and those of descriptors.

use super::content::{Content, Sort};
use super::rule::{Binds, Check, Clause, Level, Report, Rule, Source};
use super::versions::Version;
use crate::json::Node;

pub(super) const RULES: &[Rule] = &[Rule {
    id: "annotations-map-texts-to-texts",
    source: Source::ImageSpec,
    since: Version(1, 0, 0),
    level: Level::Must,
    binds: Binds::Author,
    clause: Clause {
        page: "annotations.md",
        section: "rules",
        says: "annotations are an object whose values are texts",
        sentence: "cd1c2fd1886e8083",
    },
    check: Check::Content(texts),
}];

fn texts(content: &Content<'_>, report: &mut Report) {
    let document = content.root().filter(|_| matches!(content.sort(), Sort::Image | Sort::Index));
    let descriptors = content.descriptors().map(|(_, descriptor)| descriptor);
    for owner in document.into_iter().chain(descriptors) {
        let Some(node) = owner.get("annotations").filter(|node| !node.is_null()) else { continue };
        if !node.is_object() {
            report.add(node.pointer(), "annotations is no object: write texts by key");
        }
        for (_, value) in node.members().filter(|(_, value)| !value.is_string()) {
            report.add(value.pointer(), format!("an annotation is no text but {}", shown(value)));
        }
    }
}

fn shown(node: Node<'_>) -> String {
    String::from_utf8_lossy(&node.raw()[..node.raw().len().min(40)]).into_owned()
}

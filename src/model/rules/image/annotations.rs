//! Rules of image-spec's page on annotations, for the document's own and those of descriptors.

use crate::json::{Node, first_repeated};
use crate::model::document::content::Content;
use crate::model::document::forms::is_full_reference;
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Check, Clause, Level, Report, Rule, image_rule};
use crate::model::versions::{FROM_1_0, FROM_1_1, Span};

const fn author(
    id: &'static str,
    span: Span,
    level: Level,
    section: &'static str,
    says: &'static str,
    sentence: &'static str,
    check: Check,
) -> Rule {
    let clause = Clause { page: "annotations.md", section, says, sentence };
    image_rule(id, span, level, Binds::Author, clause, check)
}

const KEYS: &str = "pre-defined-annotation-keys";

pub(in crate::model) const RULES: &[Rule] = &[
    author(
        "annotations-map-texts-to-texts",
        FROM_1_0,
        Level::Must,
        "rules",
        "annotations are an object whose values are texts",
        "cd1c2fd1886e8083",
        Check::Content(texts),
    ),
    author(
        "annotation-keys-are-unique",
        FROM_1_0,
        Level::Must,
        "rules",
        "no key stands twice",
        "67086ad248a79600",
        Check::Content(unique),
    ),
    author(
        "annotation-keys-begin-with-a-domain",
        FROM_1_0,
        Level::Should,
        "rules",
        "a key begins with a domain, written backwards",
        "9d23a8b637e99f27",
        Check::Content(domains),
    ),
    author(
        "annotation-reference-name-has-its-characters",
        FROM_1_0,
        Level::Should,
        KEYS,
        "a reference's name has letters, digits and a few separators only",
        "9d6f6145162eb4f6",
        Check::Content(|content, report| {
            value(content, "org.opencontainers.image.ref.name", report, |name| {
                let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._:@/+".contains(&b);
                name.bytes().all(allowed).then_some(()).ok_or("write it with A-Za-z0-9 and -._:@/+ only")
            });
        }),
    ),
    author(
        "annotation-base-name-has-a-registry",
        FROM_1_1,
        Level::Should,
        KEYS,
        "the base image's name is a whole reference, the registry's host included",
        "011e51612c64ab67",
        Check::Content(|content, report| {
            value(content, "org.opencontainers.image.base.name", report, |name| {
                is_full_reference(name).then_some(()).ok_or("write the whole of it, as registry.example.com/name:tag")
            });
        }),
    ),
];

/// The annotations of the document and of its descriptors, whatever they are.
pub(in crate::model) fn annotations<'c>(content: &'c Content<'_>) -> impl Iterator<Item = Node<'c>> {
    let own = content.member(Name::Annotations).filter(|_| content.is_known());
    own.into_iter().chain(content.of_descriptors(Name::Annotations))
}

/// Whether the document or one of its descriptors has annotations.
pub(in crate::model) fn are_there(content: &Content<'_>) -> bool {
    content.member(Name::Annotations).is_some() || content.some_descriptor_has(Name::Annotations)
}

fn texts(content: &Content<'_>, report: &mut Report) {
    for node in annotations(content) {
        if !node.is_object() && !node.is_null() {
            report.at(node, "annotations is no object: write texts by key");
        }
        for (_, value) in node.members().filter(|(_, value)| !value.is_string()) {
            report.at(value, format!("an annotation is no text but {}: write a text", shown(value)));
        }
    }
}

fn unique(content: &Content<'_>, report: &mut Report) {
    for repeated in annotations(content).filter_map(first_repeated) {
        report.at(repeated, "a key stands twice in annotations: keep one");
    }
}

fn domains(content: &Content<'_>, report: &mut Report) {
    for (key, value) in annotations(content).flat_map(Node::members) {
        let has_domain =
            |key: &str| key.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty());
        if key.text().is_some_and(|key| !has_domain(&key)) {
            report.at(value, "a key has no domain: begin it with one of yours, such as com.example.");
        }
    }
}

/// What `check` has to say of the values of one key.
fn value(content: &Content<'_>, key: &str, report: &mut Report, check: fn(&str) -> Result<(), &'static str>) {
    for node in annotations(content).filter(|node| node.is_object()).filter_map(|node| node.get(key)) {
        if let Some(Err(advice)) = node.text().map(|text| check(&text)) {
            report.at(node, format!("{key} is `{}`: {advice}", shown(node)));
        }
    }
}

fn shown(node: Node<'_>) -> String {
    String::from_utf8_lossy(&node.raw()[..node.raw().len().min(40)]).into_owned()
}

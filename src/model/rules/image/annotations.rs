//! Author rules from image-spec's page on annotations, for those of the document and of its descriptors.

use crate::json::{Node, first_repeated};
use crate::model::document::content::Content;
use crate::model::document::forms::is_full_reference;
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::versions::{FROM_1_0, FROM_1_1, UNTIL_1_1_0};

const KEYS: &str = "pre-defined-annotation-keys";

const PAGE: Clause = Clause::of(Source::ImageSpec, "annotations.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Annotations);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "annotations-map-texts-to-texts",
            clause: Clause {
                section: "rules",
                summary: "annotations are an object with string values",
                sentence: "cd1c2fd1886e8083",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that decode annotations into a map of strings cannot read the manifest at all.",
            fix: "Write every annotation value as a string; serialise numbers, lists and objects into one.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: string_values,
    },
    ContentRule {
        info: RuleInfo {
            id: "annotations-are-not-null",
            clause: Clause {
                section: "rules",
                summary: "without annotations, the property is absent or an empty map",
                sentence: "ac0cc8efd3cff6cb",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Readers in Go take null for an empty map, while JSON Schema and strict readers reject the document.",
            fix: "Leave \"annotations\" out, or write {}.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: not_null,
    },
    ContentRule {
        info: RuleInfo {
            id: "annotation-keys-are-unique",
            clause: Clause {
                section: "rules",
                summary: "no annotation key occurs twice",
                sentence: "67086ad248a79600",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Readers keep the first value, the last one, or reject the manifest, so tools disagree about its \
                  content.",
            fix: "Keep one of the repeated keys.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: unique,
    },
    ContentRule {
        info: RuleInfo {
            id: "annotation-keys-begin-with-a-domain",
            clause: Clause {
                section: "rules",
                summary: "annotation keys begin with a reversed domain name",
                sentence: "9d23a8b637e99f27",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Keys without a domain collide with those of other tools.",
            fix: "Begin the key with a reversed domain that you control, such as com.example.name.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: domains,
    },
    ContentRule {
        info: RuleInfo {
            id: "annotation-reference-name-has-its-characters",
            clause: Clause {
                section: KEYS,
                summary: "org.opencontainers.image.ref.name contains only letters, digits and a few separators",
                sentence: "9d6f6145162eb4f6",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Tools that select an image of a layout by this name cannot parse it.",
            fix: "Use letters, digits and the separators - . _ : @ / + in the name.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| {
            value(content, "org.opencontainers.image.ref.name", report, |name| {
                name.bytes().all(is_of_a_reference_name).then_some(()).ok_or("use only A-Za-z0-9 and -._:@/+")
            });
        },
    },
    ContentRule {
        info: RuleInfo {
            id: "annotation-reference-name-has-its-form",
            clause: Clause {
                section: KEYS,
                summary: "org.opencontainers.image.ref.name is components separated by slashes, which begin and end with \
                          a letter or digit",
                sentence: "c71230a90d4eb5f0",
                ..PAGE
            },
            // The sentence has `must` in lower case, which is not a key word, and version 1.1.1 replaces it.
            level: Level::Should,
            versions: UNTIL_1_1_0,
            why: "Tools that parse the name as a reference reject it or find another image.",
            fix: "Write letters and digits, separated by single characters of -._:@/+ or by --.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| {
            value(content, "org.opencontainers.image.ref.name", report, |name| {
                // Other characters break the rule on characters.
                let is_right = is_reference_name(name) || !name.bytes().all(is_of_a_reference_name);
                is_right.then_some(()).ok_or("begin and end each part with a letter or digit")
            });
        },
    },
    ContentRule {
        info: RuleInfo {
            id: "annotation-base-name-has-a-registry",
            clause: Clause {
                section: KEYS,
                summary: "org.opencontainers.image.base.name is a full reference that includes the registry host",
                sentence: "011e51612c64ab67",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Tools that look for updates of the base image cannot tell which registry has it.",
            fix: "Write the full reference with its host, such as registry.example.com/name:tag.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| {
            value(content, "org.opencontainers.image.base.name", report, |name| {
                match name {
                    // There is no image to refer to.
                    "" | "scratch" => Err("leave the annotation out, since there is no base image"),
                    _ if is_full_reference(name) => Ok(()),
                    _ => Err("write a full reference, such as registry.example.com/name:tag"),
                }
            });
        },
    },
];

/// The values of `annotations` in the document and in its descriptors, of any type.
pub(in crate::model) fn annotations<'c>(content: &'c Content<'_>) -> impl Iterator<Item = Node<'c>> {
    let own = content.member(Name::Annotations).filter(|_| content.is_known());
    own.into_iter().chain(content.descriptor_members(Name::Annotations))
}

/// Whether the document or one of its descriptors has annotations.
pub(in crate::model) fn has_annotations(content: &Content<'_>) -> bool {
    content.member(Name::Annotations).is_some() || content.any_descriptor_has(Name::Annotations)
}

fn string_values(content: &Content<'_>, report: &mut Report) {
    for node in annotations(content) {
        if !node.is_object() && !node.is_null() {
            report.at(node, "\"annotations\" is not an object; write an object with string values");
        }
        for (_, value) in node.members().filter(|(_, value)| !value.is_string()) {
            report.at(value, format!("the value {} is not a string; write a string", excerpt(value)));
        }
    }
}

fn not_null(content: &Content<'_>, report: &mut Report) {
    for node in annotations(content).filter(|node| node.is_null()) {
        report.at(node, "\"annotations\" is null; leave it out or write {}");
    }
}

/// Whether a byte is a letter, a digit or a separator of `org.opencontainers.image.ref.name`.
fn is_of_a_reference_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._:@/+".contains(&byte)
}

/// Whether a text matches the grammar of `org.opencontainers.image.ref.name`: components of letters and digits with one
/// separator, or two dashes, between them.
fn is_reference_name(name: &str) -> bool {
    let is_component = |part: &str| {
        let is_plain = |b: &u8| b.is_ascii_alphanumeric();
        let mut separators = part.as_bytes().split(is_plain).filter(|between| !between.is_empty());
        part.as_bytes().first().is_some_and(is_plain)
            && part.as_bytes().last().is_some_and(is_plain)
            && separators.all(|between| matches!(between, [_] | b"--"))
    };
    name.bytes().all(is_of_a_reference_name) && name.split('/').all(is_component)
}

fn unique(content: &Content<'_>, report: &mut Report) {
    for repeated in annotations(content).filter_map(first_repeated) {
        report.at(repeated, "\"annotations\" has a repeated key; keep one");
    }
}

fn domains(content: &Content<'_>, report: &mut Report) {
    for (key, value) in annotations(content).flat_map(Node::members) {
        let has_domain =
            |key: &str| key.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty());
        if key.text().is_some_and(|key| !has_domain(&key)) {
            report
                .at(value, "the key has no domain; begin it with a reversed domain that you own, such as com.example.");
        }
    }
}

/// Reports the values of one key for which `check` returns advice.
fn value(content: &Content<'_>, key: &str, report: &mut Report, check: fn(&str) -> Result<(), &'static str>) {
    for node in annotations(content).filter(|node| node.is_object()).filter_map(|node| node.get(key)) {
        if let Some(Err(advice)) = node.text().map(|text| check(&text)) {
            report.at(node, format!("{key} is invalid: {}; {advice}", excerpt(node)));
        }
    }
}

/// The first 40 bytes of a value's source.
fn excerpt(node: Node<'_>) -> String {
    String::from_utf8_lossy(&node.raw()[..node.raw().len().min(40)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::is_reference_name;

    #[test]
    fn a_reference_name_is_components_between_slashes() {
        for right in ["v1", "a/b", "registry.example.com:5000/a--b/c_d@sha256:0a", "1.0+build"] {
            assert!(is_reference_name(right), "{right}");
        }
        for wrong in ["", "-a", "a/", "/a", "a//b", "a..b", "a---b", "a-", "a b"] {
            assert!(!is_reference_name(wrong), "{wrong}");
        }
    }
}

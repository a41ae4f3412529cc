//! Rules of distribution-spec's section on pushing manifests.

use crate::exchange::{Need, NeedKind, Presence, Reference, essence, sha512};
use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::document::descriptors::Part;
use crate::model::document::forms::{DigestForm, has_parameters, is_tag, parameters};
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::versions::{FROM_1_0, FROM_1_1, ONLY_1_0};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Push);
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Push);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "client-names-a-digest-or-a-tag",
            clause: Clause {
                section: "pulling-manifests",
                summary: "a reference is a digest or a tag of the tag grammar",
                sentence: "2bbe91575aee374c",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: reference,
    },
    ContentRule {
        info: RuleInfo {
            id: "client-names-the-bodys-digest",
            clause: Clause {
                section: "pulling-manifests",
                summary: "a digest in a reference is the manifest's",
                sentence: "2bbe91575aee374c",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: wrong_digest,
    },
    ContentRule {
        info: RuleInfo {
            id: "client-sends-the-documents-media-type",
            clause: Clause {
                section: "pushing-manifests",
                summary: "the Content-Type is the document's mediaType, where it has one",
                sentence: "636173562d268184",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: content_type,
    },
    ContentRule {
        info: RuleInfo {
            id: "client-sends-no-content-type-parameters",
            clause: Clause {
                section: "pushing-manifests",
                summary: "the Content-Type has no parameters",
                sentence: "780814cb72c24df3",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: no_parameters,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-a-missing-subject",
            clause: Clause {
                section: "push",
                summary: "a subject that is not there is no reason to refuse a manifest",
                sentence: "53e18392505174ac",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: missing_subject,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-ignores-content-type-parameters",
            clause: Clause {
                section: "pushing-manifests",
                summary: "parameters of the Content-Type make no difference",
                sentence: "451b434979982534",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: no_parameters,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-takes-4-megabytes",
            clause: Clause {
                section: "pushing-manifests",
                summary: "manifests of at least 4 megabytes can be pushed",
                sentence: "a06bcaf5961a62b8",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            ..REGISTRY
        },
        consequence: Consequence::Accept,
        check: long_but_allowed,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-refuses-another-bodys-digest",
            clause: Clause {
                section: "pushing-manifests",
                summary: "the digest in the path is the body's",
                sentence: "2608d763bd88e491",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        consequence: Consequence::Refuse(&["DIGEST_INVALID"]),
        check: wrong_digest,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-may-refuse-missing-content",
            clause: Clause {
                section: "push",
                summary: "a manifest that points at what is not there may be refused",
                sentence: "49c51e8ad11d590c",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_1,
            ..REGISTRY
        },
        consequence: Consequence::Allow(&["MANIFEST_BLOB_UNKNOWN"]),
        check: missing_content,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-may-refuse-what-is-not-yet-uploaded",
            clause: Clause {
                section: "push",
                summary: "a manifest that points at blobs that are not there may be refused",
                sentence: "8d184dbab2211a6d",
                ..PAGE
            },
            level: Level::May,
            versions: ONLY_1_0,
            ..REGISTRY
        },
        // The error that the sentence names comes without a key word.
        consequence: Consequence::Allow(&[]),
        check: |content, report| {
            missing_content(content, report);
            other_endpoint(content, report);
        },
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-may-refuse-content-of-another-endpoint",
            clause: Clause {
                section: "push",
                summary: "a blob is not there as a manifest, nor a manifest as a blob",
                sentence: "49c51e8ad11d590c",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_1,
            ..REGISTRY
        },
        consequence: Consequence::Allow(&[]),
        check: other_endpoint,
    },
    ContentRule {
        info: RuleInfo {
            id: "registry-may-limit-the-size",
            clause: Clause {
                section: "pushing-manifests",
                summary: "a registry has a limit for the size of manifests",
                sentence: "6f03e6c6e3c18765",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            ..REGISTRY
        },
        consequence: Consequence::Allow(&[]),
        check: beyond_4_megabytes,
    },
];

fn reference(content: &Content<'_>, report: &mut Report) {
    let Reference::Text(text) = &content.exchange.tested.reference else { return };
    if !DigestForm::of(text).is_right() && !is_tag(text) {
        report.add("reference", format!("`{text}` is neither a digest nor a tag"));
    }
}

fn content_type(content: &Content<'_>, report: &mut Report) {
    if !content.is_pushed {
        return;
    }
    let node = content.member(Name::MediaType);
    let header = content.header_type();
    // Most say the same in the same spelling.
    if node.and_then(Node::unescaped).is_some_and(|body| header.is_some_and(|header| header.as_bytes() == body)) {
        return;
    }
    let Some(body) = content.body_type().filter(|text| !text.is_empty()) else { return };
    match header {
        Some(header) if header.eq_ignore_ascii_case(&body) => {}
        // Whether a mediaType may have parameters is contested, so they are not compared.
        Some(header) if parameters(&body).is_some() && header.eq_ignore_ascii_case(&essence(&body)) => {}
        Some(_) => {
            report.add("header:Content-Type", format!("Content-Type is not the document's mediaType: send {body}"))
        }
        None => report.add("header:Content-Type", format!("there is no Content-Type: send {body}")),
    }
}

fn no_parameters(content: &Content<'_>, report: &mut Report) {
    if content.is_pushed && content.exchange.tested.content_type.as_deref().is_some_and(has_parameters) {
        report.add("header:Content-Type", "Content-Type has parameters: send the type alone");
    }
}

fn missing_subject(content: &Content<'_>, report: &mut Report) {
    for subject in content.descriptors_of(Part::Subject) {
        let is_absent = match content.need(&subject) {
            Some((_, held)) => held == Presence::No,
            // Nothing can have been pushed under an unregistered algorithm.
            None => subject.digest_form == DigestForm::Unregistered && content.facts.others != Presence::Yes,
        };
        if is_absent {
            report.at(subject.node, "a subject that is not there");
        }
    }
}

fn long_but_allowed(content: &Content<'_>, report: &mut Report) {
    if (65_537..=4_000_000).contains(&content.exchange.tested.body.len()) {
        report.add("", "a document of less than 4 megabytes");
    }
}

pub(in crate::model) fn beyond_4_megabytes(content: &Content<'_>, report: &mut Report) {
    if content.exchange.tested.body.len() > 4_000_000 {
        report.add("", "a document beyond the size that must be taken");
    }
}

fn wrong_digest(content: &Content<'_>, report: &mut Report) {
    let tested = &content.exchange.tested;
    let Reference::Text(text) = &tested.reference else { return };
    let is_another = match DigestForm::of(text) {
        DigestForm::Sha256 => *text != tested.digest(),
        // Who does not know the algorithm may refuse it, but not take it for another one.
        DigestForm::Sha512 => *text != sha512(&tested.body),
        _ => false,
    };
    if is_another {
        report.add("reference", "the digest in the path is not the body's");
    }
}

fn missing_content(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors().filter(|descriptor| descriptor.part != Part::Subject) {
        // What was not seen to be there counts as missing: that only ever excuses a refusal.
        if content.held(&descriptor) != Presence::Yes {
            report.at(descriptor.node, "points at content that is not there");
        }
    }
}

fn other_endpoint(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors().filter(|descriptor| descriptor.part != Part::Subject) {
        let is_other = |need: &Need| (need.kind == NeedKind::Blob) != (descriptor.part != Part::Child);
        if content.need(&descriptor).is_some_and(|(need, held)| held == Presence::Yes && is_other(need)) {
            report.at(descriptor.node, "points at a blob where a manifest is due, or the reverse");
        }
    }
}

/// Whether a descriptor, the subject left out, has a digest of an algorithm that no specification registers: then
/// its content cannot have been pushed, and a refusal may be for that or for the algorithm.
pub(in crate::model) fn has_unknown_algorithm(content: &Content<'_>) -> bool {
    let mut descriptors = content.descriptors().filter(|descriptor| descriptor.part != Part::Subject);
    descriptors.any(|descriptor| descriptor.digest_form == DigestForm::Unregistered)
}

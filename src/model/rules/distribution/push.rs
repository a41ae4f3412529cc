//! Rules from distribution-spec's section on pushing manifests that are checked on the request.

use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, Need, NeedKind, Presence, Reference, essence, sha512};
use crate::json::Node;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::document::forms::{DigestForm, has_parameters, is_tag, parameters};
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::versions::{FROM_1_0, FROM_1_0_2, FROM_1_1, ONLY_1_0};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Push);
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Push);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "client-names-a-digest-or-a-tag",
            clause: Clause {
                section: "pulling-manifests",
                summary: "a reference is a digest or a tag",
                sentence: "2bbe91575aee374c",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "A registry cannot map any other reference to a manifest, so the push fails or is stored under a name \
                  that no client can ask for.",
            fix: "Push by the manifest's digest, or by a tag of at most 128 letters, digits, underscores, periods and \
                  dashes that begins with none of the last two.",
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
                summary: "a digest used as reference is the manifest's digest",
                sentence: "2bbe91575aee374c",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "The registry refuses the push, or stores the manifest under a digest that fails verification.",
            fix: "Compute the digest from exactly the bytes that are sent.",
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
                summary: "Content-Type equals the document's mediaType, if present",
                sentence: "636173562d268184",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "The registry refuses the push, or stores the manifest as another type.",
            fix: "Set Content-Type to the manifest's \"mediaType\".",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: content_type,
    },
    ContentRule {
        info: RuleInfo {
            id: "pushed-manifest-says-its-media-type",
            clause: Clause {
                section: "pushing-manifests",
                summary: "mediaType is present; judged where image-spec only reserves it",
                sentence: "18d8694ed6cc9c1b",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Without mediaType, a document that is stored outside a registry can be read as either a manifest \
                  or an index.",
            fix: "Add \"mediaType\" with the type that is sent as Content-Type.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: says_its_media_type,
    },
    ContentRule {
        info: RuleInfo {
            id: "client-sends-no-content-type-parameters",
            clause: Clause {
                section: "pushing-manifests",
                summary: "Content-Type of a push has no parameters",
                sentence: "780814cb72c24df3",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Registries that compare the whole header with the types they know refuse the push.",
            fix: "Send the manifest's media type alone, without parameters such as charset.",
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
                summary: "a manifest is accepted even if its subject does not exist",
                sentence: "53e18392505174ac",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Signatures and SBOMs cannot be pushed or copied before the image that they refer to.",
            fix: "Accept manifests without checking whether the subject exists.",
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
                summary: "parameters of Content-Type are ignored",
                sentence: "451b434979982534",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients or proxies that add a charset cannot push.",
            fix: "Cut Content-Type at the first semicolon before comparing it.",
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
                summary: "manifests of 4 megabytes can be pushed",
                sentence: "a06bcaf5961a62b8",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Large indexes and manifests with embedded data cannot be pushed.",
            fix: "Raise the limit on manifests to at least 4 megabytes.",
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
                summary: "the digest in the path is the digest of the body",
                sentence: "2608d763bd88e491",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "A manifest stored under another digest fails verification whenever it is pulled.",
            fix: "Hash the body and refuse the push with DIGEST_INVALID if the digest in the path differs.",
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
                summary: "a manifest that references missing content may be refused",
                sentence: "49c51e8ad11d590c",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_1,
            why: "A manifest that is pushed before its blobs may be refused, so clients cannot rely on the reverse \
                  order.",
            fix: "Push blobs and child manifests before the manifest that references them.",
            restates: "registry-may-refuse-what-is-not-yet-uploaded",
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
                summary: "a manifest that references missing blobs may be refused",
                sentence: "8d184dbab2211a6d",
                ..PAGE
            },
            level: Level::May,
            versions: ONLY_1_0,
            why: "A manifest that is pushed before its blobs may be refused, so clients cannot rely on the reverse \
                  order.",
            fix: "Push blobs and child manifests before the manifest that references them.",
            ..REGISTRY
        },
        // The sentence that names an error code has no key word.
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
                summary: "a blob does not count as a stored manifest, nor a manifest as a stored blob",
                sentence: "49c51e8ad11d590c",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_1,
            why: "What config and layers reference is looked up among the blobs, and what manifests references among the \
                  manifests, so content that went to the other endpoint counts as missing.",
            fix: "Push what config and layers reference as blobs, and what manifests references as manifests.",
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
                summary: "a registry limits the size of manifests",
                sentence: "6f03e6c6e3c18765",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "A manifest larger than 4 megabytes may be refused, so it cannot be copied to every registry.",
            fix: "Keep manifests below 4 megabytes; move large annotations and embedded data into blobs.",
            restates: "http-server-may-limit-content",
            ..REGISTRY
        },
        consequence: Consequence::Allow(&[]),
        check: beyond_4_megabytes,
    },
];

fn reference(content: &Content<'_>, report: &mut Report) {
    let Reference::Text(text) = &content.exchange.tested.reference else { return };
    if !DigestForm::of(text).is_right() && !is_tag(text) {
        report.add("reference", format!("`{text}` is neither a digest nor a tag; use one of them"));
    }
}

fn content_type(content: &Content<'_>, report: &mut Report) {
    if !content.is_pushed {
        return;
    }
    let node = content.member(Name::MediaType);
    let header = content.header_type();
    // Fast path: most are equal without normalisation.
    if node.and_then(Node::unescaped).is_some_and(|body| header.is_some_and(|header| header.as_bytes() == body)) {
        return;
    }
    let Some(body) = content.body_type().filter(|text| !text.is_empty()) else { return };
    match header {
        Some(header) if header.eq_ignore_ascii_case(&body) => {}
        // Whether a mediaType may have parameters is disputed, so they are not compared.
        Some(header) if parameters(&body).is_some() && header.eq_ignore_ascii_case(&essence(&body)) => {}
        Some(_) => report.add("header:Content-Type", format!("Content-Type does not match \"mediaType\"; send {body}")),
        None => report.add("header:Content-Type", format!("Content-Type is missing; send {body}")),
    }
}

/// From image-spec 1.0.2 on, that document has the same SHOULD. Before, it reserves the member and says nothing about its
/// absence.
fn says_its_media_type(content: &Content<'_>, report: &mut Report) {
    let own = match content.kind() {
        DocumentKind::Image => IMAGE_MANIFEST,
        DocumentKind::Index => IMAGE_INDEX,
        DocumentKind::Artifact | DocumentKind::Foreign | DocumentKind::Unknown => return,
    };
    let is_elsewhere = FROM_1_0_2.holds(content.versions.image);
    if !is_elsewhere && content.root().is_some() && content.member(Name::MediaType).is_none() {
        report.add("", format!("\"mediaType\" is missing; add \"{own}\""));
    }
}

fn no_parameters(content: &Content<'_>, report: &mut Report) {
    if content.is_pushed && content.exchange.tested.content_type.as_deref().is_some_and(has_parameters) {
        report.add("header:Content-Type", "Content-Type has parameters; send it without");
    }
}

fn missing_subject(content: &Content<'_>, report: &mut Report) {
    for subject in content.descriptors_of(Part::Subject) {
        let is_absent = match content.need(&subject) {
            Some((_, held)) => held == Presence::No,
            // Content cannot have been pushed under an unregistered algorithm.
            None => subject.digest_form == DigestForm::Unregistered && content.facts.others != Presence::Yes,
        };
        if is_absent {
            report.at(subject.node, "the subject does not exist");
        }
    }
}

fn long_but_allowed(content: &Content<'_>, report: &mut Report) {
    if (65_537..=4_000_000).contains(&content.exchange.tested.body.len()) {
        report.add("", "the document is not larger than 4 megabytes");
    }
}

pub(in crate::model) fn beyond_4_megabytes(content: &Content<'_>, report: &mut Report) {
    if content.exchange.tested.body.len() > 4_000_000 {
        report.add("", "the document is larger than 4 megabytes");
    }
}

fn wrong_digest(content: &Content<'_>, report: &mut Report) {
    let tested = &content.exchange.tested;
    let Reference::Text(text) = &tested.reference else { return };
    let is_another = match DigestForm::of(text) {
        DigestForm::Sha256 => *text != tested.digest(),
        // A registry that does not support SHA-512 may refuse it, but must not store the body under another digest.
        DigestForm::Sha512 => *text != sha512(&tested.body),
        _ => false,
    };
    if is_another {
        report.add("reference", "the digest in the path is not that of the body; use the body's digest");
    }
}

fn missing_content(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors().filter(|descriptor| descriptor.part != Part::Subject) {
        // Unknown counts as missing, since that only ever excuses a refusal.
        if content.held(&descriptor) != Presence::Yes {
            report.at(descriptor.node, "references content that does not exist");
        }
    }
}

fn other_endpoint(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors().filter(|descriptor| descriptor.part != Part::Subject) {
        let is_other = |need: &Need| (need.kind == NeedKind::Blob) != (descriptor.part != Part::Child);
        if content.need(&descriptor).is_some_and(|(need, held)| held == Presence::Yes && is_other(need)) {
            report.at(descriptor.node, "references a blob where a manifest is expected, or the reverse");
        }
    }
}

/// Whether a descriptor other than the subject has a digest with an algorithm that a registry need not support, so that a
/// refusal may be for the algorithm.
pub(in crate::model) fn has_optional_algorithm(content: &Content<'_>) -> bool {
    let mut descriptors = content.descriptors().filter(|descriptor| descriptor.part != Part::Subject);
    descriptors.any(|descriptor| matches!(descriptor.digest_form, DigestForm::Sha512 | DigestForm::Unregistered))
}

/// Whether a descriptor other than the subject has a digest with an unregistered algorithm. Its content cannot have
/// been pushed, so a refusal may be for the missing content or for the algorithm.
pub(in crate::model) fn has_unknown_algorithm(content: &Content<'_>) -> bool {
    let mut descriptors = content.descriptors().filter(|descriptor| descriptor.part != Part::Subject);
    descriptors.any(|descriptor| descriptor.digest_form == DigestForm::Unregistered)
}

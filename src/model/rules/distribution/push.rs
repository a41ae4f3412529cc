//! Rules of distribution-spec's section on pushing manifests.

use crate::exchange::{Need, NeedKind, Presence, Reference, essence, sha512};
use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::document::descriptors::Part;
use crate::model::document::forms::{DigestForm, has_parameters, is_tag, parameters};
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Check, Clause, Level, Report, Rule, Source};
use crate::model::versions::{FROM_1_0, FROM_1_1, ONLY_1_0, Span};

const fn rule(
    id: &'static str,
    span: Span,
    level: Level,
    binds: Binds,
    clause: (&'static str, &'static str, &'static str),
    check: Check,
) -> Rule {
    let clause = Clause { page: "spec.md", section: clause.0, says: clause.1, sentence: clause.2 };
    Rule { id, source: Source::DistributionSpec, span, level, binds, clause, check }
}

pub(in crate::model) const RULES: &[Rule] = &[
    rule(
        "client-names-a-digest-or-a-tag",
        FROM_1_0,
        Level::Must,
        Binds::Author,
        ("pulling-manifests", "a reference is a digest or a tag of the tag grammar", "2bbe91575aee374c"),
        Check::Content(reference),
    ),
    rule(
        "client-names-the-bodys-digest",
        FROM_1_0,
        Level::Must,
        Binds::Author,
        ("pulling-manifests", "a digest in a reference is the manifest's", "2bbe91575aee374c"),
        Check::Content(wrong_digest),
    ),
    rule(
        "client-sends-the-documents-media-type",
        FROM_1_0,
        Level::Must,
        Binds::Author,
        ("pushing-manifests", "the Content-Type is the document's mediaType, where it has one", "636173562d268184"),
        Check::Content(content_type),
    ),
    rule(
        "client-sends-no-content-type-parameters",
        FROM_1_1,
        Level::Should,
        Binds::Author,
        ("pushing-manifests", "the Content-Type has no parameters", "780814cb72c24df3"),
        Check::Content(no_parameters),
    ),
    rule(
        "registry-takes-a-missing-subject",
        FROM_1_1,
        Level::Must,
        Binds::Registry,
        ("push", "a subject that is not there is no reason to refuse a manifest", "53e18392505174ac"),
        Check::Takes(missing_subject),
    ),
    rule(
        "registry-ignores-content-type-parameters",
        FROM_1_1,
        Level::Should,
        Binds::Registry,
        ("pushing-manifests", "parameters of the Content-Type make no difference", "451b434979982534"),
        Check::Takes(no_parameters),
    ),
    rule(
        "registry-takes-4-megabytes",
        FROM_1_1,
        Level::Should,
        Binds::Registry,
        ("pushing-manifests", "manifests of at least 4 megabytes can be pushed", "a06bcaf5961a62b8"),
        Check::Takes(long_but_allowed),
    ),
    rule(
        "registry-refuses-another-bodys-digest",
        FROM_1_1,
        Level::Must,
        Binds::Registry,
        ("pushing-manifests", "the digest in the path is the body's", "2608d763bd88e491"),
        Check::Refuses(&["DIGEST_INVALID"], wrong_digest),
    ),
    rule(
        "registry-may-refuse-missing-content",
        FROM_1_1,
        Level::May,
        Binds::Registry,
        ("push", "a manifest that points at what is not there may be refused", "49c51e8ad11d590c"),
        Check::Allows(&["MANIFEST_BLOB_UNKNOWN"], missing_content),
    ),
    rule(
        "registry-may-refuse-what-is-not-yet-uploaded",
        ONLY_1_0,
        Level::May,
        Binds::Registry,
        ("push", "a manifest that points at blobs that are not there may be refused", "8d184dbab2211a6d"),
        // The error that the sentence names comes without a key word.
        Check::Allows(&[], |content, report| {
            missing_content(content, report);
            other_endpoint(content, report);
        }),
    ),
    rule(
        "registry-may-refuse-content-of-another-endpoint",
        FROM_1_1,
        Level::May,
        Binds::Registry,
        ("push", "a blob is not there as a manifest, nor a manifest as a blob", "49c51e8ad11d590c"),
        Check::Allows(&[], other_endpoint),
    ),
    rule(
        "registry-may-limit-the-size",
        FROM_1_1,
        Level::Should,
        Binds::Registry,
        ("pushing-manifests", "a registry has a limit for the size of manifests", "6f03e6c6e3c18765"),
        Check::Allows(&[], beyond_4_megabytes),
    ),
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

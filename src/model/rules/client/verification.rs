//! What clients verify before they take it: digests, sizes, types, and whether an answer is complete.

use crate::exchange::client::{Body, ContentType, DigestHeader, Length, Operation};
use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, essence, is_digest};
use crate::json;
use crate::model::document::content::Content;
use crate::model::document::forms::is_media_type;
use crate::model::policy::ran::{Ran, RunFlaw, is_wrong, reference_of};
use crate::model::rule::{Binds, Class, Clause, ClientRule, Family, Level, Requires, RuleInfo, Source};
use crate::model::versions::{ALWAYS, FROM_1_0, FROM_1_1_1};

const DESCRIPTOR: Clause = Clause::of(Source::ImageSpec, "descriptor.md");
const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const MANIFESTS: Clause = Clause { section: "pulling-manifests", ..PAGE };
const CLIENT: RuleInfo = RuleInfo::of(Binds::Client, Family::ClientVerification);

const fn refuses(
    info: RuleInfo,
    applies: fn(&Content<'_>, Operation) -> bool,
    was_served: fn(&Ran<'_, '_>) -> bool,
) -> ClientRule {
    ClientRule { info, class: Class::ClientTakesForbidden, requires: Requires::Refuses(applies, was_served) }
}

const fn duty(info: RuleInfo, check: fn(&Ran<'_, '_>, &mut Vec<RunFlaw>)) -> ClientRule {
    ClientRule { info, class: Class::ClientTakesForbidden, requires: Requires::Duty(check) }
}

pub(super) const RULES: &[ClientRule] = &[
    refuses(
        RuleInfo {
            id: "client-verifies-content",
            clause: Clause {
                section: "verification",
                summary: "a client verifies content against the digest of its descriptor",
                sentence: "7773699bf0b46726",
                ..DESCRIPTOR
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Users get other content than the image names, such as code of an attacker.",
            fix: "Hash what was read, and refuse it if the digest differs.",
            ..CLIENT
        },
        |content, operation| operation.reads() && has_wrong_blobs(content),
        was_served_a_wrong_blob,
    ),
    refuses(
        RuleInfo {
            id: "client-verifies-pulled-blobs",
            clause: Clause {
                section: "pulling-blobs",
                summary: "a client verifies that a blob matches the digest that it asked for",
                sentence: "e9b05f4b3c1bd7ce",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1_1,
            why: "Users get other content than the image names, such as code of an attacker.",
            fix: "Hash the body of the answer, and refuse it if the digest differs.",
            ..CLIENT
        },
        |content, operation| operation.reads() && has_wrong_blobs(content),
        was_served_a_wrong_blob,
    ),
    refuses(
        RuleInfo {
            id: "client-verifies-sizes",
            clause: Clause {
                section: "properties",
                summary: "content of another length than the descriptor says is not trusted",
                sentence: "51506f023945c426",
                ..DESCRIPTOR
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Content that collides with a digest can have any length, and its end may come late or never.",
            fix: "Read at most as many bytes as the descriptor says, and refuse other lengths.",
            ..CLIENT
        },
        |content, operation| operation.reads() && has_wrong_length(content),
        was_served_a_wrong_length,
    ),
    duty(
        RuleInfo {
            id: "client-verifies-pinned-manifests",
            clause: Clause {
                summary: "a client verifies that a manifest matches the digest that it asked for",
                sentence: "3ad7692a2a7aab22",
                ..MANIFESTS
            },
            level: Level::Should,
            versions: FROM_1_1_1,
            why: "A digest that pins an image does not protect its users.",
            fix: "Hash the manifest, and refuse it if the digest differs from that in the request.",
            ..CLIENT
        },
        verifies_pinned_manifests,
    ),
    duty(
        RuleInfo {
            id: "client-verifies-a-digest-header-that-it-uses",
            clause: Clause {
                summary: "a client that uses Docker-Content-Digest of a manifest verifies it",
                sentence: "11b440b1db5485cb",
                ..MANIFESTS
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "The client names an image by a digest that it does not have.",
            fix: "Hash the manifest, and compare the digest with the header before using the header.",
            ..CLIENT
        },
        verifies_the_header,
    ),
    refuses(
        RuleInfo {
            id: "client-refuses-contradicting-types",
            clause: Clause {
                summary: "a client rejects a manifest whose mediaType differs from Content-Type",
                sentence: "97dea2760bc9dc20",
                ..MANIFESTS
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Two clients can read the same bytes as two different images.",
            fix: "Compare mediaType with Content-Type, and refuse the manifest if they differ.",
            ..CLIENT
        },
        |content, operation| operation.reads() && has_contradicting_types(content),
        |ran| ran.was_served_the_manifest(),
    ),
    refuses(
        RuleInfo {
            id: "http-client-refuses-incomplete-manifests",
            clause: Clause {
                section: "section-6.3",
                summary: "an answer shorter than its Content-Length is incomplete",
                ..Clause::of(Source::Http, "RFC 9112")
            },
            // Of a manifest asked for by tag, only the length shows whether it is complete.
            level: Level::Should,
            versions: ALWAYS,
            why: "A manifest that was cut off in transit is taken for the image.",
            fix: "Treat the end of the connection before the announced length as an error.",
            ..CLIENT
        },
        |content, operation| operation.reads() && content.exchange.answers.manifest_length == Length::Larger,
        |ran| ran.was_served_the_manifest(),
    ),
];

/// Whether blobs are served with other bytes than they have.
fn has_wrong_blobs(content: &Content<'_>) -> bool {
    let answers = &content.exchange.answers;
    is_wrong(answers.blob, answers.blob_length)
}

/// Empty content is the same if it is cut off or exchanged.
fn was_served_a_wrong_blob(ran: &Ran<'_, '_>) -> bool {
    let is_longer = ran.content.exchange.answers.blob == Body::Longer;
    ran.fetched_blobs().any(|need| is_longer || need.length > 0)
}

/// Whether blobs are served with another length than the descriptor says: the answer's or the descriptor's is wrong.
fn has_wrong_length(content: &Content<'_>) -> bool {
    let answers = &content.exchange.answers;
    let is_answer = matches!(answers.blob, Body::Truncated | Body::Longer) || answers.blob_length == Length::Smaller;
    is_answer || wrong_sizes(content).next().is_some()
}

fn was_served_a_wrong_length(ran: &Ran<'_, '_>) -> bool {
    let answers = &ran.content.exchange.answers;
    let is_cut = answers.blob == Body::Truncated || answers.blob_length == Length::Smaller;
    ran.fetched_blobs().any(|need| {
        answers.blob == Body::Longer
            || (is_cut && need.length > 0)
            || wrong_sizes(ran.content).any(|digest| digest == need.digest)
    })
}

/// The digests of content that is there and has another length than its descriptor says.
fn wrong_sizes<'c>(content: &'c Content<'_>) -> impl Iterator<Item = &'c str> {
    content.descriptors().filter_map(|descriptor| {
        let (need, _) = content.need(&descriptor)?;
        let length = i64::try_from(need.length).ok()?;
        (descriptor.size.length()? != length).then_some(&*need.digest)
    })
}

/// Whether `mediaType` is not the type in Content-Type. An empty value may also be read as an absent one, of repeated members
/// readers choose one, and a header without a media type specifies none to compare with.
fn has_contradicting_types(content: &Content<'_>) -> bool {
    let Some(root) = content.root() else { return false };
    let mut own = root.all("mediaType").filter_map(json::Node::text).peekable();
    if own.peek().is_none() {
        return false;
    }
    let sent = content.exchange.tested.content_type.as_deref().map(essence);
    let header = match content.exchange.answers.content_type {
        // The type of the other kind of OCI manifest.
        ContentType::Other if sent.as_deref() == Some(IMAGE_INDEX) => Some(IMAGE_MANIFEST.to_owned()),
        ContentType::Other => Some(IMAGE_INDEX.to_owned()),
        ContentType::Html => Some("text/html".to_owned()),
        ContentType::Absent => None,
        ContentType::Right | ContentType::AbsentInHead => sent,
    };
    let header = header.filter(|header| is_media_type(header.as_bytes()));
    header.is_some_and(|header| own.all(|own| !own.is_empty() && essence(&own) != header))
}

/// By tag, a client that ignores the header cannot notice other bytes.
fn verifies_pinned_manifests(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let (exchange, answers) = (ran.content.exchange, &ran.content.exchange.answers);
    if !ran.stored(Operation::reads) || !is_wrong(answers.manifest, answers.manifest_length) {
        return;
    }
    // Children of an index are served like the case.
    let is_of_case = |reference: &str| exchange.needs.iter().any(|need| need.digest == reference);
    if ran.fetched_manifests().any(|reference| reference == exchange.tested.digest() || is_of_case(reference)) {
        flaws.push(Ran::flaw("took a manifest that differs from the digest in its request"));
    }
}

/// A digest that none of the case's content has comes from the header.
fn verifies_the_header(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let (exchange, answers) = (ran.content.exchange, &ran.content.exchange.answers);
    let is_wrong_header = matches!(answers.digest, DigestHeader::Other | DigestHeader::Malformed);
    if !is_wrong_header || answers.manifest != Body::Right || !ran.stored(Operation::reads) {
        return;
    }
    let is_known = |reference: &str| {
        let of_needs = exchange.needs.iter().any(|need| need.digest == reference);
        of_needs || reference == exchange.tested.digest() || exchange.subject.as_deref() == Some(reference)
    };
    // HEAD has no body to verify, so the manifest must have been read before.
    let is_get =
        |target: &str, status| status == 200 && target.contains("/manifests/") && !is_digest(reference_of(target));
    let arrived = &ran.run.arrived;
    let Some(first) = arrived.iter().position(|one| one.method == "GET" && is_get(&one.target, one.status)) else {
        return;
    };
    let uses = |target: &str| {
        let reference = reference_of(target);
        (is_digest(reference) && target.contains("/manifests/") && !is_known(reference)) || reference == "sha256:0"
    };
    if arrived[first..].iter().any(|one| uses(&one.target)) {
        flaws.push(Ran::flaw("used the digest in the header, which is not that of the manifest"));
    }
}

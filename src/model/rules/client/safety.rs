//! What clients do to the machine and to the bytes: where they write, what they keep, and whether they end.

use crate::exchange::client::{Body, Operation, Outcome, Redirect};
use crate::exchange::essence;
use crate::json;
use crate::model::document::content::DocumentKind;
use crate::model::document::forms::is_media_type;
use crate::model::policy::ran::{Ran, RunFlaw, is_wrong};
use crate::model::rule::{Binds, Class, Clause, ClientRule, Family, Level, Requires, RuleInfo, Source};
use crate::model::versions::{ALWAYS, FROM_1_0, FROM_1_1};

const CLIENT: RuleInfo = RuleInfo::of(Binds::Client, Family::ClientSafety);

pub(super) const RULES: &[ClientRule] = &[
    ClientRule {
        info: RuleInfo {
            id: "client-writes-only-below-its-folder",
            clause: Clause {
                section: "section-4.3",
                summary: "a name in an answer lets no recipient write outside of the place meant for it",
                ..Clause::of(Source::Http, "RFC 6266")
            },
            // The section is about another header. What is written elsewhere is the same harm, so the class has its own grade.
            level: Level::Should,
            versions: ALWAYS,
            why: "The publisher of an image can replace files of those who pull it.",
            fix: "Reject names with parent or absolute paths, and open files below the folder without following links.",
            ..CLIENT
        },
        class: Class::ClientWritesOutside,
        requires: Requires::Duty(writes_below_its_folder),
    },
    ClientRule {
        info: RuleInfo {
            id: "client-copies-exact-bytes",
            clause: Clause {
                section: "extensibility",
                summary: "a client that stores or copies content keeps its digest",
                sentence: "1b069fb53a2e292b",
                ..Clause::of(Source::ImageSpec, "considerations.md")
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Signatures and pinned digests do not hold for the copy.",
            fix: "Store and push the bytes that were read, not a serialisation of what was decoded.",
            ..CLIENT
        },
        class: Class::ClientAlters,
        requires: Requires::Duty(copies_exact_bytes),
    },
    ClientRule {
        info: RuleInfo {
            id: "client-pushes-the-documents-media-type",
            clause: Clause {
                section: "pushing-manifests",
                summary: "a client sends the manifest's mediaType as Content-Type",
                sentence: "636173562d268184",
                ..Clause::of(Source::DistributionSpec, "spec.md")
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "The registry takes the manifest for one of another kind, or refuses it.",
            fix: "Send the mediaType of the manifest as its Content-Type.",
            ..CLIENT
        },
        class: Class::ClientAlters,
        requires: Requires::Duty(pushes_its_media_type),
    },
    ClientRule {
        info: RuleInfo {
            id: "http-client-detects-cyclical-redirects",
            clause: Clause {
                section: "section-15.4",
                summary: "a client notices redirects that lead in a circle",
                ..Clause::of(Source::Http, "RFC 9110")
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "A registry keeps the client busy without end.",
            fix: "Follow a bounded number of redirects for each request.",
            ..CLIENT
        },
        class: Class::ClientHang,
        requires: Requires::Duty(detects_circles),
    },
];

fn writes_below_its_folder(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    flaws.extend(ran.run.escaped.iter().map(|file| Ran::flaw(format!("wrote {}", file.path))));
}

/// Another manifest of the case, such as the child that a client chose from an index, is not an altered one. Of a manifest with a
/// Content-Encoding, no sentence says which bytes are to be stored.
fn copies_exact_bytes(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let (exchange, answers) = (ran.content.exchange, &ran.content.exchange.answers);
    let is_oci = matches!(ran.content.kind(), DocumentKind::Image | DocumentKind::Index);
    let is_right = answers.manifest == Body::Right && !is_wrong(answers.manifest, answers.manifest_length);
    let is_encoded = exchange.tested.content_encoding.is_some_and(|coding| coding != "identity");
    if !ran.run.is_stored() || !is_oci || !is_right || is_encoded {
        return;
    }
    let Some(kept) = &ran.run.kept else { return };
    let of_needs = exchange.needs.iter().any(|need| need.held() == Some(&kept.bytes));
    if kept.bytes != *exchange.tested.body && !of_needs {
        let (had, has) = (exchange.tested.body.len(), kept.bytes.len());
        flaws.push(Ran::flaw(format!("the stored manifest differs: {has} bytes instead of {had}")));
    }
}

fn pushes_its_media_type(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let Some(kept) = ran.run.kept.as_ref().filter(|_| ran.stored(Operation::writes)) else { return };
    let Ok(document) = json::read(&kept.bytes) else { return };
    let mut own = document.root().all("mediaType").filter_map(json::Node::text).map(|own| essence(&own)).peekable();
    // What is not a media type cannot be sent as one, and of repeated members a client sends one.
    if own.peek().is_some() && own.all(|own| is_media_type(own.as_bytes()) && own != essence(&kept.media_type)) {
        flaws.push(Ran::flaw("pushed a manifest with another Content-Type than its mediaType"));
    }
}

fn detects_circles(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    if ran.run.outcome == Outcome::Hung && ran.content.exchange.answers.redirect == Redirect::Loop {
        flaws.push(Ran::flaw("followed a redirect to the same address until it was ended"));
    }
}

//! Lists of tags and referrers, and the referrers tag, as clients use them.

use crate::exchange::client::{Link, Operation, Outcome, Referrers};
use crate::model::document::content::DocumentKind;
use crate::model::document::members::Name;
use crate::model::policy::ran::{Ran, RunFlaw};
use crate::model::rule::{Binds, Class, Clause, ClientRule, Family, Level, Requires, RuleInfo, Source};
use crate::model::versions::{ALWAYS, FROM_1_1, FROM_1_1_1};

use super::credentials::is_linked;

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const FALLBACK: Clause = Clause { section: "unavailable-referrers-api", ..PAGE };
const CLIENT: RuleInfo = RuleInfo { versions: FROM_1_1, ..RuleInfo::of(Binds::Client, Family::ClientLists) };

const fn duty(info: RuleInfo, check: fn(&Ran<'_, '_>, &mut Vec<RunFlaw>)) -> ClientRule {
    ClientRule { info, class: Class::ClientFailsOnValid, requires: Requires::Duty(check) }
}

pub(super) const RULES: &[ClientRule] = &[
    duty(
        RuleInfo {
            id: "client-falls-back-to-the-referrers-tag",
            clause: Clause {
                summary: "a client that gets a 404 from the referrers API uses the referrers tag",
                sentence: "4d6ac87bcefca6d1",
                ..FALLBACK
            },
            level: Level::Must,
            why: "Signatures and SBOMs in registries without the referrers API are not found.",
            fix: "After a 404, pull the tag that the subject's digest makes, and read it as the list.",
            ..CLIENT
        },
        falls_back,
    ),
    duty(
        RuleInfo {
            id: "client-lists-what-the-referrers-tag-holds",
            clause: Clause {
                section: "listing-referrers",
                summary: "a client that gets a 404 from the referrers API lists what the referrers tag holds",
                sentence: "306572b334daa4da",
                ..PAGE
            },
            level: Level::Must,
            why: "Signatures and SBOMs in registries without the referrers API are not found.",
            fix: "Read the index under the referrers tag as the list of referrers.",
            ..CLIENT
        },
        lists_the_tag,
    ),
    duty(
        RuleInfo {
            id: "client-keeps-the-referrers-tag",
            clause: Clause {
                summary: "a client that pushes a subject where there is no referrers API updates the referrers tag",
                sentence: "d67c359e432a5510",
                ..FALLBACK
            },
            level: Level::Must,
            why: "Other clients do not find the referrer that was pushed.",
            fix: "If the answer to the push has no OCI-Subject, add the manifest to the index of the referrers tag.",
            ..CLIENT
        },
        keeps_the_tag,
    ),
    duty(
        RuleInfo {
            id: "client-reads-every-page-of-referrers",
            clause: Clause {
                section: "listing-referrers",
                summary: "a list of referrers that needs more than one page has a Link, which clients can follow",
                sentence: "d66a4e292bfcd2d3",
                ..PAGE
            },
            // The sentence binds registries; none requires clients to follow.
            level: Level::May,
            why: "Users see a part of the referrers and take it for all of them.",
            fix: "Follow the Link of each page until one has none.",
            ..CLIENT
        },
        |ran, flaws| {
            reads_every_page(ran, flaws, Operation::List, "/referrers/", ran.content.exchange.answers.referrers_link)
        },
    ),
    duty(
        RuleInfo {
            id: "client-reads-every-page-of-tags",
            clause: Clause {
                section: "listing-tags",
                summary: "clients prefer the Link of a tag list to the parameter last",
                sentence: "836ffd99d9a4eb3a",
                ..PAGE
            },
            // The sentence has no key word.
            level: Level::May,
            versions: FROM_1_1_1,
            why: "Users see a part of the tags and take it for all of them.",
            fix: "Follow the Link of each page until one has none.",
            ..CLIENT
        },
        |ran, flaws| reads_every_page(ran, flaws, Operation::Tags, "/tags/list", ran.content.exchange.answers.tag_link),
    ),
    ClientRule {
        info: RuleInfo {
            id: "http-client-considers-where-links-lead",
            clause: Clause {
                section: "section-5",
                summary: "clients ought to consider what following a Link to another host exposes them to",
                ..Clause::of(Source::Http, "RFC 8288")
            },
            // The sentence has no key word.
            level: Level::May,
            versions: ALWAYS,
            why: "A registry makes the client send requests to hosts that only its user's network reaches.",
            fix: "Follow the Link of a list only on the registry's host.",
            ..CLIENT
        },
        class: Class::ClientTakesForbidden,
        requires: Requires::Duty(follows_elsewhere),
    },
];

/// Whether the client listed referrers, and was told that there is no such API.
fn is_without_api(ran: &Ran<'_, '_>) -> bool {
    ran.run.operation == Operation::List
        && ran.content.exchange.answers.referrers == Referrers::Unavailable
        && ran.asked("GET", "/referrers/").any(|one| one.status == 404)
}

fn falls_back(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let has_ended = matches!(ran.run.outcome, Outcome::Stored | Outcome::Refused);
    let asks_tag = ["GET", "HEAD"].into_iter().any(|method| asked_the_tag(ran, method));
    if is_without_api(ran) && has_ended && !asks_tag {
        flaws.push(Ran::flaw("did not ask for the referrers tag after a 404 from the referrers API"));
    }
}

/// Whether a request with this method named a referrers tag.
fn asked_the_tag(ran: &Ran<'_, '_>, method: &str) -> bool {
    ["/manifests/sha256-", "/manifests/sha512-"].into_iter().any(|tag| ran.asked(method, tag).next().is_some())
}

fn lists_the_tag(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let served = ran.asked("GET", "/manifests/sha256-").any(|one| one.status == 200);
    let own = ran.content.exchange.tested.digest();
    let Some(listed) = ran.run.listed.as_ref().filter(|_| ran.stored(|operation| operation == Operation::List)) else {
        return;
    };
    // The case is in the index of its subject.
    let is_referrer =
        ran.content.member_of(DocumentKind::Image, Name::Subject).is_some() && ran.content.exchange.subject.is_some();
    if is_without_api(ran) && served && is_referrer && !listed.iter().any(|digest| digest == own) {
        flaws.push(Ran::flaw("did not list a manifest that the referrers tag holds"));
    }
}

/// A client that rebuilds images does not push the subject.
fn keeps_the_tag(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let exchange = ran.content.exchange;
    let has_subject = ran.content.member_of(DocumentKind::Image, Name::Subject).is_some() && exchange.subject.is_some();
    let is_pushed = ran.run.kept.as_ref().is_some_and(|kept| kept.bytes == *exchange.tested.body);
    let is_put = ran.asked("PUT", "/manifests/").any(|one| one.status == 201);
    if exchange.answers.referrers == Referrers::Unavailable
        && ran.stored(Operation::writes)
        && has_subject
        && is_pushed
        && is_put
        && !asked_the_tag(ran, "PUT")
    {
        flaws.push(Ran::flaw("pushed a manifest with a subject and did not update the referrers tag"));
    }
}

fn reads_every_page(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>, operation: Operation, part: &str, link: Link) {
    let is_asked = ran.run.operation == operation && ran.run.is_stored() && link == Link::Pages;
    if is_asked && ran.asked("GET", part).filter(|one| one.status == 200).count() == 1 {
        flaws.push(Ran::flaw("asked for the first of two pages alone"));
    }
}

/// Requests with credentials are leaks, which say more.
fn follows_elsewhere(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let mut followed = ran.run.arrived.iter().filter(|one| is_linked(one, &ran.content.exchange.answers));
    if followed.any(|one| !one.has_credentials) {
        flaws.push(Ran::flaw("followed a Link to another host"));
    }
}

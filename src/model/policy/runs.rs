//! The policy for client programs: what a client may do with a case, for each operation, and the duties that a run breaks.

use crate::exchange::client::{
    Answers, Body, Coding, DigestHeader, Length, Link, Location, Operation, ProgramRun, Realm,
};
use crate::exchange::client::{ContentType, Redirect, Referrers};
use crate::exchange::essence;
use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::document::descriptors::{Descriptor, Part};
use crate::model::document::forms::DigestForm;
use crate::model::document::members::Name;
use crate::model::policy::judge::decide;
use crate::model::policy::judgement::{Expect, Judgement};
use crate::model::policy::ran::{Ran, RunFlaw};
use crate::model::rule::{ClientRule, Level, Requires, RuleInfo};
use crate::model::rules::pages::client_rules;
use crate::model::versions::Versions;

/// Judges parsed content for a client that copies it, the operation that most sentences on clients are about; see
/// [`judge`](crate::model::judge).
pub fn decide_client(content: &Content<'_>) -> Judgement {
    decide_operation(content, &decide(content), Operation::Copy)
}

/// What a client may do with a case in one operation. `of_content` is a judgement on the same content, by which it is valid or not.
///
/// No sentence requires a client to take every valid image, and none requires it to refuse an invalid one.
pub fn decide_operation(content: &Content<'_>, of_content: &Judgement, operation: Operation) -> Judgement {
    let judgement = |expect, rules| {
        let breaches = of_content.breaches.clone();
        Judgement { expect, codes: &[], rules, recommends: Vec::new(), why: None, breaches }
    };
    let refuses = holding(content.versions).filter(|rule| refuses(rule, content, operation));
    let refuses: Vec<&'static RuleInfo> = refuses.map(|rule| &rule.info).collect();
    if !refuses.is_empty() {
        let is_must = refuses.iter().any(|rule| rule.level == Level::Must);
        return judgement(if is_must { Expect::MustReject } else { Expect::ShouldReject }, refuses);
    }
    match of_content.expect {
        Expect::MustAccept | Expect::ShouldAccept => {}
        Expect::MayReject => return judgement(Expect::MayReject, Vec::new()),
        Expect::Ambiguous => return Judgement { why: of_content.why, ..judgement(Expect::Ambiguous, Vec::new()) },
        // What a registry must refuse is wrong in the push, which clients under test are not asked to repeat.
        _ => return judgement(Expect::Unspecified, Vec::new()),
    }
    // Non-distributable layers are never uploaded, and a registry may refuse an image without one. Where `urls` lead may be asked
    // instead of the registry, and nothing there needs to answer.
    let lacks_layers = operation.writes() && content.descriptors_of(Part::Layer).any(is_restricted);
    let is_elsewhere = content.descriptors().any(|descriptor| descriptor.get(Name::Urls).is_some());
    if lacks_layers || is_elsewhere || !can_be_taken(&content.exchange.answers) {
        return judgement(Expect::Unspecified, Vec::new());
    }
    let takes = |rule: &&'static ClientRule| takes(rule, content, operation) && !has_optional_digests(content);
    let takes = holding(content.versions).filter(takes).map(|rule| &rule.info);
    let (musts, shoulds): (Vec<&'static RuleInfo>, Vec<_>) = takes.partition(|rule| rule.level == Level::Must);
    if musts.is_empty() {
        return judgement(Expect::ShouldAccept, shoulds);
    }
    Judgement { recommends: shoulds, ..judgement(Expect::MustAccept, musts) }
}

/// Whether a client can do what it is asked for with these answers: they are right, or differ as HTTP and distribution-spec allow.
fn can_be_taken(answers: &Answers) -> bool {
    let Answers { content_type, digest, manifest, manifest_length, blob, blob_length, coding, .. } = *answers;
    let Answers { redirect, realm, location, tag_link, referrers_link, referrers, .. } = *answers;
    let is_length = |length| matches!(length, Length::Right | Length::Absent);
    let is_link = |link| matches!(link, Link::None | Link::Pages);
    let is_manifest = matches!(content_type, ContentType::Right | ContentType::Absent | ContentType::AbsentInHead)
        && matches!(digest, DigestHeader::Right | DigestHeader::Absent)
        && manifest == Body::Right
        && is_length(manifest_length);
    let is_blob = blob == Body::Right && is_length(blob_length) && coding == Coding::None;
    let leads_well = !matches!(redirect, Redirect::Loop | Redirect::File)
        && matches!(realm, Realm::None | Realm::Ours)
        && matches!(location, Location::Right | Location::Relative);
    let is_list =
        is_link(tag_link) && is_link(referrers_link) && !matches!(referrers, Referrers::Itself | Referrers::Cyclic);
    is_manifest && is_blob && leads_well && is_list
}

/// Whether a layer has a type of OCI or Docker for layers that are downloaded from their distributor alone.
fn is_restricted(layer: Descriptor<'_>) -> bool {
    layer.media_type().and_then(Node::text).is_some_and(|own| {
        let own = essence(&own);
        own.starts_with("application/vnd.oci.image.layer.nondistributable.v1.tar")
            || own.starts_with("application/vnd.docker.image.rootfs.foreign.diff.tar")
    })
}

/// Whether a digest has an algorithm that implementations may leave out.
fn has_optional_digests(content: &Content<'_>) -> bool {
    content.descriptors().any(|descriptor| descriptor.digest_form == DigestForm::Sha512)
}

/// The rules on clients that hold in these versions.
fn holding(versions: Versions) -> impl Iterator<Item = &'static ClientRule> {
    client_rules().filter(move |rule| rule.info.holds_in(versions))
}

fn takes(rule: &ClientRule, content: &Content<'_>, operation: Operation) -> bool {
    match rule.requires {
        Requires::Takes(applies) => content.exchange.answers.are_right() && applies(content, operation),
        Requires::Follows(applies) => applies(content, operation),
        Requires::Refuses(..) | Requires::Duty(_) => false,
    }
}

fn refuses(rule: &ClientRule, content: &Content<'_>, operation: Operation) -> bool {
    matches!(rule.requires, Requires::Refuses(applies, _) if applies(content, operation))
}

/// A rule that a run breaks.
#[derive(Clone, Debug)]
pub struct RunDeparture {
    /// The rule.
    pub rule: &'static ClientRule,
    /// How it is broken.
    pub flaw: RunFlaw,
}

/// The rules on runs that this run breaks: its duties, and the refusals that it owed.
pub fn run_duties(content: &Content<'_>, run: &ProgramRun) -> Vec<RunDeparture> {
    let ran = Ran { content, run };
    let mut departures = Vec::new();
    for rule in holding(content.versions) {
        let mut flaws = Vec::new();
        match rule.requires {
            Requires::Duty(check) => check(&ran, &mut flaws),
            Requires::Refuses(applies, was_served) => {
                if run.is_stored() && applies(content, run.operation) && was_served(&ran) {
                    flaws.push(Ran::flaw("took what it was served"));
                }
            }
            Requires::Takes(_) | Requires::Follows(_) => {}
        }
        // One finding for each rule: what else is wrong in the same way has the same cause.
        departures.extend(flaws.into_iter().take(1).map(|flaw| RunDeparture { rule, flaw }));
    }
    departures
}

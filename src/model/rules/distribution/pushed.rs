//! Rules from distribution-spec's section on pushing manifests that are checked on the answer.

use crate::exchange::roles::referrers;
use crate::exchange::{By, IMAGE_MANIFEST, Presence, Probe, Reference, Stage};
use crate::model::document::content::DocumentKind;
use crate::model::document::descriptors::{Descriptor, Part};
use crate::model::document::forms::DigestForm;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::policy::contradictions::contradictions;
use crate::model::policy::judgement::Expect;
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::errors::specified_codes;
use crate::model::rules::distribution::push::has_unknown_algorithm;
use crate::model::rules::distribution::referrer_lists::subject_in;
use crate::model::versions::{FROM_1_0, FROM_1_1};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Push);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "limit-answers-413",
            clause: Clause {
                section: "pushing-manifests",
                summary: "a manifest above the registry's size limit is answered with 413",
                sentence: "7e33bde4781dea72",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients cannot tell that the manifest is too large and report another cause.",
            fix: "Answer 413 if a manifest is larger than the limit.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: limit_answers_413,
    },
    AnswerRule {
        info: RuleInfo {
            id: "unknown-algorithm-passes-validation",
            clause: Clause {
                document: Source::ImageSpec,
                page: "descriptor.md",
                section: "digests",
                summary: "a digest with an unknown algorithm that matches the grammar does not invalidate a document",
                sentence: "4dba6dcf413864c3",
            },
            level: Level::Should,
            versions: FROM_1_0,
            excused_by_equal_refusal: true,
            why: "Clients cannot push content with newer digest algorithms, and the error blames a document that is \
                  valid.",
            fix: "Check only the grammar of digests with an unknown algorithm.",
            family: Family::Storage,
            ..REGISTRY
        },
        class: Class::WrongCode,
        check: unknown_algorithm,
    },
    AnswerRule {
        info: RuleInfo {
            id: "push-answers-201",
            clause: Clause {
                section: "pushing-manifests",
                summary: "a successful push is answered with 201",
                sentence: "c622c096e6c93e4d",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that check for 201 report a failed push although the manifest is stored.",
            fix: "Answer a successful push of a manifest with 201 Created.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: answers_201,
    },
    AnswerRule {
        info: RuleInfo {
            id: "push-answers-a-location",
            clause: Clause {
                section: "pushing-manifests",
                summary: "the answer to a successful push has a Location header",
                sentence: "c622c096e6c93e4d",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that use Location to find the pushed manifest do not get its URL.",
            fix: "Add a Location header with the manifest's URL to the answer.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: answers_location,
    },
    AnswerRule {
        info: RuleInfo {
            id: "push-location-is-pullable",
            clause: Clause {
                section: "pushing-manifests",
                summary: "GET of the Location returned by a push returns the manifest",
                sentence: "b00cac75f10c8d38",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that pull from Location get an error for a manifest that was stored.",
            fix: "Send a Location from which GET returns the manifest, such as /v2/NAME/manifests/DIGEST.",
            family: Family::Pull,
            ..REGISTRY
        },
        class: Class::Lost,
        check: location_is_pullable,
    },
    AnswerRule {
        info: RuleInfo {
            id: "push-digest-header-is-the-clients",
            clause: Clause {
                section: "pushing-manifests",
                summary: "Docker-Content-Digest equals the digest in the request path",
                sentence: "2608d763bd88e491",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that compare Docker-Content-Digest with the digest they pushed report a corrupted upload.",
            fix: "Set Docker-Content-Digest to the digest in the request path, with the same algorithm.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: digest_header,
    },
    AnswerRule {
        info: RuleInfo {
            id: "push-names-the-subject",
            clause: Clause {
                section: "pushing-manifests-with-subject",
                summary: "a registry with the referrers API names a processed subject in OCI-Subject",
                sentence: "cac9a0bde814ead0",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Without OCI-Subject, clients assume that the registry has no referrers API and maintain the \
                  fallback tag as well.",
            fix: "Add OCI-Subject with the subject's digest to the answer to the push of a manifest with a subject.",
            family: Family::Referrers,
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: names_subject,
    },
];

/// Whether one of these rules is the only reason for a refusal. Otherwise status and code may belong to another one.
fn may_be_refused_only_by(answered: &Answered<'_, '_>, rules: &[&str]) -> bool {
    matches!(answered.judgement.rules[..], [only] if rules.contains(&only.id))
        && contradictions(answered.content).next().is_none()
}

fn limit_answers_413(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let only = may_be_refused_only_by(answered, &["registry-may-limit-the-size"]);
    if let Some(answer) = answered.refusal().filter(|answer| only && answer.status != 413) {
        let message = format!("refused for its size with {} instead of 413", answer.status);
        flaws.push(Flaw::of(&Probe::Put, answer, message));
    }
}

fn unknown_algorithm(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    // Version 1.0 states it in another sentence.
    let missing = ["registry-may-refuse-missing-content", "registry-may-refuse-what-is-not-yet-uploaded"];
    let only = may_be_refused_only_by(answered, &missing);
    if answered.judgement.expect != Expect::MayReject || !only || !has_unknown_algorithm(answered.content) {
        return;
    }
    // The code may be about other content that is missing.
    if !holds_the_rest(answered) {
        return;
    }
    let Some(answer) = answered.refusal() else { return };
    if let Some(code) =
        specified_codes(answer).into_iter().find(|code| matches!(&**code, "DIGEST_INVALID" | "MANIFEST_INVALID"))
    {
        let message =
            format!("a digest with an unknown algorithm was refused with {code} instead of as missing content");
        flaws.push(Flaw::of(&Probe::Put, answer, message));
    }
}

/// Whether the target holds all content but that of digests with unknown algorithms.
fn holds_the_rest(answered: &Answered<'_, '_>) -> bool {
    let content = answered.content;
    let is_needed = |one: &Descriptor<'_>| one.part != Part::Subject && one.digest_form != DigestForm::Unregistered;
    let is_held = |one: Descriptor<'_>| content.need(&one).is_some_and(|(_, held)| held == Presence::Yes);
    content.descriptors().filter(is_needed).all(is_held)
}

fn answers_201(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = answered.observation.answer(&Probe::Put).filter(|a| a.is_success() && a.status != 201) {
        let message = format!("push accepted with {} instead of 201", answer.status);
        flaws.push(Flaw::at(Stage::ManifestPut, answer, message));
    }
}

fn answers_location(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = answered.observation.answer(&Probe::Put).filter(|answer| answer.is_success())
        && answer.header("location").is_none_or(str::is_empty)
    {
        let message = "push accepted without a Location header".to_owned();
        flaws.push(Flaw::at(Stage::ManifestPut, answer, message));
    }
}

fn location_is_pullable(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    flaws.extend(crate::model::rules::distribution::locations::malformed(answered, Stage::ManifestPut, |probe| {
        *probe == Probe::Get(By::Location)
    }));
    let Some(answer) = answered.observation.answer(&Probe::Get(By::Location)) else { return };
    let is_wrong = answer.status != 200 && answer.status < 500;
    if answered.observation.accepted()
        && crate::model::rules::distribution::pull::accepts_pushed_type(answered)
        && is_wrong
    {
        let message = format!("GET of the Location returned {}", answer.status);
        flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
    }
}

fn digest_header(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let Reference::Text(reference) = &answered.content.exchange.tested.reference else { return };
    let is_digest = DigestForm::of(reference).is_right();
    let Some(answer) = answered.observation.answer(&Probe::Put).filter(|a| is_digest && a.is_success()) else { return };
    if let Some(header) = answer.header("docker-content-digest").filter(|header| header != reference) {
        let message = format!("Docker-Content-Digest is {header}, not the digest in the path");
        flaws.push(Flaw::at(Stage::ManifestPut, answer, message));
    }
}

fn names_subject(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if !answered.capabilities.referrers {
        return;
    }
    let applies = answered.accepted_valid() && answered.content.kind() == DocumentKind::Image;
    let subject = answered.content.exchange.subject.clone().filter(|_| applies);
    let tested = subject.and_then(|subject| Some((subject, answered.observation.answer(&Probe::Put)?)));
    let scripted = answered
        .scripted(referrers::PUSH)
        .filter(|one| one.answer.is_success() && one.request.header("content-type") == Some(IMAGE_MANIFEST));
    let scripted = scripted.filter_map(|one| Some((subject_in(one.request)?, one.answer)));
    for (subject, answer) in tested.into_iter().chain(scripted) {
        let flaw = |message| Flaw::at(Stage::ManifestPut, answer, message);
        match answer.header("oci-subject") {
            None => flaws.push(flaw("no OCI-Subject header, but the registry has the referrers API".to_owned())),
            Some(other) if other != subject => {
                let message = format!("OCI-Subject is {other}, not the subject's digest");
                flaws.push(flaw(message).classed(Class::Inconsistent));
            }
            Some(_) => {}
        }
    }
}

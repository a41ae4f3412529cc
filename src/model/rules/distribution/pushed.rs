//! Rules of distribution-spec's section on pushing manifests that are checked on the answer to a push.

use crate::exchange::{By, Probe, Reference, Stage};
use crate::model::document::content::DocumentKind;
use crate::model::document::forms::DigestForm;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::policy::contradictions::contradictions;
use crate::model::policy::judgement::Expect;
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::errors::specified_codes;
use crate::model::rules::distribution::push::has_unknown_algorithm;
use crate::model::versions::{FROM_1_0, FROM_1_1};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Push);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "limit-answers-413",
            clause: Clause {
                section: "pushing-manifests",
                summary: "a manifest beyond the registry's limit is answered with 413",
                sentence: "7e33bde4781dea72",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
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
                summary: "a digest of an unknown algorithm that keeps the grammar is no reason to call a document invalid",
                sentence: "4dba6dcf413864c3",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            excused_by_equal_refusal: true,
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
                summary: "the answer to a successful push has a Location",
                sentence: "c622c096e6c93e4d",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
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
                summary: "the manifest can be pulled from that Location",
                sentence: "b00cac75f10c8d38",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            ..REGISTRY
        },
        class: Class::Lost,
        check: location_resolves,
    },
    AnswerRule {
        info: RuleInfo {
            id: "push-digest-header-is-the-clients",
            clause: Clause {
                section: "pushing-manifests",
                summary: "the digest header repeats the digest that the client gave",
                sentence: "2608d763bd88e491",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
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
                summary: "a registry with referrers names a processed subject in OCI-Subject",
                sentence: "cac9a0bde814ead0",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: names_subject,
    },
];

/// Whether one of these rules is all that speaks for a refusal. Where something else does too, status and code are that
/// one's.
fn may_be_refused_only_by(answered: &Answered<'_>, rules: &[&str]) -> bool {
    matches!(answered.judgement.rules[..], [only] if rules.contains(&only.id))
        && contradictions(&answered.content).next().is_none()
}

fn limit_answers_413(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let only = may_be_refused_only_by(answered, &["registry-may-limit-the-size"]);
    if let Some(answer) = answered.refusal().filter(|answer| only && answer.status != 413) {
        let message = format!("refused for its size with {} instead of 413", answer.status);
        flaws.push(Flaw::of(&Probe::Put, answer, message));
    }
}

fn unknown_algorithm(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    // Version 1.0 says it in another sentence.
    let missing = ["registry-may-refuse-missing-content", "registry-may-refuse-what-is-not-yet-uploaded"];
    let only = may_be_refused_only_by(answered, &missing);
    if answered.judgement.expect != Expect::MayReject || !only || !has_unknown_algorithm(&answered.content) {
        return;
    }
    let Some(answer) = answered.refusal() else { return };
    if let Some(code) =
        specified_codes(answer).into_iter().find(|code| matches!(&**code, "DIGEST_INVALID" | "MANIFEST_INVALID"))
    {
        let message = format!("a digest of an unknown algorithm is refused with {code}, not as missing content");
        flaws.push(Flaw::of(&Probe::Put, answer, message));
    }
}

fn answers_201(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = answered.observation.answer(&Probe::Put).filter(|a| a.is_success() && a.status != 201) {
        let message = format!("accepted with {} instead of 201", answer.status);
        flaws.push(Flaw::at(Stage::ManifestPut, answer, message));
    }
}

fn answers_location(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = answered.observation.answer(&Probe::Put).filter(|answer| answer.is_success())
        && answer.header("location").is_none_or(str::is_empty)
    {
        let message = "accepted without a Location header".to_owned();
        flaws.push(Flaw::at(Stage::ManifestPut, answer, message));
    }
}

fn location_resolves(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    flaws.extend(crate::model::rules::distribution::locations::malformed(answered, Stage::ManifestPut, |probe| {
        *probe == Probe::Get(By::Location)
    }));
    let Some(answer) = answered.observation.answer(&Probe::Get(By::Location)) else { return };
    let is_wrong = answer.status != 200 && answer.status < 500;
    if answered.observation.accepted() && crate::model::rules::distribution::pull::is_asked_for(answered) && is_wrong {
        let message = format!("GET of the Location is answered with {}", answer.status);
        flaws.push(Flaw::at(Stage::ManifestGet, answer, message));
    }
}

fn digest_header(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let Reference::Text(given) = &answered.content.exchange.tested.reference else { return };
    let gave_one = DigestForm::of(given).is_right();
    let Some(answer) = answered.observation.answer(&Probe::Put).filter(|a| gave_one && a.is_success()) else { return };
    if let Some(header) = answer.header("docker-content-digest").filter(|header| header != given) {
        let message = format!("Docker-Content-Digest is {header}, not the digest in the path");
        flaws.push(Flaw::at(Stage::ManifestPut, answer, message));
    }
}

fn names_subject(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let applies =
        answered.capabilities.referrers && answered.accepted_valid() && answered.content.sort() == DocumentKind::Image;
    let Some(subject) = answered.content.exchange.subject.as_deref().filter(|_| applies) else { return };
    let Some(answer) = answered.observation.answer(&Probe::Put) else { return };
    let flaw = |message| Flaw::at(Stage::ManifestPut, answer, message);
    match answer.header("oci-subject") {
        None => flaws.push(flaw("no OCI-Subject header, although the registry has the referrers endpoint".to_owned())),
        Some(other) if other != subject => {
            let message = format!("OCI-Subject is {other}, not the subject's digest");
            flaws.push(flaw(message).classed(Class::Inconsistent));
        }
        Some(_) => {}
    }
}

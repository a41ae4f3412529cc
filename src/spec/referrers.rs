//! Rules of distribution-spec's section on listing referrers, for a registry that has the endpoint.

use super::members::Name;
use super::obligations::{Answered, Flaw};
use super::rule::{Binds, Check, Class, Clause, Level, Rule, Source};
use super::versions::FROM_1_1;
use crate::exchange::{Answer, IMAGE_INDEX, Observation, Probe, Stage};
use crate::json::{Document, Node, difference, read};

const fn rule(id: &'static str, says: &'static str, sentence: &'static str, check: Check) -> Rule {
    Rule {
        id,
        source: Source::DistributionSpec,
        span: FROM_1_1,
        level: Level::Must,
        binds: Binds::Registry,
        clause: Clause { page: "spec.md", section: "listing-referrers", says, sentence },
        check,
    }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "referrers-answer-200",
        "the list of a repository that is there is answered with 200",
        "d0534b9c6c50ee27",
        Check::Answer(Class::ReferrersWrong, answers_200),
    ),
    rule(
        "referrers-are-an-index",
        "the answer's Content-Type is the image index's",
        "ab60b2f8f6b592d8",
        Check::Answer(Class::ReferrersWrong, is_index),
    ),
    rule(
        "referrers-hold-the-manifest",
        "every manifest pushed with a valid subject is in its subject's list",
        "8717220488566f99",
        Check::Answer(Class::ReferrersWrong, holds_manifest),
    ),
    rule(
        "referrers-name-the-artifact-type",
        "the descriptor has the manifest's artifactType, or its config's media type where there is none",
        "32cbe065f00037e8",
        Check::Answer(Class::ReferrersWrong, artifact_type),
    ),
    rule(
        "referrers-copy-the-annotations",
        "the descriptor has the manifest's annotations",
        "06047ee6897613ac",
        Check::Answer(Class::ReferrersWrong, annotations),
    ),
];

/// The answer to the referrers request, where the registry owes one for this case.
fn owed<'a>(answered: &'a Answered<'_>) -> Option<&'a Answer> {
    let owes = answered.capabilities.referrers && answered.accepted_valid();
    answered.observation.answer(&Probe::Referrers).filter(|_| owes)
}

fn answers_200(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = owed(answered).filter(|answer| answer.status != 200) {
        flaws.push(flaw(answer, format!("the referrers list is answered with {}", answer.status)));
    }
}

fn is_index(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = owed(answered).filter(|answer| answer.status == 200)
        && answer.header("content-type").is_none_or(|value| value.split(';').next().map(str::trim) != Some(IMAGE_INDEX))
    {
        let header = answer.header("content-type").unwrap_or("absent");
        flaws.push(flaw(answer, format!("the referrers list's Content-Type is {header}")));
    }
}

fn flaw(answer: &Answer, message: String) -> Flaw {
    Flaw { stage: Stage::Referrers, status: Some(answer.status), message }
}

/// The descriptor of `digest` in the referrers list, if it holds one.
pub(super) fn lists(observation: &Observation, digest: &str) -> Option<String> {
    let answer = observation.answer(&Probe::Referrers).filter(|answer| answer.status == 200)?;
    let list = read(&answer.body).ok()?;
    let descriptors = list.root().get("manifests").into_iter().flat_map(Node::elements);
    let mut same = descriptors.filter(|d| d.get("digest").and_then(Node::text).as_deref() == Some(digest));
    same.next().map(|descriptor| String::from_utf8_lossy(descriptor.raw()).into_owned())
}

fn holds_manifest(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let Some(answer) = owed(answered).filter(|answer| answer.status == 200) else { return };
    let in_pages = answer.header("link").is_some() || answer.cut;
    if !in_pages && lists(answered.observation, &answered.content.exchange.tested.digest).is_none() {
        flaws.push(flaw(answer, "accepted, but the subject's referrers do not hold it".to_owned()));
    }
}

/// The descriptor in the list, and the member of it that `name` names.
fn listed(answered: &Answered<'_>, name: &str) -> Option<Option<String>> {
    owed(answered)?;
    let descriptor = lists(answered.observation, &answered.content.exchange.tested.digest)?;
    let descriptor = read(descriptor.as_bytes()).ok()?;
    Some(descriptor.root().get(name).map(|node| String::from_utf8_lossy(node.raw()).into_owned()))
}

fn artifact_type(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let Some(listed) = listed(answered, "artifactType") else { return };
    let text = |node: Node<'_>| node.text().filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned);
    let own = answered.content.member(Name::ArtifactType).and_then(text);
    let of_config = || answered.content.member(Name::Config)?.get("mediaType").and_then(text);
    let due = own.or_else(of_config);
    let same = match (&due, &listed) {
        (Some(due), Some(listed)) => read(listed.as_bytes()).is_ok_and(|l| l.root().text().as_deref() == Some(due)),
        (None, None) => true,
        _ => false,
    };
    if !same && let Some(answer) = owed(answered) {
        let shown = listed.as_deref().unwrap_or("absent");
        let due = due.as_deref().unwrap_or("none");
        flaws.push(flaw(answer, format!("the referrer's artifactType is {shown}, due is {due}")));
    }
}

fn annotations(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let Some(listed) = listed(answered, "annotations") else { return };
    let own = answered.content.member(Name::Annotations).filter(|node| node.is_object() && !node.is_empty());
    let same = match (own, &listed) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(own), Some(listed)) => match (read(own.raw()), read(listed.as_bytes())) {
            (Ok(own), Ok(listed)) => same_value(&own, &listed),
            _ => false,
        },
    };
    if !same && let Some(answer) = owed(answered) {
        let shown = listed.as_deref().unwrap_or("absent");
        flaws.push(flaw(answer, format!("the referrer's annotations are {shown}, not the manifest's")));
    }
}

fn same_value(a: &Document<'_>, b: &Document<'_>) -> bool {
    difference(a, b).is_none()
}

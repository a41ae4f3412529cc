//! Rules of distribution-spec's section on listing referrers, for a registry that has the endpoint.

use crate::exchange::{Answer, Ask, IMAGE_INDEX, NeedKind, Observation, Presence, Probe, Stage};
use crate::json::{Node, read_answer as read};
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::document::forms::DigestForm;
use crate::model::document::members::Name;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::FROM_1_1;

const PAGE: Clause = Clause { section: "listing-referrers", ..Clause::of(Source::DistributionSpec, "spec.md") };
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Referrers);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "referrers-answer-200",
            clause: Clause {
                summary: "the list of a repository that is there is answered with 200",
                sentence: "d0534b9c6c50ee27",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: answers_200,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-are-an-index",
            clause: Clause {
                summary: "the answer's Content-Type is the image index's",
                sentence: "ab60b2f8f6b592d8",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: is_index,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-hold-the-manifest",
            clause: Clause {
                summary: "every image manifest pushed with a valid subject is in its subject's list",
                sentence: "8717220488566f99",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: |answered, flaws| holds(answered, DocumentKind::Image, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-hold-the-index",
            clause: Clause {
                summary: "an index with a subject is in its subject's list",
                sentence: "fde520e09f5da368",
                ..PAGE
            },
            // The sentence that has a key word speaks of image manifests alone; this one says what a list is made of.
            level: Level::Should,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: |answered, flaws| holds(answered, DocumentKind::Index, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-name-the-artifact-type",
            clause: Clause {
                summary: "the descriptor has the manifest's artifactType, or its config's media type where there is none",
                sentence: "32cbe065f00037e8",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: artifact_type,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-copy-the-annotations",
            clause: Clause {
                summary: "the descriptor has the manifest's annotations",
                sentence: "06047ee6897613ac",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: annotations,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-never-answer-404",
            clause: Clause {
                summary: "a registry that has referrers does not answer such a request with 404",
                sentence: "787bc2776575e605",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: answers_no_404,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-of-a-malformed-digest-answer-400",
            clause: Clause { summary: "what is no digest is answered with 400", sentence: "7300e399ba23c69e", ..PAGE },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: malformed_is_400,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-have-the-form",
            clause: Clause { summary: "the list is an image index in JSON", sentence: "141a8d48e7c80ba9", ..PAGE },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: has_the_form,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-of-nobody-are-an-empty-list",
            clause: Clause {
                summary: "where nothing refers to a digest, the list is empty",
                sentence: "a3ef9c5b2622875b",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: of_nobody_is_empty,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-link-is-next",
            clause: Clause {
                summary: "a Link has the form of RFC 5988 and the relation next",
                sentence: "fe90b1942bd2ef7e",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: link_is_next,
    },
];

/// The answer to the referrers request, where the registry owes one for this case.
fn owed<'a>(answered: &'a Answered<'_>) -> Option<&'a Answer> {
    let owes = answered.capabilities.referrers && answered.accepted_valid();
    answered.observation.answer(&Probe::Referrers).filter(|_| owes)
}

/// The answer to a question on referrers, where the registry has them.
pub(in crate::model) fn asked<'a>(answered: &'a Answered<'_>, ask: Ask) -> Option<&'a Answer> {
    answered.asked(ask).filter(|_| answered.capabilities.referrers)
}

/// Every list of referrers that the registry owes.
fn all<'a>(answered: &'a Answered<'_>) -> impl Iterator<Item = &'a Answer> {
    let asks = [Ask::ReferrersOfUnknown, Ask::ReferrersFiltered];
    owed(answered).into_iter().chain(asks.into_iter().filter_map(|ask| asked(answered, ask)))
}

/// Those that came whole, with 200.
fn lists_of<'a>(answered: &'a Answered<'_>) -> impl Iterator<Item = &'a Answer> {
    all(answered).filter(|answer| answer.status == 200 && !answer.cut)
}

fn answers_200(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for answer in all(answered).filter(|answer| !matches!(answer.status, 200 | 404 | 500..)) {
        flaws.push(flaw(answer, format!("the referrers list is answered with {}", answer.status)));
    }
}

/// The list must exist even if the push was refused, as long as the repository exists.
fn answers_no_404(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let is_there = answered.owes(&Probe::Referrers) && has_referrers_list(answered);
    let whatever_was_pushed = answered.observation.answer(&Probe::Referrers).filter(|_| is_there);
    let lists = whatever_was_pushed.into_iter().chain(all(answered)).filter(|answer| answer.status == 404);
    let message = "the registry has referrers, but this list is answered with 404";
    flaws.extend(lists.map(|answer| flaw(answer, message.to_owned())));
}

fn malformed_is_400(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = asked(answered, Ask::ReferrersOfMalformed).filter(|answer| answer.status != 400) {
        flaws.push(flaw(answer, format!("the referrers of what is no digest are answered with {}", answer.status)));
    }
}

/// The descriptors of a list, as how many there are; `None` if it is no index.
pub(in crate::model) fn count(answer: &Answer) -> Option<usize> {
    let list = read(&answer.body).ok()?;
    let root = list.root();
    let manifests = root.get("manifests").filter(|manifests| manifests.is_array())?;
    (root.get("schemaVersion")?.integer()? == 2).then(|| manifests.len())
}

fn has_the_form(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    flaws.extend(lists_of(answered).filter(|answer| count(answer).is_none()).map(|answer| {
        flaw(answer, "the referrers list is no JSON index with schemaVersion 2 and an array of manifests".to_owned())
    }));
}

fn of_nobody_is_empty(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let Some(answer) = asked(answered, Ask::ReferrersOfUnknown).filter(|answer| answer.status == 200) else { return };
    if let Some(count) = count(answer).filter(|count| *count > 0) {
        flaws.push(flaw(answer, format!("{count} referrers of a digest that nobody refers to")));
    }
}

fn link_is_next(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    flaws.extend(
        lists_of(answered)
            .filter_map(|answer| Some(flaw(answer, crate::model::rules::distribution::tags::wrong_link(answer)?))),
    );
    if lists_of(answered).next().is_some() {
        flaws.extend(crate::model::rules::distribution::locations::malformed_link(answered, Stage::Referrers));
    }
}

fn is_index(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let is_wrong = |answer: &&Answer| {
        let header = answer.header("content-type");
        answer.status == 200 && header.is_none_or(|value| value.split(';').next().map(str::trim) != Some(IMAGE_INDEX))
    };
    for answer in all(answered).filter(is_wrong) {
        let header = answer.header("content-type").unwrap_or("absent");
        flaws.push(flaw(answer, format!("the referrers list's Content-Type is {header}")));
    }
}

pub(in crate::model) fn flaw(answer: &Answer, message: String) -> Flaw {
    Flaw::at(Stage::Referrers, answer, message)
}

/// The descriptor of `digest` in the referrers list, if it holds one.
pub(in crate::model) fn lists(observation: &Observation, digest: &str) -> Option<String> {
    let answer = observation.answer(&Probe::Referrers).filter(|answer| answer.status == 200)?;
    let list = read(&answer.body).ok()?;
    let descriptors = list.root().get("manifests").into_iter().flat_map(Node::elements);
    let mut same = descriptors.filter(|d| d.get("digest").and_then(Node::text).as_deref() == Some(digest));
    same.next().map(|descriptor| String::from_utf8_lossy(descriptor.raw()).into_owned())
}

fn holds(answered: &Answered<'_>, sort: DocumentKind, flaws: &mut Vec<Flaw>) {
    let is_owed = |answer: &&Answer| answer.status == 200 && answered.content.sort() == sort;
    let Some(answer) = owed(answered).filter(is_owed) else { return };
    let in_pages = answer.header("link").is_some() || answer.cut;
    if !in_pages && lists(answered.observation, answered.content.exchange.tested.digest()).is_none() {
        flaws.push(flaw(answer, "accepted, but the subject's referrers do not hold it".to_owned()));
    }
}

/// The descriptor in the list, and the member of it that `name` names.
fn listed(answered: &Answered<'_>, name: &str) -> Option<Option<String>> {
    owed(answered)?;
    let descriptor = lists(answered.observation, answered.content.exchange.tested.digest())?;
    let descriptor = read(descriptor.as_bytes()).ok()?;
    Some(descriptor.root().get(name).map(|node| String::from_utf8_lossy(node.raw()).into_owned()))
}

fn artifact_type(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    let Some(listed) = listed(answered, "artifactType") else { return };
    let text = |node: Node<'_>| node.text().filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned);
    let own = answered.content.member(Name::ArtifactType).and_then(text);
    // Only an image manifest has a config; the list leaves the member out for an index without a type.
    let of_config = || answered.content.member_of(DocumentKind::Image, Name::Config)?.get("mediaType").and_then(text);
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
        // The list may say more than the manifest does.
        (Some(own), Some(listed)) => read(listed.as_bytes()).is_ok_and(|listed| {
            let has = |key: Node<'_>, value: Node<'_>| Some(listed.root().get(&key.text()?)?.text()? == value.text()?);
            own.members().all(|(key, value)| has(key, value).unwrap_or(false))
        }),
    };
    if !same && let Some(answer) = owed(answered) {
        let shown = listed.as_deref().unwrap_or("absent");
        flaws.push(flaw(answer, format!("the referrer's annotations are {shown}, not the manifest's")));
    }
}

/// Whether the registry must list the subject's referrers even if the push was refused: the subject has a valid digest, and
/// the repository exists because a manifest was stored in it.
pub(in crate::model) fn has_referrers_list(answered: &Answered<'_>) -> bool {
    let content = &answered.content;
    let is_there = answered.observation.accepted() || holds_a_subject(content);
    let subject = content.exchange.subject.as_deref();
    is_there && subject.is_some_and(|digest| DigestForm::of(digest) == DigestForm::Sha256)
}

fn holds_a_subject(content: &Content<'_>) -> bool {
    content.descriptors_of(Part::Subject).any(|subject| {
        let need = content.need(&subject);
        need.is_some_and(|(need, held)| held == Presence::Yes && matches!(need.kind, NeedKind::Manifest(_)))
    })
}

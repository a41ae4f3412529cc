//! Rules from distribution-spec's section on listing referrers, for registries with the referrers API.

use crate::exchange::roles::referrers as roles;
use crate::exchange::{Answer, Ask, IMAGE_INDEX, NeedKind, Observation, Presence, Probe, Role, Stage, essence};
use crate::json::{Node, read_answer as read};
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::Part;
use crate::model::document::forms::DigestForm;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::locations::malformed_link;
use crate::model::rules::distribution::referrer_lists::{all_lists, referrers_lists};
use crate::model::rules::distribution::scripted_lists::{page_that_leads_back, wrong_link};
use crate::model::versions::FROM_1_1;

const PAGE: Clause = Clause { section: "listing-referrers", ..Clause::of(Source::DistributionSpec, "spec.md") };
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Referrers);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "referrers-answer-200",
            clause: Clause {
                summary: "the referrers request in an existing repository is answered with 200",
                sentence: "d0534b9c6c50ee27",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients cannot list signatures and SBOMs of an image.",
            fix: "Answer referrers requests in an existing repository with 200 and an image index.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: answers_200,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-are-an-index",
            clause: Clause {
                summary: "Content-Type of the referrers list is that of an image index",
                sentence: "ab60b2f8f6b592d8",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that check Content-Type reject the list and find no signatures or SBOMs.",
            fix: "Set Content-Type to application/vnd.oci.image.index.v1+json.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: is_index,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-hold-the-manifest",
            clause: Clause {
                summary: "an image manifest pushed with a valid subject is in the subject's referrers list",
                sentence: "8717220488566f99",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Signatures and SBOMs that were pushed successfully cannot be found.",
            fix: "Add every accepted image manifest with a subject to the subject's list, before answering the push.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: |answered, flaws| holds(answered, DocumentKind::Image, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-hold-the-index",
            clause: Clause {
                summary: "an index with a subject is in the subject's referrers list",
                sentence: "fde520e09f5da368",
                ..PAGE
            },
            // The sentence with a key word is only about image manifests; this one defines the elements of a list.
            level: Level::Should,
            versions: FROM_1_1,
            why: "Indexes that refer to an image, such as multi-part attestations, cannot be found.",
            fix: "Add indexes with a subject to the subject's list, as well as image manifests.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: |answered, flaws| holds(answered, DocumentKind::Index, flaws),
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-name-the-artifact-type",
            clause: Clause {
                summary: "a referrer's artifactType is the manifest's or, if it has none, its config's media type",
                sentence: "32cbe065f00037e8",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that look for a type of artifact, such as a signature, do not find it.",
            fix: "Copy the manifest's artifactType; if an image manifest has none, use its config's mediaType.",
            family: Family::ReferrersEntries,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: artifact_type,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-copy-the-annotations",
            clause: Clause {
                summary: "a referrer's descriptor has the manifest's annotations",
                sentence: "06047ee6897613ac",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients must download every referrer to choose one, or choose the wrong one.",
            fix: "Copy the manifest's annotations to its descriptor in the list.",
            family: Family::ReferrersEntries,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: annotations,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-never-answer-404",
            clause: Clause {
                summary: "a registry with the referrers API never answers a referrers request with 404",
                sentence: "787bc2776575e605",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients take 404 to mean that there is no referrers API and use the fallback tag, which is empty \
                  or out of date.",
            fix: "Answer with 200 and an empty index if there are no referrers.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: answers_no_404,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-of-a-malformed-digest-answer-400",
            clause: Clause {
                summary: "a referrers request with a malformed digest is answered with 400",
                sentence: "7300e399ba23c69e",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients cannot tell a mistyped digest from one without referrers.",
            fix: "Validate the digest in the path and answer 400 if it is malformed.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: malformed_is_400,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-have-the-form",
            clause: Clause {
                summary: "the referrers list is a JSON image index",
                sentence: "141a8d48e7c80ba9",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients cannot parse the list and find no signatures or SBOMs.",
            fix: "Return an object with \"schemaVersion\": 2 and an array \"manifests\".",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: has_the_form,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-of-nobody-are-an-empty-list",
            clause: Clause {
                summary: "the referrers list of an unreferenced digest is empty",
                sentence: "a3ef9c5b2622875b",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients attribute signatures or SBOMs to an image that they do not belong to.",
            fix: "List only manifests whose subject has the requested digest.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: unreferenced_is_empty,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-link-is-next",
            clause: Clause {
                summary: "a Link header has the form of RFC 5988 and the relation next",
                sentence: "fe90b1942bd2ef7e",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients cannot follow the list to its next page and miss referrers.",
            fix: "Send Link: <URL>; rel=\"next\".",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: link_is_next,
    },
];

/// The answer to the referrers request, if the list must reflect the push.
fn required_answer<'a>(answered: &'a Answered<'_, '_>) -> Option<&'a Answer> {
    let is_required = answered.capabilities.referrers && answered.accepted_valid();
    answered.observation.answer(&Probe::Referrers).filter(|_| is_required)
}

/// The answer to a follow-up request for referrers, if the registry has the referrers API.
pub(in crate::model) fn answer_to<'a>(answered: &'a Answered<'_, '_>, ask: Ask) -> Option<&'a Answer> {
    answered.answer_to(ask).filter(|_| answered.capabilities.referrers)
}

/// The roles of well-formed referrers requests.
const LISTS: &[Role] = &[roles::LIST, roles::LIST_FILTERED, roles::LIST_AFTER_DELETE];
const OF_UNKNOWN_ALGORITHM: &[Role] = &[roles::LIST_OF_UNKNOWN_ALGORITHM];

/// Every answer to a well-formed referrers request, up to so many pages of each.
fn all_answers<'a>(answered: &'a Answered<'_, '_>, pages: usize) -> impl Iterator<Item = &'a Answer> {
    let asks = [Ask::ReferrersOfUnknown, Ask::ReferrersFiltered];
    let asked = asks.into_iter().filter_map(|ask| answer_to(answered, ask));
    required_answer(answered).into_iter().chain(asked).chain(scripted(answered, LISTS, pages))
}

/// The answers to requests with these roles, up to so many pages of each, if the registry has the referrers API.
fn scripted<'a>(
    answered: &'a Answered<'_, '_>,
    wanted: &'static [Role],
    pages: usize,
) -> impl Iterator<Item = &'a Answer> {
    let applies = answered.capabilities.referrers;
    let wanted = answered.all_scripted().filter(move |one| wanted.contains(&one.request.role) && one.page < pages);
    wanted.filter(move |_| applies).map(|one| one.answer)
}

/// The complete ones with 200.
fn complete_lists<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = &'a Answer> {
    let all = all_answers(answered, usize::MAX).chain(scripted(answered, OF_UNKNOWN_ALGORITHM, 1));
    all.filter(|answer| answer.status == 200 && !answer.cut)
}

fn answers_200(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for answer in all_answers(answered, 1).filter(|answer| !matches!(answer.status, 200 | 404 | 500..)) {
        flaws.push(flaw(answer, format!("the referrers request returned {}", answer.status)));
    }
}

/// The list must exist even if the push was refused, as long as the repository exists.
fn answers_no_404(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let is_required = answered.supports(&Probe::Referrers) && has_referrers_list(answered);
    let of_subject = answered.observation.answer(&Probe::Referrers).filter(|_| is_required);
    let others = all_answers(answered, 1).chain(scripted(answered, OF_UNKNOWN_ALGORITHM, 1));
    let missing = of_subject.into_iter().chain(others).filter(|answer| answer.status == 404);
    let message = "the registry has the referrers API, but this request returned 404";
    flaws.extend(missing.map(|answer| flaw(answer, message.to_owned())));
}

fn malformed_is_400(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if let Some(answer) = answer_to(answered, Ask::ReferrersOfMalformed).filter(|answer| answer.status != 400) {
        flaws.push(flaw(answer, format!("the referrers request with a malformed digest returned {}", answer.status)));
    }
}

/// The number of descriptors in a referrers list; `None` if it is not an index.
pub(in crate::model) fn count(answer: &Answer) -> Option<usize> {
    let list = read(&answer.body).ok()?;
    let root = list.root();
    let manifests = root.get("manifests").filter(|manifests| manifests.is_array())?;
    (root.get("schemaVersion")?.integer()? == 2).then(|| manifests.len())
}

fn has_the_form(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for answer in complete_lists(answered) {
        let list = read(&answer.body);
        let media_type = list.as_ref().ok().and_then(|list| list.root().get("mediaType"));
        if count(answer).is_none() {
            let form = "a JSON object with \"schemaVersion\": 2 and an array \"manifests\"";
            flaws.push(flaw(answer, format!("the referrers list is not {form}")));
        } else if let Some(other) = media_type.filter(|value| !value.is_text(IMAGE_INDEX)) {
            let other = String::from_utf8_lossy(other.raw());
            flaws.push(flaw(answer, format!("mediaType of the referrers list is {other}, not {IMAGE_INDEX}")));
        }
    }
}

fn unreferenced_is_empty(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let of_unknown = answer_to(answered, Ask::ReferrersOfUnknown).into_iter();
    let of_unknown = of_unknown.chain(scripted(answered, OF_UNKNOWN_ALGORITHM, 1));
    for answer in of_unknown.filter(|answer| answer.status == 200) {
        if let Some(count) = count(answer).filter(|count| *count > 0) {
            flaws.push(flaw(answer, format!("the referrers list of an unreferenced digest has {count} elements")));
        }
    }
}

fn link_is_next(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    flaws.extend(complete_lists(answered).filter_map(|answer| Some(flaw(answer, wrong_link(answer)?))));
    if complete_lists(answered).next().is_some() {
        flaws.extend(malformed_link(answered, Stage::Referrers));
    }
    for list in referrers_lists(answered) {
        flaws.extend(page_that_leads_back(&list.digests()).and_then(|page| {
            let message = format!("Link leads back: page {} holds only referrers of pages before", page + 1);
            list.flaw(page, message)
        }));
    }
}

fn is_index(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let is_wrong = |answer: &Answer| {
        let header = answer.header("content-type");
        // Media types ignore case (RFC 9110, section 8.3.1), and the sentence does not say that parameters are forbidden.
        answer.status == 200 && header.is_none_or(|value| essence(value) != IMAGE_INDEX)
    };
    let all = all_answers(answered, usize::MAX).chain(scripted(answered, OF_UNKNOWN_ALGORITHM, 1));
    for answer in all.filter(|answer| is_wrong(answer)) {
        let header = answer.header("content-type").unwrap_or("absent");
        flaws.push(flaw(answer, format!("Content-Type of the referrers list is {header}, not {IMAGE_INDEX}")));
    }
}

pub(in crate::model) fn flaw(answer: &Answer, message: String) -> Flaw {
    Flaw::at(Stage::Referrers, answer, message)
}

/// The source of the descriptor of `digest` in the subject's referrers list, if it contains one.
pub(in crate::model) fn lists(observation: &Observation, digest: &str) -> Option<String> {
    let answer = observation.answer(&Probe::Referrers).filter(|answer| answer.status == 200)?;
    let list = read(&answer.body).ok()?;
    let descriptors = list.root().get("manifests").into_iter().flat_map(Node::elements);
    let mut same = descriptors.filter(|d| d.get("digest").and_then(Node::text).as_deref() == Some(digest));
    same.next().map(|descriptor| String::from_utf8_lossy(descriptor.raw()).into_owned())
}

fn holds(answered: &Answered<'_, '_>, kind: DocumentKind, flaws: &mut Vec<Flaw>) {
    for list in referrers_lists(answered).iter().filter(|list| list.is_whole) {
        let expected = list.expected.iter().filter(|referrer| referrer.kind == kind);
        let missing = expected.filter(|referrer| list.find(&referrer.digest).is_none()).count();
        if missing > 0 {
            let message = "push accepted, but the subject's referrers list does not contain the manifest".to_owned();
            flaws.extend(list.flaw(0, message));
        }
    }
}

fn artifact_type(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for list in all_lists(answered) {
        // Whose config counts depends on the kind.
        for (referrer, answer, descriptor) in list.held().filter(|(referrer, ..)| !referrer.is_of_either_kind) {
            let listed = descriptor.member("artifactType");
            let same = match (&referrer.artifact_type, &listed) {
                (Some(expected), Some(listed)) => {
                    read(listed.as_bytes()).is_ok_and(|listed| listed.root().text().as_deref() == Some(expected))
                }
                (None, None) => true,
                _ => false,
            };
            if !same {
                let shown = listed.as_deref().unwrap_or("absent");
                let expected = referrer.artifact_type.as_deref().unwrap_or("none");
                let message = format!("artifactType in the referrers list is {shown}, expected {expected}");
                flaws.push(flaw(answer, message));
            }
        }
    }
}

fn annotations(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for list in all_lists(answered) {
        for (referrer, answer, descriptor) in list.held().filter(|(referrer, ..)| !referrer.annotations.is_empty()) {
            let listed = descriptor.member("annotations");
            let source = listed.as_deref().unwrap_or("absent");
            // The list may have additional annotations.
            let same = read(source.as_bytes()).is_ok_and(|listed| {
                let has = |key: &str, value: &str| listed.root().get(key).is_some_and(|node| node.is_text(value));
                referrer.annotations.iter().all(|(key, value)| has(key, value))
            });
            if !same {
                let message =
                    format!("annotations in the referrers list are {source}, which lacks some of the manifest's");
                flaws.push(flaw(answer, message));
            }
        }
    }
}

/// Whether the registry must list the subject's referrers even if the push was refused: the subject has a valid digest,
/// and the repository exists because a manifest was stored in it.
pub(in crate::model) fn has_referrers_list(answered: &Answered<'_, '_>) -> bool {
    let content = answered.content;
    let repository_exists = answered.observation.accepted() || holds_subject(content);
    let subject = content.exchange.subject.as_deref();
    repository_exists && subject.is_some_and(|digest| DigestForm::of(digest) == DigestForm::Sha256)
}

fn holds_subject(content: &Content<'_>) -> bool {
    content.descriptors_of(Part::Subject).any(|subject| {
        let need = content.need(&subject);
        need.is_some_and(|(need, held)| held == Presence::Yes && matches!(need.kind, NeedKind::Manifest(_)))
    })
}

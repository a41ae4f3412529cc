//! Rules on answers to requests that only the main branch of distribution-spec defines: cancelled uploads, uploads under a digest
//! that is none, tags as parameters of a push, and pulls with the namespace that a client used.

use crate::exchange::roles::dev as roles;
use crate::exchange::{Address, NAMESPACE, Role, ScriptedRequest, TAG};
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::FROM_DEV;

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo =
    RuleInfo { level: Level::Should, versions: FROM_DEV, ..RuleInfo::of(Binds::Registry, Family::Push) };

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "push-names-the-tags",
            clause: Clause {
                section: "pushing-manifests",
                summary: "the answer to a push by digest names each tag that was accepted as a parameter in OCI-Tag",
                sentence: "f38d1cf1784f97b3",
                ..PAGE
            },
            level: Level::Must,
            why: "Clients cannot tell that the tags exist, so they push each of them again.",
            fix: "Add OCI-Tag with every tag of the query that now names the manifest.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: names_the_tags,
    },
    AnswerRule {
        info: RuleInfo {
            id: "push-takes-ten-tags",
            clause: Clause {
                section: "pushing-manifests",
                summary: "a registry that takes tags as parameters takes ten in one push",
                sentence: "993b8125b38def4f",
                ..PAGE
            },
            why: "Clients must split a push with several tags into as many pushes.",
            fix: "Accept at least ten tag parameters.",
            ..REGISTRY
        },
        class: Class::RejectsValid,
        check: takes_ten_tags,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-cancel-answers-204",
            clause: Clause {
                section: "cancel-a-blob-upload",
                summary: "a cancelled upload is answered with 204",
                sentence: "55ccc0d779251e17",
                ..PAGE
            },
            why: "Clients that expect 204 report that the upload was not cancelled.",
            fix: "Answer DELETE of an upload session with 204.",
            family: Family::Uploads,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: cancel_answers_204,
    },
    AnswerRule {
        info: RuleInfo {
            id: "upload-under-bad-digest-answers-400",
            clause: Clause {
                section: "pushing-blobs",
                summary: "an upload under a digest that is malformed or of an unsupported algorithm is answered with 400",
                sentence: "f19135e1b592a2d5",
                ..PAGE
            },
            why: "Clients cannot tell a digest that the registry will never accept from a failure that is worth a retry.",
            fix: "Check the digest parameter, and answer 400 if it is malformed or its algorithm is not supported.",
            family: Family::Uploads,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: bad_digest_answers_400,
    },
    AnswerRule {
        info: RuleInfo {
            id: "namespace-header-is-the-parameter",
            clause: Clause {
                section: "registry-proxying",
                summary: "OCI-Namespace has the value of the parameter ns",
                sentence: "f35e6ee628d07739",
                ..PAGE
            },
            why: "Clients conclude that the manifest comes from another registry than the one they named.",
            fix: "Return the value of ns in OCI-Namespace, or omit the header if ns was ignored.",
            family: Family::Pull,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: namespace_is_the_parameter,
    },
];

/// The last tag that a request pushes by parameter.
fn last_tag(answered: &Answered<'_, '_>, request: &ScriptedRequest) -> Option<String> {
    let Address::Path(path) = &request.address else { return None };
    let (_, query) = path.split_once('?')?;
    let tag = query.split('&').filter_map(|parameter| parameter.strip_prefix("tag=")).next_back()?;
    Some(tag.replace(TAG, &answered.observation.tag))
}

/// The answer to a push, if GET of its last tag shows that the registry took it. Before, the tag did not exist.
fn that_tagged<'a>(answered: &'a Answered<'_, '_>, push: Role, get: Role) -> Option<ScriptedAnswer<'a>> {
    let is_tagged = answered.scripted(get).any(|one| one.answer.status == 200);
    answered.scripted(push).find(|one| is_tagged && one.answer.is_success())
}

fn names_the_tags(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (push, get) in [(roles::PUSH_TAG, roles::GET_TAG), (roles::PUSH_TEN_TAGS, roles::GET_LAST_TAG)] {
        let Some(one) = that_tagged(answered, push, get) else { continue };
        let Some(tag) = last_tag(answered, one.request) else { continue };
        let values = one.answer.headers.get_all("oci-tag").iter().filter_map(|value| value.to_str().ok());
        if !values.flat_map(|value| value.split(',')).any(|value| value.trim() == tag) {
            flaws.push(one.flaw("the tag exists after the push, but OCI-Tag does not name it".to_owned()));
        }
    }
}

fn takes_ten_tags(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if that_tagged(answered, roles::PUSH_TAG, roles::GET_TAG).is_some() {
        for one in answered.scripted(roles::PUSH_TEN_TAGS).filter(|one| (400..500).contains(&one.answer.status)) {
            flaws.push(
                one.flaw(format!("a push with ten tags returned {}, one with a tag was taken", one.answer.status)),
            );
        }
    }
}

fn cancel_answers_204(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let successes = answered.scripted(roles::CANCEL).filter(|one| one.answer.is_success());
    for one in successes.filter(|one| one.answer.status != 204) {
        flaws.push(one.flaw(format!("cancelling an upload returned {}, not 204", one.answer.status)));
    }
}

fn bad_digest_answers_400(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::CLOSE_MALFORMED).filter(|one| one.answer.status != 400) {
        flaws.push(one.flaw(format!("an upload under a malformed digest returned {}, not 400", one.answer.status)));
    }
    // A registry that accepts the algorithm supports it.
    let refusals = answered.scripted(roles::CLOSE_UNKNOWN).filter(|one| !one.answer.is_success());
    for one in refusals.filter(|one| one.answer.status != 400) {
        let status = one.answer.status;
        flaws.push(one.flaw(format!("an upload under a digest with an unknown algorithm returned {status}, not 400")));
    }
}

fn namespace_is_the_parameter(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::GET_WITH_NAMESPACE) {
        if let Some(header) = one.answer.header("oci-namespace").filter(|header| *header != NAMESPACE) {
            flaws.push(one.flaw(format!("OCI-Namespace is {header}, but ns was {NAMESPACE}")));
        }
    }
}

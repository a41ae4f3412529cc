//! Rules from distribution-spec's section on listing tags: where a list begins, what its pages share, and its members.

use crate::exchange::roles::tags as roles;
use crate::exchange::{Answer, Ask, Probe, Role, TAG};
use crate::json::{Node, read_answer as read};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::scripted_lists::{page_that_leads_back, path_of, repeated};
use crate::model::rules::distribution::tag_lists::{repository_of, tag_lists, tags};
use crate::model::versions::{FROM_1_0, FROM_1_1};

const PAGE: Clause = Clause { section: "listing-tags", ..Clause::of(Source::DistributionSpec, "spec.md") };
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Tags);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-names-the-repository",
            clause: Clause {
                summary: "name in the tag list is the repository that was asked for",
                sentence: "a04b3825d7f15d7a",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that build references from the list's name pull from another repository, or from none.",
            fix: "Set \"name\" to the repository in the path of the request.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: names_the_repository,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-without-tags-is-an-array",
            clause: Clause {
                summary: "a tag list without tags is an empty list",
                sentence: "ffbdbf80230cb3e4",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_0,
            why: "Clients in languages without a nil slice fail to parse null.",
            fix: "Return \"tags\": [] if there are no tags.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: is_an_array,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-begins-after-last",
            clause: Clause {
                summary: "with last, only tags after that one are listed",
                sentence: "bf7a92d0ebf97f28",
                ..PAGE
            },
            // The sentences that define last have no key word.
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients that page with last see tags again, and never reach the end if last is ignored.",
            fix: "List only the tags that follow the value of last in the order of the list.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: begins_after_last,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-pages-repeat-nothing",
            clause: Clause {
                summary: "a page to which Link leads begins after the page before",
                sentence: "bf7a92d0ebf97f28",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients that follow Link count and mirror tags twice.",
            fix: "Begin each page after the last tag of the page before.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: pages_repeat_nothing,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-lacks-deleted-tags",
            clause: Clause {
                summary: "a tag that was deleted is not in the tag list",
                sentence: "e31e0d61d4d08253",
                ..PAGE
            },
            // The sentence that defines the elements of a list has no key word.
            level: Level::Should,
            versions: FROM_1_0,
            why: "Mirrors and update tools try to pull a tag that is gone.",
            fix: "Remove the tag from the list before answering the deletion.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: lacks_deleted_tags,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-of-a-missing-repository-answers-404",
            clause: Clause {
                summary: "the tag list of a repository that does not exist is answered with 404",
                sentence: "d0534b9c6c50ee27",
                ..PAGE
            },
            // The text only says what holds if the repository is found; the table of endpoints has 404 for a failure.
            level: Level::May,
            versions: FROM_1_0,
            why: "Clients cannot tell a mistyped repository from one without tags.",
            fix: "Answer 404 with NAME_UNKNOWN if the repository does not exist.",
            family: Family::Missing,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: missing_is_404,
    },
];

/// Every tag list that an answer with 200 holds: with the repository that was asked for.
fn names_the_repository(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let own = &*answered.observation.repository;
    for (probe, answer) in answered.observation.answers().filter(|(_, answer)| answer.status == 200 && !answer.cut) {
        let asked = match probe {
            Probe::TagList | Probe::Ask(Ask::NoTags | Ask::OneTag | Ask::TagsInOrder) => own.to_owned(),
            Probe::Scripted { at, role, .. } if is_of_a_repository(role) => answered
                .observation
                .script
                .get(*at)
                .map_or_else(|| own.to_owned(), |one| repository_of(path_of(one), own)),
            _ => continue,
        };
        let facts = answered.facts_of_list(probe, answer);
        if let Some(name) = facts.name.as_ref().filter(|name| answered.capabilities.tag_list && **name != asked) {
            flaws.push(Flaw::of(probe, answer, format!("name in the tag list is {name}, not {asked}")));
        }
    }
}

fn is_of_a_repository(role: &Role) -> bool {
    let roles = [roles::LIST, roles::LIST_AFTER_UNKNOWN, roles::LIST_AFTER_DELETE, roles::LIST_OF_UNTAGGED];
    roles.contains(role)
}

fn is_an_array(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let is_null =
        |answer: &Answer| read(&answer.body).is_ok_and(|list| list.root().get("tags").is_some_and(Node::is_null));
    let is_list = |probe: &Probe| match probe {
        _ if !answered.capabilities.tag_list => false,
        Probe::Ask(Ask::NoTags) => true,
        Probe::Scripted { role, .. } => *role == roles::LIST_OF_UNTAGGED,
        _ => false,
    };
    for (probe, answer) in
        answered.observation.answers().filter(|(probe, answer)| is_list(probe) && answer.status == 200)
    {
        if is_null(answer) {
            flaws.push(Flaw::of(probe, answer, "\"tags\" is null, not an empty array".to_owned()));
        }
    }
}

fn begins_after_last(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for list in tag_lists(answered, &[roles::LIST]) {
        let Some(last) = list.last.as_ref().filter(|last| list.own.contains(last)) else { continue };
        // All tags of the case have the same beginning, so that this order is the list's.
        let early = list.all().find(|tag| *tag <= last && list.own.contains(tag));
        flaws.extend(early.and_then(|tag| list.flaw(0, format!("the tag list with last={last} contains {tag}"))));
    }
}

fn pages_repeat_nothing(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for list in tag_lists(answered, &[roles::LIST]) {
        // That Link leads back is another rule's.
        let until = page_that_leads_back(&list.tags).unwrap_or(list.tags.len());
        flaws.extend(
            repeated(&list.tags[..until])
                .filter(|(page, _)| *page > 0)
                .and_then(|(page, tag)| list.flaw(page, format!("page {} of the tag list repeats {tag}", page + 1))),
        );
    }
}

fn lacks_deleted_tags(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let deleted = answered.scripted(roles::DELETE).filter(|one| one.answer.is_success());
    let deleted: Vec<String> = deleted
        .filter_map(|one| path_of(one.request).rsplit('/').next())
        .map(|tag| tag.replace(TAG, &answered.observation.tag))
        .collect();
    let applies = answered.capabilities.tag_list;
    for list in answered.scripted(roles::LIST_AFTER_DELETE).filter(|list| applies && list.answer.status == 200) {
        let listed = tags(list.answer).unwrap_or_default();
        if let Some(tag) = deleted.iter().find(|tag| listed.contains(tag)) {
            flaws.push(list.flaw(format!("the tag list contains {tag}, which was deleted")));
        }
    }
}

fn missing_is_404(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let applies = answered.capabilities.tag_list;
    for one in answered.scripted(roles::LIST_OF_UNKNOWN).filter(|one| applies && one.answer.status != 404) {
        flaws
            .push(one.flaw(format!("the tag list of a repository that does not exist returned {}", one.answer.status)));
    }
}

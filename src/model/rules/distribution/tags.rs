//! Rules from distribution-spec's section on listing tags.

use crate::exchange::roles::tags as roles;
use crate::exchange::{Answer, Ask, Probe, Role, Stage, next_link};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::locations::malformed_link;
use crate::model::rules::distribution::scripted_lists::{page_that_leads_back, parameter, path_of, wrong_link};
use crate::model::rules::distribution::tag_lists::{are_in_order, count, tag_lists, tags};
use crate::model::versions::{FROM_1_0, FROM_1_1_1};

const SECTION: &str = "listing-tags";

const PAGE: Clause = Clause { section: SECTION, ..Clause::of(Source::DistributionSpec, "spec.md") };
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Tags);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-answers-200",
            clause: Clause {
                summary: "the tag list of an existing repository is answered with 200",
                sentence: "d0534b9c6c50ee27",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot list the tags of a repository.",
            fix: "Answer the tag list of an existing repository with 200, even if it has no tags.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: answers_200,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-has-the-form",
            clause: Clause {
                summary: "the tag list is an object with the repository's name and an array of tags",
                sentence: "a04b3825d7f15d7a",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot parse the list.",
            fix: "Return an object with a string \"name\" and an array of strings \"tags\".",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: has_the_form,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-holds-the-tag",
            clause: Clause {
                summary: "the tag list contains the repository's tags, including one just pushed",
                sentence: "e31e0d61d4d08253",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Mirrors and update tools do not see a tag that can be pulled.",
            fix: "Add the tag to the list before answering the push.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: contains_the_tag,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-is-in-order",
            clause: Clause {
                summary: "tags are in lexical order, with or without regard to case",
                sentence: "2ec2cdbb5d0cfa22",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that page with last skip tags or see them twice.",
            fix: "Sort the tags before cutting the list into pages.",
            family: Family::TagOrder,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: is_in_order,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-of-none-is-empty",
            clause: Clause {
                summary: "with n=0 the tag list is empty and has no Link header",
                sentence: "3d6c2c72574942d6",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that only check whether the list exists download all of it.",
            fix: "Return an empty array and no Link header for n=0.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: none_is_empty,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-has-n-tags",
            clause: Clause {
                summary: "a request for n tags returns n, unless fewer exist or a Link header leads on",
                sentence: "1655f6cb9e574d83",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that stop at a short page miss tags, and clients with a limit get too many.",
            fix: "Return n tags if that many exist, and a Link header if there are more.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: has_n_tags,
    },
    AnswerRule {
        info: RuleInfo {
            id: "tag-list-link-is-next",
            clause: Clause {
                summary: "a Link header has the form of RFC 5988 and the relation next",
                sentence: "3d1d8e6a9c33e6ea",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1_1,
            why: "Clients cannot follow the list to its next page and miss tags.",
            fix: "Send Link: <URL>; rel=\"next\".",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: link_is_next,
    },
];

/// The roles of lists that an existing repository must return.
const OF_REPOSITORY: [Role; 3] = [roles::LIST, roles::LIST_AFTER_DELETE, roles::LIST_OF_UNTAGGED];
/// The roles of all other lists.
const OTHERS: [Role; 3] = [roles::LIST_AFTER_UNKNOWN, roles::LIST_ODD, roles::LIST_OF_UNKNOWN];

/// The answers to tag list requests after an accepted push, if the target has a tag list; for those of scripts, if this includes
/// their page and role.
fn list_answers<'a>(
    answered: &'a Answered<'_, '_>,
    includes: impl Fn(usize, &Role) -> bool + 'a,
) -> impl Iterator<Item = (&'a Probe, &'a Answer)> {
    let is_list = move |probe: &Probe| match probe {
        Probe::TagList | Probe::Ask(Ask::NoTags | Ask::OneTag | Ask::TagsInOrder) => true,
        Probe::Scripted { role, page, .. } => includes(*page, role),
        _ => false,
    };
    let applies = answered.capabilities.tag_list && answered.observation.accepted();
    answered.observation.answers().filter(move |(probe, _)| applies && is_list(probe))
}

/// The complete ones with 200, further pages too.
fn lists<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = (&'a Probe, &'a Answer)> {
    list_answers(answered, |_, role| OF_REPOSITORY.contains(role) || OTHERS.contains(role))
        .filter(|(_, answer)| answer.status == 200 && !answer.cut)
}

/// The answer to one request, with its tags.
fn tags_of<'a>(answered: &'a Answered<'_, '_>, wanted: &Probe) -> Option<(&'a Answer, Vec<String>)> {
    let (_, answer) = lists(answered).find(|(probe, _)| *probe == wanted)?;
    Some((answer, tags(answer)?))
}

fn answers_200(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let first = list_answers(answered, |page, role| page == 0 && OF_REPOSITORY.contains(role));
    for (probe, answer) in first.filter(|(_, answer)| answer.status != 200 && answer.status < 500) {
        flaws.push(Flaw::of(probe, answer, format!("the tag list request returned {}", answer.status)));
    }
}

fn has_the_form(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in lists(answered) {
        let facts = answered.facts_of_list(probe, answer);
        if !facts.is_named || facts.has_tag.is_none() {
            let message =
                "the tag list is not an object with a string \"name\" and an array of strings \"tags\"".to_owned();
            flaws.push(Flaw::of(probe, answer, message));
        }
    }
}

fn contains_the_tag(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let scripted = tag_lists(answered, &[roles::LIST, roles::LIST_AFTER_DELETE]);
    for list in scripted.iter().filter(|list| list.are_whole()) {
        // All tags of the case have the same beginning, so that this order is the list's.
        let is_due = |tag: &&String| list.last.as_ref().is_none_or(|last| last < *tag);
        let missing = list.own.iter().filter(is_due).find(|tag| !list.all().any(|listed| listed == *tag));
        let pages = list.tags.len();
        flaws.extend(missing.and_then(|tag| {
            let pages = if pages == 1 { String::new() } else { format!(" on any of its {pages} pages") };
            list.flaw(0, format!("the tag list does not contain the pushed tag {tag}{pages}"))
        }));
    }
    for list in &scripted {
        let next = answered.scripted(roles::LIST).find(|one| one.at == list.pages.at && one.page == list.tags.len());
        let missing = list.own.iter().find(|tag| !list.all().any(|listed| listed == *tag));
        if let (Some(next), Some(tag)) = (next.filter(|next| next.answer.status == 404), missing) {
            let page = list.tags.len();
            flaws.push(
                next.flaw(format!("Link of page {page} leads to 404, so that no page contains the pushed tag {tag}")),
            );
        }
    }
    let observation = answered.observation;
    let reference = &answered.content.exchange.tested.reference;
    let pushed_by_tag = reference.tag(&observation.tag).is_some() && observation.accepted();
    let list = lists(answered).find(|(probe, _)| pushed_by_tag && **probe == Probe::TagList);
    let Some((_, answer)) = list else { return };
    // If there are more pages, the tag may be on another one.
    if answer.header("link").is_none() && answered.facts_of_list(&Probe::TagList, answer).has_tag == Some(false) {
        let message = "push accepted, but the tag list does not contain the tag".to_owned();
        flaws.push(Flaw::of(&Probe::TagList, answer, message));
    }
}

fn is_in_order(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    // Other lists may have too few tags for their order to prove anything.
    let probe = Probe::Ask(Ask::TagsInOrder);
    if let Some((answer, _)) = tags_of(answered, &probe).filter(|(_, tags)| !are_in_order(tags.iter())) {
        flaws.push(Flaw::of(&probe, answer, "the tag list is not in lexical order".to_owned()));
    }
    // Two tags are in order half of the time by chance, so that one run would report them and the next one not.
    let lists = tag_lists(answered, &[roles::LIST, roles::LIST_AFTER_UNKNOWN]);
    for list in lists.into_iter().filter(|list| list.own.len() > 2) {
        // Pages that lead back are another rule's.
        let until = page_that_leads_back(&list.tags).unwrap_or(list.tags.len());
        if !are_in_order(list.tags[..until].iter().flatten()) {
            let pages = list.tags[..until].iter().map(|page| page.join(" ")).collect::<Vec<_>>().join(" | ");
            flaws.extend(list.flaw(0, format!("the tag list is not in lexical order: {pages}")));
        }
    }
}

fn none_is_empty(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let probe = Probe::Ask(Ask::NoTags);
    let Some((answer, tags)) = tags_of(answered, &probe) else { return };
    if !tags.is_empty() {
        flaws.push(Flaw::of(&probe, answer, format!("expected an empty tag list with n=0, got {}", count(tags.len()))));
    } else if answer.header("link").is_some() {
        flaws.push(Flaw::of(&probe, answer, "the tag list with n=0 has a Link header".to_owned()));
    }
}

fn has_n_tags(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    // Since version 1.1.1, a page with a Link header may have fewer tags.
    let leads_on =
        |answer: &Answer| answer.header("link").is_some() && FROM_1_1_1.holds(answered.content.versions.distribution);
    let probe = Probe::Ask(Ask::OneTag);
    if let Some((answer, tags)) = tags_of(answered, &probe)
        && (tags.len() > 1 || (tags.is_empty() && !leads_on(answer)))
    {
        flaws.push(Flaw::of(&probe, answer, format!("expected at most one tag with n=1, got {}", count(tags.len()))));
    }
    for list in tag_lists(answered, &[roles::LIST]) {
        let Some(n) = list.n else { continue };
        for (page, (answer, tags)) in list.pages.answers.iter().zip(&list.tags).enumerate() {
            // A further page is what the Link before asks for.
            let asked = match page.checked_sub(1) {
                None => Some(n),
                Some(before) => {
                    let url = next_link(list.pages.answers[before]).unwrap_or_default();
                    parameter(&url, "n").and_then(|n| n.parse().ok())
                }
            };
            let is_short = page == 0 && list.last.is_none() && list.own.len() >= n && tags.len() < n;
            if asked.is_some_and(|asked| tags.len() > asked) || is_short && !leads_on(answer) {
                let asked = asked.unwrap_or(n);
                let message = format!("expected {} with n={asked}, got {}", count(asked), tags.len());
                flaws.extend(list.flaw(page, message));
            }
        }
    }
}

fn link_is_next(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in lists(answered) {
        if let Some(message) = wrong_link(answer) {
            flaws.push(Flaw::of(probe, answer, message));
        }
    }
    if lists(answered).next().is_some() {
        flaws.extend(malformed_link(answered, Stage::TagList));
    }
    for list in tag_lists(answered, &[roles::LIST]) {
        flaws.extend(page_that_leads_back(&list.tags).and_then(|page| {
            let asked = path_of(list.pages.request);
            list.flaw(page, format!("Link leads back: page {} of {asked} holds only tags of pages before", page + 1))
        }));
    }
}

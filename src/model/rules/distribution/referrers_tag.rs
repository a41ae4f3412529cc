//! Rules on the referrers tag, as clients use it at registries without the referrers API. What clients do with it is judged by
//! `rules/client/lists.rs`.

use crate::exchange::roles::{referrers as roles, tags as tag_roles};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::referrer_lists::{descriptors, pushed_before, subject_in};
use crate::model::rules::distribution::scripted_lists::path_of;
use crate::model::rules::distribution::tag_lists::tag_lists;
use crate::model::versions::FROM_1_1;

const PAGE: Clause = Clause { section: "referrers-tag-schema", ..Clause::of(Source::DistributionSpec, "spec.md") };
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Referrers);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "referrers-tag-returns-the-referrers",
            clause: Clause {
                summary: "the referrers tag returns the index of referrers that a client pushed",
                sentence: "2670e3b7a18f3623",
                ..PAGE
            },
            // The sentence has no key word.
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients that use the fallback lose the signatures and SBOMs that others listed there.",
            fix: "Serve a referrers tag like any other tag, or generate its index from all referrers.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: returns_the_referrers,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-tag-is-listed",
            clause: Clause {
                section: "listing-tags",
                summary: "the tag list contains a referrers tag that a client pushed",
                sentence: "e31e0d61d4d08253",
                ..PAGE
            },
            // A registry that hides these tags does so on purpose.
            level: Level::May,
            versions: FROM_1_1,
            why: "Tools that copy a repository by its tags lose its referrers.",
            fix: "List referrers tags like all others.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: is_listed,
    },
];

fn returns_the_referrers(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::GET_TAG) {
        let pushes = answered.scripted(roles::PUSH).filter_map(|push| subject_in(push.request));
        let expected = pushes.flat_map(|subject| pushed_before(answered, one.at, &subject));
        let listed = descriptors(one.answer);
        let lost = expected.map(|referrer| referrer.digest).find(|own| !listed.iter().any(|had| had.digest == *own));
        if one.answer.status != 200 {
            flaws.push(one.flaw(format!("GET of a pushed referrers tag returned {}", one.answer.status)));
        } else if let Some(digest) = lost.filter(|_| !one.answer.cut) {
            flaws.push(one.flaw(format!("the referrers tag does not contain {digest}, which was pushed there")));
        }
    }
}

fn is_listed(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let pushed = answered.scripted(roles::PUSH_TAG).filter(|one| one.answer.is_success());
    for tag in pushed.filter_map(|one| path_of(one.request).rsplit('/').next()) {
        for list in tag_lists(answered, &[tag_roles::LIST]).iter().filter(|list| list.are_whole()) {
            if !list.all().any(|listed| listed == tag) {
                flaws.extend(list.flaw(0, format!("the tag list does not contain the referrers tag {tag}")));
            }
        }
    }
}

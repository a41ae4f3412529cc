//! Rules from distribution-spec's section on listing referrers: filtering by artifactType.

use crate::exchange::roles::referrers as roles;
use crate::exchange::{Answer, Ask};
use crate::model::document::content::DocumentKind;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::referrer_lists::{Descriptor, Referrer, descriptors, referrers_lists};
use crate::model::rules::distribution::referrers::{answer_to, count, flaw, lists};
use crate::model::rules::distribution::scripted_lists::{pages_of, parameter, path_of};
use crate::model::versions::FROM_1_1;

const SECTION: &str = "listing-referrers";

const PAGE: Clause = Clause { section: SECTION, ..Clause::of(Source::DistributionSpec, "spec.md") };
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::ReferrersFilters);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "referrers-filter-is-named",
            clause: Clause {
                summary: "an applied filter is named in OCI-Filters-Applied",
                sentence: "3ef794713f402563",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients cannot tell whether the list was filtered and filter it again or request it twice.",
            fix: "Add OCI-Filters-Applied: artifactType to every filtered list.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: filter_is_named,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-filter-is-applied",
            clause: Clause {
                summary: "a filter named in OCI-Filters-Applied was applied",
                sentence: "3ef794713f402563",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients rely on the header, do not filter, and use artifacts of another type.",
            fix: "Name a filter in OCI-Filters-Applied only if it was applied.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: filter_is_applied,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-can-be-filtered",
            clause: Clause {
                summary: "the referrers list can be filtered by artifactType",
                sentence: "6b0a2a5fab389882",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients download all referrers to find the few of one type.",
            fix: "Support the query parameter artifactType.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: can_filter,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-filter-keeps-the-type",
            clause: Clause {
                section: "enabling-the-referrers-api",
                summary: "a list filtered by artifactType contains the image manifests of that type",
                sentence: "8717220488566f99",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that ask for signatures find none, although they were pushed.",
            fix: "Decode the value of artifactType, and compare it with what the descriptors in the list say.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: keeps_the_type,
    },
];

/// A filtered list, and what it shows.
struct Filtered<'a> {
    answer: &'a Answer,
    /// Whether OCI-Filters-Applied names the filter.
    is_named: bool,
    /// Whether referrers of other types are listed, if the full list contains any.
    has_others: bool,
    /// Referrers of the type that the full list contains and this one does not.
    lost: Vec<Referrer>,
}

fn is_named(answer: &Answer) -> bool {
    let header = answer.header("oci-filters-applied").unwrap_or_default();
    header.split(',').any(|filter| filter.trim().eq_ignore_ascii_case("artifactType"))
}

/// The filtered lists of subjects with referrers of another type than the one that is asked for.
fn filtered<'a>(answered: &'a Answered<'_, '_>) -> Vec<Filtered<'a>> {
    by_absent_type(answered).into_iter().chain(by_present_type(answered)).collect()
}

/// The list filtered by a type that no manifest has, if the full list contains the manifest.
fn by_absent_type<'a>(answered: &'a Answered<'_, '_>) -> Option<Filtered<'a>> {
    let full = answered.content.exchange.subject.is_some()
        && lists(answered.observation, answered.content.exchange.tested.digest()).is_some();
    let answer = answer_to(answered, Ask::ReferrersFiltered).filter(|answer| answer.status == 200 && full)?;
    let has_others = count(answer)? > 0;
    Some(Filtered { answer, is_named: is_named(answer), has_others, lost: Vec::new() })
}

/// The lists that a script requested, filtered by a type that some of the referrers have.
fn by_present_type<'a>(answered: &'a Answered<'_, '_>) -> Vec<Filtered<'a>> {
    let mut found = Vec::new();
    for list in pages_of(answered, roles::LIST_FILTERED) {
        let wanted = parameter(path_of(list.request), "artifactType").unwrap_or_default().replace("%2B", "+");
        let listed: Vec<Descriptor> = list.answers.iter().flat_map(|answer| descriptors(answer)).collect();
        let lists = |referrer: &Referrer| listed.iter().any(|one| one.digest == referrer.digest);
        let is_wanted = |referrer: &Referrer| referrer.artifact_type.as_ref() == Some(&wanted);
        let Some(full) = referrers_lists(answered).into_iter().find(|full| full.at.is_some_and(|at| at < list.at))
        else {
            continue;
        };
        let in_full: Vec<&Referrer> = full.held().map(|(referrer, ..)| referrer).collect();
        if in_full.iter().all(|referrer| is_wanted(referrer)) {
            continue;
        }
        let has_others = in_full.iter().any(|referrer| !is_wanted(referrer) && lists(referrer));
        let lost: Vec<String> =
            in_full.iter().filter(|one| is_wanted(one) && !lists(one)).map(|one| one.digest.clone()).collect();
        let is_lost = |referrer: &Referrer| list.are_all() && lost.contains(&referrer.digest);
        let answer = list.answers[0];
        let lost = full.expected.into_iter().filter(is_lost).collect();
        found.push(Filtered { answer, is_named: is_named(answer), has_others, lost });
    }
    found
}

fn filter_is_named(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for Filtered { answer, .. } in filtered(answered).into_iter().filter(|one| !one.has_others && !one.is_named) {
        let flaw = flaw(answer, "the list is filtered, but OCI-Filters-Applied does not name artifactType".to_owned());
        let has_header = answer.header("oci-filters-applied").is_some();
        flaws.push(if has_header { flaw.classed(Class::Inconsistent) } else { flaw });
    }
}

fn filter_is_applied(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for Filtered { answer, .. } in filtered(answered).into_iter().filter(|one| one.has_others && one.is_named) {
        let message = "OCI-Filters-Applied names artifactType, but the list contains other types";
        flaws.push(flaw(answer, message.to_owned()));
    }
}

fn can_filter(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for Filtered { answer, .. } in filtered(answered).into_iter().filter(|one| one.has_others && !one.is_named) {
        flaws.push(flaw(answer, "the list is not filtered by artifactType".to_owned()));
    }
}

fn keeps_the_type(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for Filtered { answer, lost, .. } in filtered(answered) {
        if let Some(lost) = lost.iter().find(|referrer| referrer.kind == DocumentKind::Image) {
            let wanted = lost.artifact_type.as_deref().unwrap_or_default();
            let message = format!("the list filtered by {wanted} lacks {}, which the full list contains", lost.digest);
            flaws.push(flaw(answer, message));
        }
    }
}

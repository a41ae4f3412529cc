//! Rules from distribution-spec's section on listing referrers: filtering by artifactType.

use crate::exchange::{Answer, Ask};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::referrers::{answer_to, count, flaw, lists};
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
];

/// The answer to a list filtered by a type that no manifest has, if the full list contains the manifest; whether the
/// filtered list has elements; and whether OCI-Filters-Applied names the filter.
fn filtered<'a>(answered: &'a Answered<'_, '_>) -> Option<(&'a Answer, bool, bool)> {
    let full = answered.content.exchange.subject.is_some()
        && lists(answered.observation, answered.content.exchange.tested.digest()).is_some();
    let answer = answer_to(answered, Ask::ReferrersFiltered).filter(|answer| answer.status == 200 && full)?;
    let listed = count(answer)? > 0;
    let header = answer.header("oci-filters-applied").unwrap_or_default();
    let is_named = header.split(',').any(|filter| filter.trim().eq_ignore_ascii_case("artifactType"));
    Some((answer, listed, is_named))
}

fn filter_is_named(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let Some((answer, false, false)) = filtered(answered) else { return };
    let flaw = flaw(answer, "the list is filtered, but OCI-Filters-Applied does not name artifactType".to_owned());
    let has_header = answer.header("oci-filters-applied").is_some();
    flaws.push(if has_header { flaw.classed(Class::Inconsistent) } else { flaw });
}

fn filter_is_applied(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if let Some((answer, true, true)) = filtered(answered) {
        let message = "OCI-Filters-Applied names artifactType, but the list contains other types";
        flaws.push(flaw(answer, message.to_owned()));
    }
}

fn can_filter(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if let Some((answer, true, false)) = filtered(answered) {
        flaws.push(flaw(answer, "the list is not filtered by artifactType".to_owned()));
    }
}

//! The rules that findings are based on, and where the specifications state them.

use crate::findings::Record;
use crate::model::{Rule, RuleInfo, rule};

/// The rules of a finding that this version knows.
pub(super) fn rules_of(record: &Record) -> impl Iterator<Item = Rule> + '_ {
    record.rules.iter().filter_map(|id| rule(id))
}

/// The rule that a finding is about: the one that an answer breaks, or else the first. `None` if it is based on none.
pub(super) fn main_rule(record: &Record) -> Option<Rule> {
    let on_answers = rules_of(record).filter(|rule| rule.on_answers().is_some() || rule.on_runs().is_some()).last();
    on_answers.or_else(|| rules_of(record).next())
}

/// The id of [`main_rule`]. A finding without rules has its class in place of one, which is not the id of a rule.
pub(super) fn rule_id(record: &Record) -> &str {
    main_rule(record).map_or(record.class.as_str(), |rule| rule.info().id)
}

/// The address of a rule's clause, in the newest version that states it.
pub(super) fn link(rule: &RuleInfo) -> String {
    rule.clause.link(rule.newest_versions())
}

/// The clause in short, such as `distribution-spec spec.md #pushing-manifests`.
pub(super) fn place(rule: &RuleInfo) -> String {
    format!("{} {} #{}", rule.clause.document.as_str(), rule.clause.page, rule.clause.section)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_links_to_its_section_in_a_released_version() {
        let link = |id: &str| link(rule(id).expect("a rule").info());
        assert_eq!(
            link("push-keeps-exact-bytes"),
            "https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests"
        );
        assert_eq!(link("refusal-is-a-client-error"), "https://www.rfc-editor.org/rfc/rfc9110#section-15.6");
        assert!(
            link("manifest-schema-version-is-2").starts_with("https://github.com/opencontainers/image-spec/blob/v1.")
        );
    }
}

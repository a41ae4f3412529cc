//! What two versions of the specifications state differently, by the table of clauses.

use std::collections::BTreeSet;

use super::clauses::{ClauseRow, Clauses};
use crate::model::rule::{RuleInfo, Source};
use crate::model::versions::{Version, Versions};

/// A sentence that no rule judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unjudged<'c> {
    /// `image-spec` or `distribution-spec`.
    pub document: &'c str,
    /// The file name of its page.
    pub page: &'c str,
    /// The anchor of its section.
    pub section: &'c str,
    /// Its key words, separated by blanks.
    pub key_words: &'c str,
    /// `implied`, `client-only` or `not-a-manifest`.
    pub judged_by: &'c str,
    /// Why no rule judges it.
    pub reason: &'c str,
}

impl Clauses {
    /// Whether two versions state a rule that both have in other words.
    pub fn is_reworded(&self, rule: &RuleInfo, old: Versions, new: Versions) -> bool {
        let of_document: fn(Versions) -> Version = match rule.clause.document {
            Source::ImageSpec => |versions| versions.image,
            Source::DistributionSpec => |versions| versions.distribution,
            Source::Http | Source::Json | Source::Docker => return false,
        };
        let sentences = |versions| -> BTreeSet<&str> {
            let rows = self.rows().iter().filter(|row| row.document == rule.clause.document.as_str());
            let rows = rows.filter(|row| row.has(of_document(versions)) && row.rule_ids().any(|id| id == rule.id));
            rows.map(|row| &*row.sentence).collect()
        };
        sentences(old) != sentences(new)
    }

    /// The sentences of `new` that no rule judges and that `old` does not have, in any words.
    pub fn new_without_rule(&self, old: Versions, new: Versions) -> Vec<Unjudged<'_>> {
        let has = |row: &ClauseRow, versions: Versions| {
            row.has(if row.document == "image-spec" { versions.image } else { versions.distribution })
        };
        let before: Vec<Unjudged<'_>> =
            self.rows().iter().filter(|row| has(row, old)).filter_map(ClauseRow::unjudged).collect();
        let new = self.rows().iter().filter(|row| has(row, new) && !has(row, old)).filter_map(ClauseRow::unjudged);
        new.filter(|sentence| !before.contains(sentence)).collect()
    }
}

impl ClauseRow {
    fn unjudged(&self) -> Option<Unjudged<'_>> {
        let Self { document, page, section, key_words, judged_by, reason, .. } = self;
        (!self.is_judged()).then_some(Unjudged { document, page, section, key_words, judged_by, reason })
    }
}

//! Rules from Docker's page on image manifest version 2, schema 2, by which `check` judges what it finds. Runs do not use
//! them: no OCI specification defines these documents. All are SHOULDs, since the page describes and does not require.

pub(in crate::model) mod descriptor;
pub(in crate::model) mod list;
pub(in crate::model) mod manifest;

use crate::model::document::content::Content;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};

/// The page, where the project that maintains it publishes it.
const PAGE: Clause = Clause::of(Source::Docker, "distribution.github.io/distribution/spec/manifest-v2-2/");
const MANIFEST: &str = "image-manifest-field-descriptions";
const LIST: &str = "manifest-list-field-descriptions";

/// A row of the table.
const fn row(
    id: &'static str,
    section: &'static str,
    summary: &'static str,
    [why, fix]: [&'static str; 2],
    check: fn(&Content<'_>, &mut Report),
) -> ContentRule {
    let clause = Clause { section, summary, ..PAGE };
    let info = RuleInfo { id, clause, level: Level::Should, why, fix, ..RuleInfo::of(Binds::Author, Family::Docker) };
    ContentRule { info, consequence: Consequence::Breach, check }
}

/// Applies a check of OCI's rules to the OCI twin of a Docker document.
fn on_twin(content: &Content<'_>, report: &mut Report, check: fn(&Content<'_>, &mut Report)) {
    if let Some(twin) = content.docker_twin() {
        check(twin, report);
    }
}

//! Reports as files: one format per file, all from the same [`Document`]. A new format is a file and a row of [`FORMATS`].

mod clauses;
mod document;
mod har;
mod html;
mod json;
mod junit;
mod markdown;
mod places;
mod recorded;
mod sarif;

use self::har::har;
use self::html::html;
use self::json::json;
use self::junit::junit;
use self::markdown::markdown;
use self::sarif::sarif;

pub use self::document::Document;
pub use self::places::RowPlaces;

/// A format of reports.
#[derive(Clone, Copy, Debug)]
pub struct ReportFormat {
    /// The name on the command line.
    pub name: &'static str,
    /// For whom it is, in a few words.
    pub about: &'static str,
    /// Writes a report.
    pub write: fn(&Document<'_>) -> String,
}

/// Every format, by name.
pub const FORMATS: [ReportFormat; 6] = [
    ReportFormat { name: "html", about: "a page to explore, in one file", write: html },
    ReportFormat { name: "markdown", about: "a comment on a pull request", write: markdown },
    ReportFormat { name: "json", about: "run.json with the findings", write: json },
    ReportFormat { name: "junit", about: "test results for CI servers (XML)", write: junit },
    ReportFormat { name: "sarif", about: "results for code scanning (SARIF 2.1.0)", write: sarif },
    ReportFormat { name: "har", about: "the requests, for HTTP tools (HAR 1.2)", write: har },
];

impl ReportFormat {
    /// Looks up a format by its name.
    pub fn named(name: &str) -> Option<Self> {
        FORMATS.into_iter().find(|format| format.name == name)
    }
}

//! `json`: the members of `run.json`, with the findings.

use serde_json::{Value, json};

use super::document::Document;
use crate::compare::Grade;
use crate::report::lines::json_of;

/// The report as one JSON object. From a corpus, it has only the members that do not need a run.
pub(super) fn json(document: &Document<'_>) -> String {
    let run = document.run;
    let mut value = if document.is_run { run.json() } else { json!({ "tool_version": run.tool_version }) };
    value["counts"] = json!({
        "violation": run.count(Grade::Violation),
        "warning": run.count(Grade::Warning),
        "note": run.count(Grade::Note),
    });
    value["rows"] = json!(document.places.file);
    value["findings"] = run.findings.iter().map(json_of).collect::<Value>();
    format!("{value:#}\n")
}

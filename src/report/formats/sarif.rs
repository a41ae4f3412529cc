//! `sarif`: SARIF 2.1.0, for code scanning. The location of a finding is its row in the corpus.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::clauses::{link, main_rule, place, rule_id};
use super::document::Document;
use crate::compare::Grade;
use crate::exchange::case_id;
use crate::findings::Record;

/// The report as SARIF 2.1.0.
pub(super) fn sarif(document: &Document<'_>) -> String {
    let run = document.run;
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    for record in &run.findings {
        rules.entry(rule_id(record)).or_insert_with(|| descriptor(record));
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let results: Vec<Value> = run.findings.iter().map(|record| result(record, &index, document)).collect();
    let mut sarif_run = json!({
        "tool": { "driver": {
            "name": "manifuzz",
            "version": run.tool_version,
            "informationUri": "https://github.com/manifuzz/manifuzz",
            "rules": rules.into_values().collect::<Vec<_>>(),
        } },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if document.is_run {
        let failed: Vec<Value> = run
            .targets
            .iter()
            .filter_map(|target| target.error.as_ref().map(|error| (&target.name, error)))
            .map(|(name, error)| json!({ "level": "error", "message": { "text": format!("{name}: {error}") } }))
            .collect();
        sarif_run["invocations"] = json!([{
            "executionSuccessful": failed.is_empty(),
            "arguments": run.arguments,
            "toolExecutionNotifications": failed,
        }]);
        sarif_run["properties"] = json!({ "seed": run.seed.to_string(), "spec": run.spec });
    }
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [sarif_run],
    });
    format!("{log:#}\n")
}

/// The rule of a finding; for a finding without rules, a description of its class.
fn descriptor(record: &Record) -> Value {
    let Some(rule) = main_rule(record) else {
        let text = format!("findings of the class {}, which no rule of a specification decides", record.class.as_str());
        return json!({ "id": record.class.as_str(), "shortDescription": { "text": text } });
    };
    let info = rule.info();
    json!({
        "id": info.id,
        "shortDescription": { "text": info.clause.summary },
        "fullDescription": { "text": info.why },
        "help": { "text": format!("{} ({})", info.fix, place(info)) },
        "helpUri": link(info),
        "properties": { "level": info.level.as_str(), "tags": [info.family.as_str()] },
    })
}

fn result(record: &Record, index: &BTreeMap<&str, usize>, document: &Document<'_>) -> Value {
    let level = match record.grade {
        Grade::Violation => "error",
        Grade::Warning => "warning",
        Grade::Note => "note",
    };
    let id = rule_id(record);
    let mut text = format!("{}: {} (smallest case: {})", record.target, record.note, record.shape);
    if !record.extent.is_empty() {
        text.push_str(&format!("; how far it goes: {}", record.extent));
    }
    let mut location = json!({ "artifactLocation": { "uri": document.places.uri() } });
    if let Some(line) = document.places.line(record) {
        location["region"] = json!({ "startLine": line });
    }
    let (target, spec, key) = record.identity();
    json!({
        "ruleId": id,
        "ruleIndex": index.get(id),
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": location, "logicalLocations": [{ "fullyQualifiedName": record.pointer }] }],
        // The id is that of the shape: several findings can share it, so the row has another fingerprint.
        "partialFingerprints": {
            "manifuzzId/v1": record.shape.id(),
            "manifuzzRow/v1": case_id(&format!("{target}\n{spec}\n{key}")),
        },
        "properties": {
            "target": record.target,
            "targetVersion": record.target_version,
            "class": record.class.as_str(),
            "stage": record.stage.as_str(),
            "expect": record.expect,
        },
    })
}

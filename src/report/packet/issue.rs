//! `issue.md`: the finding as a text to paste into an issue.

use std::fmt::Write as _;

use serde_json::Value;

use super::curl::{curl_line, filled};
use super::{Parts, Traffic};
use crate::exchange::Stage;
use crate::foreign::escaped;
use crate::json::{find, read};
use crate::model::{Level, Versions, rule};
use crate::report::markdown_text::{code as span, escape};

/// Longer manifests are not shown, in bytes.
const SHOWN: usize = 2000;
/// Longer values are cut where two cases are compared, in characters.
const VALUE: usize = 300;

pub(super) fn issue(parts: &Parts<'_>, traffic: Traffic<'_>) -> String {
    let mut text = heading(parts, "Registry");
    sent(&mut text, parts);
    expected(&mut text, parts, "The push");
    let _ = write!(text, "\n## What came\n\n{}\n", answer(parts));
    if let Traffic::Recorded { shown: false, .. } = traffic {
        text.push_str("\nThe recorded traffic does not show this: it was not reproduced when this text was made.\n");
    }
    extent(&mut text, parts);
    accepted(&mut text, parts);
    text.push_str(
        "\n## To reproduce\n\n```sh\nsh repro.sh http://HOST:PORT/REPOSITORY\n```\n\nIt exits with 0 if the finding shows, with 1 if it does not, and with 2 if it cannot tell.\n",
    );
    text
}

/// The title, and what the finding is about; `what` says what the target is.
pub(super) fn heading(parts: &Parts<'_>, what: &str) -> String {
    let record = parts.record;
    let mut text = format!("# {}\n", title(parts));
    let version = if record.target_version.is_empty() { "version unknown" } else { &record.target_version };
    let reproduced = match record.reproduced {
        Some(0) | None => "not confirmed".to_owned(),
        Some(times) => format!("shown again {times} times"),
    };
    let _ = write!(
        text,
        "\n- {what}: {} ({})\n- Found by manifuzz {} with the specifications {}; {reproduced}\n- Class: {}, {}\n- Case `{}`: {}\n",
        code(&record.target),
        escape(version),
        escape(&record.tool_version),
        escape(&record.spec),
        record.class.as_str(),
        record.grade.as_str(),
        record.shape.id(),
        code(record.shape.as_str()),
    );
    text
}

fn title(parts: &Parts<'_>) -> String {
    let record = parts.record;
    let status = record.status.map(|status| format!(", status {status}")).unwrap_or_default();
    format!("{} at {}{status}: {}", record.class.as_str(), record.stage, escape(&record.note))
}

/// What was pushed, as a curl line and, if it is short, the document.
fn sent(text: &mut String, parts: &Parts<'_>) {
    if parts.exchange.upload.is_some() {
        let all: Vec<String> = parts.planned.all().map(|one| code(&format!("{} {}", one.method, one.path))).collect();
        let _ = write!(
            text,
            "\n## What was sent\n\nThese requests, as far as the answers before allow them: {}.\n",
            all.join(", ")
        );
        let (file, body) = (parts.tested_file(), &parts.exchange.tested.body);
        let _ = write!(text, "\n`{file}` has {} bytes, {}.\n", body.len(), parts.exchange.tested.digest());
        return;
    }
    let tested = &parts.planned.tested;
    let url = format!("http://HOST:PORT{}", filled(&tested.path, "REPOSITORY", "TAG"));
    let headers = tested.headers.iter().map(|(name, value)| (*name, &**value));
    let line = curl_line(tested.method.as_str(), &url, headers, "@manifest.json");
    let _ = write!(text, "\n## What was sent\n\n```sh\n{line}\n```\n");
    let before = parts.planned.before.iter().filter(|request| request.body.is_some()).count();
    if before > 0 {
        let _ = write!(
            text,
            "\nBefore it, the content that the manifest points at is pushed ({before} requests; see `repro.sh`).\n"
        );
    }
    let follow: Vec<String> =
        parts.planned.after.iter().map(|one| code(&format!("{} {}", one.method, one.path))).collect();
    if !follow.is_empty() {
        let _ = write!(text, "\nAfter it: {}.\n", follow.join(", "));
    }
    document(text, parts);
}

/// The document, if it is short.
pub(super) fn document(text: &mut String, parts: &Parts<'_>) {
    let body = &parts.exchange.tested.body;
    match std::str::from_utf8(body) {
        Ok(manifest) if body.len() <= SHOWN && !manifest.contains("```") => {
            let _ = write!(text, "\n`manifest.json`:\n\n```json\n{}\n```\n", manifest.trim_end());
        }
        _ => {
            let _ = write!(text, "\n`manifest.json` has {} bytes, {}.\n", body.len(), parts.exchange.tested.digest());
        }
    }
}

/// What was expected of `what`, and which rules say so.
pub(super) fn expected(text: &mut String, parts: &Parts<'_>, what: &str) {
    let record = parts.record;
    let _ = write!(text, "\n## What was expected\n\n{what}: {}.\n", code(&record.expect));
    let versions = Versions::ALL.into_iter().find(|versions| versions.name == record.spec).unwrap_or_default();
    let mut ids: Vec<&str> = record.rules.iter().map(String::as_str).chain(record.duty()).collect();
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    for rule in ids.into_iter().filter_map(rule) {
        let level = match rule.level {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
            Level::May => "MAY",
        };
        let clause = &rule.clause;
        let name = format!("{} {} #{}", clause.document.as_str(), clause.page, clause.section);
        let _ = write!(text, "\n- {level}: {} ([{name}]({}); `{}`)", clause.summary, clause.link(versions), rule.id);
        for (label, more) in [("why it matters", rule.why), ("to fix it", rule.fix)] {
            let _ = write!(text, "\n  - {label}: {more}");
        }
    }
    text.push('\n');
}

fn answer(parts: &Parts<'_>) -> String {
    let record = parts.record;
    let mut lines = vec![format!("{}.", escape(&record.note))];
    let stage = if record.stage == Stage::ManifestPut { "the push".to_owned() } else { format!("{}", record.stage) };
    match record.status {
        Some(status) => lines.push(format!("The answer to {stage} had the status {status}.")),
        None => lines.push(format!("There was no answer to {stage}.")),
    }
    if !record.error_code.is_empty() {
        lines.push(format!("Its error code was {}.", code(&record.error_code)));
    }
    if !record.error_message.is_empty() {
        lines.push(format!("It said: {}", code(&record.error_message)));
    }
    lines.join("\n")
}

/// How far the finding goes.
pub(super) fn extent(text: &mut String, parts: &Parts<'_>) {
    let record = parts.record;
    let also: Vec<String> = record.also.texts().map(code).collect();
    if record.extent.is_empty() && also.is_empty() {
        return;
    }
    text.push_str("\n## How far it goes\n");
    if !record.extent.is_empty() {
        let _ = write!(text, "\n{}.\n", escape(&record.extent));
    }
    if !also.is_empty() {
        let _ = write!(text, "\nThe same is shown by {}.\n", also.join(", "));
    }
}

/// The nearest accepted case, and where it differs.
pub(super) fn accepted(text: &mut String, parts: &Parts<'_>) {
    let Ok(witness) = serde_json::from_str::<Value>(&parts.record.witness) else { return };
    let Some(shape) = witness["shape"].as_str() else { return };
    let pointer = &parts.record.pointer;
    let _ = write!(text, "\n## The nearest case that is accepted\n\n{} differs at {}.\n", code(shape), code(pointer));
    let other = shape.parse().ok().map(|shape| crate::render::render(&shape));
    let Some(other) = other.filter(|_| pointer.is_empty() || pointer.starts_with('/')) else { return };
    let value = |body: &[u8]| {
        let document = read(body).ok()?;
        let node = find(&document, pointer);
        Some(node.map_or_else(|| "(absent)".to_owned(), |node| cut(&String::from_utf8_lossy(node.raw()))))
    };
    if let (Some(here), Some(there)) = (value(&parts.exchange.tested.body), value(&other.tested.body)) {
        let _ = write!(text, "\n```diff\n- {there}\n+ {here}\n```\n\n`-` is accepted, `+` is this case.\n");
    }
}

fn cut(text: &str) -> String {
    let text = escaped(text);
    if text.chars().count() <= VALUE { text.into_owned() } else { text.chars().take(VALUE).chain(['…']).collect() }
}

/// A code span, which must not be empty.
fn code(text: &str) -> String {
    if text.is_empty() { "(nothing)".to_owned() } else { span(text) }
}

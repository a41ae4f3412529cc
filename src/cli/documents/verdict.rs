//! What is said of a document: whether the target takes it, and if not, why.

use serde_json::{Value, json};

use super::{DocumentOutcome, NamedDocument};
use crate::engine::{DocumentReason, DocumentVerdict, MinimalDocumentFinding, Refusal};
use crate::exchange::{Exchange, Presence};
use crate::findings::body_text;
use crate::foreign::{bounded, json_escaped};

/// The most of a document that is shown, in characters.
const SHOWN: usize = 2000;
/// The most lines on broken rules and on content that was not given.
const LISTED: usize = 20;

/// The reason of the refusal, whether or not it is a finding.
fn reason(outcome: &DocumentOutcome) -> Option<&DocumentReason> {
    let DocumentVerdict::Refused(Refusal { stage, status, code, .. }) = &outcome.report.verdict else { return None };
    let is_about = |one: &&MinimalDocumentFinding| {
        let symptom = &one.finding.symptom;
        (symptom.stage, symptom.status, &symptom.code) == (*stage, *status, code)
    };
    let found = outcome.report.findings.iter().find(is_about).map(|one| &one.reason);
    found.or(outcome.report.refusal.as_ref())
}

fn verdict(outcome: &DocumentOutcome) -> String {
    match &outcome.report.verdict {
        DocumentVerdict::Accepted => "accepted".to_owned(),
        DocumentVerdict::Unsupported => "not tested: the registry lacks what the push needs".to_owned(),
        DocumentVerdict::Refused(Refusal { stage, status, code, message }) => {
            let status = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            let answer = format!("{status} {code}");
            format!("refused at {stage} with {}: {message}", answer.trim_end())
        }
    }
}

fn presence(held: Presence) -> &'static str {
    match held {
        Presence::Yes => "the registry has it",
        Presence::No => "the registry does not have it",
        Presence::Unknown => "whether the registry has it is not known",
    }
}

/// The verdict for people, first whether the document was accepted.
pub(in crate::cli) fn lines(
    target: &str,
    NamedDocument { name, document }: &NamedDocument,
    outcome: &DocumentOutcome,
) -> String {
    let report = &outcome.report;
    let mut lines = vec![format!("{target}: {name}: {}", verdict(outcome))];
    lines.push(format!("  expected of a registry: {}", report.expect));
    if document.content_type.is_none() {
        lines.push(
            "  pushed without Content-Type: neither mediaType nor the members say what kind of manifest it is"
                .to_owned(),
        );
    }
    lines.extend(outcome.shape.iter().map(|shape| format!("  it is the shape {shape}")));
    let not_given = report.not_given.iter().take(LISTED);
    lines.extend(not_given.map(|one| format!("  not given: {} {} ({})", one.path, one.digest, presence(one.held))));
    lines.extend(more(report.not_given.len()));
    for one in report.broken.iter().take(LISTED) {
        let place = if one.place.is_empty() { "(document root)" } else { &one.place };
        lines.push(format!("  breaks {} at {place}: {}", one.rule, one.message));
    }
    lines.extend(more(report.broken.len()));
    if matches!(report.verdict, DocumentVerdict::Refused(_)) {
        lines.extend(reason_lines(outcome));
    }
    let everywhere = report
        .everywhere
        .iter()
        .map(|symptom| format!("  not about this document, the simplest shows it too: {symptom}"));
    lines.extend(everywhere);
    lines.extend(report.not_reproduced.iter().map(|symptom| format!("  seen once and not again: {symptom}")));
    lines.extend(report.lost.iter().map(|why| format!("  the target was given up: {why}")));
    lines.iter().map(|line| bounded(line, SHOWN + 200)).collect::<Vec<_>>().join("\n")
}

fn more(count: usize) -> Option<String> {
    (count > LISTED).then(|| format!("  and {} more", count - LISTED))
}

fn reason_lines(outcome: &DocumentOutcome) -> Vec<String> {
    let Some(reason) = reason(outcome) else {
        return vec![
            "  the reason is not known: the refusal was not seen again, or the target refuses every manifest"
                .to_owned(),
        ];
    };
    let mut lines = Vec::new();
    lines.push(match (&reason.place, &reason.witness) {
        (Some(place), _) if place.is_empty() => "  the reason is the document as a whole".to_owned(),
        (Some(place), _) => format!("  the reason is {place}"),
        (None, Some(_)) => "  the reason is its size: without white space it is accepted".to_owned(),
        (None, None) => "  the reason is not one value: no simpler document was accepted".to_owned(),
    });
    lines.push(format!("  smallest document that is refused the same way: {}", shown(&reason.smallest)));
    if let Some(witness) = &reason.witness {
        lines.push(format!("  accepted with: {}", shown(witness)));
    }
    if !reason.is_minimal {
        lines.push(format!(
            "  shrinking stopped early, after {} pushes: a smaller document may do the same",
            reason.probes
        ));
    }
    lines
}

/// A document as text, if it is short.
fn shown(exchange: &Exchange) -> String {
    let body = &exchange.tested.body;
    match std::str::from_utf8(body) {
        Ok(text) if text.len() <= SHOWN => text.to_owned(),
        _ => format!("{} bytes, {}", body.len(), exchange.tested.digest()),
    }
}

/// The verdict for programs: one line.
pub(in crate::cli) fn json(
    target: &str,
    NamedDocument { name, document }: &NamedDocument,
    outcome: &DocumentOutcome,
) -> String {
    let report = &outcome.report;
    let (answer, stage, status, code, message) = match &report.verdict {
        DocumentVerdict::Accepted => ("accepted", None, None, "", ""),
        DocumentVerdict::Unsupported => ("not-tested", None, None, "", ""),
        DocumentVerdict::Refused(Refusal { stage, status, code, message }) => {
            ("rejected", Some(stage.to_string()), *status, &**code, &**message)
        }
    };
    let text = |exchange: &Exchange| {
        let mut value = json!({ "case": body_text(exchange.tested.digest()), "bytes": exchange.tested.body.len() });
        if let Some(text) = std::str::from_utf8(&exchange.tested.body).ok().filter(|text| text.len() <= SHOWN) {
            value["body"] = json!(text);
        }
        value
    };
    let reason = reason(outcome).map(|reason| {
        json!({
            "place": reason.place,
            "pointer": reason.pointer,
            "smallest": text(&reason.smallest),
            "accepted_with": reason.witness.as_ref().map(text),
            "is_minimal": reason.is_minimal,
            "probes": reason.probes,
        })
    });
    let held = |held| match held {
        Presence::Yes => json!(true),
        Presence::No => json!(false),
        Presence::Unknown => Value::Null,
    };
    let not_given =
        report.not_given.iter().map(|one| json!({ "path": one.path, "digest": one.digest, "held": held(one.held) }));
    let broken =
        report.broken.iter().map(|one| json!({ "rule": one.rule, "pointer": one.place, "message": one.message }));
    let line = json!({
        "manifest": name,
        "target": target,
        "case": document.text(),
        "content_type": document.content_type,
        "shape": outcome.shape.as_ref().map(ToString::to_string),
        "outcome": answer,
        "stage": stage,
        "status": status,
        "error_code": code,
        "message": message,
        "expect": report.expect,
        "breaks": broken.collect::<Vec<_>>(),
        "not_given": not_given.collect::<Vec<_>>(),
        "reason": reason,
        "lost": report.lost,
    });
    json_escaped(&line.to_string()).into_owned()
}

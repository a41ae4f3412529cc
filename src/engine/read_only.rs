//! A run that writes nothing: only requests that read, and only what their answers show without a push.

use std::sync::atomic::{AtomicBool, Ordering};

use super::extent::Extent;
use super::minimal::MinimalFinding;
use super::outcome::access_denied;
use super::plan::Plan;
use super::sink::{Event, Sink};
use super::summary::Summary;
use crate::compare::{Finding, compare_content};
use crate::error::{Error, Trouble, TroubleKind};
use crate::exchange::{Ask, Capabilities, RequestsByPurpose, Stage};
use crate::model::{Content, decide};
use crate::render::Case;
use crate::transport::Target;

/// How often an answer that departs from the specification is asked for.
const TIMES: usize = 2;

/// The cases whose follow-up request needs nothing that was pushed.
fn cases() -> impl Iterator<Item = Case> {
    let reads = Ask::all().filter(|(_, ask)| {
        let needs_content = match ask {
            Ask::Script(script) => !script.needs_no_push,
            _ => matches!(ask, Ask::Blob | Ask::ReferrersFiltered),
        };
        !ask.changes() && !needs_content && ask.stage() != Stage::Delete
    });
    reads.filter_map(|(name, _)| Some(Case::of(format!("afterwards={name}").parse().ok()?)))
}

/// Asks the follow-up requests that only read, and reports what departs twice. There is nothing to shrink.
///
/// # Errors
///
/// As [`run`](super::run()).
pub(super) fn run_read_only(
    target: &dyn Target,
    plan: &Plan,
    stop: &AtomicBool,
    sink: &mut dyn Sink,
) -> Result<Summary, Error> {
    let capabilities = target.read_capabilities()?;
    let cases: Vec<Case> = cases().collect();
    let mut summary = Summary { not_asked: cases.len(), ..Summary::default() };
    sink.take(target, Event::Target { name: target.name(), lacking: capabilities.lacking(), cases: cases.len() })?;
    for (done, case) in cases.iter().enumerate() {
        if stop.load(Ordering::Relaxed) {
            summary.stopped = true;
            break;
        }
        summary.not_asked -= 1;
        let stage = case.exchange.afterwards.map(Ask::stage);
        let is_lacking = stage == Some(Stage::Referrers) && !capabilities.referrers;
        if is_lacking {
            summary.unsupported += 1;
            continue;
        }
        match findings(target, plan, case, &capabilities) {
            Err(trouble) if trouble.kind == TroubleKind::Interrupted => summary.not_asked += 1,
            Err(trouble) => {
                summary.trouble += 1;
                sink.take(target, Event::Trouble(&trouble))?;
            }
            Ok(findings) => {
                summary.judged += 1;
                summary.covered.add(&case.shape);
                summary.found += findings.len();
                for finding in findings {
                    sink.take(target, Event::Found(&found(case, finding)))?;
                }
            }
        }
        summary.whole = done + 1;
        sink.take(target, Event::Block { done: done + 1, cases: cases.len() })?;
    }
    summary.requests = RequestsByPurpose { cases: target.requests(), ..RequestsByPurpose::default() };
    Ok(summary)
}

/// What departs each time.
fn findings(
    target: &dyn Target,
    plan: &Plan,
    case: &Case,
    capabilities: &Capabilities,
) -> Result<Vec<Finding>, Trouble> {
    let mut findings: Option<Vec<Finding>> = None;
    for _ in 0..TIMES {
        let observation = target.inquire(&case.exchange)?;
        if let Some((probe, status)) = access_denied(&observation) {
            let (what, cause) = (format!("{} request", probe.stage()), format!("answered {status}"));
            return Err(Trouble::new(TroubleKind::of_status(status), what, target.name(), cause));
        }
        let content = Content::new(&case.exchange, &observation.facts, plan.versions);
        let judgement = decide(&content);
        let now = compare_content(&content, &judgement, &observation, capabilities);
        let again = |one: &Finding| now.iter().any(|other| other.symptom == one.symptom);
        match &mut findings {
            None => findings = Some(now),
            Some(before) => before.retain(again),
        }
        if findings.as_ref().is_some_and(Vec::is_empty) {
            break;
        }
    }
    Ok(findings.unwrap_or_default())
}

fn found(case: &Case, finding: Finding) -> MinimalFinding {
    let shape = case.shape.clone();
    let (from, witness, late) = (shape.clone(), None, Vec::new());
    MinimalFinding {
        shape,
        finding,
        witness,
        from,
        reproduced: TIMES - 1,
        probes: TIMES,
        late,
        extent: Extent::default(),
        is_smallest: true,
    }
}

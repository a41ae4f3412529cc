//! A whole run on one target: blocks of cases, decisions at their ends, hunts, findings.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::decisions::Decisions;
use super::doubt::Firing;
use super::limits::Limits;
use super::order::Schedule;
use super::prober::{Prober, RESTART_WAIT};
use super::sink::{Event, Sink};
use super::summary::Summary;
use crate::error::Error;
use crate::exchange::Depth;
use crate::model::Versions;
use crate::render::Case;
use crate::transport::Target;

/// How many cases are fired between two decisions.
const BLOCK: usize = 64;

/// What a run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which cases, in what order.
    pub order: Schedule,
    /// What cases are judged by.
    pub versions: Versions,
    /// How far is read back.
    pub depth: Depth,
    /// How many cases are in flight at most.
    pub jobs: usize,
    /// Whether findings are shrunk.
    pub shrink: bool,
    /// How long the run may take on one target, shrinking included.
    pub time: Option<Duration>,
    /// How long a target that went down is waited for.
    pub restart_wait: Duration,
}

impl Default for Plan {
    /// A run without options.
    fn default() -> Self {
        Self {
            order: Schedule::default(),
            versions: Versions::V1_1,
            depth: Depth::Full,
            jobs: 8,
            shrink: true,
            time: None,
            restart_wait: RESTART_WAIT,
        }
    }
}

/// Runs the plan on one target. `stop` ends it soon, with what was found so far.
pub fn run(target: &dyn Target, plan: &Plan, stop: &AtomicBool, sink: &mut dyn Sink) -> Result<Summary, Error> {
    let limits = Limits::new(stop, plan.time);
    let prober = Prober::new(target, plan.versions, plan.depth)?.waiting(plan.restart_wait);
    let lacking = prober.capabilities.lacking();
    // An array is built while the cases before it are fired; how many rows it has is known only then.
    let planned =
        if plan.order.cover.is_none() { plan.order.cases().take_while(|_| !limits.are_over()).count() } else { 0 };
    sink.take(target, Event::Target { name: target.name(), lacking, cases: planned })?;
    let mut decisions = Decisions::new(&prober, plan, limits);
    let over = || limits.end_firing();
    let mut cases = plan.order.cases_until(&over);
    let mut done = 0;
    while !over() && !decisions.has_lost_the_target() {
        let block: Vec<Case> = cases.by_ref().take(BLOCK).map(Case::of).collect();
        if block.is_empty() {
            break;
        }
        let (options, jobs) = (prober.usual(), plan.jobs);
        let firing = Firing { prober: &prober, options, jobs, limits, known: decisions.known(), sought: None };
        let believed = firing.fire(&block, &over, sink)?;
        let is_whole = believed.outcomes.iter().all(Option::is_some);
        decisions.settle(&block, believed, sink)?;
        done += block.len();
        if is_whole && !limits.are_over() {
            decisions.summary.whole = done;
        }
        sink.take(target, Event::Block { done, cases: planned.max(done) })?;
    }
    decisions.conclude(sink)?;
    let mut summary = decisions.summary;
    summary.not_asked = planned.max(done) - summary.judged - summary.unsupported - summary.trouble;
    summary.contradictions = prober.contradictions();
    summary.requests = target.requests();
    summary.stopped = summary.lost.is_none() && over();
    Ok(summary)
}

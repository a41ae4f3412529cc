//! Pushes the documents of `--manifest` before all other cases.

use std::path::Path;

use super::recorder::Recorder;
use super::side_by_side::OpenTarget;
use crate::cli::advice::with_advice;
use crate::cli::documents::{NamedDocument, Pushing, lines, push};
use crate::cli::interrupt::Interrupt;
use crate::cli::refire::TellWaiting;
use crate::cli::tell;
use crate::engine::Plan;
use crate::error::Error;
use crate::findings::today;

/// Pushes each document to each target, says whether it was accepted, and records what it shows. A target that cannot be tested
/// is left to the run, which reports it.
pub(super) fn push_all(
    documents: &[NamedDocument],
    targets: &[OpenTarget],
    plan: &Plan,
    corpus: &Path,
    interrupt: &Interrupt,
    recorder: &mut Recorder,
) -> Result<(), Error> {
    let how = Pushing {
        versions: plan.versions,
        depth: plan.depth,
        shrinks: plan.shrink,
        stop: interrupt.stop(),
        time: None,
        budget: plan.budget,
        seed: plan.order.seed,
        day: today(),
    };
    for OpenTarget { target, .. } in targets {
        for document in documents {
            if interrupt.came() {
                return Ok(());
            }
            if plan.budget.is_used_up_by(&target.spent()) {
                tell(format_args!("{}: {}: not tested: the budget is used up", target.name(), document.name));
                continue;
            }
            match push(target.as_ref(), document, &how, &mut TellWaiting) {
                Ok(outcome) => {
                    // One line each: a line break would be escaped.
                    lines(target.name(), document, &outcome).lines().for_each(tell);
                    outcome.keep_bodies(corpus)?;
                    outcome.records.into_iter().for_each(|record| recorder.keep_record(record));
                }
                Err(Error::Trouble(trouble)) => {
                    let trouble = with_advice(&trouble);
                    tell(format_args!("{}: {}: not tested: {trouble}", target.name(), document.name));
                }
                Err(error) => return Err(error),
            }
        }
    }
    recorder.save()?;
    Ok(())
}

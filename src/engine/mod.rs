//! THE LOOP: draw, schedule, fire, judge, compare, drive the minimiser, cache, and hand findings to a sink.
//!
//! Prints nothing, and knows no file format and no date. Decisions are taken in case order at the ends of blocks, so that
//! the number of jobs changes nothing but the time. May import all but report and cli.

mod batch;
mod case_runner;
mod decisions;
mod descent;
mod doubt;
mod flavours;
mod health;
mod hunt;
mod known;
mod late;
mod limits;
mod order;
mod outcome;
mod prober;
mod repetition;
mod run;
mod sink;
mod summary;
mod variation;
mod widespread;

pub use case_runner::CaseRunner;
pub use flavours::{PushedFlavour, push_flavours};
pub use hunt::MinimalFinding;
pub use order::Schedule;
pub use outcome::Outcome;
pub use prober::{FireOptions, Prober, RESTART_WAIT};
pub use run::{Plan, run};
pub use sink::{Event, Sink};
pub use summary::{Summary, Unreproduced};

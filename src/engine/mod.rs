//! The run loop: draws cases, fires them, judges and compares the answers, drives the minimiser, and reports events to a sink.
//!
//! Does not print and knows neither file formats nor dates. Decisions are made in case order at the end of each block, so the
//! number of jobs only affects the duration.
//!
//! [`run`] executes a whole [`Plan`], [`CaseRunner`] judges and shrinks single cases, [`Prober`] fires cases without shrinking,
//! and [`push_flavours`] pushes flavours without judging them.

mod batch;
mod case_runner;
mod counts;
mod decisions;
mod descent;
mod doubt;
mod fire_options;
mod flavours;
mod health;
mod hunt;
mod hunter;
mod known;
mod known_outcomes;
mod late;
mod limits;
mod minimal;
mod order;
mod outcome;
mod pending;
mod plan;
mod probe_budget;
mod prober;
mod pursuit;
mod pursuits;
mod read_only;
mod removal;
mod rendered;
mod repetition;
mod rotation;
mod run;
mod sample;
mod shard;
mod shard_decisions;
mod shard_spread;
mod sink;
mod state;
mod stored;
mod stored_decisions;
mod stored_symptom;
mod summary;
mod tally;
mod variation;
mod widespread;

pub use case_runner::{CaseRunner, FiredCase};
pub use counts::Purpose;
pub use fire_options::FireOptions;
pub use flavours::{PushedFlavour, push_flavours};
pub use minimal::MinimalFinding;
pub use order::{Schedule, Scheduled};
pub use outcome::Outcome;
pub use plan::Plan;
pub use prober::{Prober, RESTART_WAIT};
pub use run::run;
pub use sample::sampled_share;
pub use shard::Shard;
pub use shard_spread::{CaseCount, ShardDefect, ShardSpread};
pub use sink::{Event, Sink};
pub use state::RunState;
pub use summary::{BaseCounts, Summary, Unreproduced};
pub use tally::{FlavourOutcome, RuleCount, Tally};

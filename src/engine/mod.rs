//! The run loop: draws cases, fires them, judges and compares the answers, drives the minimiser, and reports events to a sink.
//!
//! Does not print and knows neither file formats nor dates. Decisions are made in case order at the end of each block, so the
//! number of jobs only affects the duration.
//!
//! [`run`] executes a whole [`Plan`], [`CaseRunner`] judges and shrinks single cases, [`Prober`] fires cases without shrinking,
//! and [`push_flavours`] pushes flavours without judging them.

mod batch;
mod case_runner;
mod ceilings;
mod counts;
mod decisions;
mod descent;
mod document;
mod doubt;
mod excusal;
mod extent;
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
mod refusal;
mod removal;
mod rendered;
mod repetition;
mod replay;
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
mod two_versions;
mod variation;
mod widespread;

pub use case_runner::{CaseRunner, FiredCase};
pub use ceilings::{Ceiling, CeilingBudget, CeilingEnd, Ceilings};
pub use counts::Purpose;
pub use document::{
    BrokenRule, Contents, Document, DocumentReason, DocumentReport, DocumentRunner, DocumentVerdict,
    MinimalDocumentFinding, NotGiven, known_shape, push_document,
};
pub use extent::{Answers, Axis, AxisExtent, Extent, SlotExtent};
pub use fire_options::FireOptions;
pub use flavours::{PushedFlavour, push_flavours};
pub use minimal::MinimalFinding;
pub use order::{Schedule, Scheduled};
pub use outcome::{Outcome, PushAnswer};
pub use plan::Plan;
pub use prober::{Prober, RESTART_WAIT};
pub use refusal::Refusal;
pub use replay::{Replayed, Replayer};
pub use run::run;
pub use sample::sampled_share;
pub use shard::Shard;
pub use shard_spread::{CaseCount, ShardDefect, ShardSpread};
pub use sink::{CaseOutcome, Event, Silent, Sink};
pub use state::RunState;
pub use summary::{BaseCounts, Summary, Unreproduced};
pub use tally::{FlavourOutcome, RuleCount, Tally};
pub use two_versions::{VersionChange, VersionComparison, compare_versions};

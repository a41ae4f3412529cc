//! THE LOOP: draw, schedule, fire, judge, compare, drive the minimiser, cache, and hand findings to a sink.
//!
//! Prints nothing, and knows no file format and no date. Decisions are taken in case order at the ends of blocks, so that
//! the number of jobs changes nothing but the time. May import all but report and cli.

mod batch;
mod decisions;
mod descent;
mod doubt;
mod health;
mod hunt;
mod known;
mod late;
mod limits;
mod matrix;
mod order;
mod outcome;
mod prober;
mod repetition;
mod run;
mod single;
mod sink;
mod summary;
mod variation;
mod widespread;

pub use hunt::Found;
pub use matrix::matrix_line;
pub use order::Order;
pub use outcome::Outcome;
pub use prober::{Manner, Prober, RESTART_WAIT};
pub use run::{Plan, run};
pub use single::Single;
pub use sink::{Event, Sink};
pub use summary::{Summary, Unreproduced};

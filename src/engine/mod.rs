//! THE LOOP: draw, schedule, fire, judge, compare, drive the minimiser, cache, and hand rows to a sink.
//!
//! Prints nothing. Decisions are taken in case order at the ends of blocks, so that the number of jobs changes
//! nothing but the time. May import all but report and cli.

mod batch;
mod hunt;
mod matrix;
mod order;
mod prober;
mod run;
mod single;

pub use hunt::Found;
pub use matrix::matrix_line;
pub use order::Order;
pub use prober::{Manner, Outcome, Prober};
pub use run::{Event, Plan, Sink, Summary, run};
pub use single::Single;

//! Covering arrays over any forest of axes: every t values of different axes that can occur together do so in at least
//! one row. Knows nothing of slots and menus; `cover` supplies those.
//!
//! Greedy construction, one row at a time, each the best of several candidates, after Cohen, Dalal, Fredman and Patton,
//! "The AETG system", 1997. Deterministic.

mod build;
mod forest;
mod plan;
mod squeeze;

pub use self::build::MOST_STRENGTH;
pub use self::forest::{Assignment, Axis, Forest, Stop, never};

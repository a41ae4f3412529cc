//! Generators of shapes: presets, exhaustive enumeration, covering arrays, mutation, flavours, and, by feature, a
//! proptest strategy and `Arbitrary`. All are derived from the table of slots.
//!
//! Decides which shapes are generated and in what order; knows nothing of bytes or verdicts. May import shape.

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod choices;
mod cover;
mod coverage;
mod coverage_text;
pub mod covering_array;
mod draft;
mod enumerate;
mod filter;
mod flavours;
mod mutate;
mod numbers;
mod preset;
mod slot_coverage;
#[cfg(feature = "proptest")]
mod strategy;
mod tested;

pub use choices::{Choices, Seeded};
pub use cover::{Cover, Rows, cover, rows};
pub use coverage::{Count, Coverage, Covered};
pub use enumerate::{bases, each_alone, exhaustive, exhaustive_over};
pub use filter::Filter;
pub use flavours::{Flavour, flavours, flavours_of};
pub use mutate::mutate;
pub use numbers::{Bound, some_number};
pub use preset::{CLASHES, Preset, clashing, draw, draw_nth};
pub use slot_coverage::SlotCoverage;
#[cfg(feature = "proptest")]
pub use strategy::{ShapeStrategy, ShapeTree, shapes};
pub use tested::Tested;

//! The CSV corpus: rows, merging, and a file that is whole after any kill.
//!
//! Decides what a row holds and when one replaces another; what a run finds never depends on it.
//! May import shape, exchange, json, render, compare.

mod cell;
mod file;
mod flavours;
mod matrix;
mod merge;
mod record;
mod row;

pub use cell::{neutralise, restore};
pub use file::{Change, Corpus, Damaged};
pub use flavours::{Flavour, flavours, flavours_of};
pub use matrix::{Cell, Line, Matrix, Taken};
pub use merge::merge;
pub use record::{Record, key, today};
pub use row::{COLUMNS, Row, id};

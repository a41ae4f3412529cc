//! The corpus: typed records of findings, their codecs, merging, and a file that is whole after any kill.
//!
//! Decides what a record holds and when one replaces another; what a run finds never depends on it.
//! May import shape, exchange, json, render, compare.

mod also;
mod case;
mod cell;
mod csv;
mod file;
mod lock;
mod merge;
mod place;
mod record;
mod request;
mod row;
mod sighting;
mod system;

pub use also::Also;
pub use case::{CaseText, id};
pub use cell::{neutralise, restore};
pub use csv::Damaged;
pub use file::{Corpus, RowChange};
pub use merge::merge;
pub use record::{Record, key, today};
pub use row::{COLUMNS, Row};
pub use sighting::{Context, Sighting};

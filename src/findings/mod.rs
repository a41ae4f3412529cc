//! Records of findings, their encodings, and the corpus file that collects them over several runs.
//!
//! The findings of a run never depend on the corpus.

mod also;
mod case;
mod cell;
mod csv;
mod file;
mod lock;
mod merge;
mod place;
mod record;
mod records;
mod request;
mod row;
mod row_lines;
mod sighting;
mod system;

pub use also::Also;
pub use case::CaseText;
pub use cell::{neutralise, restore};
pub use csv::Damaged;
pub use file::Corpus;
pub use merge::merge;
pub use record::{EXTENT, Identity, Record, key, today};
pub use records::RowChange;
pub use row::{COLUMNS, Row};
pub use row_lines::row_lines;
pub use sighting::{Context, Sighting};

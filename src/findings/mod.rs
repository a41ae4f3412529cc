//! Records of findings, their encodings, and the corpus file that collects them over several runs.
//!
//! The findings of a run never depend on the corpus.

mod also;
mod bodies;
mod case;
mod cell;
mod csv;
mod document;
mod file;
mod lock;
mod merge;
mod place;
mod record;
mod records;
mod replace;
mod request;
mod row;
mod sighting;
mod system;

pub use also::Also;
pub use bodies::{body_digest, body_path, body_text, read_body, write_body};
pub use case::CaseText;
pub use cell::{neutralise, restore};
pub use csv::Damaged;
pub use document::DocumentSighting;
pub use file::Corpus;
pub use merge::merge;
pub use record::{EXTENT, Identity, Record, key, today};
pub use records::RowChange;
pub use row::{COLUMNS, Row};
pub use sighting::{Context, Sighting};

//! Records of findings, their encodings, and the corpus file that collects them over several runs.
//!
//! The findings of a run never depend on the corpus.

mod also;
mod baseline;
mod bodies;
mod body_files;
mod case;
mod case_line;
mod cell;
mod csv;
mod diff;
mod document;
mod file;
mod imported;
mod lock;
mod merge;
mod message;
mod place;
mod record;
mod records;
mod replace;
mod request;
mod request_body;
mod requests;
mod row;
mod row_lines;
mod sighting;
mod system;
mod verify;

pub use also::Also;
pub use baseline::{Baseline, BaselineRow};
pub use bodies::{body_digest, body_path, body_text, read_body, write_body};
pub use body_files::write_bodies;
pub use case::CaseText;
pub use case_line::{CaseEnd, CaseLine};
pub use cell::{neutralise, restore};
pub use csv::Damaged;
pub use diff::{CaseChange, CaseDifferences, Change, RowDifference, case_differences, row_differences};
pub use document::DocumentSighting;
pub use file::Corpus;
pub use imported::Import;
pub use merge::merge;
pub use message::without_details;
pub use record::{EXTENT, Identity, Record, key, today};
pub use records::RowChange;
pub use requests::is_accepted;
pub use row::{COLUMNS, Row};
pub use row_lines::row_lines;
pub use sighting::{Context, Sighting};
pub use verify::{Verified, verify};

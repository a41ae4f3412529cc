//! The output formats of runs and matrices: tables, JSON lines, CSV, Markdown, HTML, and files of generated cases.

#[cfg(feature = "cli")]
mod formats;
mod groups;
mod layout;
#[cfg(feature = "cli")]
mod limits;
mod lines;
mod markdown_text;
#[cfg(feature = "cli")]
mod matrix;
mod merged;
mod packet;
mod run_report;
#[cfg(feature = "cli")]
mod screen;
mod seeds;
mod shard_spread;
#[cfg(feature = "cli")]
mod step_summary;
mod stored;
#[cfg(feature = "cli")]
mod table;
mod tally;

#[cfg(feature = "cli")]
pub use formats::{Document, FORMATS, ReportFormat, RowPlaces};
pub use groups::{Group, groups};
pub use layout::{Layout, Loose};
#[cfg(feature = "cli")]
pub use limits::{LimitRow, limit_table};
pub use lines::{json_line, json_of, record_of};
#[cfg(feature = "cli")]
pub use matrix::{
    CLIENT_ROWS, Cell, CellOutcome, Line, Matrix, matrix_csv, matrix_html, matrix_lines, matrix_markdown,
};
pub use merged::merged;
#[cfg(feature = "cli")]
pub(crate) use packet::quoted;
pub use packet::{ClientCommands, Traffic, client_packet, packet, packet_of_body, tag_in_layout};
pub use run_report::{Ended, Late, RunReport, TargetReport, UnreproducedLine};
#[cfg(feature = "cli")]
pub use screen::Screen;
pub use seeds::write_seeds;
pub use shard_spread::{ByKind, Cases, Defect, Spread};
#[cfg(feature = "cli")]
pub use step_summary::{step_outputs, step_summary};
#[cfg(feature = "cli")]
pub use table::{table, unreproduced_table};
pub use tally::{FlavourEnd, RuleTally};

//! `manifuzz matrix`: flavours by targets, the table of image-spec#1025.

use clap::ValueEnum;

use super::interrupt::Interrupt;
use super::targets::{TargetFlags, of_the_table, open_all};
use super::{INTERRUPTED, Output, UNTESTABLE};
use crate::cli::tell;
use crate::corpus::{Matrix as Table, Taken, flavours_of, today};
use crate::engine::matrix_line;
use crate::error::Error;
use crate::registry::Profile;
use crate::report::{matrix_csv, matrix_html, matrix_lines, matrix_markdown};

/// How the table is printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TableFormat {
    Markdown,
    Csv,
    Json,
    Html,
}

/// Print which target takes which flavour: the table of image-spec#1025
#[derive(Debug, clap::Args)]
pub(super) struct Matrix {
    /// `embedded:PROFILE` or `http://HOST:PORT/REPOSITORY`; without one, the registries of the table of 2023, embedded
    targets: Vec<String>,
    /// The columns: names of flavours or sets, joined by commas, or all
    #[arg(long, value_name = "LIST", default_value = "seed")]
    flavours: String,
    /// How the table is printed
    #[arg(long, value_enum, default_value = "markdown")]
    format: TableFormat,
    #[command(flatten)]
    target: TargetFlags,
}

impl Matrix {
    pub(super) fn run(self) -> Result<u8, Error> {
        let flavours = flavours_of(&self.flavours)?;
        let interrupt = Interrupt::watch();
        let opening = self.target.opening(&interrupt)?;
        let targets = if self.targets.is_empty() { of_the_table() } else { self.targets };
        let mut table =
            Table { flavours: flavours.iter().map(|flavour| flavour.name.clone()).collect(), lines: Vec::new() };
        let day = today().to_string();
        let opened = open_all(&targets, &opening)?;
        for (text, target) in targets.iter().zip(&opened) {
            if interrupt.came() {
                break;
            }
            let profile = text.strip_prefix("embedded:").map(Profile::named).transpose()?;
            let line = matrix_line(target.as_ref(), &flavours, profile.as_ref(), &day);
            if let Some(cell) = line.cells.iter().find(|cell| cell.outcome == Taken::NotTested) {
                tell(format_args!(
                    "warning: {}, {}: {}; the cell says not-tested",
                    line.target, cell.flavour, cell.message
                ));
            }
            table.lines.push(line);
        }
        let text = match self.format {
            TableFormat::Markdown => matrix_markdown(&table),
            TableFormat::Csv => matrix_csv(&table),
            TableFormat::Json => matrix_lines(&table).join("\n"),
            TableFormat::Html => matrix_html(&table),
        };
        Output::print(text.trim_end_matches('\n'))?;
        let cells = || table.lines.iter().flat_map(|line| &line.cells);
        let (all, tested) = (cells().count(), cells().filter(|cell| cell.outcome != Taken::NotTested).count());
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if tested == 0 || tested * 2 < all => UNTESTABLE,
            () => 0,
        })
    }
}

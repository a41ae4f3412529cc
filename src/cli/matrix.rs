//! `manifuzz matrix`: flavours by targets, the table of image-spec#1025.

use clap::ValueEnum;

use super::interrupt::Interrupt;
use super::targets::{TargetFlags, of_the_table, open_all};
use super::{INTERRUPTED, Output, UNTESTABLE};
use crate::cli::tell;
use crate::engine::{PushedFlavour, push_flavours};
use crate::error::Error;
use crate::findings::today;
use crate::generate::{Flavour, flavours_of};
use crate::registry::Profile;
use crate::report::{Cell, CellOutcome, Line, Matrix, matrix_csv, matrix_html, matrix_lines, matrix_markdown};
use crate::transport::Target;

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
pub(super) struct MatrixCommand {
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

impl MatrixCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let flavours = flavours_of(&self.flavours)?;
        let interrupt = Interrupt::watch();
        let opening = self.target.opening(&interrupt)?;
        let targets = if self.targets.is_empty() { of_the_table() } else { self.targets };
        let mut table =
            Matrix { flavours: flavours.iter().map(|flavour| flavour.name.clone()).collect(), lines: Vec::new() };
        let day = today().to_string();
        let opened = open_all(&targets, &opening)?;
        for (text, target) in targets.iter().zip(&opened) {
            if interrupt.came() {
                break;
            }
            let profile = text.strip_prefix("embedded:").map(Profile::named).transpose()?;
            let line = line(target.as_ref(), &flavours, profile.as_ref(), &day);
            if let Some(cell) = line.cells.iter().find(|cell| cell.outcome == CellOutcome::NotTested) {
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
        let (all, tested) = (cells().count(), cells().filter(|cell| cell.outcome != CellOutcome::NotTested).count());
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if tested == 0 || tested * 2 < all => UNTESTABLE,
            () => 0,
        })
    }
}

/// One row of the table. `profile` is the one that an embedded target plays, `day` the date of a live test.
fn line(target: &dyn Target, flavours: &[&Flavour], profile: Option<&Profile>, day: &str) -> Line {
    let changes = profile.map_or(&[][..], |profile| &profile.changes);
    let cell = |pushed: PushedFlavour<'_>| {
        let name = &pushed.flavour.name;
        Cell {
            changed: pushed.change.map(|change| (change.without.clone(), change.note.clone())),
            uncertain: profile.and_then(|profile| profile.uncertain.get(name).cloned()),
            note: profile.and_then(|profile| profile.notes.get(name).cloned()),
            ..Cell::of(name, &pushed.shape.to_string(), &pushed.seen)
        }
    };
    let cells: Vec<Cell> = push_flavours(target, flavours, changes).into_iter().map(cell).collect();
    let is_tested = cells.iter().any(|cell| cell.outcome != CellOutcome::NotTested);
    let (date, source) = match profile {
        Some(profile) => (profile.date.clone(), profile.source.clone()),
        None => (day.to_owned(), if is_tested { "tested" } else { "not tested" }.to_owned()),
    };
    Line { target: target.name().to_owned(), date, source, cells }
}

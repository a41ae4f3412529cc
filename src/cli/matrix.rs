//! `manifuzz matrix`: a table of flavours by targets, like that of image-spec#1025.

use clap::ValueEnum;

use std::path::Path;

use super::cleanup::Written;
use super::documents::{ManifestFlags, NamedDocument};
use super::flags::{FlavoursFlag, KeepFlag, epilogue};
use super::interrupt::Interrupt;
use super::targets::{TargetArgument, TargetFlags, TargetList, check_shapes};
use super::values::FlavourList;
use super::{INTERRUPTED, Output, UNTESTABLE};
use crate::cli::tell;
use crate::engine::{PushedFlavour, push_document, push_flavours};
use crate::error::{Error, Input};
use crate::exchange::{Question, Questions};
use crate::findings::today;
use crate::generate::Flavour;
use crate::registry::Profile;
use crate::report::{
    CLIENT_ROWS, Cell, CellOutcome, Line, Matrix, matrix_csv, matrix_html, matrix_lines, matrix_markdown,
};
use crate::transport::Target;

/// The format of the table.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TableFormat {
    /// A Markdown table with footnotes
    Markdown,
    /// One row per cell
    Csv,
    /// One JSON object per cell
    Json,
    /// A page with the table
    Html,
}

/// Print a table of which target accepts which flavour
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz matrix embedded:harbor http://127.0.0.1:5000/some/repo --flavours all --format html",
    &[
        (0, "at least half of the cells were tested"),
        (UNTESTABLE, "fewer than half of the cells could be tested"),
        (INTERRUPTED, "interrupted by a signal; the table so far is printed"),
    ],
))]
pub(super) struct MatrixCommand {
    #[command(flatten)]
    targets: TargetList,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    keep: KeepFlag,
    #[command(flatten)]
    flavours: FlavoursFlag,
    #[command(flatten)]
    documents: ManifestFlags,
    /// Output format
    #[arg(long, value_enum, default_value = "markdown", help_heading = "Output")]
    format: TableFormat,
}

impl MatrixCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let FlavourList(flavours) = self.flavours.flavours;
        let targets = self.targets.named_or_default();
        check_shapes(&targets, flavours.iter().map(|flavour| &flavour.shape))?;
        self.target.check_name(targets.len())?;
        let interrupt = Interrupt::watch();
        let documents = self.documents.read()?;
        if !documents.is_empty() && targets.iter().any(TargetArgument::is_client) {
            let why = "client programs are given flavours only";
            return Err(Input::value("--manifest with a client program", why, "leave out one of the two").into());
        }
        // Documents are further columns.
        let columns = flavours.iter().map(|flavour| flavour.name.clone());
        let columns = columns.chain(documents.iter().map(|document| document.name.clone()));
        let mut table = Matrix { flavours: columns.collect(), lines: Vec::new() };
        let day = today().to_string();
        let mut opener = self.target.opener(&interrupt)?;
        let written = Written::record(&mut opener, &targets, Path::new("manifuzz-matrix"), self.keep.keep)?;
        let opened = opener.open_all(&targets)?;
        for (argument, target) in targets.iter().zip(&opened) {
            if interrupt.came() {
                break;
            }
            let lines = match argument.client() {
                Some(client) => of_client(target.as_ref(), &client.name, &flavours, &day),
                None => vec![line(target.as_ref(), &flavours, &documents, argument.profile(), &day)],
            };
            for line in lines {
                if let Some(cell) = line.cells.iter().find(|cell| cell.outcome == CellOutcome::NotTested) {
                    tell(format_args!(
                        "warning: {}, {}: {}; the cell is not-tested",
                        line.head(),
                        cell.flavour,
                        cell.message
                    ));
                }
                table.lines.push(line);
            }
        }
        written.end(&opener, &targets, &[], &interrupt, None)?;
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

/// One row of the table. `profile` is that of an embedded target, `day` the date of a live test.
fn line(
    target: &dyn Target,
    flavours: &[&Flavour],
    documents: &[NamedDocument],
    profile: Option<&Profile>,
    day: &str,
) -> Line {
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
    let mut cells: Vec<Cell> =
        push_flavours(target, flavours, changes, Questions::NONE).into_iter().map(cell).collect();
    let of_document = |NamedDocument { name, document }: &NamedDocument| {
        Cell::of(name, &document.text(), &push_document(target, document))
    };
    cells.extend(documents.iter().map(of_document));
    let is_tested = cells.iter().any(|cell| cell.outcome != CellOutcome::NotTested);
    let (date, source) = match profile {
        Some(profile) => (profile.date.clone(), profile.source.clone()),
        None => (day.to_owned(), if is_tested { "tested" } else { "not tested" }.to_owned()),
    };
    Line { target: target.name().to_owned(), operation: None, date, source, cells }
}

/// The rows of a client program.
fn of_client(target: &dyn Target, client: &str, flavours: &[&Flavour], day: &str) -> Vec<Line> {
    let questions = [Question::Pull, Question::Push].into_iter().collect();
    let pushed = push_flavours(target, flavours, &[], questions);
    let version = target.version();
    let line = |operation| {
        let cell = |pushed: &PushedFlavour<'_>| {
            let (name, shape) = (&pushed.flavour.name, pushed.shape.to_string());
            Cell::of_client(client, &version, name, &shape, operation, &pushed.seen)
        };
        let (cells, date) = (pushed.iter().map(cell).collect(), day.to_owned());
        let source = if version.is_empty() { "not tested".to_owned() } else { format!("tested, version {version}") };
        Line { target: target.name().to_owned(), operation: Some(operation), date, source, cells }
    };
    CLIENT_ROWS.into_iter().map(line).collect()
}

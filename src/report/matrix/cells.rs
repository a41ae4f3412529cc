//! The table of image-spec#1025 as data: one cell per flavour and target, with what was observed, not judged.

use crate::compare::words_of;
use crate::error::Trouble;
use crate::exchange::client::Operation;
use crate::exchange::{Observation, Probe, Reply, Stage};
use crate::foreign::escaped;

/// The outcome of pushing a flavour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellOutcome {
    /// The manifest was accepted.
    Accepted,
    /// The manifest, or content it points at, was refused.
    Rejected,
    /// The target could not be tested.
    NotTested,
}

impl CellOutcome {
    /// The value of the `outcome` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotTested => "not-tested",
        }
    }
}

/// One flavour at one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The flavour's name.
    pub flavour: String,
    /// The shape that was pushed.
    pub shape: String,
    /// The outcome.
    pub outcome: CellOutcome,
    /// The stage that decided it; `None` if nothing was tested.
    pub stage: Option<Stage>,
    /// The status of the answer, if one arrived.
    pub status: Option<u16>,
    /// The first error code; empty if absent.
    pub error_code: String,
    /// The server's message, or why nothing was tested.
    pub message: String,
    /// The slot removed from the flavour, and why.
    pub changed: Option<(String, String)>,
    /// Why the outcome of an embedded profile is uncertain.
    pub uncertain: Option<String>,
    /// A further remark.
    pub note: Option<String>,
}

/// One target: a row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Value of the `target` column.
    pub target: String,
    /// What a client program does, of which each has a row.
    pub operation: Option<Operation>,
    /// The date of a profile's evidence, or of the test.
    pub date: String,
    /// Where a profile is documented; `tested` for a live target, `not tested` if it could not be tested.
    pub source: String,
    /// One cell per flavour, in their order.
    pub cells: Vec<Cell>,
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The names of the columns.
    pub flavours: Vec<String>,
    /// The rows.
    pub lines: Vec<Line>,
}

impl Line {
    /// The head of the row: the target, and what a client program does.
    pub fn head(&self) -> String {
        self.operation.map_or_else(|| self.target.clone(), |operation| format!("{} ({operation})", self.target))
    }
}

impl Matrix {
    /// The remarks on the cells as target and text, in the order of the cells, each once per target. Footnotes refer to them by
    /// position.
    pub fn remarks(&self) -> Vec<(&str, String)> {
        let mut remarks: Vec<(&str, String)> = Vec::new();
        for line in &self.lines {
            for text in line.cells.iter().flat_map(Cell::remarks) {
                let remark = (line.target.as_str(), text);
                if !remarks.contains(&remark) {
                    remarks.push(remark);
                }
            }
        }
        remarks
    }
}

impl Cell {
    /// The cell of a flavour that was not tested.
    pub(super) fn empty(flavour: &str, shape: &str) -> Self {
        Self {
            flavour: flavour.to_owned(),
            shape: shape.to_owned(),
            outcome: CellOutcome::NotTested,
            stage: None,
            status: None,
            error_code: String::new(),
            message: String::new(),
            changed: None,
            uncertain: None,
            note: None,
        }
    }

    /// The cell of a flavour pushed as the given shape text, without remarks.
    pub fn of(flavour: &str, shape: &str, seen: &Result<Observation, Trouble>) -> Self {
        let empty = Self::empty(flavour, shape);
        let seen = match seen {
            Ok(seen) => seen,
            Err(trouble) => return Cell { message: escaped(&trouble.cause).into_owned(), ..empty },
        };
        // Only refused uploads have a reply, and nothing is pushed after one.
        let decided = seen.replies.iter().rev().find(|(probe, _)| matches!(probe, Probe::Upload(_) | Probe::Put));
        let Some((probe, reply)) = decided else { return empty };
        let stage = Some(probe.stage());
        match reply {
            Reply::Answer(answer) if answer.is_success() => {
                Cell { outcome: CellOutcome::Accepted, stage, status: Some(answer.status), ..empty }
            }
            Reply::Answer(answer) => {
                let (error_code, message) = words_of(answer);
                Cell {
                    outcome: CellOutcome::Rejected,
                    stage,
                    status: Some(answer.status),
                    error_code,
                    message,
                    ..empty
                }
            }
            Reply::Dropped(why) => {
                Cell { outcome: CellOutcome::Rejected, stage, message: escaped(why).into_owned(), ..empty }
            }
            Reply::NotFollowed(not) => Cell {
                outcome: CellOutcome::NotTested,
                stage,
                message: escaped(&not.to_string()).into_owned(),
                ..empty
            },
            Reply::Hang => Cell {
                outcome: CellOutcome::Rejected,
                stage,
                message: "no answer within the deadline".to_owned(),
                ..empty
            },
        }
    }

    /// The remarks on the cell: its change, uncertainty and note.
    pub fn remarks(&self) -> impl Iterator<Item = String> + '_ {
        let changed = self.changed.iter().map(|(slot, note)| format!("without {slot}: {note}"));
        let uncertain = self.uncertain.iter().map(|why| format!("uncertain: {why}"));
        changed.chain(uncertain).chain(self.note.clone())
    }
}

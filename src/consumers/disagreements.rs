//! The table of known disagreements between readers and the model.

use std::collections::HashSet;

use wildmatch::WildMatch;

use super::{Reader, Schema, disagrees};
use crate::error::Input;
use crate::generate::exhaustive_over;
use crate::render::render;
use crate::shape::{Group, Kind, Shape};

const TABLE: &str = include_str!("../../corpus/disagreements.csv");

/// A document that a reader accepts and the model considers invalid, or the other way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The reader.
    pub reader: Reader,
    /// Whether the reader accepts the document.
    pub takes: bool,
    /// The document.
    pub shape: Shape,
}

#[derive(Clone, Debug, serde::Deserialize)]
struct KnownDisagreement {
    reader: String,
    /// `takes` or `refuses`.
    does: String,
    /// Deviations joined by `;`, each `slot=entry`; `*` matches any characters.
    shape: String,
    reason: String,
}

struct Pattern {
    row: KnownDisagreement,
    deviations: Vec<WildMatch>,
}

/// The table of known disagreements.
pub struct Table {
    rows: Vec<Pattern>,
}

/// The result of comparing documents with the help of the table.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// Number of documents compared.
    pub documents: usize,
    /// Number of disagreements that a row explains.
    pub explained: usize,
    /// Disagreements that no row explains.
    pub left: Vec<Disagreement>,
    /// Rows that explain no disagreement, as `reader,does,shape`.
    pub stale: Vec<String>,
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let does = if self.takes { "takes" } else { "refuses" };
        write!(out, "{} {does} {}", self.reader.as_str(), self.shape)
    }
}

impl Table {
    /// The built-in table, `corpus/disagreements.csv`.
    ///
    /// # Errors
    ///
    /// If a row is invalid.
    pub fn own() -> Result<Self, Input> {
        Self::read(TABLE)
    }

    /// Parses a table from CSV with the columns `reader,does,shape,reason`.
    ///
    /// # Errors
    ///
    /// If the CSV is malformed, or if a row has an unknown reader or verb or lacks a reason.
    pub fn read(csv: &str) -> Result<Self, Input> {
        let invalid = |why: String| Input::value("table of disagreements", why, "correct this row");
        let mut rows = Vec::new();
        for row in csv::Reader::from_reader(csv.as_bytes()).into_deserialize() {
            let row: KnownDisagreement = row.map_err(|error: csv::Error| invalid(error.to_string()))?;
            let is_known = Reader::ALL.iter().any(|reader| reader.as_str() == row.reader);
            if !is_known || !matches!(row.does.as_str(), "takes" | "refuses") || row.reason.is_empty() {
                let KnownDisagreement { reader, does, shape, .. } = row;
                let why = format!("`{reader},{does},{shape}` needs a known reader, `takes` or `refuses`, and a reason");
                return Err(invalid(why));
            }
            rows.push(Pattern { deviations: row.shape.split(';').map(WildMatch::new).collect(), row });
        }
        Ok(Self { rows })
    }

    /// Indexes of the rows that explain a disagreement: each of their deviations is one of the shape's.
    fn explaining(&self, disagreement: &Disagreement) -> impl Iterator<Item = usize> {
        let text = disagreement.shape.to_string();
        let does = if disagreement.takes { "takes" } else { "refuses" };
        let reader = disagreement.reader.as_str();
        self.rows.iter().enumerate().filter_map(move |(i, pattern)| {
            let matches = |pattern: &WildMatch| text.split(';').any(|deviation| pattern.matches(deviation));
            let fits =
                pattern.row.reader == reader && pattern.row.does == does && pattern.deviations.iter().all(matches);
            fits.then_some(i)
        })
    }

    /// Compares every reader with the model on each document.
    ///
    /// A row is stale if it explains nothing although some document has at least as many deviations as the row.
    pub fn explain(&self, schema: &Schema, documents: impl Iterator<Item = Shape>) -> Explained {
        let mut explained = Explained::default();
        let mut most_deviations = 0;
        let mut used: HashSet<usize> = HashSet::new();
        for shape in documents {
            let body = render(&shape).tested.body;
            explained.documents += 1;
            most_deviations = most_deviations.max(shape.deviations());
            for reader in Reader::ALL {
                let Some(disagreement) = disagrees(reader, schema, &shape, &body) else { continue };
                let by: Vec<usize> = self.explaining(&disagreement).collect();
                if by.is_empty() {
                    explained.left.push(disagreement);
                } else {
                    explained.explained += 1;
                }
                used.extend(by);
            }
        }
        let rows = self.rows.iter().enumerate();
        let stale = rows.filter(|(i, pattern)| !used.contains(i) && pattern.deviations.len() <= most_deviations);
        explained.stale = stale.map(|(_, p)| format!("{},{},{}", p.row.reader, p.row.does, p.row.shape)).collect();
        explained
    }
}

/// The documents to compare: image manifests and indexes with at most `k` deviations, all of which affect the bytes.
pub fn documents(k: usize) -> impl Iterator<Item = Shape> {
    let affects_bytes =
        |group| matches!(group, Group::Document | Group::Descriptor | Group::Confusion | Group::Unknown | Group::Text);
    let shapes = exhaustive_over(k, move |slot| {
        affects_bytes(slot.group) || slot.group == Group::Content && slot.name.starts_with("content.")
    });
    shapes.filter(|shape| matches!(shape.kind(), Kind::Image | Kind::Index))
}

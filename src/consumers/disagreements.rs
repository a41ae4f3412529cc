//! The table of known disagreements, and what it explains.

use std::collections::HashSet;

use wildmatch::WildMatch;

use super::{Reader, Schema, disagrees};
use crate::error::Input;
use crate::generate::exhaustive_over;
use crate::render::render;
use crate::shape::{Group, Kind, Shape};

const TABLE: &str = include_str!("../../corpus/disagreements.csv");

/// A reader that takes what the model calls invalid, or the other way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Who.
    pub reader: Reader,
    /// What the reader does.
    pub takes: bool,
    /// With what.
    pub shape: Shape,
}

#[derive(Clone, Debug, serde::Deserialize)]
struct KnownDisagreement {
    reader: String,
    /// `takes` or `refuses`.
    does: String,
    /// Settings, joined by `;`: each a slot and an entry, with `*` for any text.
    shape: String,
    reason: String,
}

struct Pattern {
    row: KnownDisagreement,
    settings: Vec<WildMatch>,
}

/// The table.
pub struct Table {
    rows: Vec<Pattern>,
}

/// What came of walking through documents with the table.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// How many documents were read.
    pub documents: usize,
    /// How many disagreements a row explains.
    pub explained: usize,
    /// Those that no row explains.
    pub left: Vec<Disagreement>,
    /// Rows that explain none.
    pub stale: Vec<String>,
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let does = if self.takes { "takes" } else { "refuses" };
        write!(out, "{} {does} {}", self.reader.as_str(), self.shape)
    }
}

impl Table {
    /// The table that comes with this version of the model.
    pub fn own() -> Result<Self, Input> {
        Self::read(TABLE)
    }

    /// A table from its CSV: `reader,does,shape,reason`.
    pub fn read(csv: &str) -> Result<Self, Input> {
        let refused = |why: String| Input::value("the table of disagreements", why, "correct that line");
        let mut rows = Vec::new();
        for row in csv::Reader::from_reader(csv.as_bytes()).into_deserialize() {
            let row: KnownDisagreement = row.map_err(|error: csv::Error| refused(error.to_string()))?;
            let known = Reader::ALL.iter().any(|reader| reader.as_str() == row.reader);
            if !known || !matches!(row.does.as_str(), "takes" | "refuses") || row.reason.is_empty() {
                return Err(refused(format!("{row:?} names no reader, no deed or no reason")));
            }
            rows.push(Pattern { settings: row.shape.split(';').map(WildMatch::new).collect(), row });
        }
        Ok(Self { rows })
    }

    /// The rows that explain a disagreement: all of a row's settings are among the shape's.
    fn explaining(&self, disagreement: &Disagreement) -> impl Iterator<Item = usize> {
        let text = disagreement.shape.to_string();
        let does = if disagreement.takes { "takes" } else { "refuses" };
        let reader = disagreement.reader.as_str();
        self.rows.iter().enumerate().filter_map(move |(i, pattern)| {
            let has = |setting: &WildMatch| text.split(';').any(|own| setting.matches(own));
            let fits = pattern.row.reader == reader && pattern.row.does == does && pattern.settings.iter().all(has);
            fits.then_some(i)
        })
    }

    /// Has both readers and the model read these documents.
    ///
    /// A row is stale only where the documents have as many deviations as it speaks of.
    pub fn explain(&self, schema: &Schema, documents: impl Iterator<Item = Shape>) -> Explained {
        let mut explained = Explained::default();
        let mut deviations = 0;
        let mut used: HashSet<usize> = HashSet::new();
        for shape in documents {
            let body = render(&shape).tested.body;
            explained.documents += 1;
            deviations = deviations.max(shape.deviations());
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
        let stale = rows.filter(|(i, pattern)| !used.contains(i) && pattern.settings.len() <= deviations);
        explained.stale = stale.map(|(_, p)| format!("{},{},{}", p.row.reader, p.row.does, p.row.shape)).collect();
        explained
    }
}

/// The documents that the readers know: image manifests and indexes with at most `k` deviations that show in the bytes.
pub fn documents(k: usize) -> impl Iterator<Item = Shape> {
    let shows =
        |group| matches!(group, Group::Document | Group::Descriptor | Group::Confusion | Group::Unknown | Group::Text);
    let shapes = exhaustive_over(k, move |slot| {
        shows(slot.group) || slot.group == Group::Content && slot.name.starts_with("content.")
    });
    shapes.filter(|shape| matches!(shape.kind(), Kind::Image | Kind::Index))
}

//! Independent readers of manifests: image-spec's JSON Schema and the crate `oci-spec`. If they disagree with the model,
//! one of the three or the specification is wrong; each known disagreement is a row of a table, with the reason.
//!
//! May import `shape`, `generate`, `render`, `exchange` and `model`; imported by the command line.

#[cfg(feature = "cli")]
pub mod clients;
mod disagreements;
mod schema;

use crate::exchange::{Exchange, Facts};
use crate::model::{Binds, Content, Level, Party, Versions, contradictions, judge};
use crate::render::media_type;
use crate::shape::{Kind, Shape};

pub use disagreements::{Disagreement, Explained, Table, documents};
pub use schema::Schema;

/// An independent reader of manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reader {
    /// image-spec's JSON Schema.
    Schema,
    /// The crate `oci-spec`.
    OciSpec,
}

impl Reader {
    /// All readers.
    pub const ALL: [Self; 2] = [Self::Schema, Self::OciSpec];

    /// The name used in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "json-schema",
            Self::OciSpec => "oci-spec",
        }
    }

    /// Whether the reader accepts `body` as a manifest of this kind; `None` if it does not support the kind.
    pub fn takes(self, schema: &Schema, kind: Kind, body: &[u8]) -> Option<bool> {
        use oci_spec::image::{ImageIndex, ImageManifest};
        match (self, kind) {
            (Self::Schema, Kind::Image | Kind::Index) => Some(schema.is_valid(kind, body)),
            (Self::OciSpec, Kind::Image) => Some(serde_json::from_slice::<ImageManifest>(body).is_ok()),
            (Self::OciSpec, Kind::Index) => Some(serde_json::from_slice::<ImageIndex>(body).is_ok()),
            _ => None,
        }
    }
}

/// Whether the model considers `body` a valid manifest of this kind, assuming that all referenced content exists; `None`
/// if the specifications contradict each other about it.
pub fn model_takes(kind: Kind, body: &bytes::Bytes, versions: Versions) -> Option<bool> {
    let exchange = Exchange::of_document(Some(media_type(kind).to_owned()), body.clone(), Vec::new());
    let facts = Facts::all_there(&exchange);
    let breaks = |breach: &crate::model::Breach| {
        breach.rule.level == Level::Must
            && breach.rule.binds == Binds::Author
            // Only rules on the document: the readers do not see headers.
            && !breach.place.starts_with("header:")
    };
    if judge(&exchange, &facts, Party::Registry, versions).breaches.iter().any(breaks) {
        return Some(false);
    }
    contradictions(&Content::new(&exchange, &facts, versions)).next().is_none().then_some(true)
}

/// Compares a reader with the model on one document; `None` if they agree, if the reader does not support the kind, or
/// if the specifications contradict each other.
pub fn disagrees(reader: Reader, schema: &Schema, shape: &Shape, body: &bytes::Bytes) -> Option<Disagreement> {
    let model = model_takes(shape.kind(), body, Versions::V1_1)?;
    let reader_takes = reader.takes(schema, shape.kind(), body)?;
    (model != reader_takes).then(|| Disagreement { reader, takes: reader_takes, shape: shape.clone() })
}

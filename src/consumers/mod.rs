//! Other readers of the same bytes: image-spec's JSON Schema and the crate `oci-spec`. Where they and the model do not
//! agree, one of the three is wrong or the documents are; each known case is a row of a table, with the reason.
//!
//! May import shape, generate, render, exchange, spec.

mod disagreements;
mod schema;

use crate::exchange::{Exchange, Facts};
use crate::model::{Binds, Content, Level, Party, Versions, contradictions, judge};
use crate::render::media_type;
use crate::shape::{Kind, Shape};

pub use disagreements::{Disagreement, Explained, Table, documents};
pub use schema::Schema;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reader {
    /// image-spec's JSON Schema.
    Schema,
    /// The crate `oci-spec`.
    OciSpec,
}

impl Reader {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Schema, Self::OciSpec];

    /// As the table names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "json-schema",
            Self::OciSpec => "oci-spec",
        }
    }

    /// Whether it takes these bytes as a manifest of this kind; `None` if it knows no such kind.
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

/// Whether the model calls these bytes a valid manifest of this kind, whatever they point at; `None` where documents
/// contradict each other.
pub fn model_takes(kind: Kind, body: &bytes::Bytes, versions: Versions) -> Option<bool> {
    let exchange = Exchange::of_document(Some(media_type(kind).to_owned()), body.clone(), Vec::new());
    let facts = Facts::all_there(&exchange);
    let breaks = |breach: &crate::model::Breach| {
        breach.rule.level == Level::Must
            && breach.rule.binds == Binds::Author
            // Of the document alone: a header is not among the bytes that others read.
            && !breach.place.starts_with("header:")
    };
    if judge(&exchange, &facts, Party::Registry, versions).breaches.iter().any(breaks) {
        return Some(false);
    }
    contradictions(&Content::new(&exchange, &facts, versions)).next().is_none().then_some(true)
}

/// What a reader and the model do not agree on.
pub fn disagrees(reader: Reader, schema: &Schema, shape: &Shape, body: &bytes::Bytes) -> Option<Disagreement> {
    let model = model_takes(shape.kind(), body, Versions::V1_1)?;
    let reader_takes = reader.takes(schema, shape.kind(), body)?;
    (model != reader_takes).then(|| Disagreement { reader, takes: reader_takes, shape: shape.clone() })
}

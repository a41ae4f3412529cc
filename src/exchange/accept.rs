//! The `Accept` header of requests that read.

use super::media_types::{IMAGE_INDEX, MANIFEST_TYPES, essence};
use super::stage::Stage;

/// The `Accept` header with which a manifest is read back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Accept {
    /// Every manifest type by name, as a careful client sends.
    Every,
    /// No `Accept` header, which means any type.
    Absent,
    /// Exactly this value.
    Value(String),
}

impl Accept {
    /// The value of the header; `None` if it is absent.
    pub fn value(&self) -> Option<String> {
        match self {
            Self::Every => Some(MANIFEST_TYPES.join(", ")),
            Self::Absent => None,
            Self::Value(value) => Some(value.clone()),
        }
    }

    /// Whether it names this type; parameters and case are ignored.
    pub fn names(&self, media_type: &str) -> bool {
        match self {
            Self::Every => MANIFEST_TYPES.contains(&&*essence(media_type)),
            Self::Absent => false,
            Self::Value(value) => value.split(',').any(|range| essence(range) == essence(media_type)),
        }
    }
}

/// The `Accept` of a request at this stage that is not for the pushed manifest: a list is not a manifest, and a server may refuse to
/// send it as one.
pub fn accept_at(stage: Stage) -> Accept {
    match stage {
        Stage::TagList => Accept::Value("application/json".to_owned()),
        Stage::Referrers => Accept::Value(IMAGE_INDEX.to_owned()),
        Stage::BlobGet | Stage::BlobHead | Stage::Ping => Accept::Absent,
        _ => Accept::Every,
    }
}

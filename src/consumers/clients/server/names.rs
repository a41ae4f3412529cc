//! The names under which a case is served: the same in every run, so that rows are.

use crate::exchange::{Exchange, NeedKind, State};

/// The repository of every case. Some clients refuse names of one character.
pub(super) const REPOSITORY: &str = "manifuzz/case";
/// The repository that clients copy and push to.
const TO: &str = "manifuzz/copy";
/// The fresh part of a tag.
const TAG: &str = "case";

/// The names of a case that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The repository that holds the case.
    pub repository: String,
    /// The repository that the client copies or pushes to.
    pub to: String,
    /// The tag of the case.
    pub tag: String,
    /// The digest of the case's manifest.
    pub digest: String,
    /// The manifest whose referrers are listed: the case's subject if the registry has it, else the case's manifest.
    pub subject: String,
}

impl Names {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let digest = exchange.tested.name_by_digest().to_owned();
        let subject = exchange.subject.as_ref().filter(|subject| {
            exchange.needs.iter().any(|need| {
                need.digest == **subject && matches!(need.kind, NeedKind::Manifest(_)) && need.state == State::Present
            })
        });
        Self {
            repository: REPOSITORY.to_owned(),
            to: TO.to_owned(),
            tag: exchange.tested.reference.tag(TAG).unwrap_or_else(|| TAG.to_owned()),
            subject: subject.cloned().unwrap_or_else(|| digest.clone()),
            digest,
        }
    }
}

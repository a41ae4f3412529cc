//! Manifests that this run pushed to the main repository. Finding one of them after a refusal is not residue.

use std::sync::PoisonError;

use super::registry_target::RegistryTarget;
use super::{Repository, Transport};
use crate::exchange::{Answer, Reply};

impl<T: Transport> RegistryTarget<T> {
    /// Whether an earlier push of this body to the main repository was acknowledged, either as a case or as a need. Always
    /// false for a fresh repository.
    pub(super) fn is_acknowledged(&self, place: Repository, digest: &str) -> bool {
        let as_need = (self.repository.clone(), format!("manifests/{digest}"));
        place == Repository::Main
            && (self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).contains(digest)
                || self.stored.lock().unwrap_or_else(PoisonError::into_inner).contains(&as_need))
    }

    /// Remembers a push that was acknowledged or not answered; the latter may have been stored as well.
    pub(super) fn note_acknowledged(&self, place: Repository, digest: &str, reply: &Reply) {
        let may_be_stored = reply.answer().is_none_or(Answer::is_success);
        if place == Repository::Main && may_be_stored {
            self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).insert(digest.to_owned());
        }
    }
}

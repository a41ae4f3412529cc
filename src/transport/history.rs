//! Manifests that this run pushed, by repository. Finding one of them after a refusal is not residue.

use std::sync::PoisonError;

use super::Transport;
use super::registry_target::{At, RegistryTarget};
use crate::exchange::{Answer, Reply};

impl<T: Transport> RegistryTarget<T> {
    /// Whether an earlier push of this body to the repository was acknowledged, either as a case or as a need.
    pub(super) fn is_acknowledged(&self, repository: &str, digest: &str) -> bool {
        let repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        repositories.get(repository).is_some_and(|known| {
            known.acknowledged.contains(digest) || known.stored.contains(&format!("manifests/{digest}"))
        })
    }

    /// The digests for which [`is_acknowledged`](Self::is_acknowledged) is true in the main repository, sorted.
    pub(super) fn acknowledged_by_main(&self) -> Vec<String> {
        let mut digests: Vec<String> = self.known(&self.main(), |known| {
            let needs = known.stored.iter().filter_map(|stored| stored.strip_prefix("manifests/"));
            needs.map(str::to_owned).chain(known.acknowledged.iter().cloned()).collect()
        });
        digests.sort_unstable();
        digests.dedup();
        digests
    }

    /// Remembers a push that was acknowledged or not answered; the latter may have been stored as well.
    pub(super) fn note_acknowledged(&self, at: At<'_>, digest: &str, reply: &Reply) {
        let may_be_stored = reply.answer().is_none_or(Answer::is_success);
        if may_be_stored {
            self.known(at.repository, |known| known.acknowledged.insert(digest.to_owned()));
        }
    }
}

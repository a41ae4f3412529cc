//! A registry as a target: its state during a run, and the context of a case.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use ::http::header;

use super::claims::Claims;
use super::commands::Commands;
use super::fresh::FreshRepositories;
use super::guard::Guard;
use super::hangs::Hangs;
use super::trace::Trace;
use super::{CaseContext, Transport};
use crate::exchange::{self, Answer, Capabilities, MANIFEST_TYPES, Put, Reference, Stage};

/// What this run pushed to one repository.
#[derive(Debug, Default)]
pub(super) struct KnownRepository {
    /// Content that the registry acknowledged, as `endpoint/digest`; it is not pushed again.
    pub stored: HashSet<String>,
    /// Digests of manifests that were pushed as cases and acknowledged.
    pub acknowledged: HashSet<String>,
    /// Upper bound on the size of each list after the pushes so far, in bytes, by path.
    pub lists: HashMap<String, usize>,
}

/// A registry behind a transport.
#[derive(Debug)]
pub struct RegistryTarget<T> {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) repository: String,
    /// The repository that replaces it, once lists in it have become long.
    pub(super) current: Mutex<Option<String>>,
    /// Makes tag and repository names unique to this run.
    nonce: String,
    counter: AtomicU64,
    pub(super) transport: T,
    /// What is known of each repository in use, by name.
    pub(super) repositories: Mutex<HashMap<String, KnownRepository>>,
    /// The repository that each blob was first pushed to, by digest; it is mounted from there.
    pub(super) blobs: Mutex<HashMap<String, String>>,
    /// Whether the registry is asked to mount blobs; unset once an answer shows that it does not do that.
    pub(super) mounts: AtomicBool,
    /// How many threads push blobs besides those that fire cases.
    pub(super) pushing: AtomicUsize,
    pub(super) hangs: Hangs,
    pub(super) claims: Claims,
    pub(super) trace: Option<Arc<Trace>>,
    pub(super) guard: Guard,
    pub(super) commands: Commands,
    /// What the target is known to be able to do; `None` if that is to be probed.
    pub(super) fixed: Option<Capabilities>,
    /// Repositories to use where a new one is needed; empty if the registry makes them.
    pub(super) fresh: FreshRepositories,
}

impl<T: Transport> RegistryTarget<T> {
    /// A target for one repository of a registry. `name` is its value of the `target` column; `nonce` must be unique to the run.
    pub fn new(name: String, version: String, repository: String, nonce: String, transport: T) -> Self {
        let (counter, repositories, blobs) = (AtomicU64::new(0), Mutex::default(), Mutex::default());
        let (hangs, current) = (Hangs::default(), Mutex::default());
        let (mounts, pushing) = (AtomicBool::new(true), AtomicUsize::new(0));
        Self {
            name,
            version,
            repository,
            current,
            nonce,
            counter,
            transport,
            repositories,
            blobs,
            mounts,
            pushing,
            hangs,
            claims: Claims::default(),
            trace: None,
            guard: Guard::default(),
            commands: Commands::default(),
            fixed: None,
            fresh: FreshRepositories::default(),
        }
    }

    /// Writes the requests and answers of cases in trouble to `trace`.
    #[must_use]
    pub fn traced(self, trace: Option<Arc<Trace>>) -> Self {
        Self { trace, ..self }
    }

    /// A target with these commands and capabilities.
    pub(super) fn with(self, commands: Commands, fixed: Option<Capabilities>) -> Self {
        Self { commands, fixed, ..self }
    }

    /// Uses these repositories where a new one is needed.
    pub(super) fn with_fresh(self, fresh: FreshRepositories) -> Self {
        Self { fresh, ..self }
    }

    /// Sends writes only as `guard` admits them.
    pub(super) fn guarded(self, guard: Guard) -> Self {
        Self { guard, ..self }
    }

    /// The context of a case, or of requests outside cases.
    pub(super) fn context(&self, id: &str) -> CaseContext {
        CaseContext::new(id, self.transport.allowance(), self.trace.as_ref().map(|_| Arc::default()))
    }

    /// The repository of [`Repository::Main`](super::Repository::Main).
    pub(super) fn main(&self) -> String {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().unwrap_or(&self.repository).clone()
    }

    /// Reads or notes something about a repository.
    pub(super) fn known<R>(&self, repository: &str, act: impl FnOnce(&mut KnownRepository) -> R) -> R {
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        match repositories.get_mut(repository) {
            Some(known) => act(known),
            None => act(repositories.entry(repository.to_owned()).or_default()),
        }
    }

    /// Forgets a repository that is not used again.
    pub(super) fn forget(&self, repository: &str) {
        self.repositories.lock().unwrap_or_else(PoisonError::into_inner).remove(repository);
    }

    /// Forgets everything that was pushed.
    pub(super) fn forget_all(&self) {
        self.repositories.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Part of a name that this run has not used before.
    pub(super) fn unused(&self) -> String {
        format!("{}-{}", self.nonce, self.counter.fetch_add(1, Ordering::Relaxed))
    }
}

/// Every manifest type by name: several registries do not honour `*/*`.
pub(super) fn accept() -> String {
    static ACCEPT: LazyLock<String> = LazyLock::new(|| MANIFEST_TYPES.join(", "));
    ACCEPT.clone()
}

/// The `Accept` header for what answers at a stage.
pub(super) fn accept_at(stage: Stage) -> Vec<(&'static str, String)> {
    exchange::accept_at(stage).value().map(|value| ("accept", value)).into_iter().collect()
}

/// Where a case runs: its repository, its tag, and the memory context of its answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub repository: &'a str,
    pub tag: &'a str,
    pub context: &'a CaseContext,
}

impl At<'_> {
    pub fn manifest(&self, reference: &str) -> String {
        format!("/v2/{}/manifests/{reference}", self.repository)
    }

    pub fn tag_list(&self) -> String {
        format!("/v2/{}/tags/list", self.repository)
    }

    pub fn referrers(&self, subject: &str) -> String {
        format!("/v2/{}/referrers/{subject}", self.repository)
    }

    /// The path a manifest is pushed to.
    pub fn push(&self, put: &Put) -> String {
        match &put.reference {
            Reference::Tag | Reference::FreshTag(_) => self.manifest(self.tag),
            Reference::Text(text) => self.manifest(text),
        }
    }
}

/// The `Location` of an answer, decoded lossily; `None` if absent or empty.
pub(super) fn location(answer: &Answer) -> Option<String> {
    let value = answer.headers.get(header::LOCATION)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned()).filter(|location| !location.is_empty())
}

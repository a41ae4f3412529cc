//! A registry as a target: its state during a run, and the context of a case.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ::http::header;

use super::hangs::Hangs;
use super::{Allowance, Transport};
use crate::exchange::{Answer, MANIFEST_TYPES, Put, Reference};

/// A registry behind a transport.
#[derive(Debug)]
pub struct RegistryTarget<T> {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) repository: String,
    /// Makes tag and repository names unique to this run.
    nonce: String,
    counter: AtomicU64,
    pub(super) transport: T,
    /// Content the registry acknowledged, as repository and `endpoint/digest`; it is not pushed again.
    pub(super) stored: Mutex<HashSet<(String, String)>>,
    /// Digests of manifests that this run pushed to the main repository and that were acknowledged.
    pub(super) acknowledged: Mutex<HashSet<String>>,
    /// Upper bound on the size of each list after the pushes so far, in bytes, by path.
    pub(super) lists: Mutex<HashMap<String, usize>>,
    pub(super) hangs: Hangs,
}

impl<T: Transport> RegistryTarget<T> {
    /// A target for one repository of a registry. `name` is its value of the `target` column; `nonce` must be unique to the run.
    pub fn new(name: String, version: String, repository: String, nonce: String, transport: T) -> Self {
        let (counter, stored, lists, acknowledged) =
            (AtomicU64::new(0), Mutex::default(), Mutex::default(), Mutex::default());
        let hangs = Hangs::default();
        Self { name, version, repository, nonce, counter, transport, stored, acknowledged, lists, hangs }
    }

    pub(super) fn fresh(&self) -> String {
        format!("{}-{}", self.nonce, self.counter.fetch_add(1, Ordering::Relaxed))
    }
}

/// Every manifest type by name: several registries do not honour `*/*`.
pub(super) fn accept() -> String {
    MANIFEST_TYPES.join(", ")
}

/// Where a case runs: its repository, its tag, and the memory allowance of its answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub repository: &'a str,
    pub tag: &'a str,
    pub allowance: &'a Allowance,
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

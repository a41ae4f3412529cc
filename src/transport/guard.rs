//! What every write of a run passes before it is sent: the prefix of repositories, the ledger, and the counts of the budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ::http::Method;

use super::ledger::{Entry, Ledger};
use super::prefix::Prefix;
use crate::error::{Trouble, TroubleKind, redacted};

/// Admits the writes of a run.
#[derive(Debug, Default)]
pub(super) struct Guard {
    /// `None` if writes may go anywhere on the host.
    prefix: Option<Prefix>,
    /// The ledger, with the names of the run and the target.
    ledger: Option<(Arc<Ledger>, String, String)>,
    /// Set once only what the ledger names is deleted: that need not be recorded.
    is_cleaning: AtomicBool,
    /// Bytes of request bodies, and pushes, so far.
    bytes: AtomicU64,
    objects: AtomicU64,
}

impl Guard {
    /// Keeps writes below the prefix, and records them in the ledger for this run and target.
    pub fn new(prefix: Option<Prefix>, ledger: Option<(Arc<Ledger>, String, String)>) -> Self {
        Self { prefix, ledger, ..Self::default() }
    }

    /// Has a request recorded before it is sent. `digest` is that of the content that it is about.
    ///
    /// Trouble if it must not be sent.
    pub fn admit(&self, method: &Method, target: &str, digest: &str, length: usize) -> Result<(), Trouble> {
        if matches!(*method, Method::GET | Method::HEAD) {
            return Ok(());
        }
        if self.prefix.as_ref().is_some_and(|prefix| prefix.is_left_by(target)) {
            let cause = "not sent, because the path leads out of the repository under test";
            return Err(Trouble::new(TroubleKind::Escape, format!("{method} {target}"), "the registry", cause));
        }
        if let Some((ledger, run, address)) = &self.ledger
            && !self.is_cleaning.load(Ordering::Relaxed)
        {
            ledger.add(&Entry {
                run: run.clone(),
                target: address.clone(),
                method: method.to_string(),
                path: redacted(target),
                digest: digest.to_owned(),
            })?;
        }
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
        self.objects.fetch_add(u64::from(*method == Method::PUT), Ordering::Relaxed);
        Ok(())
    }

    /// From now on, only what the ledger names is deleted.
    pub fn begin_cleaning(&self) {
        self.is_cleaning.store(true, Ordering::Relaxed);
    }

    /// The bytes and pushes so far.
    pub fn written(&self) -> (u64, u64) {
        (self.bytes.load(Ordering::Relaxed), self.objects.load(Ordering::Relaxed))
    }
}

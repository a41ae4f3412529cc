//! What the requests of one case share: its id, the memory of their answers, their number, and their trace.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Allowance;
use super::trace::Log;

/// What the requests of one case share.
#[derive(Debug, Default)]
pub struct CaseContext {
    id: Arc<str>,
    allowance: Allowance,
    requests: AtomicU64,
    log: Option<Arc<Log>>,
}

impl CaseContext {
    /// The context of a case whose answers may take the memory of `allowance`, and which is traced if there is a log.
    pub fn new(id: &str, allowance: Allowance, log: Option<Arc<Log>>) -> Self {
        Self { id: id.into(), allowance, requests: AtomicU64::new(0), log }
    }

    /// A context of the same case, with another allowance and a count from 0.
    pub fn with(&self, allowance: Allowance) -> Self {
        let (id, log) = (Arc::clone(&self.id), self.log.clone());
        Self { id, allowance, requests: AtomicU64::new(0), log }
    }

    /// The id of the case, or what the requests are for; empty if not known.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The memory that the answers may take.
    pub fn allowance(&self) -> &Allowance {
        &self.allowance
    }

    /// The requests and answers so far, if they are kept.
    pub fn log(&self) -> Option<&Log> {
        self.log.as_deref()
    }

    /// Counts requests of the case.
    pub fn count_requests(&self, requests: u64) {
        self.requests.fetch_add(requests, Ordering::Relaxed);
    }

    /// The number of requests of the case so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

//! Counts the requests of a run by what they were sent for.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::exchange::{Requests, RequestsByPurpose};

/// What a case is fired for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It is a case of the run.
    Case,
    /// To confirm something that was seen, and to see whether the target still answers the base.
    Repetition,
    /// To find the smallest case of a finding.
    Hunt,
}

/// The counters of a run.
#[derive(Debug, Default)]
pub(super) struct RequestCounts {
    cases: AtomicU64,
    repetitions: AtomicU64,
    hunts: AtomicU64,
    uploads: AtomicU64,
}

impl RequestCounts {
    /// Adds the requests of one fired case.
    pub fn add(&self, purpose: Purpose, Requests { all, uploads }: Requests) {
        let counter = match purpose {
            Purpose::Case => &self.cases,
            Purpose::Repetition => &self.repetitions,
            Purpose::Hunt => &self.hunts,
        };
        counter.fetch_add(all - uploads, Ordering::Relaxed);
        self.uploads.fetch_add(uploads, Ordering::Relaxed);
    }

    /// The counts, of which `all` is the sum.
    pub fn read(&self, all: u64) -> RequestsByPurpose {
        let [cases, repetitions, hunts, uploads] =
            [&self.cases, &self.repetitions, &self.hunts, &self.uploads].map(|counter| counter.load(Ordering::Relaxed));
        let others = all.saturating_sub(cases + repetitions + hunts + uploads);
        RequestsByPurpose { cases, repetitions, hunts, uploads, others }
    }
}

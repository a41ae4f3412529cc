//! The state of a run after a whole block, from which a later run continues.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::stored::StoredPending;
use super::stored_symptom::StoredSymptom;
use super::tally::Tally;

/// The state of a run on one target after a whole block. What a run that continues from it reports equals what an uninterrupted
/// one does, if the target answers alike.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RunState {
    /// Cases taken from the schedule, in order.
    pub(super) taken: usize,
    /// Of these, those that were fired.
    pub(super) done: usize,
    /// Of these, those that are fired last.
    pub(super) heavy: Vec<StoredCase>,
    pub(super) sample: StoredSample,
    /// Pushes to the repository, and lists read from it.
    pub(super) rotation: (usize, usize),
    pub(super) decisions: StoredDecisions,
    /// Requests by purpose: cases, repetitions, hunts, uploads, others.
    pub(super) requests: [u64; 5],
    pub(super) contradictions: Vec<String>,
    /// The digests of manifests that the repository acknowledged.
    pub(super) acknowledged: Vec<String>,
}

impl RunState {
    /// How many requests were sent.
    pub fn requests(&self) -> u64 {
        self.requests.iter().sum()
    }

    /// How many cases were fired.
    pub fn done(&self) -> usize {
        self.done
    }
}

/// A case to fire.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredCase {
    pub shape: String,
    pub is_drawn: bool,
    /// The names of the questions that it is asked.
    pub questions: Vec<String>,
}

/// The counts of the sample.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredSample {
    pub left: Option<usize>,
    pub judged: usize,
    pub accepted: usize,
    pub asked: Vec<usize>,
}

/// A group of answers, a kind, the number of answers, and of those to bases.
pub(super) type StoredAnswers = (String, String, usize, usize);
/// A group of answers, and the findings held back because every one of them may show them.
pub(super) type StoredShown = (String, Vec<StoredPending>);

/// What the decisions at the ends of blocks depend on, and what they counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredDecisions {
    pub known: Vec<(StoredSymptom, Vec<String>)>,
    pub answers: Vec<StoredAnswers>,
    pub shown: Vec<StoredShown>,
    pub notes: Vec<StoredPending>,
    pub troubles_in_a_row: usize,
    pub counts: StoredCounts,
}

/// The counts of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredCounts {
    /// Judged, unsupported, in trouble.
    pub ended: [usize; 3],
    /// Of these, the bases.
    pub bases: [usize; 3],
    pub not_reproduced: usize,
    /// How often each was seen, and example shapes.
    pub unreproduced: Vec<(StoredSymptom, usize, Vec<String>)>,
    pub late: Vec<(StoredSymptom, String, Vec<Duration>)>,
    pub found: usize,
    pub covered: String,
    pub whole: usize,
    #[serde(default)]
    pub tally: Tally,
}

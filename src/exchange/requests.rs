//! Numbers of requests.

/// A number of requests, including those that were sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// All of them.
    pub all: u64,
    /// Those that pushed content which the document points at.
    pub uploads: u64,
}

/// The requests of a run, by what they were sent for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestsByPurpose {
    /// For the cases of the run, without uploads.
    pub cases: u64,
    /// To confirm findings and to see whether the target still works, without uploads.
    pub repetitions: u64,
    /// To shrink findings, without uploads.
    pub hunts: u64,
    /// To push what documents point at, whatever for.
    pub uploads: u64,
    /// The rest: the probing of capabilities, and requests of cases that ended in trouble.
    pub others: u64,
}

impl RequestsByPurpose {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.cases + self.repetitions + self.hunts + self.uploads + self.others
    }
}

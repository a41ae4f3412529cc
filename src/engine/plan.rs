//! The options of a run.

use std::time::Duration;

use super::order::Schedule;
use super::prober::RESTART_WAIT;
use super::state::RunState;
use crate::exchange::{Budget, Depth};
use crate::model::Versions;

/// Options of a run. The default is what `manifuzz run` does without options.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which cases to fire, in which order.
    pub order: Schedule,
    /// The specification versions to judge by.
    pub versions: Versions,
    /// How much to read back after each push.
    pub depth: Depth,
    /// Maximum number of cases in flight.
    pub jobs: usize,
    /// Whether to shrink findings.
    pub shrink: bool,
    /// Time limit per target, including shrinking; `None` means no limit. Cases are fired in the first three quarters.
    pub time: Option<Duration>,
    /// About how much may be sent, shrinking included.
    pub budget: Budget,
    /// Whether to send only requests that read. The order of cases does not matter then.
    pub read_only: bool,
    /// The state of an earlier run of this plan on the target, from which this one continues.
    pub resume: Option<RunState>,
    /// How long to wait for a target that went down, on the target's clock.
    pub restart_wait: Duration,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            order: Schedule::default(),
            versions: Versions::V1_1,
            depth: Depth::Full,
            jobs: 8,
            shrink: true,
            time: None,
            budget: Budget::default(),
            read_only: false,
            resume: None,
            restart_wait: RESTART_WAIT,
        }
    }
}

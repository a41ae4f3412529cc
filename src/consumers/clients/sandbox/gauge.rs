//! Compares what a command takes with its limits.

use std::path::Path;
use std::time::{Duration, Instant};

use super::command::Limits;
use super::containment::file_size;
use super::process::Snapshot;
use super::surroundings::usage;
use crate::exchange::client::Overrun;

/// Walking the folder may take this part of the time.
const SHARE: u32 = 10;

/// The limits of a command and what it took so far.
#[derive(Debug)]
pub(super) struct Gauge<'a> {
    limits: &'a Limits,
    watched: &'a Path,
    /// The size of the folder before the command.
    before: u64,
    /// When the folder is walked again.
    next_walk: Instant,
    peak: u64,
}

impl<'a> Gauge<'a> {
    pub fn new(limits: &'a Limits, watched: &'a Path) -> Self {
        Self { limits, watched, before: usage(watched).bytes, next_walk: Instant::now(), peak: 0 }
    }

    /// The largest resident memory seen.
    pub fn peak(&self) -> u64 {
        self.peak
    }

    /// The limit that is exceeded now.
    pub fn overrun(&mut self, now: &Snapshot) -> Option<Overrun> {
        if now.processes.len() > self.limits.processes as usize {
            return Some(Overrun::Processes);
        }
        let resident = now.resident();
        self.peak = self.peak.max(resident);
        // Forked processes share most of their pages; telling those apart takes long, so it waits until it may matter.
        if resident > self.limits.memory && now.proportional() > self.limits.memory {
            return Some(Overrun::Memory);
        }
        let start = Instant::now();
        if start < self.next_walk {
            return None;
        }
        let overrun = self.disk_overrun();
        self.next_walk = Instant::now() + (start.elapsed() * SHARE).min(Duration::from_secs(2));
        overrun
    }

    /// Whether the folder has grown too much, also by one file that reached the limit set for files.
    pub fn disk_overrun(&self) -> Option<Overrun> {
        let now = usage(self.watched);
        let grown = now.bytes.saturating_sub(self.before);
        (grown > self.limits.disk || now.largest >= file_size(self.limits)).then_some(Overrun::Disk)
    }
}

//! Pushes the blobs of a case that needs many of them together.
//!
//! The outcome is that of pushing them one after another: the replies are taken in order, and those after the first refusal are
//! left out.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Transport;
use super::registry_target::{At, RegistryTarget};
use super::side_by_side::side_by_side;
use crate::error::Trouble;
use crate::exchange::{Exchange, Need, NeedKind, Reply, State, Step};

/// So many blobs are pushed one after another.
const FEW: usize = 4;

/// What came of pushing one need: the reply that refused it, if one did. `None` if it remains to be pushed.
type Pushed = Option<Result<Option<Reply>, Trouble>>;

impl<T: Transport> RegistryTarget<T> {
    /// Pushes the blobs that these steps begin with, if that saves time, and returns an entry for each step taken.
    pub(super) fn push_together(&self, at: At<'_>, exchange: &Exchange, steps: &[Step]) -> VecDeque<Pushed> {
        let most = self.transport.at_once();
        if steps.len() <= FEW || most <= 1 {
            return VecDeque::new();
        }
        let needs = steps.iter().map_while(|step| match step {
            Step::Need(i) => exchange.needs.get(*i).map(|need| &**need).filter(|need| need.kind == NeedKind::Blob),
            _ => None,
        });
        let mut seen = HashSet::new();
        let mut is_missing = |need: &Need| {
            need.state == State::Present && seen.insert(need.digest.clone()) && !self.is_stored(at.repository, need)
        };
        let blobs: Vec<Option<&Need>> = needs.map(|need| Some(need).filter(|need| is_missing(need))).collect();
        if blobs.iter().flatten().count() <= FEW {
            return VecDeque::new();
        }
        // Several cases share the threads for blobs.
        let taken = self.pushing.fetch_add(most, Ordering::Relaxed);
        let jobs = most.saturating_sub(taken).max(1);
        let refused = AtomicUsize::new(usize::MAX);
        let push = |number: usize| {
            let need = blobs[number].filter(|_| number < refused.load(Ordering::Relaxed))?;
            // An allowance is for one thread at a time. Each has its own, so that answers to uploads are bounded together.
            let context = at.context.with(self.transport.allowance());
            let pushed = self.push_need(At { context: &context, ..at }, need);
            at.context.count_requests(context.requests());
            if !matches!(pushed, Ok(None)) {
                refused.fetch_min(number, Ordering::Relaxed);
            }
            Some(pushed)
        };
        let pushed = side_by_side(blobs.len(), jobs, push);
        self.pushing.fetch_sub(most, Ordering::Relaxed);
        pushed.into()
    }
}

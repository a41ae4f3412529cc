//! Repositories that exist already, lent to cases that need one for themselves. For registries that make none by a push.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

/// A pool of repositories. What is known of them is kept, so that content of an earlier case is not taken for new.
#[derive(Debug)]
pub(super) struct FreshRepositories {
    /// Those that no case uses; the one that was given back last is used last.
    free: Mutex<VecDeque<String>>,
    given_back: Condvar,
    /// How many there are in all.
    count: usize,
}

/// A repository that one case uses.
#[derive(Debug)]
pub(super) struct Lent<'p> {
    name: String,
    pool: &'p FreshRepositories,
}

impl Default for FreshRepositories {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl FreshRepositories {
    pub fn new(names: Vec<String>) -> Self {
        let count = names.len();
        Self { free: Mutex::new(names.into()), given_back: Condvar::new(), count }
    }

    /// Lends a repository as soon as one is free; `None` if there are none at all.
    pub fn lend(&self) -> Option<Lent<'_>> {
        if self.count == 0 {
            return None;
        }
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(name) = free.pop_front() {
                return Some(Lent { name, pool: self });
            }
            free = self.given_back.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Lent<'_> {
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push_back(std::mem::take(&mut self.name));
        drop(free);
        self.pool.given_back.notify_one();
    }
}

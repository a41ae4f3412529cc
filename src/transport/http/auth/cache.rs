//! The tokens of a registry, by their scopes, and the scopes that it turned out to want.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::scope::Scopes;
use super::token::Token;

/// The most tokens that are kept. Every fresh repository needs one.
const KEPT: usize = 256;
/// The most scopes that are asked for at once: a registry could name another one each time.
const SCOPES: usize = 8;

/// The tokens for some scopes; the lock is held while one is fetched, so that several requests do not fetch it at once.
pub(super) type Slot = Arc<Mutex<Option<Token>>>;

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is kept between requests.
#[derive(Default)]
pub(super) struct Cache {
    tokens: Mutex<HashMap<Scopes, Slot>>,
    /// What the registry asked for in addition to scopes that were expected to do, by these.
    learned: Mutex<HashMap<Scopes, Scopes>>,
}

impl Cache {
    /// The scopes with those that the registry asked for in addition.
    pub fn with_learned(&self, scopes: Scopes) -> Scopes {
        locked(&self.learned).get(&scopes).cloned().unwrap_or(scopes)
    }

    pub fn learn(&self, scopes: Scopes, more: &Scopes) {
        let mut learned = locked(&self.learned);
        let known = learned.get(&scopes).unwrap_or(&scopes).clone();
        let all = Some(known.and(more)).filter(|all| all.0.len() <= SCOPES).unwrap_or_else(|| scopes.clone().and(more));
        if learned.len() >= KEPT {
            learned.clear();
        }
        learned.insert(scopes, all);
    }

    /// Where the token for these scopes is kept.
    pub fn slot(&self, scopes: &Scopes) -> Slot {
        let mut tokens = locked(&self.tokens);
        if tokens.len() >= KEPT && !tokens.contains_key(scopes) {
            let now = Instant::now();
            // One that is locked is being fetched.
            let is_current =
                |slot: &Slot| slot.try_lock().is_ok_and(|token| token.as_ref().is_some_and(|one| one.until > now));
            tokens.retain(|_, slot| is_current(slot));
            if tokens.len() >= KEPT {
                tokens.clear();
            }
        }
        Arc::clone(tokens.entry(scopes.clone()).or_default())
    }
}

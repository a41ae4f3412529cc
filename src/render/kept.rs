//! What was written a while ago, by where it stands and what deviates there: a table in which a newcomer takes the
//! place of what stands in its way.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::content::Family;
use super::descriptor::Place;
use crate::exchange::Need;
use crate::shape::{Choice, SlotId};

/// A descriptor, written, and what it needs.
#[derive(Debug)]
pub(super) struct Kept {
    pub written: Vec<u8>,
    pub needs: Vec<Arc<Need>>,
}

/// All that a descriptor without a salt depends on.
#[derive(Debug, PartialEq)]
struct Key {
    path: String,
    content: usize,
    family: Family,
    deviating: Vec<(SlotId, Choice)>,
}

/// How many are kept, a power of two.
const MOST: usize = 2048;
/// What is longer is rarely asked for twice.
const LONGEST: usize = 8192;

/// What `read` makes of the descriptor of this key: kept, or made now.
pub(super) fn with<R>(
    (place, family, deviating): (&Place<'_>, Family, impl Iterator<Item = (SlotId, Choice)> + Clone),
    make: impl FnOnce() -> Kept,
    read: impl FnOnce(&Kept) -> R,
) -> R {
    thread_local! {
        static KEPT: RefCell<Vec<Option<(Key, Kept)>>> = const { RefCell::new(Vec::new()) };
    }
    let mut hasher = FixedState::default().build_hasher();
    (place.path, place.content, family == Family::Docker).hash(&mut hasher);
    deviating.clone().for_each(|deviation| deviation.hash(&mut hasher));
    let at = usize::try_from(hasher.finish() % MOST as u64).unwrap_or(0);
    KEPT.with_borrow_mut(|all| {
        all.resize_with(MOST, || None);
        let is_it = |key: &Key| {
            (key.path.as_str(), key.content, key.family) == (place.path, place.content, family)
                && key.deviating.iter().copied().eq(deviating.clone())
        };
        if let Some((_, kept)) = all[at].as_ref().filter(|(key, _)| is_it(key)) {
            return read(kept);
        }
        let made = make();
        let result = read(&made);
        if made.written.len() <= LONGEST {
            let (path, deviating) = (place.path.to_owned(), deviating.collect());
            all[at] = Some((Key { path, content: place.content, family, deviating }, made));
        }
        result
    })
}

//! What was made before. Of the base, for good, by where it stands; of what deviates, for a while: in a table in which a
//! newcomer takes the place of what stands in its way.

use std::cell::RefCell;
use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use foldhash::fast::FixedState;

use super::content::Family;
use super::descriptor::Position;
use crate::exchange::Need;
use crate::shape::{Choice, Role, SlotId};

/// Up to this position of a list what is made once is kept; most lists are shorter.
pub(super) const POSITIONS: usize = 512;

/// One thing for each role, family and position below [`POSITIONS`], made when it is first asked for.
pub(super) struct ByPlace<T>(Vec<OnceLock<T>>);

impl<T> ByPlace<T> {
    pub fn empty() -> Self {
        Self((0..Role::ALL.len() * 2 * POSITIONS).map(|_| OnceLock::new()).collect())
    }

    /// The thing at a place; `None` beyond the last position.
    pub fn get_or_init(&self, (role, family, position): (Role, Family, usize), make: impl FnOnce() -> T) -> Option<&T> {
        let place = (role as usize * 2 + usize::from(family == Family::Docker)) * POSITIONS + position;
        if position < POSITIONS { Some(self.0[place].get_or_init(make)) } else { None }
    }
}

/// A descriptor, written, and what it needs.
#[derive(Debug)]
pub(super) struct Kept {
    pub written: Vec<u8>,
    pub needs: Vec<Arc<Need>>,
}

/// All that a descriptor without a salt depends on.
struct Key {
    path: String,
    content: usize,
    family: Family,
    deviation: Option<(SlotId, Choice)>,
}

/// How many are kept, a power of two.
const MOST: usize = 2048;
/// What is longer is rarely asked for twice.
const LONGEST: usize = 8192;

/// What `read` makes of the descriptor of this key: kept, or made now.
pub(super) fn with<R>(
    (place, family, deviation): (&Position<'_>, Family, Option<(SlotId, Choice)>),
    make: impl FnOnce() -> Kept,
    read: impl FnOnce(&Kept) -> R,
) -> R {
    thread_local! {
        static KEPT: RefCell<Vec<Option<(Key, Kept)>>> = const { RefCell::new(Vec::new()) };
    }
    let hash = FixedState::default().hash_one((place.path, place.content, family == Family::Docker, deviation));
    let at = usize::try_from(hash % MOST as u64).unwrap_or(0);
    KEPT.with_borrow_mut(|all| {
        all.resize_with(MOST, || None);
        let is_it = |key: &Key| {
            (key.path.as_str(), key.content, key.family, key.deviation)
                == (place.path, place.content, family, deviation)
        };
        if let Some((_, kept)) = all[at].as_ref().filter(|(key, _)| is_it(key)) {
            return read(kept);
        }
        let made = make();
        let result = read(&made);
        if made.written.len() <= LONGEST {
            let key = Key { path: place.path.to_owned(), content: place.content, family, deviation };
            all[at] = Some((key, made));
        }
        result
    })
}

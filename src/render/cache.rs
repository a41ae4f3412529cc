//! Descriptor caches: permanent for base descriptors, direct-mapped and thread-local for those with one deviation.

use std::cell::RefCell;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::media_type::Vendor;
use super::position::Position;
use crate::exchange::Need;
use crate::shape::{Choice, SlotId};

/// A serialised descriptor and the content it needs.
#[derive(Debug)]
pub(super) struct CachedDescriptor {
    pub written: Vec<u8>,
    pub needs: Vec<Arc<Need>>,
}

/// Everything that a descriptor without a salt depends on.
struct Key {
    path: String,
    content: usize,
    vendor: Vendor,
    deviation: Option<(SlotId, Choice)>,
}

/// The number of cache slots; a power of two.
const CAPACITY: usize = 2048;
/// The longest descriptor cached, in bytes; longer ones are rarely reused.
const MAX_LENGTH: usize = 8192;

/// Calls `read` with the descriptor for this key, from the cache or made now.
pub(super) fn with<R>(
    (position, vendor, deviation): (&Position<'_>, Vendor, Option<(SlotId, Choice)>),
    make: impl FnOnce() -> CachedDescriptor,
    read: impl FnOnce(&CachedDescriptor) -> R,
) -> R {
    thread_local! {
        static CACHE: RefCell<Vec<Option<(Key, CachedDescriptor)>>> = const { RefCell::new(Vec::new()) };
    }
    let hash = FixedState::default().hash_one((position.path, position.content, vendor == Vendor::Docker, deviation));
    let at = usize::try_from(hash % CAPACITY as u64).unwrap_or(0);
    CACHE.with_borrow_mut(|all| {
        all.resize_with(CAPACITY, || None);
        let matches = |key: &Key| {
            (key.path.as_str(), key.content, key.vendor, key.deviation)
                == (position.path, position.content, vendor, deviation)
        };
        if let Some((_, cached)) = all[at].as_ref().filter(|(key, _)| matches(key)) {
            return read(cached);
        }
        let made = make();
        let result = read(&made);
        if made.written.len() <= MAX_LENGTH {
            let key = Key { path: position.path.to_owned(), content: position.content, vendor, deviation };
            all[at] = Some((key, made));
        }
        result
    })
}

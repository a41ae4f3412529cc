//! Large bodies: rendered and hashed once for all targets and hunts, and padded without copying.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Bodies of at least this size are kept, in bytes.
pub(super) const LARGE: usize = 64 << 10;
/// The total size of the bodies that are kept, in bytes.
const KEPT: usize = 64 << 20;
/// The largest padded body of a menu, in bytes. Other sizes of the same document are its beginnings.
const LONGEST: usize = 8 << 20;
/// How many padded documents are kept.
const DOCUMENTS: usize = 4;

/// Values that hold large bodies, the oldest first, and the total size of the bodies.
pub(super) struct Kept<T> {
    values: VecDeque<(T, usize)>,
    total: usize,
}

impl<T> Kept<T> {
    /// None.
    pub const fn none() -> Self {
        Self { values: VecDeque::new(), total: 0 }
    }

    /// The kept values.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.values.iter().map(|(value, _)| value)
    }

    /// Keeps a value whose body has this size, in place of the oldest ones, if that is large.
    pub fn keep(&mut self, value: T, size: usize) {
        if size < LARGE {
            return;
        }
        self.values.push_back((value, size));
        self.total += size;
        while self.total > KEPT {
            let Some((_, oldest)) = self.values.pop_front() else { break };
            self.total -= oldest;
        }
    }
}

/// A document followed by spaces.
struct Padded {
    document: usize,
    bytes: Bytes,
}

/// The padded documents, the oldest first.
static PADDED: Mutex<VecDeque<Padded>> = Mutex::new(VecDeque::new());

/// The document, padded with spaces to `length` bytes. Lengths of the same document share their memory.
pub(super) fn padded(mut document: Vec<u8>, length: usize) -> Bytes {
    if length < LARGE {
        document.resize(length.max(document.len()), b' ');
        return document.into();
    }
    let mut kept = lock(&PADDED);
    let same = kept.iter().position(|one| one.document == document.len() && one.bytes.starts_with(&document));
    if let Some(at) = same {
        if kept[at].bytes.len() >= length {
            return kept[at].bytes.slice(..length);
        }
        kept.remove(at);
    }
    // A document that is padded for the second time will probably be padded again, to another length.
    let most = if same.is_some() { length.max(LONGEST) } else { length };
    let end = document.len();
    document.reserve_exact(most.saturating_sub(end));
    document.resize(most.max(end), b' ');
    let bytes = Bytes::from(document);
    kept.push_back(Padded { document: end, bytes: bytes.clone() });
    if kept.len() > DOCUMENTS {
        kept.pop_front();
    }
    bytes.slice(..length.max(end))
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_documents_have_their_length_and_share_their_memory() {
        let document = b"{\"a\":1}".to_vec();
        for length in [3, 100, LARGE, 3 * LARGE, 2 * LARGE, LARGE + 1] {
            let body = padded(document.clone(), length);
            assert_eq!(body.len(), length.max(document.len()));
            assert!(body.starts_with(&document) && body[document.len()..].iter().all(|byte| *byte == b' '));
        }
        let [first, second] = [3 * LARGE, 2 * LARGE].map(|length| padded(document.clone(), length));
        assert_eq!(first.as_ptr(), second.as_ptr());
        let other = padded(b"{\"a\":1 ".to_vec(), LARGE);
        assert_ne!(other.as_ptr(), first.as_ptr());
    }

    #[test]
    fn the_oldest_are_dropped_when_they_are_too_much_together() {
        let mut kept = Kept::none();
        for number in 0..20 {
            kept.keep(number, 8 << 20);
            kept.keep(100, LARGE - 1);
        }
        assert_eq!(kept.values().copied().collect::<Vec<_>>(), (12..20).collect::<Vec<_>>());
    }
}

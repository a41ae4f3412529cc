//! Large bodies: rendered and hashed once for all targets and hunts, and padded without copying.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::case::Case;
use crate::shape::Shape;

/// Bodies of at least this size are kept, in bytes.
pub(super) const LARGE: usize = 64 << 10;
/// The total size of the bodies that are kept, in bytes.
const KEPT: usize = 64 << 20;
/// The largest padded body of a menu, in bytes. Other sizes of the same document are its beginnings.
const LONGEST: usize = 8 << 20;
/// How many padded documents are kept.
const DOCUMENTS: usize = 4;

/// Cases with large bodies, the oldest first, and the total size of the bodies.
static CASES: Mutex<(VecDeque<Case>, usize)> = Mutex::new((VecDeque::new(), 0));

/// The kept case of a shape.
pub(super) fn kept(shape: &Shape) -> Option<Case> {
    lock(&CASES).0.iter().find(|case| case.shape == *shape).cloned()
}

/// Keeps a case if its body is large, in place of the oldest ones.
pub(super) fn keep(case: &Case) {
    let size = |case: &Case| case.exchange.tested.body.len();
    if size(case) < LARGE {
        return;
    }
    let mut kept = lock(&CASES);
    let (cases, total) = &mut *kept;
    cases.push_back(case.clone());
    *total += size(case);
    while *total > KEPT {
        let Some(oldest) = cases.pop_front() else { break };
        *total -= size(&oldest);
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
    fn a_large_case_is_rendered_once() {
        let body = |text: &str| Case::of(text.parse().expect("a shape")).exchange.tested.body.as_ptr();
        assert_eq!(body("text.padding=inside(4000000)"), body("text.padding=inside(4000000)"));
    }
}

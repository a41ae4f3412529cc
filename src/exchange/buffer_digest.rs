//! Digests of buffers that several parts of the process hold: the body of a push is hashed where it is planned, rendered again, sent,
//! and received by an embedded registry.

use std::collections::{HashMap, VecDeque};
use std::sync::{LazyLock, Mutex, PoisonError};

use bytes::Bytes;

use super::digest::sha256;

/// Shorter content is hashed each time, in bytes.
const SHORT: usize = 4 << 10;
/// The total size of the content whose digests are remembered, in bytes.
const REMEMBERED: usize = 64 << 20;

/// Digests of buffers, by address and length. The buffers are held, so that no other can have their address.
#[derive(Default)]
struct Hashed {
    digests: HashMap<(usize, usize), String>,
    held: VecDeque<Bytes>,
    size: usize,
}

/// `sha256:HEX` of the content. A buffer that is given again, or another view of the same bytes of it, is not hashed again. What
/// anybody says its digest is has no influence.
pub fn buffer_sha256(content: &Bytes) -> String {
    static HASHED: LazyLock<Mutex<Hashed>> = LazyLock::new(Mutex::default);
    if content.len() < SHORT {
        return sha256(content);
    }
    let identity = (content.as_ptr() as usize, content.len());
    if let Some(digest) = HASHED.lock().unwrap_or_else(PoisonError::into_inner).digests.get(&identity) {
        return digest.clone();
    }
    let digest = sha256(content);
    let mut hashed = HASHED.lock().unwrap_or_else(PoisonError::into_inner);
    if hashed.digests.insert(identity, digest.clone()).is_none() {
        hashed.size += content.len();
        hashed.held.push_back(content.clone());
    }
    while hashed.size > REMEMBERED {
        let Some(oldest) = hashed.held.pop_front() else { break };
        hashed.size -= oldest.len();
        hashed.digests.remove(&(oldest.as_ptr() as usize, oldest.len()));
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_a_buffer_is_that_of_its_bytes_however_often_addresses_are_reused() {
        for i in 0..300u32 {
            let content = Bytes::from(i.to_le_bytes().repeat(300_000 / 4));
            for part in [content.clone(), content.slice(..5000), content.slice(4..)] {
                assert_eq!(buffer_sha256(&part), sha256(&part));
                assert_eq!(buffer_sha256(&part), sha256(&part), "remembered");
            }
        }
    }
}

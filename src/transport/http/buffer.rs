//! The bytes of one answer's body. Short ones are on the heap. Long ones have pages of their own, which take what was written to
//! them and go back to the system when they are dropped: a heap that grows such bodies by doubling, in many threads, keeps
//! several times of what is in use.

use bytes::Bytes;
use memmap2::MmapMut;

use super::super::Allowance;

/// Up to here a body is on the heap, in bytes.
const SHORT: usize = 64 << 10;

/// A body that grows.
pub(super) struct Buffer {
    short: Vec<u8>,
    long: Option<MmapMut>,
    length: usize,
    most: usize,
}

/// Pages, of which the first bytes are a body.
struct Long {
    pages: MmapMut,
    length: usize,
}

impl AsRef<[u8]> for Long {
    fn as_ref(&self) -> &[u8] {
        &self.pages[..self.length]
    }
}

impl Buffer {
    /// An empty one that has room for `most` bytes.
    pub fn new(most: usize) -> Self {
        Self { short: Vec::new(), long: None, length: 0, most }
    }

    /// How many bytes it holds.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Adds bytes, as many as there is room for; how many.
    pub fn add(&mut self, new: &[u8]) -> usize {
        let new = &new[..new.len().min(self.most - self.length)];
        if self.long.is_none() && self.length + new.len() > SHORT {
            // Where the system has no pages to give, the body ends here.
            let Ok(mut pages) = MmapMut::map_anon(self.most) else { return 0 };
            pages[..self.length].copy_from_slice(&self.short);
            (self.short, self.long) = (Vec::new(), Some(pages));
        }
        match &mut self.long {
            Some(pages) => pages[self.length..][..new.len()].copy_from_slice(new),
            None => self.short.extend_from_slice(new),
        }
        self.length += new.len();
        new.len()
    }

    /// The bytes, which count against the allowance as long as they are there.
    pub fn into_bytes(self, allowance: &Allowance) -> Bytes {
        match self.long {
            Some(pages) => allowance.hold(Long { pages, length: self.length }),
            None => allowance.hold(self.short),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_they_went_in_on_either_side_of_the_limit() {
        for length in [0, 1, SHORT - 1, SHORT, SHORT + 1, 3 * SHORT] {
            let body: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let mut buffer = Buffer::new(2 * SHORT);
            let added: usize = body.chunks(7777).map(|piece| buffer.add(piece)).sum();
            assert_eq!((added, buffer.len()), (length.min(2 * SHORT), added));
            assert_eq!(buffer.into_bytes(&Allowance::default()), body[..added]);
        }
    }
}

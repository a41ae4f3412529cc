//! The bytes of one answer's body. Short bodies are on the heap. Long ones are in anonymous mappings, which take only the pages
//! written and return them to the system when dropped; growing them on the heap by doubling, in many threads, would retain
//! several times the memory in use.

use bytes::Bytes;
use memmap2::MmapMut;

use super::super::Allowance;

/// Maximum size of a body on the heap, in bytes.
const SHORT: usize = 64 << 10;

/// A growing body.
pub(super) struct Buffer {
    short: Vec<u8>,
    long: Option<MmapMut>,
    length: usize,
    most: usize,
}

/// A mapping whose first `length` bytes are the body.
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
    /// An empty buffer with room for `most` bytes.
    pub fn new(most: usize) -> Self {
        Self { short: Vec::new(), long: None, length: 0, most }
    }

    /// The number of bytes in the buffer.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Adds as many bytes as there is room for and returns how many.
    pub fn add(&mut self, new: &[u8]) -> usize {
        let new = &new[..new.len().min(self.most - self.length)];
        if self.long.is_none() && self.length + new.len() > SHORT {
            // If the system is out of memory, the body is cut here.
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

    /// The bytes, which keep the allowance's grant until they are dropped.
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

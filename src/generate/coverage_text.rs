//! Coverage as text, so that the coverage of several runs can be united.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::coverage::Covered;

impl Covered {
    /// Base64 of zlib of the bits: one for each entry, then one for each pair of entries, lowest bit first. Only a version with
    /// the same entries can read it.
    ///
    /// ```
    /// use manifuzz::generate::Covered;
    ///
    /// let mut covered = Covered::default();
    /// covered.add(&"annotations=one".parse()?);
    /// assert_eq!(Covered::from_text(&covered.to_text()), Some(covered));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_text(&self) -> String {
        let byte = |bits: &[bool]| bits.iter().rev().fold(0u8, |byte, bit| byte << 1 | u8::from(*bit));
        let bytes: Vec<u8> = self.bits().chunks(8).map(byte).collect();
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        // Writing to memory does not fail.
        let packed = encoder.write_all(&bytes).and_then(|()| encoder.finish());
        STANDARD.encode(packed.unwrap_or_default())
    }

    /// Reads [`to_text`](Self::to_text); `None` if the text is not that of a version with the same entries.
    pub fn from_text(text: &str) -> Option<Self> {
        let packed = STANDARD.decode(text).ok()?;
        let most = Self::bit_count().div_ceil(8);
        let mut bytes = Vec::new();
        ZlibDecoder::new(&*packed).take(most as u64 + 1).read_to_end(&mut bytes).ok()?;
        let bits = |at: usize| bytes[at / 8] >> (at % 8) & 1 == 1;
        match bytes.len() {
            0 => Some(Self::default()),
            length if length == most => Some(Self::of_bits(bits)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Preset, draw_nth};

    fn covered(draws: std::ops::Range<u64>) -> Covered {
        let mut covered = Covered::default();
        draws.for_each(|i| covered.add(&draw_nth(7, Preset::Hostile, i)));
        covered
    }

    #[test]
    fn the_union_of_parts_is_the_coverage_of_the_whole() {
        let mut united = Covered::default();
        for part in [covered(0..40), covered(40..90), covered(0..10)] {
            united.unite(&Covered::from_text(&part.to_text()).expect("readable"));
        }
        assert_eq!((united.count(), &united), (covered(0..90).count(), &covered(0..90)));
    }

    #[test]
    fn other_texts_are_not_read() {
        let text = covered(0..5).to_text();
        assert_eq!(Covered::from_text(&text[..text.len() / 2]), None);
        assert_eq!(Covered::from_text("?"), None);
        assert_eq!(Covered::from_text(&Covered::default().to_text()), Some(Covered::default()));
    }
}

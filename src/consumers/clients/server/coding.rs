//! Content codings: gzip, and gzip of far more than was asked for.

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};

use super::reply::Payload;

/// The header of a gzip member without name or time.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// An empty last block of DEFLATE.
const LAST: [u8; 2] = [3, 0];
/// The size of one piece of zeros, and the number of pieces: a gigabyte.
const PIECE: usize = 1 << 20;
const PIECES: u64 = 1 << 10;

/// The content, compressed.
pub(super) fn gzipped(content: &Bytes) -> Bytes {
    let mut crc = Crc::new();
    crc.update(content);
    [&HEADER[..], &flushed(content), &LAST, &trailer(&crc)].concat().into()
}

/// The content and then a gigabyte of zeros, compressed in one member. Every piece of zeros is compressed to the same bytes,
/// because the compressor forgets what came before it; so one is made and sent again and again.
pub(super) fn bomb(content: &Bytes) -> Payload {
    let zeros = vec![0; PIECE];
    let mut of_zeros = Crc::new();
    of_zeros.update(&zeros);
    let mut crc = Crc::new();
    crc.update(content);
    (0..PIECES).for_each(|_| crc.combine(&of_zeros));
    let start = [&HEADER[..], &flushed(content)].concat();
    let end = [&LAST[..], &trailer(&crc)].concat();
    Payload(vec![(start.into(), 1), (flushed(&zeros).into(), PIECES), (end.into(), 1)])
}

/// The content as blocks of DEFLATE that end at a byte, and on which no later block depends.
fn flushed(content: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::default(), false);
    // Incompressible content grows by less than that.
    let mut out = Vec::with_capacity(content.len() + content.len() / 100 + 1024);
    // It fails only if it is used after its end.
    let _ = compress.compress_vec(content, &mut out, FlushCompress::Full);
    out
}

fn trailer(crc: &Crc) -> [u8; 8] {
    let mut trailer = [0; 8];
    trailer[..4].copy_from_slice(&crc.sum().to_le_bytes());
    trailer[4..].copy_from_slice(&crc.amount().to_le_bytes());
    trailer
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn gzipped_content_is_read_back() {
        for content in [Bytes::new(), Bytes::from_static(b"content"), Bytes::from(vec![7; 300_000])] {
            let mut read = Vec::new();
            GzDecoder::new(&gzipped(&content)[..]).read_to_end(&mut read).unwrap();
            assert_eq!(read, content);
        }
    }

    #[test]
    fn a_bomb_is_small_and_unpacks_to_the_content_and_a_gigabyte_of_zeros() {
        let payload = bomb(&Bytes::from_static(b"content"));
        assert!(payload.length() < 4 << 20, "{}", payload.length());
        let sent: Vec<u8> = payload.0.iter().flat_map(|(piece, times)| piece.repeat(*times as usize)).collect();
        let mut decoder = GzDecoder::new(&sent[..]);
        let mut start = [0; 7];
        decoder.read_exact(&mut start).unwrap();
        // The checksum at the end is checked by reading to there.
        assert_eq!((&start, std::io::copy(&mut decoder, &mut std::io::sink()).unwrap()), (b"content", 1 << 30));
    }
}

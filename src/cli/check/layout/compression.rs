//! How the content of a layer is compressed, by its first bytes, and its hash without compression.

use std::io::{self, BufRead as _, BufReader, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::archive::{self, ArchiveFlaw};
use crate::exchange::HashingReader;

/// Layers that unpack to more are not hashed, in bytes.
const MOST_UNPACKED: u64 = 8 << 30;
/// A block of a tar archive, in bytes.
const BLOCK: usize = 512;

/// What the content of a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Tar,
    Gzip,
    Zstd,
    /// Compressed by this program, which no layer type names.
    Foreign(&'static str),
    /// Neither a tar archive nor compressed in a known way.
    Other,
}

impl Packing {
    /// The packing that a layer type names, and the same type for every packing, in the order tar, gzip, zstd. `None` for
    /// types that are not of file systems.
    pub fn of_type(media_type: &str) -> Option<(Self, [String; 3])> {
        const OCI: [&str; 2] =
            ["application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.nondistributable.v1.tar"];
        const DOCKER: [&str; 2] =
            ["application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.foreign.diff.tar"];
        let types = OCI.map(|base| ["", "+gzip", "+zstd"].map(|end| format!("{base}{end}")));
        let of_docker = DOCKER.map(|base| ["", ".gzip", ".zstd"].map(|end| format!("{base}{end}")));
        types.into_iter().chain(of_docker).find_map(|types| {
            let at = types.iter().position(|known| known == media_type)?;
            Some(([Self::Tar, Self::Gzip, Self::Zstd][at], types))
        })
    }

    /// What begins with these bytes, at least a block if the content has as many.
    pub fn of_content(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ if is_tar(start) => Self::Tar,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Foreign("bzip2"),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Foreign("xz"),
            [0x04, 0x22, 0x4d, 0x18, ..] => Self::Foreign("lz4"),
            [b'L', b'Z', b'I', b'P', ..] => Self::Foreign("lzip"),
            _ => Self::Other,
        }
    }
}

/// Whether a block is the header of a tar archive, by its checksum, or the end of an empty one.
fn is_tar(start: &[u8]) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let Some(block) = start.get(..BLOCK) else { return false };
    let digits = String::from_utf8_lossy(&block[CHECKSUM]);
    let expected = i32::from_str_radix(digits.trim_matches(['\0', ' ']), 8).ok();
    let sum = |value: fn(u8) -> i32| {
        let counted = |(at, byte): (usize, &u8)| if CHECKSUM.contains(&at) { b' ' } else { *byte };
        Some(block.iter().enumerate().map(counted).map(value).sum())
    };
    // Some programs add the bytes as signed numbers, and readers take both.
    let is_summed = || expected == sum(i32::from) || expected == sum(|byte| i8::from_ne_bytes([byte]).into());
    block.iter().all(|byte| *byte == 0) || is_summed()
}

/// The content of a layer without compression.
pub(super) struct Unpacked {
    /// The first block, or all of a shorter content.
    pub start: Vec<u8>,
    /// The digest by the algorithm that was asked for; `None` if the algorithm is not registered or the content is too long.
    pub digest: Option<String>,
    /// What is wrong with the archive, if it is one.
    pub flaw: Option<ArchiveFlaw>,
}

/// Unpacks content, reads the archive in it, and hashes the result.
///
/// # Errors
///
/// If the compressed content is damaged.
pub(super) fn unpack(content: Box<dyn Read>, packing: Packing, algorithm: &str) -> io::Result<Unpacked> {
    let reader: Box<dyn Read> = match packing {
        Packing::Gzip => Box::new(MultiGzDecoder::new(content)),
        Packing::Zstd => Box::new(ZstdFrames::new(content)),
        Packing::Tar | Packing::Foreign(_) | Packing::Other => content,
    };
    let mut bounded = reader.take(MOST_UNPACKED);
    let mut start = Vec::new();
    bounded.by_ref().take(BLOCK as u64).read_to_end(&mut start)?;
    let mut content = HashingReader::new((&*start).chain(&mut bounded), algorithm);
    let flaw = if is_tar(&start) { archive::flaw(&mut content)? } else { None };
    io::copy(&mut content, &mut io::sink())?;
    let digest = content.digest();
    // What is longer was not read to its end.
    let is_whole = bounded.limit() > 0;
    Ok(Unpacked { start, digest: digest.filter(|_| is_whole), flaw: flaw.filter(|_| is_whole) })
}

/// The frames of a zstd stream as one: the library reads a single frame. Layers that can be read in part have many.
struct ZstdFrames {
    source: BufReader<Box<dyn Read>>,
    decoder: FrameDecoder,
    is_in_frame: bool,
}

impl ZstdFrames {
    fn new(source: Box<dyn Read>) -> Self {
        Self { source: BufReader::new(source), decoder: FrameDecoder::new(), is_in_frame: false }
    }

    /// Begins the next frame, and skips those without content; false at the end of the stream.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut self.source.by_ref().take(u64::from(length)), &mut io::sink())?;
                }
                // Not damaged, but more than this reader can do.
                Err(
                    error @ (FrameDecoderError::WindowSizeTooBig { .. } | FrameDecoderError::DictNotProvided { .. }),
                ) => return Err(io::Error::new(io::ErrorKind::Unsupported, error)),
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            }
        }
        Ok(false)
    }
}

impl Read for ZstdFrames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_in_frame {
                self.is_in_frame = self.begin()?;
                if !self.is_in_frame {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let decoded = self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1));
                decoded.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            }
            let count = self.decoder.read(buffer)?;
            self.is_in_frame = count > 0 || buffer.is_empty();
            if self.is_in_frame {
                return Ok(count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    #[test]
    fn all_frames_of_a_zstd_stream_are_read() {
        let frame = |text: &[u8]| compress_to_vec(text, CompressionLevel::Fastest);
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let stream = [skipped.clone(), frame(b"one "), skipped.clone(), frame(b""), frame(b"two"), skipped].concat();
        let unpacked = unpack(Box::new(io::Cursor::new(stream.clone())), Packing::Zstd, "sha256").unwrap();
        assert_eq!((unpacked.start, unpacked.digest), (b"one two".to_vec(), Some(crate::exchange::sha256(b"one two"))));
        assert_eq!(unpacked.flaw, None);
        let cut = stream[..stream.len() - 20].to_vec();
        assert!(unpack(Box::new(io::Cursor::new(cut)), Packing::Zstd, "sha256").is_err());
    }

    #[test]
    fn content_is_known_by_its_first_block() {
        let mut header = [0; BLOCK];
        header[..5].copy_from_slice(b"a.txt");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ');
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let mut signed = header;
        signed[0] = 0xe9;
        let sum = sum - u32::from(b'a') + 0xe9 - 256;
        signed[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        for (start, packing) in [
            (&header[..], Packing::Tar),
            (&signed[..], Packing::Tar),
            (&[0; 1024], Packing::Tar),
            (&[0; 100], Packing::Other),
            (&[1; 1024], Packing::Other),
            (b"", Packing::Other),
            (&[0x1f, 0x8b, 8], Packing::Gzip),
            (&[0x28, 0xb5, 0x2f, 0xfd], Packing::Zstd),
            (b"BZh91AY", Packing::Foreign("bzip2")),
            (b"\xfd7zXZ\0", Packing::Foreign("xz")),
            (&[0x04, 0x22, 0x4d, 0x18], Packing::Foreign("lz4")),
        ] {
            assert_eq!(Packing::of_content(start), packing);
        }
    }
}

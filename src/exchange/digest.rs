//! Digests: computing them, and their grammar.

use std::io::Read;

use sha2::{Digest, Sha256, Sha512};

/// The `sha256:HEX` digest of `bytes`.
pub fn sha256(bytes: &[u8]) -> String {
    named("sha256", &Sha256::digest(bytes))
}

/// The first 16 hex digits of the SHA-256 of a text.
pub fn short_sha256(text: &str) -> String {
    sha256(text.as_bytes())["sha256:".len()..][..16].to_owned()
}

/// The id of a case: [`short_sha256`] of its shape's text.
pub fn case_id(text: &str) -> String {
    short_sha256(text)
}

/// The `sha512:HEX` digest of `bytes`.
pub fn sha512(bytes: &[u8]) -> String {
    named("sha512", &Sha512::digest(bytes))
}

/// The digest of the content by the named algorithm; `None` if it is neither `sha256` nor `sha512`.
///
/// # Errors
///
/// If reading the content fails.
pub fn digest_of(content: &mut impl Read, algorithm: &str) -> std::io::Result<Option<String>> {
    let mut reader = HashingReader::new(content, algorithm);
    if reader.hash.is_some() {
        std::io::copy(&mut reader, &mut std::io::sink())?;
    }
    Ok(reader.digest())
}

/// Hashes content while it is read.
#[derive(Debug)]
pub struct HashingReader<R> {
    reader: R,
    hash: Option<Hash>,
}

#[derive(Debug)]
enum Hash {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl<R: Read> HashingReader<R> {
    /// Hashes by the named algorithm, if that is `sha256` or `sha512`.
    pub fn new(reader: R, algorithm: &str) -> Self {
        let hash = match algorithm {
            "sha256" => Some(Hash::Sha256(Sha256::new())),
            "sha512" => Some(Hash::Sha512(Sha512::new())),
            _ => None,
        };
        Self { reader, hash }
    }

    /// The digest of what was read; `None` if the algorithm is another.
    pub fn digest(self) -> Option<String> {
        Some(match self.hash? {
            Hash::Sha256(hash) => named("sha256", &hash.finalize()),
            Hash::Sha512(hash) => named("sha512", &hash.finalize()),
        })
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        match &mut self.hash {
            Some(Hash::Sha256(hash)) => hash.update(&buffer[..count]),
            Some(Hash::Sha512(hash)) => hash.update(&buffer[..count]),
            None => {}
        }
        Ok(count)
    }
}

/// Formats a digest as `algorithm:hex`.
fn named(algorithm: &str, bytes: &[u8]) -> String {
    let mut hex = [0; 128];
    // Large enough for SHA-512.
    let hex = base16ct::lower::encode_str(bytes, &mut hex).unwrap_or_default();
    [algorithm, ":", hex].concat()
}

/// Whether a string matches the digest grammar, `algorithm:encoded`.
pub fn is_digest(text: &str) -> bool {
    let Some((algorithm, encoded)) = text.split_once(':') else { return false };
    let is_component =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    algorithm.split(['+', '.', '_', '-']).all(is_component)
        && !encoded.is_empty()
        && encoded.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'_' | b'-'))
}
/// The digest of content that is never pushed.
pub fn unknown_digest() -> String {
    sha256(b"what nobody ever pushed")
}

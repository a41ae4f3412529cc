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
    Ok(match algorithm {
        "sha256" => Some(named(algorithm, &hashed::<Sha256>(content)?)),
        "sha512" => Some(named(algorithm, &hashed::<Sha512>(content)?)),
        _ => None,
    })
}

fn hashed<H: Digest>(content: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut hash = H::new();
    let mut buffer = [0; 16 << 10];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().to_vec()),
            Ok(read) => hash.update(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
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

//! Digests: parsing, and checking one against bytes. Imports nothing from the registry.

use bytes::Bytes;

pub(super) use crate::exchange::{buffer_sha256 as sha256, sha512};

/// The algorithm of a syntactically valid digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha256,
    Sha512,
    /// Any other: the content cannot be verified.
    Unknown,
}

/// The algorithm of a digest; `None` if the string does not match the grammar in image-spec's descriptor page, or if
/// the encoded part does not fit a registered algorithm.
pub(super) fn algorithm(text: &str) -> Option<Algorithm> {
    let (algorithm, encoded) = text.split_once(':')?;
    let component =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !algorithm.split(['+', '.', '_', '-']).all(component) {
        return None;
    }
    let hex = |length| encoded.len() == length && encoded.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match algorithm {
        "sha256" => hex(64).then_some(Algorithm::Sha256),
        "sha512" => hex(128).then_some(Algorithm::Sha512),
        _ => {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'_' | b'-');
            (!encoded.is_empty() && encoded.bytes().all(allowed)).then_some(Algorithm::Unknown)
        }
    }
}

/// Whether `digest` is the digest of `bytes`; always false for an unknown algorithm.
pub(super) fn matches(digest: &str, bytes: &Bytes) -> bool {
    match algorithm(digest) {
        Some(Algorithm::Sha256) => digest == sha256(bytes),
        Some(Algorithm::Sha512) => digest == sha512(bytes),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_parsed_by_grammar_and_algorithm() {
        let hex = "0123456789abcdef".repeat(4);
        assert_eq!(algorithm(&format!("sha256:{hex}")), Some(Algorithm::Sha256));
        assert_eq!(algorithm(&format!("sha512:{hex}{hex}")), Some(Algorithm::Sha512));
        assert_eq!(algorithm("multihash+base58:QmRZ_x=-"), Some(Algorithm::Unknown));
        let upper = hex.to_uppercase();
        for bad in
            ["", "sha256", "sha256:", ":ab", "sha256:ab", "a++b:ab", "A:ab", "md5:a/b", &format!("sha256:{upper}")]
        {
            assert_eq!(algorithm(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_digest_matches_its_bytes_only() {
        let [a, b] = [Bytes::from_static(b"a"), Bytes::from_static(b"b")];
        assert!(matches(&sha512(b"a"), &a) && matches(&crate::exchange::sha256(b"a"), &a));
        assert!(!matches(&sha512(b"a"), &b) && !matches("md5:0cc175b9c0f1b6a831c399e269772661", &a));
    }
}

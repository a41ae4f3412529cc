//! Digests: their grammar, and whether one belongs to some bytes. Imports nothing of the registry.

pub(super) use crate::exchange::sha512;

/// What can be done with a digest that keeps the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha256,
    Sha512,
    /// Any other: nothing can be checked.
    Unknown,
}

/// The algorithm of a digest, or `None` where the text breaks the grammar of image-spec's descriptor page.
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

/// Whether `digest` is the digest of `bytes`; never for an algorithm that is unknown.
pub(super) fn belongs(digest: &str, bytes: &[u8]) -> bool {
    match algorithm(digest) {
        Some(Algorithm::Sha256) => digest == crate::exchange::sha256(bytes),
        Some(Algorithm::Sha512) => digest == sha512(bytes),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_by_the_grammar_and_by_its_algorithm() {
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
    fn a_digest_belongs_to_its_bytes_only() {
        assert!(belongs(&sha512(b"a"), b"a") && belongs(&crate::exchange::sha256(b"a"), b"a"));
        assert!(!belongs(&sha512(b"a"), b"b") && !belongs("md5:0cc175b9c0f1b6a831c399e269772661", b"a"));
    }
}

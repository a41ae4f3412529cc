//! Bodies that no shape renders, in the directory `bodies` next to a corpus: each file is named by the SHA-256 of its content.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::place;
use super::replace::replace;
use crate::error::Input;
use crate::exchange::sha256;

/// The name of the directory.
const DIRECTORY: &str = "bodies";
/// What precedes the digest in the text of a case that is a document.
const TEXT: &str = "body=";
const ALGORITHM: &str = "sha256:";

/// The text of a case that is a document with this digest, such as `body=sha256:HEX`.
pub fn body_text(digest: &str) -> String {
    format!("{TEXT}{digest}")
}

/// The digest in the text of a case that is a document: `sha256:` and 64 lower-case hex digits. `None` for other texts.
pub fn body_digest(text: &str) -> Option<&str> {
    let digest = text.strip_prefix(TEXT)?;
    hex(digest).map(|_| digest)
}

/// The file of the body with this digest next to a corpus; `None` if it is not `sha256:` and 64 lower-case hex digits.
pub fn body_path(corpus: &Path, digest: &str) -> Option<PathBuf> {
    hex(digest).map(|hex| place::directory(corpus).join(DIRECTORY).join(hex))
}

/// Reads the body with this digest and checks that it has it.
///
/// # Errors
///
/// If the digest is malformed, the file cannot be read, or its content has another digest.
pub fn read_body(corpus: &Path, digest: &str) -> Result<Vec<u8>, Input> {
    let path = body_path(corpus, digest).ok_or_else(|| {
        Input::value(
            format!("the digest `{digest}`"),
            "not `sha256:` and 64 hex digits",
            "correct the row of the corpus",
        )
    })?;
    let advice = "copy the directory `bodies` along with the corpus";
    let body = fs::read(&path).map_err(|cause| Input::file("read", &path, cause, advice))?;
    let found = sha256(&body);
    if found != digest {
        let what = format!("cannot use {}", path.display());
        return Err(Input::value(what, format!("its content has the digest {found}"), advice));
    }
    Ok(body)
}

/// Stores a body next to a corpus and returns its digest. The file is complete whenever the process is killed.
///
/// # Errors
///
/// If the directory or the file cannot be written.
pub fn write_body(corpus: &Path, body: &[u8]) -> Result<String, Input> {
    let digest = sha256(body);
    let Some(path) = body_path(corpus, &digest) else { return Ok(digest) };
    if read_body(corpus, &digest).is_ok() {
        return Ok(digest);
    }
    let directory = place::directory(&path);
    let advice = "choose a corpus in a writable directory with enough free space";
    fs::create_dir_all(directory).map_err(|cause| Input::file("create", directory, cause, advice))?;
    replace(&path, |mut file| file.write_all(body)).map_err(|cause| Input::file("write", &path, cause, advice))?;
    Ok(digest)
}

/// The hex digits of a well-formed digest, which are safe in a path.
fn hex(digest: &str) -> Option<&str> {
    let is_hex = |hex: &&str| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
    digest.strip_prefix(ALGORITHM).filter(is_hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_back_and_altered_ones_refused() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let corpus = directory.path().join("cases.csv");
        let digest = write_body(&corpus, b"{}").expect("a writable directory");
        assert_eq!(write_body(&corpus, b"{}").expect("again"), digest);
        assert_eq!(read_body(&corpus, &digest).expect("written"), b"{}");
        assert_eq!(body_digest(&body_text(&digest)), Some(&*digest));
        let path = body_path(&corpus, &digest).expect("a digest");
        fs::write(&path, b"[]").expect("writable");
        let error = read_body(&corpus, &digest).expect_err("altered").to_string();
        assert!(error.contains("its content has the digest"), "{error}");
        assert_eq!(write_body(&corpus, b"{}").expect("repaired"), digest);
        assert_eq!(read_body(&corpus, &digest).expect("repaired"), b"{}");
    }

    #[test]
    fn only_digests_become_paths() {
        let corpus = Path::new("cases.csv");
        for text in ["sha256:../../etc/passwd", "sha256:", "sha512:aa", &format!("sha256:{}", "A".repeat(64))] {
            assert_eq!(body_path(corpus, text), None, "{text}");
            assert_eq!(body_digest(&format!("body={text}")), None, "{text}");
        }
    }
}

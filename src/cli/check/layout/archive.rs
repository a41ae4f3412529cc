//! What is wrong with a tar archive.

use std::collections::HashMap;
use std::io::{self, Read};

use tar::Archive;

/// What is wrong with an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ArchiveFlaw {
    /// It ends within an entry, or the place of an entry holds something else.
    Damaged(&'static str),
    /// It has several entries for this path.
    Twice(String),
}

/// Reads an archive to its last entry; what is wrong with it. It must begin with a right header.
///
/// # Errors
///
/// If reading fails.
pub(super) fn flaw(content: &mut impl Read) -> io::Result<Option<ArchiveFlaw>> {
    let mut archive = Archive::new(content);
    // Whether each path is that of a directory; those are often repeated, to set their attributes.
    let mut paths: HashMap<Vec<u8>, bool> = HashMap::new();
    for entry in archive.entries()? {
        let entry = match entry {
            Ok(entry) => entry,
            // Its first header is right, so that the sum is one of signed numbers, which the library does not know.
            Err(_) if paths.is_empty() => return Ok(None),
            Err(error) => return damage(error),
        };
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            continue;
        }
        let path = plain(&entry.path_bytes()).to_vec();
        let is_directory = kind.is_dir();
        if paths.insert(path.clone(), is_directory).is_some_and(|other| !(other && is_directory)) {
            return Ok(Some(ArchiveFlaw::Twice(String::from_utf8_lossy(&path).into_owned())));
        }
    }
    Ok(None)
}

/// A path without `./` before and `/` after it.
fn plain(path: &[u8]) -> &[u8] {
    let path = path.strip_prefix(b"./").unwrap_or(path);
    path.strip_suffix(b"/").unwrap_or(path)
}

/// What an error of the library says of the archive. Other readers may understand more than the library does, so that of its errors
/// only these count.
fn damage(error: io::Error) -> io::Result<Option<ArchiveFlaw>> {
    const CUT: &str = "it ends within an entry";
    const JUNK: &str = "what follows an entry is neither another one nor the end";
    let text = error.to_string();
    let means = |words: &[&str]| words.iter().any(|words| text.contains(words));
    if means(&["unexpected EOF during skip", "failed to read entire block"]) {
        Ok(Some(ArchiveFlaw::Damaged(CUT)))
    } else if means(&["checksum mismatch", "when getting cksum"]) {
        Ok(Some(ArchiveFlaw::Damaged(JUNK)))
    } else if error.kind() == io::ErrorKind::Other {
        Ok(None)
    } else {
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive with a file of two blocks at each path; a directory if the path ends with a slash.
    fn archive(paths: &[&str]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for path in paths {
            let mut header = tar::Header::new_gnu();
            let is_directory = path.ends_with('/');
            header.set_entry_type(if is_directory { tar::EntryType::Directory } else { tar::EntryType::Regular });
            header.set_size(if is_directory { 0 } else { 600 });
            header.set_mode(0o644);
            let name = path.as_bytes();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name);
            header.set_cksum();
            builder.append(&header, if is_directory { &[][..] } else { &[1; 600] }).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn of(bytes: &[u8]) -> Option<ArchiveFlaw> {
        flaw(&mut &*bytes).unwrap()
    }

    #[test]
    fn each_file_of_an_archive_occurs_once() {
        assert_eq!(of(&archive(&["etc/", "etc/a", "etc/b", "etc/"])), None);
        for twice in [&["a", "b", "a"], &["./a", "a", "b"], &["a", "b", "a/"]] {
            assert_eq!(of(&archive(twice)), Some(ArchiveFlaw::Twice("a".to_owned())), "{twice:?}");
        }
    }

    #[test]
    fn an_archive_that_is_cut_or_mixed_with_other_bytes_is_damaged() {
        let whole = archive(&["a", "b"]);
        let damaged = |bytes: &[u8]| matches!(of(bytes), Some(ArchiveFlaw::Damaged(_)));
        // Within the first file, within the second header, and within the second file.
        for end in [700, 1800, 2500] {
            assert!(damaged(&whole[..end]), "{end}");
        }
        // The sum of its header may be one of signed numbers.
        assert_eq!(of(&[1; 1024]), None);
        // Readers take an archive without the blocks of zeros at its end.
        assert_eq!(of(&whole[..whole.len() - 1024]), None);
        let mut junk = whole;
        junk[1536..2048].fill(b'x');
        assert!(damaged(&junk));
    }
}

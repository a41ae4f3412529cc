//! Writes shapes as seeds for a fuzzer: one file for each, with its text as content.

use std::collections::HashSet;
use std::path::Path;

use crate::error::Input;
use crate::exchange::case_id;

const ADVICE: &str = "choose a writable directory with enough free space";

/// Writes the text of each shape to `DIRECTORY/ID`, where `ID` is the id of the shape, and returns the number of files. The
/// directory is created if necessary; other files in it are kept.
///
/// # Errors
///
/// If the directory cannot be created, or a file cannot be written.
pub fn write_seeds(directory: &Path, texts: impl Iterator<Item = String>) -> Result<usize, Input> {
    std::fs::create_dir_all(directory).map_err(|cause| Input::file("create", directory, cause, ADVICE))?;
    let mut written = HashSet::new();
    for text in texts {
        let path = directory.join(case_id(&text));
        std::fs::write(&path, &text).map_err(|cause| Input::file("write", &path, cause, ADVICE))?;
        written.insert(path);
    }
    Ok(written.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_is_one_file_named_by_its_id() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("new").join("seeds");
        let texts = ["base", "layers=empty", "base"].map(str::to_owned);
        assert_eq!(write_seeds(&path, texts.into_iter()).expect("a writable directory"), 2);
        for text in ["base", "layers=empty"] {
            assert_eq!(std::fs::read_to_string(path.join(case_id(text))).expect("a file"), text);
        }
    }
}

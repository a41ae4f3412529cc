//! The file `oci-layout`, which marks a directory as an OCI image layout.

use std::io::ErrorKind;
use std::path::Path;

use super::files::read_regular;
use crate::json::read;

/// The name of the file.
const NAME: &str = "oci-layout";
/// What the file holds: the only version of layouts that image-spec defines.
const VERSION: &str = "1.0.0";
/// What to do.
const ADVICE: &str = "write {\"imageLayoutVersion\":\"1.0.0\"} to it";

/// Whether something of this name is there.
pub(super) fn exists(directory: &Path) -> bool {
    directory.join(NAME).exists()
}

/// What is wrong with the file, and what to do; `None` if it is right.
pub(super) fn flaw(directory: &Path) -> Option<String> {
    let bytes = match read_regular(&directory.join(NAME)) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            return Some(format!("the file {NAME} is missing; create it, and {ADVICE}"));
        }
        Err(cause) => return Some(format!("the file {NAME} cannot be read: {cause}; {ADVICE}")),
    };
    let Ok(document) = read(&bytes) else { return Some(format!("the file {NAME} is not JSON; {ADVICE}")) };
    match document.root().get("imageLayoutVersion") {
        Some(version) if version.is_text(VERSION) => None,
        Some(version) => {
            let flaw = match version.text() {
                Some(text) => format!("{text:?}, and no other version of layouts than {VERSION} is defined"),
                None => "not a string".to_owned(),
            };
            Some(format!("imageLayoutVersion in the file {NAME} is {flaw}; {ADVICE}"))
        }
        None if document.root().is_object() => Some(format!("the file {NAME} has no imageLayoutVersion; {ADVICE}")),
        None => Some(format!("the file {NAME} is not a JSON object; {ADVICE}")),
    }
}

//! Writes the bodies that rows name as files.

use std::io::Write as _;
use std::path::Path;

use super::bodies::DIRECTORY;
use super::record::Record;
use super::requests::Requests;
use crate::error::Input;
use crate::render::render;

/// Writes the files that these records name and that `directory` lacks, each by a rename. Records whose shape this version cannot
/// parse are left out: their files are as old as they are.
///
/// # Errors
///
/// If a file cannot be written.
pub fn write_bodies<'r>(directory: &Path, records: impl IntoIterator<Item = &'r Record>) -> Result<(), Input> {
    let directory = directory.join(DIRECTORY);
    let mark = format!("\"file\":\"{DIRECTORY}/");
    for record in records {
        let names: Vec<&str> = record.request.split(&mark).skip(1).filter_map(|rest| rest.split('"').next()).collect();
        if names.iter().all(|name| directory.join(name).exists()) {
            continue;
        }
        let Some(shape) = record.shape.shape() else { continue };
        let requests = Requests::of(&render(shape), record.stage, record.duty());
        requests.files.iter().try_for_each(|(hex, content)| write(&directory, hex, content))?;
    }
    Ok(())
}

fn write(directory: &Path, hex: &str, content: &[u8]) -> Result<(), Input> {
    let path = directory.join(hex);
    if path.exists() {
        return Ok(());
    }
    let fail = |cause| Input::file("write", &path, cause, "free disk space or choose another directory for the corpus");
    std::fs::create_dir_all(directory).map_err(fail)?;
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(fail)?;
    file.write_all(content).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
    file.persist(&path).map_err(|error| fail(error.error))?;
    Ok(())
}

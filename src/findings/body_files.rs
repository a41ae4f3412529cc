//! Writes the bodies that rows name as files.

use std::path::Path;

use super::bodies::{DIRECTORY, write_beside};
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
    let mark = format!("\"file\":\"{DIRECTORY}/");
    for record in records {
        let names: Vec<&str> = record.request.split(&mark).skip(1).filter_map(|rest| rest.split('"').next()).collect();
        if names.iter().all(|name| directory.join(DIRECTORY).join(name).exists()) {
            continue;
        }
        let Some(shape) = record.shape.shape() else { continue };
        let requests = Requests::of(&render(shape), record.stage, record.duty());
        requests.files.values().try_for_each(|content| write_beside(directory, content).map(drop))?;
    }
    Ok(())
}

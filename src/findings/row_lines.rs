//! The lines of a corpus on which rows begin, for reports that point at them.

use std::path::Path;

use super::cell::restore;
use super::place;
use super::record::Identity;
use crate::error::Input;

/// The first line of each row of a corpus, from 1; empty if the file does not exist. Rows that cannot be read are left out.
///
/// # Errors
///
/// If the file cannot be read.
pub fn row_lines(path: &Path) -> Result<Vec<(Identity, u64)>, Input> {
    let Some(text) = place::read(path)? else { return Ok(Vec::new()) };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_slice());
    let Ok(header) = reader.byte_headers().cloned() else { return Ok(Vec::new()) };
    let columns = ["target", "spec", "key"].map(|name| header.iter().position(|column| column == name.as_bytes()));
    let mut lines = Vec::new();
    for row in reader.byte_records().map_while(Result::ok) {
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |at: Option<usize>| std::str::from_utf8(row.get(at?)?).ok();
        if let [Some(target), Some(spec), Some(key)] = columns.map(cell) {
            lines.push(((restore(target), spec.to_owned(), key.to_owned()), line));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_at_their_lines_even_behind_cells_of_several_lines() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("cases.csv");
        let text = "id,note,target,spec,key\n1,a,x,1.1,k\n2,\"b\nb\",'=y,1.1,k\n3,c,z,1.1,k\n";
        std::fs::write(&path, text).expect("a writable directory");
        let lines: Vec<(String, u64)> =
            row_lines(&path).expect("readable").into_iter().map(|((target, ..), line)| (target, line)).collect();
        assert_eq!(lines, [("x".to_owned(), 2), ("=y".to_owned(), 3), ("z".to_owned(), 5)]);
        assert_eq!(row_lines(&directory.path().join("none")).expect("an absent file").len(), 0);
    }
}

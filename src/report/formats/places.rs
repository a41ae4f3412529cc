//! Where the rows of findings are: the file and the line of each.

use std::collections::BTreeMap;

use crate::findings::{Identity, Record};

/// The file that holds the rows of a report, and their lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowPlaces {
    /// The path of the file, as the user named it.
    pub file: String,
    /// The first line of each row, from 1.
    lines: BTreeMap<Identity, u64>,
}

impl RowPlaces {
    /// The rows of this file, with their lines.
    pub fn new(file: impl Into<String>, lines: impl IntoIterator<Item = (Identity, u64)>) -> Self {
        Self { file: file.into(), lines: lines.into_iter().collect() }
    }

    /// The line of a finding; `None` if the file does not hold it.
    pub fn line(&self, record: &Record) -> Option<u64> {
        self.lines.get(&record.identity()).copied()
    }

    /// The path as a URI reference: with `/`, and with all but plain characters percent-encoded.
    pub(super) fn uri(&self) -> String {
        let mut uri = String::new();
        for byte in self.file.replace('\\', "/").bytes() {
            if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
                uri.push(char::from(byte));
            } else {
                uri.push_str(&format!("%{byte:02X}"));
            }
        }
        if uri.starts_with('/') { format!("file://{uri}") } else { uri }
    }
}

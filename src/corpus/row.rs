//! The columns, once: the row's fields, their names and their order come from one list.

use crate::exchange::sha256;

use super::cell::{neutralise, restore};

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// One finding, as the corpus holds it. All columns are text; what is unknown is empty.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Row { $($(#[$doc])* pub $name: String,)* }

        /// The columns in the file's order.
        pub const COLUMNS: [&str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

        impl Row {
            /// The column of this name.
            pub fn column(&self, name: &str) -> Option<&str> {
                match name { $(stringify!($name) => Some(&self.$name),)* _ => None }
            }

            fn column_mut(&mut self, name: &str) -> Option<&mut String> {
                match name { $(stringify!($name) => Some(&mut self.$name),)* _ => None }
            }
        }
    };
}

columns! {
    /// First 16 hex digits of the SHA-256 of `shape`.
    id,
    /// The shape's text.
    shape,
    /// The class of the finding.
    class,
    /// `violation`, `warning` or `note`.
    grade,
    /// The target's name.
    target,
    /// Its version, where that is known.
    target_version,
    /// The set of specification versions, such as `1.1`.
    spec,
    /// The expectation, with codes or a reason.
    expect,
    /// Ids of rules, blank-separated.
    rules,
    /// Where it was seen.
    stage,
    /// Three digits, or empty where no answer came.
    status,
    /// The first error code.
    error_code,
    /// The server's words.
    error_message,
    /// The tested request's Content-Type; empty where it has none.
    content_type,
    /// The last element of its path; a fresh tag is `{tag}`.
    reference,
    /// The exact body in base64; empty above 24 KiB.
    body_base64,
    /// `sha256:HEX` of the body.
    body_sha256,
    /// The body's length in bytes.
    body_bytes,
    /// JSON: blobs and manifests that must be there or not, with digest, size, state, content where small.
    needs,
    /// JSON: method, path and headers of the tested request.
    request,
    /// JSON: the nearest accepted case, with its shape, request and body; empty where there is none.
    witness,
    /// Where the case and its witness differ.
    pointer,
    /// What makes two findings the same: symptom and deviating slots.
    key,
    /// Texts of other shapes with this key, blank-separated.
    also,
    /// How often the target showed it.
    reproduced,
    /// How many cases it took to shrink it.
    probes,
    /// The shape that it was shrunk from.
    shrunk_from,
    /// The seed of the run.
    seed,
    /// UTC day.
    first_seen,
    /// UTC day.
    last_seen,
    /// Of manifuzz.
    tool_version,
    /// In our words, what was seen.
    note,
}

/// Columns that hold a server's or a person's text.
const FOREIGN_TEXT: [&str; 5] = ["target", "target_version", "error_code", "error_message", "note"];

/// The id of a shape's text: the first 16 hex digits of its SHA-256.
pub fn id(shape: &str) -> String {
    sha256(shape.as_bytes())[7..23].to_owned()
}

impl Row {
    /// What makes a row the only one of its sort.
    pub fn identity(&self) -> (&str, &str, &str) {
        (&self.target, &self.spec, &self.key)
    }

    /// What the file is sorted by, as bytes.
    pub fn order(&self) -> (&str, &str, &str, &str) {
        (&self.id, &self.target, &self.spec, &self.key)
    }

    /// The cells as they are written.
    pub fn cells(&self) -> impl Iterator<Item = String> + '_ {
        COLUMNS.iter().map(|name| {
            let value = self.column(name).unwrap_or_default();
            if FOREIGN_TEXT.contains(name) { neutralise(value) } else { value.to_owned() }
        })
    }

    /// A row from cells under these names; columns that are not named are empty.
    pub(super) fn from_cells<'c>(cells: impl Iterator<Item = (&'c str, &'c str)>) -> Self {
        let mut row = Self::default();
        for (name, cell) in cells {
            let value = if FOREIGN_TEXT.contains(&name) { restore(cell) } else { cell.to_owned() };
            if let Some(column) = row.column_mut(name) {
                *column = value;
            }
        }
        row
    }
}

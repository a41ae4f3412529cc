//! The shape of a record: its text, which is the durable form, and the parsed shape if this version can parse it.

use std::fmt;

use crate::exchange::case_id;
use crate::shape::Shape;

/// The text of a shape in a corpus. Text that this version cannot parse, such as that of a newer version, is kept unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseText {
    text: String,
    id: String,
    shape: Option<Shape>,
}

impl CaseText {
    /// A case with this text, which need not parse.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { id: case_id(&text), shape: text.parse().ok(), text }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id of the text.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The shape, if this version can parse the text.
    pub fn shape(&self) -> Option<&Shape> {
        self.shape.as_ref()
    }

    /// The order in which a smaller case replaces a larger one of the same key: number of deviations, length of the text, text.
    pub fn size(&self) -> (usize, usize, &str) {
        let deviations = if self.text == "base" { 0 } else { self.text.split(';').count() };
        (deviations, self.text.len(), &self.text)
    }
}

impl From<&Shape> for CaseText {
    fn from(shape: &Shape) -> Self {
        let text = shape.to_string();
        Self { id: case_id(&text), shape: Some(shape.clone()), text }
    }
}

impl fmt::Display for CaseText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

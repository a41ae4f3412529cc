//! The `also` column: other shapes with a row's key.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Texts of other shapes with the same key, blank-separated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Also {
    texts: BTreeSet<String>,
}

impl Also {
    /// Adds a text.
    pub fn insert(&mut self, text: impl Into<String>) {
        self.texts.insert(text.into());
    }

    /// Takes a text out.
    pub fn remove(&mut self, text: &str) {
        self.texts.remove(text);
    }

    /// Adds the texts of another one.
    pub fn extend(&mut self, other: &Self) {
        self.texts.extend(other.texts.iter().cloned());
    }

    /// The texts, in the order of their bytes.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }
}

impl fmt::Display for Also {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, text) in self.texts().enumerate() {
            let separator = if i == 0 { "" } else { " " };
            write!(out, "{separator}{text}")?;
        }
        Ok(())
    }
}

impl FromStr for Also {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self { texts: text.split_whitespace().map(str::to_owned).collect() })
    }
}

//! The `also` column: other shapes with a row's key, up to a limit, and the minimum number of further ones.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Maximum number of texts in a row, and of their bytes.
const MOST_TEXTS: usize = 32;
const MOST_BYTES: usize = 8 * 1024;

/// Texts of other shapes with the same key. Written space-separated in bytewise order, at most 32, followed by `+N` if there are
/// at least N more. No shape's text begins with `+`.
///
/// The omitted texts are not known after reading, so merging takes the maximum of the counts: finding the same shapes again does
/// not increase it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Also {
    texts: BTreeSet<String>,
    /// The number of further, unknown texts.
    more: usize,
}

impl Also {
    /// The known texts, in bytewise order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// The minimum number of shapes.
    pub fn count(&self) -> usize {
        self.texts.len() + self.more
    }

    /// A copy without this text.
    pub fn without(&self, text: &str) -> Self {
        let mut rest = self.clone();
        rest.texts.remove(text);
        rest
    }

    /// The union of both.
    pub fn union(&self, other: &Self) -> Self {
        let texts: BTreeSet<String> = self.texts.union(&other.texts).cloned().collect();
        let count = self.count().max(other.count()).max(texts.len());
        Self { more: count - texts.len(), texts }
    }
}

impl<T: Into<String>> FromIterator<T> for Also {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        Self { texts: texts.into_iter().map(Into::into).collect(), more: 0 }
    }
}

impl fmt::Display for Also {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut listed, mut bytes) = (0, 0);
        for text in self.texts().take(MOST_TEXTS) {
            bytes += text.len() + 1;
            if bytes > MOST_BYTES {
                break;
            }
            let separator = if listed == 0 { "" } else { " " };
            write!(out, "{separator}{text}")?;
            listed += 1;
        }
        match self.count() - listed {
            0 => Ok(()),
            more => write!(out, "{}+{more}", if listed == 0 { "" } else { " " }),
        }
    }
}

impl FromStr for Also {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let number = |word: &str| word.strip_prefix('+').and_then(|number| number.parse().ok());
        let mut also = Self::default();
        for word in text.split_whitespace() {
            match number(word) {
                Some(more) => also.more = more,
                None => drop(also.texts.insert(word.to_owned())),
            }
        }
        Ok(also)
    }
}

//! The `also` column: other shapes with a row's key. A row lists a bounded number of them, and says how many more there
//! are at least.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// How many texts a row lists at most, and in how many bytes.
const MOST_TEXTS: usize = 32;
const MOST_BYTES: usize = 8 * 1024;

/// Texts of other shapes with the same key. Written blank-separated in the order of their bytes, the first 32; the last
/// word is `+N` if there are at least so many more. No shape's text begins with `+`.
///
/// What is read back knows only the number of those that were left out, and so a number is never added to another: the
/// same shapes found again make it no larger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Also {
    texts: BTreeSet<String>,
    /// Further ones of which only the number is known.
    more: usize,
}

impl Also {
    /// The texts that are known, in the order of their bytes.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// How many there are at least.
    pub fn count(&self) -> usize {
        self.texts.len() + self.more
    }

    /// Without this text, if it is known.
    pub fn without(&self, text: &str) -> Self {
        let mut rest = self.clone();
        rest.texts.remove(text);
        rest
    }

    /// The texts of both.
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

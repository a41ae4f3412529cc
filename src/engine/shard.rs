//! One of several parts of a run, for runs on several machines.

use std::fmt;
use std::str::FromStr;

use crate::error::Input;

/// A part `i/n` of a run: of the cases after the bases, every nth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shard {
    /// From 1 to `of`.
    index: usize,
    of: usize,
}

impl Shard {
    /// Its number, from 1.
    pub fn index(self) -> usize {
        self.index
    }

    /// How many shards there are.
    pub fn of(self) -> usize {
        self.of
    }

    /// Whether it has case `k` of those after the bases, counted from 0.
    pub fn has(self, k: usize) -> bool {
        k % self.of + 1 == self.index
    }

    /// How many of so many cases after the bases it has.
    pub(super) fn share(self, cases: usize) -> usize {
        cases / self.of + usize::from(cases % self.of >= self.index)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = Input;

    fn from_str(text: &str) -> Result<Self, Input> {
        let wrong = |why| Input::value(format!("invalid shard `{text}`"), why, "expected I/N, e.g. 1/3, 2/3 and 3/3");
        let (index, of) = text.split_once('/').ok_or_else(|| wrong("the `/` is missing"))?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<usize>().ok().filter(|number| digits && *number > 0)
        };
        match (number(index), number(of)) {
            (Some(index), Some(of)) if index <= of => Ok(Self { index, of }),
            (Some(_), Some(_)) => Err(wrong("there are fewer shards")),
            _ => Err(wrong("both must be whole numbers from 1")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_case_is_in_one_shard_and_shares_add_up() {
        for of in 1..7 {
            let shards: Vec<Shard> = (1..=of).map(|i| format!("{i}/{of}").parse().expect("valid")).collect();
            for k in 0..30 {
                assert_eq!(shards.iter().filter(|shard| shard.has(k)).count(), 1);
                for shard in &shards {
                    assert_eq!(shard.share(k), (0..k).filter(|k| shard.has(*k)).count(), "{shard} of {k}");
                }
            }
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in ["", "1", "0/2", "3/2", "1/0", "a/2", "1/b", "+1/2", "1/2/3", " 1/2", "1/99999999999999999999999"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!("2/3".parse::<Shard>().expect("valid").to_string(), "2/3");
    }
}

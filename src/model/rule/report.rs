//! What the check of a content rule reports.

use std::borrow::Cow;

use crate::json::Node;

/// What a check found: places, with what is wrong there.
#[derive(Debug)]
pub struct Report {
    /// A JSON Pointer, or `header:NAME`, `reference`; with a message for the author. Empty where nobody reads them.
    pub places: Vec<(String, Cow<'static, str>)>,
    /// Whether there is any place.
    pub applies: bool,
    /// How many places there are that are not among those.
    more: usize,
    in_full: bool,
}

/// How many places one rule names in one document: to name one is to walk to it, and nobody reads more.
const MOST: usize = 100;

impl Report {
    /// One that keeps places and messages.
    pub fn in_full() -> Self {
        Self { places: Vec::new(), applies: false, more: 0, in_full: true }
    }

    /// One that only keeps whether there is a place: it costs nothing to be wrong in a thousand.
    pub fn in_short() -> Self {
        Self { in_full: false, ..Self::in_full() }
    }

    /// Adds a place.
    pub fn add(&mut self, place: &str, message: impl Into<Cow<'static, str>>) {
        self.name(|| place.to_owned(), message);
    }

    /// Adds the place of a value.
    pub fn at(&mut self, node: Node<'_>, message: impl Into<Cow<'static, str>>) {
        self.name(|| node.pointer(), message);
    }

    fn name(&mut self, place: impl FnOnce() -> String, message: impl Into<Cow<'static, str>>) {
        self.applies = true;
        if self.in_full && self.places.len() < MOST {
            self.places.push((place(), message.into()));
        } else {
            self.more += 1;
        }
    }

    /// The places; the last one says how many there are beside them.
    pub fn into_places(mut self) -> Vec<(String, Cow<'static, str>)> {
        if let Some((_, message)) = self.places.last_mut().filter(|_| self.more > 0) {
            *message = Cow::Owned(format!("{message}; so at {} more places", self.more));
        }
        self.places
    }
}

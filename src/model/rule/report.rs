//! The result of checking a content rule.

use std::borrow::Cow;

use crate::json::Node;

/// The places that a check reported.
#[derive(Debug)]
pub struct Report {
    /// Each place (a JSON Pointer, `header:NAME` or `reference`) with a message for the author. Empty for
    /// [`Report::without_places`].
    pub places: Vec<(String, Cow<'static, str>)>,
    /// Whether any place was reported.
    pub applies: bool,
    /// The number of places that were reported but not kept.
    omitted: usize,
    with_places: bool,
}

/// The limit on places kept for one rule, since computing a pointer walks the document.
const LIMIT: usize = 100;

impl Report {
    /// An empty report that keeps places and messages.
    pub fn with_places() -> Self {
        Self { places: Vec::new(), applies: false, omitted: 0, with_places: true }
    }

    /// An empty report that only records whether any place was reported, which is cheaper.
    pub fn without_places() -> Self {
        Self { with_places: false, ..Self::with_places() }
    }

    /// Adds a place.
    pub fn add(&mut self, place: &str, message: impl Into<Cow<'static, str>>) {
        self.push(|| place.to_owned(), message);
    }

    /// Adds the place of a value.
    pub fn at(&mut self, node: Node<'_>, message: impl Into<Cow<'static, str>>) {
        self.push(|| node.pointer(), message);
    }

    fn push(&mut self, place: impl FnOnce() -> String, message: impl Into<Cow<'static, str>>) {
        self.applies = true;
        if self.with_places && self.places.len() < LIMIT {
            self.places.push((place(), message.into()));
        } else {
            self.omitted += 1;
        }
    }

    /// The places. If some were not kept, the last message ends with their number.
    pub fn into_places(mut self) -> Vec<(String, Cow<'static, str>)> {
        if let Some((_, message)) = self.places.last_mut().filter(|_| self.omitted > 0) {
            *message = Cow::Owned(format!("{message} (and {} more places)", self.omitted));
        }
        self.places
    }
}

//! A case: a shape with the exchange it renders to, made once and passed on.

use std::fmt;

use crate::exchange::Exchange;
use crate::shape::Shape;

/// A shape and what it renders to. Whoever fires, repeats or looks up a case shares one rendering.
#[derive(Clone, Debug)]
pub struct Case {
    /// The shape.
    pub shape: Shape,
    /// What it renders to.
    pub exchange: Exchange,
    /// [`Exchange::fingerprint`]: what answers are cached by.
    pub fingerprint: [u8; 32],
}

impl Case {
    /// Renders a shape.
    pub fn of(shape: Shape) -> Self {
        let exchange = super::render(&shape);
        let fingerprint = exchange.fingerprint();
        Self { shape, exchange, fingerprint }
    }

    /// The base of image manifests: the simplest case there is.
    pub fn base() -> Self {
        Self::of(Shape::base())
    }

    /// What two cases must not share if they are in flight at once: the subject, else the body. Cases that share a
    /// body share its subject.
    pub fn contended(&self) -> &str {
        self.exchange.subject.as_deref().unwrap_or_else(|| self.exchange.tested.digest())
    }
}

impl fmt::Display for Case {
    /// The shape's text.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shape.fmt(out)
    }
}

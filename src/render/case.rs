//! A case: a shape and the exchange it renders to, rendered once and shared.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::large::Kept;
use crate::exchange::Exchange;
use crate::shape::Shape;

/// A shape and the exchange it renders to; cheap to clone, so that firing, repeating and caching share one rendering.
///
/// ```
/// use manifuzz::render::Case;
///
/// let case = Case::of("layers=empty".parse()?);
/// assert_eq!(case.to_string(), "layers=empty");
/// # Ok::<(), manifuzz::shape::ShapeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Case {
    /// The shape.
    pub shape: Shape,
    /// The exchange that the shape renders to.
    pub exchange: Arc<Exchange>,
    fingerprint: Arc<OnceLock<[u8; 32]>>,
}

impl Case {
    /// Renders a shape. Cases with large bodies are rendered and hashed once and then shared.
    pub fn of(shape: Shape) -> Self {
        static LARGE: Mutex<Kept<Case>> = Mutex::new(Kept::none());
        let kept = || LARGE.lock().unwrap_or_else(PoisonError::into_inner);
        let is_large = shape.is_large();
        if is_large && let Some(case) = kept().values().find(|case| case.shape == shape) {
            return case.clone();
        }
        let exchange = Arc::new(super::render(&shape));
        let case = Self { shape, exchange, fingerprint: Arc::default() };
        if is_large {
            kept().keep(case.clone(), case.exchange.tested.body.len());
        }
        case
    }

    /// The base: a valid image manifest, the simplest case.
    pub fn base() -> Self {
        Self::of(Shape::base())
    }

    /// [`Exchange::fingerprint`], the key by which outcomes are remembered. Computed once.
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.fingerprint.get_or_init(|| self.exchange.fingerprint())
    }

    /// The digest that two cases in flight at once must not share: the subject's, else the body's. Cases with the same
    /// body have the same subject.
    pub fn contended(&self) -> &str {
        self.exchange.subject.as_deref().unwrap_or_else(|| self.exchange.tested.digest())
    }
}

impl fmt::Display for Case {
    /// The shape's text form.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shape.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_case_is_rendered_once() {
        let body = |text: &str| Case::of(text.parse().expect("a shape")).exchange.tested.body.as_ptr();
        assert_eq!(body("text.padding=inside(4000000)"), body("text.padding=inside(4000000)"));
    }
}

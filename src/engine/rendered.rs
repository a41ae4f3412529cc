//! A cache of rendered cases, so that each is rendered and hashed once per block.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::render::Case;
use crate::shape::Shape;

/// Approximate capacity in bytes. When it is exceeded, the cache is cleared.
const KEPT: usize = 64 << 20;
/// Approximate size of a case besides its body, in bytes.
const OVERHEAD: usize = 4 << 10;

/// Cases by shape.
#[derive(Debug, Default)]
pub(super) struct Rendered(Mutex<(HashMap<Shape, Case>, usize)>);

impl Rendered {
    /// The case of a shape, rendered on first use.
    pub fn case(&self, shape: &Shape) -> Case {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (cases, bytes) = &mut *kept;
        if let Some(case) = cases.get(shape) {
            return case.clone();
        }
        let case = Case::of(shape.clone());
        let taken = case.exchange.tested.body.len() + OVERHEAD;
        *bytes += taken;
        if *bytes > KEPT {
            cases.clear();
            *bytes = taken;
        }
        cases.insert(shape.clone(), case.clone());
        case
    }

    /// Clears the cache at the end of a block.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_rendered_once_until_the_end_of_the_block() {
        let rendered = Rendered::default();
        let shape: Shape = "layers=empty".parse().expect("a shape");
        let body = |case: &Case| case.exchange.tested.body.as_ptr();
        let first = rendered.case(&shape);
        assert_eq!(body(&first), body(&rendered.case(&shape)), "the same rendering");
        rendered.clear();
        assert_ne!(body(&first), body(&rendered.case(&shape)), "rendered again, while the first is still alive");
    }

    #[test]
    fn large_bodies_are_bounded() {
        let rendered = Rendered::default();
        for length in 0..20 {
            let shape = format!("text.padding=pad({})", 4_000_000 - length);
            rendered.case(&shape.parse().expect("a shape"));
        }
        assert!(rendered.0.lock().expect("no panic before").0.len() <= 16);
    }
}

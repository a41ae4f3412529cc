//! The same case with a body that was never sent before.
//!
//! A registry with a cache may answer for a body as it answered the first time it was asked. A candidate that changes the request
//! and keeps the body is then answered as the case that it comes from, whatever its request does. A variation of it is not.

use crate::shape::{Choice, Shape, SlotId};

/// Texts of an unknown member, each of another length.
#[derive(Debug)]
pub(super) struct Variations {
    slot: Option<(SlotId, Choice)>,
    length: u64,
}

/// The shortest text. The lengths that other cases have are far from it.
const FIRST: u64 = 101;

impl Variations {
    /// None was used so far.
    pub fn new() -> Self {
        let member = "unknown.member=length(101)".parse::<Shape>().ok();
        Self { slot: member.and_then(|shape| shape.deviating().next()), length: FIRST }
    }

    /// The shape with a member of a length that no variation had; `None` where it has no room for one.
    pub fn of(&mut self, shape: &Shape) -> Option<Shape> {
        let (slot, choice) = self.slot?;
        if !shape.is_active(slot) || shape.choice(slot).entry != 0 {
            return None;
        }
        self.length += 1;
        Some(shape.with(slot, Choice { number: self.length, ..choice }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::render;

    #[test]
    fn each_variation_has_a_body_of_its_own_and_keeps_the_rest() {
        let shape: Shape = "accept=absent;annotations=one".parse().expect("a shape");
        let mut variations = Variations::new();
        let (first, second) = (variations.of(&shape).expect("room"), variations.of(&shape).expect("room"));
        assert!(first.contains(&shape) && second.contains(&shape));
        assert_ne!(render(&first).tested.digest(), render(&second).tested.digest());
        assert_eq!(render(&first).accept, render(&shape).accept);
        let full: Shape = "unknown.member=text".parse().expect("a shape");
        assert_eq!(variations.of(&full), None);
    }
}

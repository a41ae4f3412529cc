//! Varies a case so that its body was never sent before.
//!
//! A registry with a cache may repeat its first answer for a body. A candidate that changes only the request would then get the
//! answer of the case it was derived from; a variation of it does not.

use crate::shape::{Choice, Shape, SlotId};

/// Values of an unknown member, each of a different length.
#[derive(Debug)]
pub(super) struct Variations {
    slot: Option<(SlotId, Choice)>,
    length: u64,
}

/// The shortest value, far from the lengths in other cases.
const FIRST: u64 = 101;

impl Variations {
    /// Starts with the shortest value.
    pub fn new() -> Self {
        let member = "unknown.member=length(101)".parse::<Shape>().ok();
        Self { slot: member.and_then(|shape| shape.deviating().next()), length: FIRST }
    }

    /// The shape with an unknown member of a new length; `None` if the slot is inactive or already deviates.
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

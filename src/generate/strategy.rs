//! A proptest strategy for shapes whose value tree walks [`Shape::simpler`].

use proptest::prelude::Rng as _;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{TestRng, TestRunner};

use super::{Choices, Preset, draw};
use crate::shape::Shape;

/// A proptest strategy for shapes of a preset. Failing shapes shrink towards the base by [`Shape::simpler`], and a
/// failure prints the text form of the smallest one.
///
/// ```
/// use manifuzz::generate::{Preset, shapes};
/// use manifuzz::render::render;
/// use proptest::prelude::*;
///
/// proptest!(|(shape in shapes(Preset::Valid))| {
///     // Put your registry's handler in place of this check.
///     prop_assert!(!render(&shape).tested.body.is_empty());
/// });
/// ```
pub fn shapes(preset: Preset) -> ShapeStrategy {
    ShapeStrategy { preset }
}

/// The strategy that [`shapes`] returns.
#[derive(Clone, Copy, Debug)]
pub struct ShapeStrategy {
    preset: Preset,
}

struct FromRunner<'r>(&'r mut TestRng);

impl Choices for FromRunner<'_> {
    fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { usize::try_from(self.0.next_u64() % bound as u64).unwrap_or(0) }
    }
}

impl Strategy for ShapeStrategy {
    type Tree = ShapeTree;
    type Value = Shape;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(ShapeTree::new(draw(self.preset, &mut FromRunner(runner.rng()))))
    }
}

/// A shape, and the simpler ones that are still to be tried.
#[derive(Clone, Debug)]
pub struct ShapeTree {
    failing: Shape,
    current: Shape,
    untried: std::vec::IntoIter<Shape>,
}

impl ShapeTree {
    fn new(shape: Shape) -> Self {
        Self { untried: shape.simpler().into_iter(), failing: shape.clone(), current: shape }
    }
}

impl ValueTree for ShapeTree {
    type Value = Shape;

    fn current(&self) -> Shape {
        self.current.clone()
    }

    /// Called when the current shape fails: continues from it.
    fn simplify(&mut self) -> bool {
        if self.current != self.failing {
            *self = Self::new(self.current.clone());
        }
        self.try_next()
    }

    /// Called when the current shape passes: returns to the failing one and tries its next candidate.
    fn complicate(&mut self) -> bool {
        self.current = self.failing.clone();
        self.try_next()
    }
}

impl ShapeTree {
    fn try_next(&mut self) -> bool {
        match self.untried.next() {
            Some(candidate) => {
                self.current = candidate;
                true
            }
            None => false,
        }
    }
}

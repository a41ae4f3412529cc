//! The minimiser, without I/O: it hands out candidates and is told how each of them turned out. May import shape; [`document`],
//! the minimiser of documents, imports json.
//!
//! A descent has three parts: a bisection over the deviations, the lower choices that are most likely to do, and the
//! neighbours of the smallest case ([`Shape::simpler`]) until none of them shows the symptom. Only the last part decides
//! what the result is worth; the first two make it short.

pub mod document;
mod edits;
mod lowering;
mod search;
mod steps;
mod walk;

use std::collections::HashMap;

use crate::shape::Shape;
use steps::Steps;

/// How a candidate turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It showed the same symptom.
    Reproduced,
    /// It was accepted, without the symptom.
    Accepted,
    /// Anything else.
    Otherwise,
    /// The target could not be tested.
    Trouble,
}

/// Troubles in a row after which the descent ends with the smallest case so far.
const MAX_TROUBLES: usize = 3;

/// A descent from one failing case to a 1-minimal one: no candidate of the result reproduces the symptom.
///
/// Ask for [`candidates`](Self::candidates), try them, [`tell`](Self::tell) their verdicts, and repeat until there
/// are no more candidates; then [`finish`](Self::finish).
///
/// ```
/// use manifuzz::shape::Shape;
/// use manifuzz::shrink::{Minimiser, Verdict};
///
/// let case: Shape = "layers=empty;schemaVersion=absent".parse()?;
/// let mut minimiser = Minimiser::new(case);
/// loop {
///     let candidates = minimiser.candidates(4);
///     if candidates.is_empty() {
///         break;
///     }
///     // Stands in for a target that fails on every manifest without layers.
///     let fails = |shape: &Shape| shape.to_string().contains("layers=empty");
///     minimiser.tell(candidates.into_iter().map(|candidate| {
///         let verdict = if fails(&candidate) { Verdict::Reproduced } else { Verdict::Accepted };
///         (candidate, verdict)
///     }));
/// }
/// let minimal = minimiser.finish();
/// assert_eq!(minimal.shape.to_string(), "layers=empty");
/// assert_eq!(minimal.witness, Some(Shape::base()));
/// # Ok::<(), manifuzz::shape::ShapeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Minimiser {
    smallest: Shape,
    steps: Steps,
    verdicts: HashMap<Shape, Verdict>,
    troubles: usize,
    probes: usize,
}

/// The result of a descent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minimal {
    /// The smallest case found that shows the symptom. No candidate of it does, unless the descent ended early
    /// because of trouble.
    pub shape: Shape,
    /// The nearest accepted candidate, if any was accepted.
    pub witness: Option<Shape>,
    /// The number of verdicts received.
    pub probes: usize,
}

impl Minimiser {
    /// Starts a descent from a case that is known to show the symptom.
    pub fn new(case: Shape) -> Self {
        let steps = Steps::new(&case);
        Self { smallest: case, steps, verdicts: HashMap::new(), troubles: 0, probes: 0 }
    }

    /// The next candidates to try, in order, at most `max` (at least one). Empty once the descent has ended. Each but the first
    /// is the one to try if those before it do not show the symptom.
    pub fn candidates(&mut self, max: usize) -> Vec<Shape> {
        let mut candidates: Vec<Shape> = Vec::new();
        if self.troubles >= MAX_TROUBLES {
            return candidates;
        }
        let mut ahead = self.steps.clone();
        while candidates.len() < max.max(1) {
            let is_tried = |shape: &Shape| self.verdicts.contains_key(shape) || candidates.contains(shape);
            let Some(candidate) = ahead.candidate(&self.smallest, &is_tried) else { break };
            ahead.failed();
            candidates.push(candidate);
        }
        candidates
    }

    /// Takes the candidates' verdicts, in the order in which the candidates were handed out. The first one in that
    /// order that reproduced becomes the smallest case; verdicts after it are ignored, so that the result does not
    /// depend on which answer came first.
    pub fn tell(&mut self, verdicts: impl IntoIterator<Item = (Shape, Verdict)>) {
        for (candidate, verdict) in verdicts {
            self.probes += 1;
            self.troubles = if verdict == Verdict::Trouble { self.troubles + 1 } else { 0 };
            let expected = self.steps.candidate(&self.smallest, &|shape| self.verdicts.contains_key(shape));
            let is_expected = expected.as_ref() == Some(&candidate);
            if verdict == Verdict::Reproduced {
                match is_expected {
                    true => self.steps.showed(),
                    false => self.steps = Steps::new(&candidate),
                }
                self.smallest = candidate;
                return;
            }
            if is_expected {
                self.steps.failed();
            }
            self.verdicts.insert(candidate, verdict);
        }
    }

    /// Forgets the verdicts on the smallest case's candidates, so that they are handed out again. Returns `false` if
    /// there are none, or if the descent has ended because of trouble.
    pub fn recheck(&mut self) -> bool {
        let candidates = self.smallest.simpler();
        self.verdicts.retain(|shape, _| !candidates.contains(shape));
        self.troubles < MAX_TROUBLES && !candidates.is_empty()
    }

    /// The number of verdicts received so far.
    pub fn probes(&self) -> usize {
        self.probes
    }

    /// Ends the descent and returns its result.
    pub fn finish(self) -> Minimal {
        let candidates = self.smallest.simpler();
        let accepted = || candidates.iter().filter(|shape| self.verdicts.get(*shape) == Some(&Verdict::Accepted));
        // The nearest one has fewer deviations, but keeps the most of them; failing that, any will do.
        let slots = |shape: &Shape| shape.deviating().count();
        let nearest = accepted().filter(|shape| slots(shape) < slots(&self.smallest)).rev().max_by_key(|s| slots(s));
        let witness = nearest.or_else(|| accepted().next()).cloned();
        Minimal { shape: self.smallest, witness, probes: self.probes }
    }
}

//! The minimiser: greedy descent over [`Shape::simpler`], without I/O. It hands out candidates and is told how
//! each of them turned out. May import shape; [`document`] has the minimiser of documents, which
//! imports json.

pub mod document;
mod edits;
mod walk;

use std::collections::HashMap;

use crate::shape::Shape;

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
    candidates: Vec<Shape>,
    next: usize,
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
        let candidates = case.simpler();
        Self { smallest: case, candidates, next: 0, verdicts: HashMap::new(), troubles: 0, probes: 0 }
    }

    /// The next candidates to try, in order, at most `max` (at least one). Empty once the descent has ended.
    pub fn candidates(&mut self, max: usize) -> Vec<Shape> {
        if self.troubles >= MAX_TROUBLES {
            return Vec::new();
        }
        // A candidate with a verdict did not reproduce, or it would be the smallest case by now.
        while self.candidates.get(self.next).is_some_and(|candidate| self.verdicts.contains_key(candidate)) {
            self.next += 1;
        }
        let untried = self.candidates[self.next..].iter().filter(|candidate| !self.verdicts.contains_key(*candidate));
        untried.take(max.max(1)).cloned().collect()
    }

    /// Takes the candidates' verdicts, in the order in which the candidates were handed out. The first one in that
    /// order that reproduced becomes the smallest case; verdicts after it are ignored, so that the result does not
    /// depend on which answer came first.
    pub fn tell(&mut self, verdicts: impl IntoIterator<Item = (Shape, Verdict)>) {
        for (candidate, verdict) in verdicts {
            self.probes += 1;
            self.troubles = if verdict == Verdict::Trouble { self.troubles + 1 } else { 0 };
            if verdict == Verdict::Reproduced {
                self.candidates = candidate.simpler();
                self.smallest = candidate;
                self.next = 0;
                return;
            }
            self.verdicts.insert(candidate, verdict);
        }
    }

    /// Forgets the verdicts on the smallest case's candidates, so that they are handed out again. Returns `false` if
    /// there are none, or if the descent has ended because of trouble.
    pub fn recheck(&mut self) -> bool {
        let candidates = &self.candidates;
        self.verdicts.retain(|shape, _| !candidates.contains(shape));
        self.next = 0;
        self.troubles < MAX_TROUBLES && !candidates.is_empty()
    }

    /// The number of verdicts received so far.
    pub fn probes(&self) -> usize {
        self.probes
    }

    /// Ends the descent and returns its result.
    pub fn finish(self) -> Minimal {
        let accepted = || self.candidates.iter().filter(|shape| self.verdicts.get(*shape) == Some(&Verdict::Accepted));
        // The nearest one has fewer deviations, but keeps the most of them; failing that, any will do.
        let slots = |shape: &Shape| shape.deviating().count();
        let nearest = accepted().filter(|shape| slots(shape) < slots(&self.smallest)).rev().max_by_key(|s| slots(s));
        let witness = nearest.or_else(|| accepted().next()).cloned();
        Minimal { shape: self.smallest, witness, probes: self.probes }
    }
}

//! The minimiser: greedy descent over [`Shape::simpler`], without I/O. It hands out candidates and is told what
//! they did. May import shape.

use std::collections::HashMap;

use crate::shape::Shape;

/// What a candidate did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It shows the same symptom.
    Reproduced,
    /// It was accepted, without the symptom.
    Accepted,
    /// Anything else.
    Otherwise,
    /// The target could not be asked.
    Trouble,
}

/// How often in a row the target may be out of reach before the descent ends with the best so far.
const TROUBLES: usize = 3;

/// A descent from one case.
#[derive(Clone, Debug)]
pub struct Minimiser {
    smallest: Shape,
    candidates: Vec<Shape>,
    next: usize,
    told: HashMap<Shape, Verdict>,
    troubles: usize,
    probes: usize,
}

/// Where a descent ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minimal {
    /// The smallest case that shows the symptom: no candidate of it does.
    pub shape: Shape,
    /// The nearest neighbour that was accepted.
    pub witness: Option<Shape>,
    /// How many candidates were asked for.
    pub probes: usize,
}

impl Minimiser {
    /// A descent from a case that shows the symptom.
    pub fn new(case: Shape) -> Self {
        let candidates = case.simpler();
        Self { smallest: case, candidates, next: 0, told: HashMap::new(), troubles: 0, probes: 0 }
    }

    /// The next candidates to try, in order, at most `most`; none when the descent has ended.
    pub fn candidates(&mut self, most: usize) -> Vec<Shape> {
        if self.troubles >= TROUBLES {
            return Vec::new();
        }
        // What was told before is not asked again; it did not reproduce, or it would be the smallest.
        while self.candidates.get(self.next).is_some_and(|candidate| self.told.contains_key(candidate)) {
            self.next += 1;
        }
        let due = self.candidates[self.next..].iter().filter(|candidate| !self.told.contains_key(*candidate));
        due.take(most.max(1)).cloned().collect()
    }

    /// What the candidates did, in the order in which they were handed out. The first in order that reproduced
    /// wins, whatever answered first; what came behind it was in vain.
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
            self.told.insert(candidate, verdict);
        }
    }

    /// Forgets what the candidates of the smallest case did, so that they are handed out once more; whether there are any.
    pub fn recheck(&mut self) -> bool {
        let candidates = &self.candidates;
        self.told.retain(|shape, _| !candidates.contains(shape));
        self.next = 0;
        self.troubles < TROUBLES && !candidates.is_empty()
    }

    /// How many candidates were asked for so far.
    pub fn probes(&self) -> usize {
        self.probes
    }

    /// Ends the descent.
    pub fn finish(self) -> Minimal {
        let accepted = || self.candidates.iter().filter(|shape| self.told.get(*shape) == Some(&Verdict::Accepted));
        // The nearest one without a deviation, which is the one that keeps most of the others; else any.
        let slots = |shape: &Shape| shape.deviating().count();
        let nearest = accepted().filter(|shape| slots(shape) < slots(&self.smallest)).rev().max_by_key(|s| slots(s));
        let witness = nearest.or_else(|| accepted().next()).cloned();
        Minimal { shape: self.smallest, witness, probes: self.probes }
    }
}

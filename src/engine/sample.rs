//! Decides which universal questions a draw is asked. Fixed cases are asked everything.
//!
//! A run asks each question after at least [`WANTED`] accepted draws, or after all if fewer are accepted. A defect that shows in
//! one push of a hundred is then seen with a probability of 99 %.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use super::outcome::Outcome;
use super::state::StoredSample;
use crate::exchange::{Question, Questions};
use crate::shape::Shape;

/// How many accepted draws are asked each question: `ln(0.01) / ln(0.99)`.
const WANTED: f64 = 459.0;
/// How many standard deviations more than needed are aimed at, so that the sample is large enough before the last draws.
const MARGIN: f64 = 3.0;

/// About which share of so many draws is asked each question, if half of them are accepted.
pub fn sampled_share(draws: usize) -> f64 {
    (2.0 * WANTED / draws.max(1) as f64).min(1.0)
}

/// The sample of one run. Decisions depend on the seed, the shape and the state at the end of the previous block.
#[derive(Debug)]
pub(super) struct Sample {
    seed: u64,
    /// How many draws are still to come; `None` if not known, in which case all are asked.
    left: Option<usize>,
    judged: usize,
    accepted: usize,
    /// How many accepted draws were asked each question.
    asked: [usize; Question::SAMPLED.len()],
}

impl Sample {
    /// The sample of a run with so many draws.
    pub fn new(seed: u64, draws: Option<usize>) -> Self {
        Self { seed, left: draws, judged: 0, accepted: 0, asked: [0; Question::SAMPLED.len()] }
    }

    /// The counts.
    pub fn store(&self) -> StoredSample {
        let Self { left, judged, accepted, .. } = *self;
        StoredSample { left, judged, accepted, asked: self.asked.to_vec() }
    }

    /// The sample of this seed with these counts.
    pub fn restore(seed: u64, stored: &StoredSample) -> Option<Self> {
        let StoredSample { left, judged, accepted, .. } = *stored;
        Some(Self { seed, left, judged, accepted, asked: stored.asked.as_slice().try_into().ok()? })
    }

    /// Which of `all` a draw is asked.
    pub fn questions(&self, shape: &Shape, all: Questions) -> Questions {
        // Hashes do not depend on the process, so that the same seed asks the same.
        let hasher = FixedState::with_seed(self.seed);
        let of_shape = hasher.hash_one(shape);
        // A number below 1.
        let draw =
            |question: Question| (hasher.hash_one((of_shape, question.name())) >> 11) as f64 / (1u64 << 53) as f64;
        let asks = |question: &Question| match Question::SAMPLED.iter().position(|one| one == question) {
            Some(at) => draw(*question) < self.share(at),
            None => true,
        };
        Question::ALL.into_iter().filter(asks).collect::<Questions>().and(all)
    }

    /// The share of the draws to come that is asked the question.
    fn share(&self, question: usize) -> f64 {
        let Some(left) = self.left else { return 1.0 };
        let missing = WANTED - self.asked[question] as f64;
        if missing <= 0.0 {
            return 0.0;
        }
        // Before anything was judged, few draws are expected to be accepted.
        let accepted = (self.accepted as f64 + 1.0) / (self.judged as f64 + 4.0);
        (missing + MARGIN * missing.sqrt()) / (left as f64 * accepted).max(1.0)
    }

    /// Counts a draw that was fired.
    pub fn count(&mut self, asked: Questions, outcome: Option<&Outcome>) {
        self.left = self.left.map(|left| left.saturating_sub(1));
        let Some(Outcome::Judged { accepted, .. }) = outcome else { return };
        self.judged += 1;
        if *accepted {
            self.accepted += 1;
            for (count, question) in self.asked.iter_mut().zip(Question::SAMPLED) {
                *count += usize::from(asked.has(question));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::outcome::PushAnswer;
    use super::*;
    use crate::generate::{Preset, draw_nth};

    fn outcome(accepted: bool) -> Outcome {
        let (findings, applicable, refusable, answered) = Default::default();
        Outcome::Judged {
            findings,
            accepted,
            applicable,
            refusable,
            answered,
            body_is_new: true,
            timeouts: 0,
            answer: PushAnswer::default(),
        }
    }

    /// How many accepted draws are asked each question, if every `one_in`th is accepted.
    fn asked(draws: usize, one_in: usize) -> [usize; Question::SAMPLED.len()] {
        let mut sample = Sample::new(7, Some(draws));
        let shapes: Vec<Shape> = (0..draws as u64).map(|i| draw_nth(7, Preset::MostlyValid, i)).collect();
        for (block, shapes) in shapes.chunks(64).enumerate() {
            let asked: Vec<_> = shapes.iter().map(|shape| sample.questions(shape, Questions::ALL)).collect();
            for (i, asked) in asked.into_iter().enumerate() {
                assert!(asked.has(Question::Afterwards));
                sample.count(asked, Some(&outcome((block * 64 + i) % one_in == 0)));
            }
        }
        sample.asked
    }

    #[test]
    fn a_sample_is_large_enough_and_not_much_larger() {
        for (draws, one_in) in [(1000, 1), (1000, 2), (5000, 1), (5000, 3), (20_000, 2), (20_000, 20)] {
            for count in asked(draws, one_in) {
                assert!(count >= WANTED as usize && count < 600, "{count} of {draws}, one in {one_in}");
            }
        }
    }

    #[test]
    fn all_are_asked_if_there_are_few() {
        assert_eq!(asked(300, 1), [300; 5]);
        assert_eq!(asked(1000, 3), [334; 5]);
    }
}

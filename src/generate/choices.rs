//! The source of random choices that generators draw from: a seed, fuzzer input or proptest's generator.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

/// A source of bounded choices. An exhausted source returns 0, which every generator interprets as "no deviation".
pub trait Choices {
    /// A number from 0 to `bound - 1`; 0 if `bound` is 0.
    fn below(&mut self, bound: usize) -> usize;
}

/// Choices from a seed: the same words give the same choices on every platform and in every version.
#[derive(Debug)]
pub struct Seeded(ChaCha8Rng);

impl Seeded {
    /// Choices that depend only on these words.
    pub fn new(words: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for word in words {
            hash.update((word.len() as u64).to_le_bytes());
            hash.update(word);
        }
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }
}

impl Choices for Seeded {
    fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        // Lemire's reduction: the high half of the product is below the bound.
        let product = u128::from(self.0.next_u64()) * bound as u128;
        usize::try_from(product >> 64).unwrap_or(0)
    }
}

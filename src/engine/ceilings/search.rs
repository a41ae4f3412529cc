//! Finds the largest number that is accepted: doubles until one is refused, then bisects. No I/O.

/// A search for the largest accepted number. Assumes that whatever is below an accepted number is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Search {
    least: u64,
    start: u64,
    most: u64,
    /// Numbers that are likely to be limits: each is tried before the bisection goes on, and then the next higher number.
    likely: &'static [u64],
    pub accepted: Option<u64>,
    pub refused: Option<u64>,
}

impl Search {
    /// A search from `least` to `most` that begins at `start`.
    pub fn new(least: u64, start: u64, most: u64, likely: &'static [u64]) -> Self {
        let most = most.max(least);
        Self { least, start: start.clamp(least, most), most, likely, accepted: None, refused: None }
    }

    /// A search below a number that was accepted otherwise. It begins with that number.
    pub fn below(least: u64, most: u64, likely: &'static [u64]) -> Self {
        Self::new(least, most, most, likely)
    }

    /// The next number to try; `None` if the search has ended.
    pub fn next(&self) -> Option<u64> {
        let Some(refused) = self.refused else {
            return match self.accepted {
                None => Some(self.start),
                Some(accepted) if accepted >= self.most => None,
                Some(accepted) => Some(accepted.saturating_mul(2).clamp(accepted + 1, self.most)),
            };
        };
        // Everything below the least number counts as accepted.
        let low = self.accepted.unwrap_or(self.least - 1);
        if refused - low <= 1 {
            return None;
        }
        let inside: Vec<u64> = self.likely.iter().copied().filter(|one| (low + 1..refused).contains(one)).collect();
        if self.likely.contains(&low) {
            return Some(low + 1);
        }
        Some(inside.get(inside.len() / 2).copied().unwrap_or(low + (refused - low) / 2))
    }

    /// Takes the answer to a number.
    pub fn tell(&mut self, number: u64, is_accepted: bool) {
        if is_accepted {
            self.accepted = Some(self.accepted.map_or(number, |accepted| accepted.max(number)));
        } else {
            self.refused = Some(self.refused.map_or(number, |refused| refused.min(number)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result, and how many numbers were tried.
    fn search(mut search: Search, limit: u64) -> (Option<u64>, Option<u64>, usize) {
        let mut tried = 0;
        while let Some(number) = search.next() {
            search.tell(number, number <= limit);
            tried += 1;
        }
        (search.accepted, search.refused, tried)
    }

    #[test]
    fn every_limit_is_found_exactly() {
        for limit in (1..300).chain([4000, 4095, 4096, 9999]) {
            let (accepted, refused, tried) = search(Search::new(1, 16, 10_000, &[100, 128, 4096]), limit);
            assert_eq!((accepted, refused), (Some(limit), Some(limit + 1)));
            assert!(tried <= 28, "{limit}: {tried}");
        }
        assert_eq!(search(Search::new(1, 16, 10_000, &[]), 0), (None, Some(1), 5));
        assert_eq!(search(Search::new(1, 16, 10_000, &[]), 10_000), (Some(10_000), None, 11));
    }

    #[test]
    fn a_likely_limit_takes_few_tries() {
        const MIB: u64 = 1 << 20;
        let likely = &[4_000_000, 4 * MIB, 8 * MIB];
        assert_eq!(search(Search::new(4096, 65_536, 64 * MIB, likely), 4 * MIB), (Some(4 * MIB), Some(4 * MIB + 1), 9));
        let (_, _, tried) = search(Search::new(4096, 65_536, 64 * MIB, likely), 5 * MIB + 1);
        assert!(tried <= 32, "{tried}");
    }

    #[test]
    fn a_search_below_begins_at_the_top() {
        assert_eq!(search(Search::below(1, 500, &[]), 1000), (Some(500), None, 1));
        assert_eq!(search(Search::below(1, 500, &[]), 20).0, Some(20));
    }
}

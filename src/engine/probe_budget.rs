//! Limits the probes of hunts in proportion to the cases fired.

/// The number of cases that the budget is stated for.
const CASES: i64 = 1000;

/// Probes that may be spent on hunts: a number for each thousand cases, of which at most that of one thousand is saved up.
///
/// A hunt begins only while something is left and is not cut short. What it overdraws is paid back by later cases, so that on
/// average the budget is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProbeBudget {
    per_thousand: i64,
    /// In thousandths of a probe; negative after an overdraft.
    left: i64,
}

impl ProbeBudget {
    /// A full budget of `probes` for each thousand cases.
    pub fn per_thousand_cases(probes: usize) -> Self {
        let per_thousand = i64::try_from(probes).unwrap_or(i64::MAX / CASES);
        Self { per_thousand, left: per_thousand * CASES }
    }

    /// A case was fired.
    pub fn earn(&mut self) {
        self.left = (self.left + self.per_thousand).min(self.per_thousand * CASES);
    }

    /// A hunt took this many probes.
    pub fn spend(&mut self, probes: usize) {
        self.left = self.left.saturating_sub(i64::try_from(probes).unwrap_or(i64::MAX).saturating_mul(CASES));
    }

    /// Whether a hunt may begin.
    pub fn has_some(&self) -> bool {
        self.left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_kept_on_average_whatever_a_hunt_takes() {
        for hunt in [1, 30, 150, 700] {
            let mut budget = ProbeBudget::per_thousand_cases(200);
            let mut spent = 0;
            for case in 0..50_000 {
                budget.earn();
                if budget.has_some() {
                    budget.spend(hunt);
                    spent += hunt;
                }
                assert!(spent <= 200 + case / 5 + hunt, "{spent} probes after {case} cases");
            }
            assert!(spent >= 9_000, "{spent}: the budget is used");
        }
    }

    #[test]
    fn no_more_than_a_thousand_cases_worth_is_saved() {
        let mut budget = ProbeBudget::per_thousand_cases(200);
        (0..100_000).for_each(|_| budget.earn());
        budget.spend(200);
        assert!(!budget.has_some());
    }
}

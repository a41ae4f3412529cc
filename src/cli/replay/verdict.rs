//! What became of a row that was fired again.

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fixed,
    Failing,
    Changed(String),
    Flaky(String),
    NotTested(String),
}

impl Verdict {
    /// The verdict on a row that showed the recorded finding `same` times, nothing `clean` times, and these others.
    pub fn of(same: usize, clean: usize, mut others: Vec<String>) -> Self {
        let all = same + clean + others.len();
        others.sort_unstable();
        others.dedup();
        match (same, clean, others.as_slice()) {
            (0, _, []) => Self::Fixed,
            (_, 0, []) => Self::Failing,
            (0, 0, [one]) => Self::Changed(one.clone()),
            _ => {
                let instead =
                    if others.is_empty() { String::new() } else { format!("; instead: {}", others.join("; ")) };
                Self::Flaky(format!("shown {same} of {all} times{instead}"))
            }
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Failing => "failing",
            Self::Changed(_) => "changed",
            Self::Flaky(_) => "flaky",
            Self::NotTested(_) => "not-tested",
        }
    }

    pub fn detail(&self) -> &str {
        match self {
            Self::Fixed | Self::Failing => "",
            Self::Changed(detail) | Self::Flaky(detail) | Self::NotTested(detail) => detail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_the_same_each_time_is_not_flaky() {
        let other = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(Verdict::of(0, 3, Vec::new()), Verdict::Fixed);
        assert_eq!(Verdict::of(3, 0, Vec::new()), Verdict::Failing);
        assert_eq!(Verdict::of(0, 0, other(&["a", "a", "a"])), Verdict::Changed("a".to_owned()));
        assert_eq!(Verdict::of(1, 2, Vec::new()), Verdict::Flaky("shown 1 of 3 times".to_owned()));
        assert_eq!(Verdict::of(0, 2, other(&["a"])), Verdict::Flaky("shown 0 of 3 times; instead: a".to_owned()));
        assert_eq!(Verdict::of(0, 0, other(&["b", "a", "a"])).name(), "flaky");
    }
}

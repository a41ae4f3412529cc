//! The flags that bound what a run does to a registry, and the question before it begins.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use crate::cli::values::{ParsedBy, Rejected};
use crate::exchange::Budget;

/// What a run may do to a registry.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Safety")]
pub(super) struct SafetyFlags {
    /// Send only requests that read, and judge what their answers show
    #[arg(long, conflicts_with_all = ["quick", "cases", "cover", "preset", "depth"])]
    pub read_only: bool,
    /// Do not ask before the first write
    #[arg(long, short = 'y')]
    yes: bool,
    /// End each target after about this many requests
    #[arg(long, value_name = "N")]
    max_requests: Option<u64>,
    /// End each target after sending about this much, e.g. 500k, 100M or 2G
    #[arg(long, value_name = "SIZE", value_parser = ParsedBy(size))]
    max_bytes: Option<u64>,
    /// End each target after pushing about this many blobs and manifests
    #[arg(long, value_name = "N")]
    max_objects: Option<u64>,
}

/// Bytes, with a decimal unit.
pub(in crate::cli) fn size(text: &str) -> Result<u64, Rejected> {
    let wrong = || Rejected::new("expected a number of bytes, e.g. `500k`, `100M` or `2G`");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match text[digits.len()..].to_ascii_lowercase().trim_end_matches('b') {
        "" => 1,
        "k" => 1000,
        "m" => 1_000_000,
        "g" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).ok_or_else(wrong)
}

impl SafetyFlags {
    /// The budget of each target. `requests` is another bound on these.
    pub fn budget(&self, requests: Option<u64>) -> Budget {
        let requests = [self.max_requests, requests].into_iter().flatten().min();
        Budget { requests, bytes: self.max_bytes, objects: self.max_objects }
    }

    /// Asks on a terminal whether to begin. Returns false if not.
    pub fn confirm(&self) -> bool {
        if self.yes || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return true;
        }
        let mut err = std::io::stderr();
        let _ = err.write_all(b"begin? [y/N] ").and_then(|()| err.flush());
        let mut answer = String::new();
        let is_read = std::io::stdin().lock().read_line(&mut answer).is_ok();
        is_read && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_decimal_units() {
        let of = |text: &str| size(text).ok();
        assert_eq!([of("7"), of("5k"), of("100MB"), of("2G")], [7, 5000, 100_000_000, 2_000_000_000].map(Some));
        assert_eq!([of(""), of("k"), of("5x"), of("-1"), of("99999999999G")], [None; 5]);
    }
}

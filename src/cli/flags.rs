//! Flags and help that several commands share: the same flag has the same help everywhere.

use std::path::PathBuf;
use std::time::Duration;

use super::values::{FlavourList, ParsedBy, duration, flavour_list, versions};
use super::{BAD_INPUT, UNREAD};
use crate::model::Versions;

/// Help for `--filter`.
pub(super) const FILTER: &str = "Vary only these slots: names or groups, joined by commas; `*` matches anything";
/// Help for lists of flavours.
pub(super) const FLAVOURS: &str = "Flavours: names or sets, joined by commas; `manifuzz flavours` lists them";

/// The flavours of a command whose default are those of 2023.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Cases")]
pub(super) struct FlavoursFlag {
    #[arg(
        long,
        value_name = "LIST",
        default_value = "seed",
        value_parser = ParsedBy(flavour_list),
        help = FLAVOURS,
    )]
    pub flavours: FlavourList,
}

/// The versions of the specifications.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Verdict")]
pub(super) struct SpecFlag {
    /// Versions of the specifications to judge by
    #[arg(long, value_name = "VERSION", default_value_t, value_parser = versions())]
    pub spec: Versions,
}

/// Whether a command removes what it pushed.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Safety")]
pub(super) struct KeepFlag {
    /// Keep what was pushed; without this, it is removed at the end, where the registry deletes
    #[arg(long)]
    pub keep: bool,
}

/// A bound on the time of a command.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct TimeFlag {
    /// Stop after this time and report what was found so far, e.g. 60s, 5m or 1h30m
    #[arg(long, value_parser = ParsedBy(duration))]
    pub time: Option<Duration>,
}

/// The corpus of commands that name no other.
pub(super) const DEFAULT_CORPUS: &str = "manifuzz-cases.csv";

/// The corpus.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(super) struct CorpusFlag {
    /// CSV file of findings (the corpus)
    #[arg(long, default_value = DEFAULT_CORPUS, value_name = "FILE")]
    pub corpus: PathBuf,
}

/// The end of the `--help` of a command that prints results: an example and the exit codes.
pub(super) fn epilogue(example: &str, codes: &[(u8, &str)]) -> String {
    example_and_codes(example, &[codes, &[(UNREAD, "stdout was closed (broken pipe)")]].concat())
}

/// An example and the exit codes, with the one for invalid input.
pub(super) fn example_and_codes(example: &str, codes: &[(u8, &str)]) -> String {
    let mut codes = [codes, &[(BAD_INPUT, "invalid arguments or input")]].concat();
    codes.sort_unstable();
    let lines = codes.iter().map(|(code, meaning)| format!("  {code:<4} {meaning}\n"));
    format!("Example:\n  {example}\n\nExit codes:\n{}", lines.collect::<String>())
}

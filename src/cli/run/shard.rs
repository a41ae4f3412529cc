//! `--shard`: a part of a run, for several machines.

use crate::cli::values::{ParsedBy, Rejected};
use crate::engine::Shard;

/// Which part of the cases to fire.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Cases")]
pub(super) struct ShardFlag {
    /// Fire a part of the cases, e.g. 1/3: the bases, and every Nth other case; requires --seed
    ///
    /// `manifuzz merge` merges the results of N shards into those of the whole run. Shards read back after every push, because
    /// the sample of a run depends on answers that other shards get.
    #[arg(long, value_name = "I/N", value_parser = ParsedBy(parsed), requires = "seed")]
    pub shard: Option<Shard>,
}

fn parsed(text: &str) -> Result<Shard, Rejected> {
    text.parse().map_err(Rejected::from)
}

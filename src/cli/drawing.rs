//! The flags that say which shapes are drawn, shared by every command that draws some.

use super::targets::nonce;
use crate::cli::tell;
use crate::engine::Schedule;
use crate::error::{Error, Input};
use crate::generate::covering_array::MOST_STRENGTH;
use crate::generate::flavours_of;

/// Which shapes are drawn, and in what order.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Drawing {
    /// What random draws depend on; a new one each time without it
    #[arg(long)]
    pub seed: Option<u64>,
    /// How many cases for each target in all; without it, the fixed part and 1000 draws, or the array
    #[arg(long)]
    pub cases: Option<usize>,
    /// How far draws stray: valid, mostly-valid or hostile
    #[arg(long, default_value = "mostly-valid")]
    pub preset: String,
    /// Every T valid entries together, and T-1 of them beside each invalid one: 1, 2, or 3 with a filter
    #[arg(long, value_name = "T")]
    pub cover: Option<usize>,
    /// Only these slots deviate: names or groups, joined by commas; `*` stands for any text
    #[arg(long, value_name = "GLOB")]
    pub filter: Option<String>,
    /// Flavours to begin with: names or sets, joined by commas
    #[arg(long, value_name = "LIST", default_value = "all")]
    pub flavours: String,
}

impl Drawing {
    /// The order that the flags ask for. Prints the seed first of all.
    pub fn order(&self) -> Result<Schedule, Error> {
        let seed = self.seed.unwrap_or_else(|| u64::from_str_radix(&nonce(), 16).unwrap_or(0) % 1_000_000_007);
        tell(format_args!("seed {seed}"));
        let filter = self.filter.as_deref().map(str::parse).transpose()?;
        let most = if filter.is_some() { MOST_STRENGTH } else { 2 };
        if let Some(strength) = self.cover.filter(|strength| !(1..=most).contains(strength)) {
            let why = format!("arrays have a strength of 1 to {most} here");
            return Err(Input::value(format!("--cover {strength}"), why, "use 2, or 3 with --filter").into());
        }
        let flavours = flavours_of(&self.flavours)?.into_iter().map(|flavour| flavour.shape.clone()).collect();
        Ok(Schedule { seed, preset: self.preset.parse()?, count: self.cases, flavours, cover: self.cover, filter })
    }
}

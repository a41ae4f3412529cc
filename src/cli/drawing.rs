//! The flags on which cases to generate, shared by every command that generates some.

use clap::builder::RangedU64ValueParser;

use super::flags::{FILTER, FLAVOURS};
use super::targets::nonce;
use super::values::{FlavourList, ParsedBy, filter, flavour_list, preset};
use crate::engine::Schedule;
use crate::error::Input;
use crate::generate::covering_array::MOST_STRENGTH;
use crate::generate::{Filter, Preset};

/// Which cases to generate, and in what order.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Cases")]
pub(super) struct DrawingFlags {
    /// Seed of the random cases [default: a new one each time]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Number of cases, for each target if there are several [default: the fixed cases and 1000 random ones, or the covering array]
    #[arg(long, value_name = "N")]
    pub cases: Option<usize>,
    /// How far random cases deviate from a valid manifest
    #[arg(long, default_value_t, value_parser = preset())]
    pub preset: Preset,
    /// Add a covering array of this strength; 3 requires --filter
    ///
    /// Each combination of T valid entries occurs in some case, as does each invalid entry with each T-1 valid ones.
    #[arg(long, value_name = "T", value_parser = RangedU64ValueParser::<usize>::new().range(1..=MOST_STRENGTH as u64))]
    pub cover: Option<usize>,
    #[arg(long, value_name = "GLOB", value_parser = ParsedBy(filter), help = FILTER)]
    pub filter: Option<Filter>,
    #[arg(long, value_name = "LIST", default_value = "all", value_parser = ParsedBy(flavour_list), help = FLAVOURS)]
    pub flavours: FlavourList,
}

impl DrawingFlags {
    /// The cases that the flags ask for, in order.
    pub fn schedule(&self) -> Result<Schedule, Input> {
        if self.cover == Some(MOST_STRENGTH) && self.filter.is_none() {
            let why = "a covering array of this strength over all slots is too large";
            return Err(Input::value(format!("--cover {MOST_STRENGTH}"), why, "add --filter, or use --cover 2"));
        }
        let seed = self.seed.unwrap_or_else(|| u64::from_str_radix(&nonce(), 16).unwrap_or(0) % 1_000_000_007);
        let flavours = self.flavours.0.iter().map(|flavour| flavour.shape.clone()).collect();
        let (preset, count, cover, filter) = (self.preset, self.cases, self.cover, self.filter.clone());
        Ok(Schedule { seed, preset, count, flavours, cover, filter, ..Schedule::default() })
    }
}

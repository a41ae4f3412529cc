//! `manifuzz flavours`: the shapes that have a name.

use serde_json::json;

use super::Output;
use super::flags::{FLAVOURS, epilogue};
use super::values::{FlavourList, ParsedBy, flavour_list};
use crate::error::Error;
use crate::exchange::case_id;

/// List the flavours: shapes that have a name
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue("manifuzz flavours seed", &[(0, "success")]))]
pub(super) struct FlavoursCommand {
    #[arg(default_value = "all", value_parser = ParsedBy(flavour_list), help = FLAVOURS)]
    list: FlavourList,
    #[command(flatten)]
    output: Output,
}

impl FlavoursCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        for flavour in self.list.0 {
            let (name, set, about, shape) = (&flavour.name, &flavour.set, &flavour.about, flavour.shape.to_string());
            Output::print(&if self.output.is_pretty() {
                format!("{name} ({set}): {about}\n  {shape}")
            } else {
                json!({ "flavour": name, "set": set, "id": case_id(&shape), "shape": shape, "about": about })
                    .to_string()
            })?;
        }
        Ok(0)
    }
}

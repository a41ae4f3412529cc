//! `manifuzz flavours`: the shapes that have a name.

use serde_json::json;

use super::Output;
use crate::error::Error;
use crate::findings::id;
use crate::generate::flavours_of;

/// List the flavours
#[derive(Debug, clap::Args)]
pub(super) struct Flavours {
    /// Names or sets, joined by commas
    #[arg(default_value = "all")]
    list: String,
    #[command(flatten)]
    output: Output,
}

impl Flavours {
    pub(super) fn run(self) -> Result<u8, Error> {
        for flavour in flavours_of(&self.list)? {
            let (name, set, about, shape) = (&flavour.name, &flavour.set, &flavour.about, flavour.shape.to_string());
            Output::print(&if self.output.is_pretty() {
                format!("{name} ({set}): {about}\n  {shape}")
            } else {
                json!({ "flavour": name, "set": set, "id": id(&shape), "shape": shape, "about": about }).to_string()
            })?;
        }
        Ok(0)
    }
}

//! `manifuzz profiles` and `manifuzz quirks`: what the embedded registry can be.

use serde_json::json;

use super::Output;
use crate::error::Error;
use crate::registry::{profiles, quirks};

/// List the profiles of the embedded registry
#[derive(Debug, clap::Args)]
pub(super) struct Profiles {
    #[command(flatten)]
    output: Output,
}

impl Profiles {
    pub(super) fn run(self) -> Result<u8, Error> {
        for profile in profiles() {
            let planted: Vec<_> = profile.quirks.iter().map(|planted| planted.quirk.name).collect();
            Output::print(&if self.output.is_pretty() {
                format!("{}  {}\n  {}\n  quirks: {}", profile.name, profile.about, profile.source, planted.join(", "))
            } else {
                json!({
                    "profile": profile.name,
                    "about": profile.about,
                    "date": profile.date,
                    "source": profile.source,
                    "seed": profile.seed,
                    "quirks": planted,
                })
                .to_string()
            });
        }
        Ok(0)
    }
}

/// List the quirks that can be planted into a profile
#[derive(Debug, clap::Args)]
pub(super) struct Quirks {
    #[command(flatten)]
    output: Output,
}

impl Quirks {
    pub(super) fn run(self) -> Result<u8, Error> {
        for quirk in quirks() {
            Output::print(&if self.output.is_pretty() {
                format!("{}  {}\n  {}, {}", quirk.name, quirk.does, quirk.source, quirk.since)
            } else {
                json!({ "quirk": quirk.name, "does": quirk.does, "source": quirk.source, "since": quirk.since })
                    .to_string()
            });
        }
        Ok(0)
    }
}

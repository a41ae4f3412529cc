//! `manifuzz profiles` and `manifuzz quirks`: how the embedded registry can behave.

use serde_json::json;

use super::Output;
use super::flags::epilogue;
use crate::error::Error;
use crate::registry::{Profile, Quirk, Shows, profiles, quirks};

/// List the profiles of the embedded registry
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue("manifuzz profiles --format json", &[(0, "success")]))]
pub(super) struct ProfilesCommand {
    #[command(flatten)]
    output: Output,
}

impl ProfilesCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        for profile in profiles() {
            let planted: Vec<_> = profile.quirks.iter().map(|planted| planted.quirk.name).collect();
            Output::print(&if self.output.is_pretty() {
                pretty(&profile, &planted)
            } else {
                json!({
                    "profile": profile.name,
                    "about": profile.about,
                    "date": profile.date,
                    "source": profile.source,
                    "seed": profile.seed,
                    "changes": profile.changes.iter().map(|c| json!({ "without": c.without, "note": c.note })).collect::<Vec<_>>(),
                    "uncertain": profile.uncertain,
                    "notes": profile.notes,
                    "quirks": planted,
                })
                .to_string()
            })?;
        }
        Ok(0)
    }
}

fn pretty(profile: &Profile, planted: &[&str]) -> String {
    let mut lines =
        vec![format!("{}  {}", profile.name, profile.about), format!("{}, {}", profile.date, profile.source)];
    if !planted.is_empty() {
        lines.push(format!("quirks: {}", planted.join(", ")));
    }
    lines.extend(profile.changes.iter().map(|change| format!("flavours without {}: {}", change.without, change.note)));
    lines.extend(profile.uncertain.iter().map(|(flavour, why)| format!("uncertain: {flavour}: {why}")));
    lines.join("\n  ")
}

/// What a run reports of a registry with the quirk.
fn shows(quirk: &Quirk) -> String {
    match quirk.shows {
        Shows::Finding(class, shape) => format!("{class} {shape}"),
        Shows::Lack(what) => format!("that {what} is lacking"),
        Shows::Nothing(why) => format!("nothing: {why}"),
    }
}

/// List the quirks that can be added to a profile
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue("manifuzz quirks --format json", &[(0, "success")]))]
pub(super) struct QuirksCommand {
    #[command(flatten)]
    output: Output,
}

impl QuirksCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        for quirk in quirks() {
            Output::print(&if self.output.is_pretty() {
                let (Quirk { name, does, source, since, .. }, shows) = (quirk, shows(quirk));
                format!("{name}  {does}\n  {source}, {since}\n  a run shows {shows}")
            } else {
                json!({
                    "quirk": quirk.name,
                    "does": quirk.does,
                    "source": quirk.source,
                    "since": quirk.since,
                    "shows": shows(quirk),
                })
                .to_string()
            })?;
        }
        Ok(0)
    }
}

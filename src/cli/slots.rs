//! `manifuzz slots`: the variant space, slot by slot.

use serde_json::json;

use super::Output;
use super::flags::epilogue;
use crate::error::Error;
use crate::shape::{Slot, space};

/// List the slots and their entries
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue("manifuzz slots --format json", &[(0, "success")]))]
pub(super) struct SlotsCommand {
    #[command(flatten)]
    output: Output,
}

impl SlotsCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        for (_, slot) in space().slots() {
            Output::print(&if self.output.is_pretty() { pretty(slot) } else { line(slot) })?;
        }
        Ok(0)
    }
}

/// The parent and the entries of it under which the slot is active, written like a shape.
fn parent(slot: &Slot) -> Option<String> {
    let parent = slot.parent.as_ref()?;
    let above = space().slot(parent.slot);
    let entries: Vec<_> = parent.under.iter().map(|entry| above.menu[*entry].name).collect();
    Some(format!("{}={}", above.name, entries.join("|")))
}

fn line(slot: &Slot) -> String {
    let entry = |entry: &crate::shape::Entry| {
        let mut value = json!({ "entry": entry.name, "valid": entry.valid, "renders": entry.about });
        if let Some(numbers) = entry.numbers {
            value["numbers"] = json!(numbers.listed);
        }
        value
    };
    let menu: Vec<_> = slot.menu.iter().map(entry).collect();
    let mut line = json!({ "slot": slot.name, "group": slot.group.as_str(), "parent": parent(slot), "menu": menu });
    if slot.is_for_clients() {
        line["party"] = json!("client");
    }
    line.to_string()
}

fn pretty(slot: &Slot) -> String {
    let party = if slot.is_for_clients() { ", for clients" } else { "" };
    let mut text = format!("{} ({}{party})", slot.name, slot.group.as_str());
    if let Some(parent) = parent(slot) {
        text.push_str(&format!(", under {parent}"));
    }
    for entry in slot.menu {
        let mark = if entry.valid { "valid" } else { "invalid" };
        let number = entry.numbers.map_or(String::new(), |numbers| format!("({}..{})", numbers.least, numbers.most));
        text.push_str(&format!("\n  {}{number}  {mark}: {}", entry.name, entry.about));
    }
    text
}

//! An extent as a phrase.

use std::fmt;

use super::{Answers, Axis, Extent, SlotExtent};

/// The most exceptions that a phrase names before it names what shows the symptom instead.
const EXCEPTIONS: usize = 3;

impl fmt::Display for Extent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_one = self.slots.len() == 1;
        let mut parts: Vec<String> = Vec::new();
        for slot in &self.slots {
            parts.push(entries(slot));
            // With several slots, the place names the one that it is about.
            let of = if is_one { String::new() } else { format!("`{}` ", slot.slot) };
            parts.extend(places(&slot.places).map(|places| format!("{of}{places}")));
        }
        let (whatever, only): (Vec<_>, Vec<_>) = self.axes.iter().partition(|axis| axis.shown);
        if !whatever.is_empty() {
            let names: Vec<&str> = whatever.into_iter().map(|axis| axis.axis.name()).collect();
            parts.push(format!("whatever {}", list(&names, "and")));
        }
        parts.extend(only.into_iter().map(|axis| match axis.axis {
            Axis::OtherMembers => format!("not with `{}={}`", axis.axis.slot(), axis.entry),
            _ => format!("not with {} `{}`", axis.axis.name(), axis.entry),
        }));
        out.write_str(&parts.join("; "))
    }
}

/// Which entries of a slot show the symptom.
fn entries(SlotExtent { slot, entries, valid, .. }: &SlotExtent) -> String {
    let Answers { shown, not_shown, unasked } = entries;
    if *unasked == 0 && shown.len() > 1 && not_shown.is_empty() {
        return format!("any deviation of `{slot}`");
    }
    let is_valid = |name: &&str| valid.contains(name);
    let of_own_mark = shown.iter().all(|name| is_valid(name) == is_valid(&shown[0]));
    let exceptions: Vec<&str> =
        not_shown.iter().copied().filter(|name| !of_own_mark || is_valid(name) == is_valid(&shown[0])).collect();
    if *unasked == 0 && shown.len() > 1 && exceptions.len() <= EXCEPTIONS.min(shown.len()) {
        let what = match of_own_mark {
            true if is_valid(&shown[0]) => "any valid deviation of",
            true => "any invalid",
            false => "any deviation of",
        };
        let but = if exceptions.is_empty() { String::new() } else { format!(" but {}", quoted(&exceptions, "and")) };
        return format!("{what} `{slot}`{but}");
    }
    match (&not_shown[..], unasked) {
        ([], 0) => format!("`{slot}` as {}", quoted(shown, "or")),
        (_, 0) => format!("`{slot}` only as {}", quoted(shown, "or")),
        ([], _) => format!("`{slot}` as {}", quoted(shown, "or")),
        (not, _) => format!("`{slot}` as {}, not as {}", quoted(shown, "or"), quoted(not, "or")),
    }
}

/// At which places; `None` if there is only one.
fn places(Answers { shown, not_shown, unasked }: &Answers) -> Option<String> {
    match (&not_shown[..], unasked) {
        ([], 0) if shown.len() == 1 => None,
        ([], 0) => Some("everywhere".to_owned()),
        (not, 0) if not.len() <= EXCEPTIONS.min(shown.len()) => Some(format!("everywhere but {}", quoted(not, "and"))),
        (_, 0) => Some(format!("only in {}", quoted(shown, "and"))),
        ([], _) => Some(format!("in {}", quoted(shown, "and"))),
        (not, _) => Some(format!("in {}, not in {}", quoted(shown, "and"), quoted(not, "or"))),
    }
}

fn quoted(names: &[&str], last: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    list(&names.iter().map(String::as_str).collect::<Vec<_>>(), last)
}

fn list(names: &[&str], last: &str) -> String {
    match names {
        [names @ .., end] if !names.is_empty() => format!("{} {last} {end}", names.join(", ")),
        _ => names.concat(),
    }
}

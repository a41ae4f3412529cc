//! The text form of shapes: the deviations, sorted by name as bytes and joined by `;`. Each shape has exactly one.

use std::fmt;
use std::str::FromStr;

use super::{Choice, Shape, SlotId, space};

/// Why a string is not the text form of a shape. Every message contains the whole text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A part without `=`.
    #[error("invalid shape `{text}`: expected slot=entry, joined by `;`, but `{part}` has no `=`")]
    NoEntry {
        /// The text that was parsed.
        text: String,
        /// The part without `=`.
        part: String,
    },
    /// A slot that does not exist.
    #[error("invalid shape `{text}`: there is no slot `{slot}`; {advice}")]
    UnknownSlot {
        /// The text that was parsed.
        text: String,
        /// The unknown name.
        slot: String,
        /// What to do next.
        advice: String,
    },
    /// An entry that is not in the slot's menu, or a number that the entry does not accept.
    #[error("invalid shape `{text}`: the slot `{slot}` has no entry `{entry}`; expected one of {menu}")]
    UnknownEntry {
        /// The text that was parsed.
        text: String,
        /// The slot.
        slot: String,
        /// The unknown entry.
        entry: String,
        /// All entries of the slot, with the range of numbers of those that have one.
        menu: String,
    },
    /// A slot that occurs more than once.
    #[error("invalid shape `{text}`: the slot `{slot}` is given twice; give each slot once")]
    Repeated {
        /// The text that was parsed.
        text: String,
        /// The slot.
        slot: String,
    },
    /// A slot that is not active in this shape.
    #[error("invalid shape `{text}`: the slot `{slot}` is not active here; it requires {needs}")]
    Inactive {
        /// The text that was parsed.
        text: String,
        /// The slot.
        slot: String,
        /// What would activate it, such as `kind=index|docker-list`.
        needs: String,
    },
}

impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<(&str, Choice, SlotId)> =
            self.deviating().map(|(slot, choice)| (space().slot(slot).name.as_str(), choice, slot)).collect();
        if parts.is_empty() {
            return out.write_str("base");
        }
        parts.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
        for (i, (name, choice, slot)) in parts.into_iter().enumerate() {
            let entry = &space().slot(slot).menu[choice.entry];
            let separator = if i == 0 { "" } else { ";" };
            write!(out, "{separator}{name}={}", entry.name)?;
            if entry.numbers.is_some() {
                write!(out, "({})", choice.number)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Shape {
    /// `Shape("TEXT")`, with the text form.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Shape").field(&self.to_string()).finish()
    }
}

impl FromStr for Shape {
    type Err = ShapeError;

    /// Parses the text form. Parts may come in any order, and entry 0 may be given explicitly.
    ///
    /// # Errors
    ///
    /// See [`ShapeError`]: a part without `=`, an unknown slot or entry, a number out of range, a repeated slot, or a
    /// slot that is not active.
    fn from_str(text: &str) -> Result<Self, ShapeError> {
        let mut shape = Self::base();
        if text == "base" {
            return Ok(shape);
        }
        let mut named: Vec<(SlotId, Choice)> = Vec::new();
        let mut parts: Vec<SlotId> = Vec::new();
        for part in text.split(';') {
            let (name, entry) = part
                .split_once('=')
                .ok_or_else(|| ShapeError::NoEntry { text: text.to_owned(), part: part.to_owned() })?;
            let slots = space().named(name);
            let slot = *slots.first().ok_or_else(|| unknown_slot(text, name))?;
            if parts.contains(&slot) {
                return Err(ShapeError::Repeated { text: text.to_owned(), slot: name.to_owned() });
            }
            parts.push(slot);
            // Of slots that share a name, the one that is active under the given kind is meant.
            let slot = match slots {
                [_, _, ..] => {
                    let base = base_of_kind(text);
                    slots.iter().copied().find(|slot| base.is_active(*slot)).unwrap_or(slot)
                }
                _ => slot,
            };
            named.push((slot, read_entry(text, slot, entry)?));
        }
        // In table order, so that parents are set before their children.
        named.sort_by_key(|(slot, _)| *slot);
        for (slot, choice) in named {
            if !shape.is_active(slot) {
                let slot = &space().slot(slot);
                let needs = slot.parent.as_ref().map_or_else(String::new, |parent| {
                    let above = space().slot(parent.slot);
                    let entries: Vec<_> = parent.under.iter().map(|entry| above.menu[*entry].name).collect();
                    format!("{}={}", above.name, entries.join("|"))
                });
                return Err(ShapeError::Inactive { text: text.to_owned(), slot: slot.name.clone(), needs });
            }
            shape = shape.with(slot, choice);
        }
        Ok(shape)
    }
}

/// The base of the kind that the text gives; of an image if it gives no valid one.
fn base_of_kind(text: &str) -> Shape {
    let named = text.split(';').find_map(|part| part.strip_prefix("kind="));
    let choice = named.and_then(|entry| read_entry(text, SlotId::KIND, entry).ok());
    Shape::base().with(SlotId::KIND, choice.unwrap_or(Choice { entry: 0, number: 0 }))
}

fn unknown_slot(text: &str, slot: &str) -> ShapeError {
    let last = slot.rsplit('.').next().unwrap_or(slot);
    let near: Vec<_> =
        space().slots().map(|(_, s)| s.name.as_str()).filter(|name| name.rsplit('.').next() == Some(last)).collect();
    let advice = if slot == "body" {
        "an explicit body can only be read from a file".to_owned()
    } else if near.is_empty() {
        "list the slots with `manifuzz slots`".to_owned()
    } else {
        format!("did you mean one of {}?", near.join(", "))
    };
    ShapeError::UnknownSlot { text: text.to_owned(), slot: slot.to_owned(), advice }
}

fn read_entry(text: &str, slot: SlotId, written: &str) -> Result<Choice, ShapeError> {
    let row = space().slot(slot);
    let (name, number) = match written.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        Some((name, digits)) => (name, Some(digits)),
        None => (written, None),
    };
    let found = row.menu.iter().position(|entry| entry.name == name).and_then(|entry| {
        let number = match (row.menu[entry].numbers, number) {
            (None, None) => 0,
            (Some(numbers), Some(digits)) => {
                // No sign and no leading zeros, so that each shape has exactly one text form.
                let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
                digits.parse().ok().filter(|n| plain && (numbers.least..=numbers.most).contains(n))?
            }
            _ => return None,
        };
        Some(Choice { entry, number })
    });
    found.ok_or_else(|| {
        let form = |entry: &super::Entry| match entry.numbers {
            Some(numbers) => format!("{}({}..{})", entry.name, numbers.least, numbers.most),
            None => entry.name.to_owned(),
        };
        ShapeError::UnknownEntry {
            text: text.to_owned(),
            slot: row.name.clone(),
            entry: written.to_owned(),
            menu: row.menu.iter().map(form).collect::<Vec<_>>().join(", "),
        }
    })
}

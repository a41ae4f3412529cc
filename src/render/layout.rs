//! The table of slots as rendering walks it: members by object, so that a new row of `shape::menu` is found here
//! without a change; and the filling in of `${name}`.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::shape::{Group, SlotId, space};

/// The slots of one descriptor.
#[derive(Debug, Default)]
pub(super) struct PlaceSlots {
    /// Member names with their slots, in the order in which they are written.
    pub members: Vec<(String, SlotId)>,
    /// What it points at.
    pub content: Option<SlotId>,
    /// Whether that was pushed.
    pub facts: Option<SlotId>,
}

impl PlaceSlots {
    /// Whether a slot is one of these.
    pub fn holds(&self, slot: SlotId) -> bool {
        self.content == Some(slot) || self.facts == Some(slot) || self.members.iter().any(|(_, own)| *own == slot)
    }
}

/// All slots, by what they render into.
#[derive(Debug)]
pub(super) struct Layout {
    /// Members of the document, in the order in which they are written.
    pub document: Vec<(String, SlotId)>,
    /// The member at the document's end that no specification names.
    pub unknown: SlotId,
    /// The descriptors by path.
    pub places: HashMap<String, PlaceSlots, FixedState>,
    /// The slots of the group text.
    pub text: Vec<SlotId>,
    pub content_type: SlotId,
    pub reference: SlotId,
    pub transfer: SlotId,
    pub repeat: SlotId,
    pub content_encoding: SlotId,
    pub accept: SlotId,
    pub afterwards: SlotId,
    pub value: SlotId,
    pub bytes: SlotId,
    /// Whether all elements of a list have the content of the first, by the list's name.
    pub repeats: HashMap<String, SlotId, FixedState>,
    /// Slots that change members of the whole document, in the order in which they do.
    pub confusion: Vec<SlotId>,
    pub unknown_name: SlotId,
    pub subject_digest: SlotId,
}

/// The one layout there is.
pub(super) fn layout() -> &'static Layout {
    static LAYOUT: LazyLock<Layout> = LazyLock::new(Layout::build);
    &LAYOUT
}

impl Layout {
    fn build() -> Self {
        // A row that `render` names is in the table: the law that every entry changes the exchange shows it.
        let named = |name: &str| space().find(name).unwrap_or(SlotId::KIND);
        let mut layout = Self {
            document: Vec::new(),
            unknown: named("unknown.member"),
            unknown_name: named("unknown.name"),
            content_encoding: named("content-encoding"),
            accept: named("accept"),
            afterwards: named("afterwards"),
            value: named("text.value"),
            bytes: named("text.bytes"),
            repeats: HashMap::default(),
            confusion: Vec::new(),
            places: HashMap::default(),
            text: Vec::new(),
            content_type: named("content-type"),
            reference: named("reference"),
            transfer: named("transfer"),
            repeat: named("repeat"),
            subject_digest: named("subject.digest"),
        };
        for (id, slot) in space().slots() {
            match slot.group {
                Group::Document => layout.document.push((slot.name.clone(), id)),
                Group::Confusion => layout.confusion.push(id),
                Group::Text => layout.text.push(id),
                Group::Descriptor => {
                    if let Some((path, member)) = slot.name.rsplit_once('.') {
                        let place = layout.places.entry(path.to_owned()).or_default();
                        place.members.push((member.to_owned(), id));
                    }
                }
                Group::Content => match slot.name.split_once('.') {
                    Some(("content", path)) => layout.places.entry(path.to_owned()).or_default().content = Some(id),
                    Some(("facts", path)) => layout.places.entry(path.to_owned()).or_default().facts = Some(id),
                    Some((list, "repeat")) => drop(layout.repeats.insert(list.to_owned(), id)),
                    _ => {}
                },
                Group::Kind | Group::Unknown | Group::Request => {}
            }
        }
        layout
    }
}

/// The template with each `${name}` replaced by its value; left as it stands where there is none.
pub(super) fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len() + 64);
    let mut rest = template;
    let start_of = |text: &str| text.as_bytes().windows(2).position(|pair| pair == b"${");
    while let Some(start) = start_of(rest) {
        let Some(length) = rest[start..].find('}') else { break };
        filled.push_str(&rest[..start]);
        let name = &rest[start + 2..start + length];
        // `x127` is 127 times `x`.
        let times = name.strip_prefix('x').and_then(|times| times.parse().ok());
        match times.map(|times| "x".repeat(times)).or_else(|| value(name)) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    filled
}

/// The value of `${text*n}`: the text as many times as the number says.
pub(super) fn repeated(variable: &str, number: u64) -> Option<String> {
    let times = usize::try_from(number).unwrap_or(0);
    Some(match variable.strip_suffix("*n")? {
        // A brace would end the variable.
        "close" => "}".repeat(times),
        "key" => (0..times).map(|i| format!("\"com.example.key{i}\":\"value\"")).collect::<Vec<_>>().join(","),
        text => text.repeat(times),
    })
}

//! The table of slots as rendering walks it: members by object, so that a new row of `shape::menu` is found here
//! without a change; and the filling in of `${name}`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::cache::POSITIONS;
use super::request::named_type;
use crate::shape::{Choice, Effect, Entry, Group, Kind, Shape, Slot, SlotId, SlotSet, space};

/// The slots of one descriptor.
#[derive(Debug, Default)]
pub(super) struct PlaceSlots {
    /// Member names with their slots, in the order in which they are written.
    pub members: Vec<(String, SlotId)>,
    /// What it points at.
    pub content: Option<SlotId>,
    /// Whether that was pushed.
    pub facts: Option<SlotId>,
    /// All of these.
    pub all: SlotSet,
}

/// A member of the document of one kind.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub name: &'static str,
    pub slot: SlotId,
    /// What the entries say, entry by entry, where that depends on nothing but the kind.
    written: Vec<Option<Cow<'static, str>>>,
}

impl Member {
    fn new(slot: SlotId, kind: Kind) -> Self {
        let Slot { name, menu, .. } = space().slot(slot);
        let written = |entry: &Entry| match entry.effect {
            Effect::Json(template) if entry.numbers.is_none() => {
                Some(fill(template, |variable| repeated(variable, 0).or_else(|| named_type(kind, variable))))
            }
            _ => None,
        };
        Self { name, slot, written: menu.iter().map(written).collect() }
    }

    /// What an entry says, if that depends on nothing but the kind.
    pub fn written(&self, entry: usize) -> Option<&str> {
        self.written[entry].as_deref()
    }
}

/// All slots, by what they render into.
#[derive(Debug)]
pub(super) struct SlotLayout {
    /// Members of the document by kind, as its menu has those, in the order in which they are written.
    pub document: Vec<Vec<Member>>,
    /// The member at the document's end that no specification names.
    pub unknown: SlotId,
    /// The descriptors by path.
    pub places: HashMap<String, PlaceSlots, FixedState>,
    /// The paths of the elements of each list, up to a position that most lists do not reach.
    paths: HashMap<String, Vec<String>, FixedState>,
    /// How many first elements of a list can have slots of their own.
    pub own_elements: usize,
    /// What changes members of the whole document.
    pub confusion: SlotSet,
    /// What changes how the document is written.
    pub text: SlotSet,
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
    pub unknown_name: SlotId,
    pub subject_digest: SlotId,
}

/// The one layout there is.
pub(super) fn layout() -> &'static SlotLayout {
    static LAYOUT: LazyLock<SlotLayout> = LazyLock::new(SlotLayout::build);
    &LAYOUT
}

impl SlotLayout {
    fn build() -> Self {
        // A row that `render` names is in the table: the law that every entry changes the exchange shows it.
        let named = |name: &str| space().find(name).unwrap_or(SlotId::KIND);
        let mut layout = Self {
            document: vec![Vec::new(); space().slot(SlotId::KIND).menu.len()],
            unknown: named("unknown.member"),
            unknown_name: named("unknown.name"),
            content_encoding: named("content-encoding"),
            accept: named("accept"),
            afterwards: named("afterwards"),
            value: named("text.value"),
            bytes: named("text.bytes"),
            repeats: HashMap::default(),
            places: HashMap::default(),
            paths: HashMap::default(),
            own_elements: 0,
            confusion: SlotSet::default(),
            text: SlotSet::default(),
            content_type: named("content-type"),
            reference: named("reference"),
            transfer: named("transfer"),
            repeat: named("repeat"),
            subject_digest: named("subject.digest"),
        };
        for (id, slot) in space().slots() {
            match slot.group {
                // What is a member of the document lives by the kind alone.
                Group::Document => {
                    for (entry, members) in layout.document.iter_mut().enumerate() {
                        let base = Shape::base().with(SlotId::KIND, Choice { entry, number: 0 });
                        if base.is_active(id) {
                            members.push(Member::new(id, base.kind()));
                        }
                    }
                }
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
                Group::Confusion => layout.confusion.insert(id),
                Group::Text => layout.text.insert(id),
                Group::Kind | Group::Unknown | Group::Request => {}
            }
        }
        for (path, place) in &mut layout.places {
            let position = path.rsplit('.').next().and_then(|last| last.parse::<usize>().ok());
            layout.own_elements = layout.own_elements.max(position.map_or(0, |position| position + 1));
            let others = [place.content, place.facts].into_iter().flatten();
            place.all = place.members.iter().map(|(_, slot)| *slot).chain(others).collect();
        }
        let paths_of = |list: &String| (list.clone(), (0..POSITIONS).map(|i| format!("{list}.{i}")).collect());
        layout.paths = layout.repeats.keys().map(paths_of).collect();
        layout
    }

    /// The paths of the first elements of a list.
    pub fn paths_of(&self, list: &str) -> &[String] {
        self.paths.get(list).map_or(&[], Vec::as_slice)
    }
}

/// The slots of a set that deviate in a shape, in the order of the table.
pub(super) fn deviating(shape: &Shape, slots: &'static SlotSet) -> impl Iterator<Item = SlotId> {
    // Most sets have none.
    let some = shape.deviates_in(slots).then(|| shape.deviating());
    some.into_iter().flatten().map(|(slot, _)| slot).filter(|slot| slots.contains(*slot))
}

/// The text of a variable of a template.
pub(super) type Filling<'v> = Option<Cow<'v, str>>;

/// The template with each `${name}` replaced by its value; left as it stands where there is none.
pub(super) fn fill<'v>(template: &'static str, value: impl Fn(&str) -> Filling<'v>) -> Cow<'v, str> {
    // Most templates hold no variable, and many nothing else.
    let Some(parts) = split(template) else { return Cow::Borrowed(template) };
    if let ("", name, "") = parts
        && let Some(whole) = value_of(name, &value)
    {
        return whole;
    }
    let mut filled = String::with_capacity(template.len() + 128);
    fill_into(&mut filled, template, value);
    Cow::Owned(filled)
}

/// Writes what [`fill`] returns.
pub(super) fn fill_into<'v>(out: &mut String, template: &'static str, value: impl Fn(&str) -> Filling<'v>) {
    let mut rest = template;
    while let Some((before, name, after)) = split(rest) {
        out.push_str(before);
        match value_of(name, &value) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    out.push_str(rest);
}

/// What stands before the first variable of a template, its name, and what stands after it.
fn split(template: &str) -> Option<(&str, &str, &str)> {
    if !template.as_bytes().contains(&b'$') {
        return None;
    }
    let start = template.as_bytes().windows(2).position(|pair| pair == b"${")?;
    let length = template[start..].find('}')?;
    Some((&template[..start], &template[start + 2..start + length], &template[start + length + 1..]))
}

fn value_of<'v>(name: &str, value: impl Fn(&str) -> Filling<'v>) -> Filling<'v> {
    // `x127` is 127 times `x`.
    let times = name.strip_prefix('x').and_then(|times| times.parse().ok());
    times.map(|times| Cow::Owned("x".repeat(times))).or_else(|| value(name))
}

/// The value of `${text*n}`: the text as many times as the number says.
pub(super) fn repeated<'v>(variable: &str, number: u64) -> Filling<'v> {
    let times = usize::try_from(number).unwrap_or(0);
    Some(Cow::Owned(match variable.strip_suffix("*n")? {
        // A brace would end the variable.
        "close" => "}".repeat(times),
        "key" => (0..times).map(|i| format!("\"com.example.key{i}\":\"value\"")).collect::<Vec<_>>().join(","),
        text => text.repeat(times),
    }))
}

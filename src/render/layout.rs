//! The table of slots in the form that rendering walks, derived from `shape::menu`; and the substitution of template
//! variables.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::media_type::named_type;
use super::position_cache::POSITIONS;
use super::template::{fill, repeated};
use crate::shape::{Choice, Effect, Entry, Group, Kind, Shape, Slot, SlotId, SlotSet, space};

/// The slots of one descriptor.
#[derive(Debug, Default)]
pub(super) struct SiteSlots {
    /// Member names and their slots, in the order in which they are written.
    pub members: Vec<(String, SlotId)>,
    /// The slot of the digest.
    pub digest: Option<SlotId>,
    /// The slot of the content.
    pub content: Option<SlotId>,
    /// The slot of whether the content was pushed.
    pub facts: Option<SlotId>,
    /// All of the above.
    pub all: SlotSet,
}

/// A member of the document of one kind.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub name: &'static str,
    pub slot: SlotId,
    /// The value for each entry, `None` if it depends on more than the kind.
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

    /// The value for an entry; `None` if it depends on more than the kind.
    pub fn written(&self, entry: usize) -> Option<&str> {
        self.written[entry].as_deref()
    }
}

/// All slots, by the part of the exchange they render to.
#[derive(Debug)]
pub(super) struct SlotLayout {
    /// The document's members for each entry of `kind`, in the order in which they are written.
    pub document: Vec<Vec<Member>>,
    /// The unknown member at the end of the document.
    pub unknown: SlotId,
    /// The slots of descriptors, by path.
    pub sites: HashMap<String, SiteSlots, FixedState>,
    /// The paths of the first [`POSITIONS`] elements, by list name.
    paths: HashMap<String, Vec<String>, FixedState>,
    /// The number of elements at the start of a list that can have their own slots.
    pub own_elements: usize,
    /// The slots that change the document's members as a whole.
    pub confusion: SlotSet,
    /// The slots that change how the document is serialised.
    pub text: SlotSet,
    pub content_type: SlotId,
    pub reference: SlotId,
    pub transfer: SlotId,
    pub repeat: SlotId,
    pub content_encoding: SlotId,
    pub accept: SlotId,
    pub afterwards: SlotId,
    pub upload: SlotId,
    pub blob_digest: SlotId,
    pub blob_content: SlotId,
    pub blob_read: SlotId,
    pub blob_delete: SlotId,
    pub value: SlotId,
    pub bytes: SlotId,
    /// The slot of whether all elements reference the same content, by list name.
    pub repeats: HashMap<String, SlotId, FixedState>,
    pub unknown_name: SlotId,
    pub subject_digest: SlotId,
}

/// The layout of the variant space.
pub(super) fn layout() -> &'static SlotLayout {
    static LAYOUT: LazyLock<SlotLayout> = LazyLock::new(SlotLayout::build);
    &LAYOUT
}

impl SlotLayout {
    fn build() -> Self {
        let named = |name: &str| {
            space().find(name).unwrap_or_else(|| panic!("layout of the variant space: there is no slot `{name}`"))
        };
        let mut layout = Self {
            document: vec![Vec::new(); space().slot(SlotId::KIND).menu.len()],
            unknown: named("unknown.member"),
            unknown_name: named("unknown.name"),
            content_encoding: named("content-encoding"),
            accept: named("accept"),
            afterwards: named("afterwards"),
            upload: named("upload"),
            blob_digest: named("blob.digest"),
            blob_content: named("blob.content"),
            blob_read: named("blob.read"),
            blob_delete: named("blob.delete"),
            value: named("text.value"),
            bytes: named("text.bytes"),
            repeats: HashMap::default(),
            sites: HashMap::default(),
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
                // Whether a member of the document is active depends only on the kind.
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
                        let site = layout.sites.entry(path.to_owned()).or_default();
                        site.members.push((member.to_owned(), id));
                        if member == "digest" {
                            site.digest = Some(id);
                        }
                    }
                }
                Group::Content => match slot.name.split_once('.') {
                    Some(("content", path)) => layout.sites.entry(path.to_owned()).or_default().content = Some(id),
                    Some(("facts", path)) => layout.sites.entry(path.to_owned()).or_default().facts = Some(id),
                    Some((list, "repeat")) => drop(layout.repeats.insert(list.to_owned(), id)),
                    _ => {}
                },
                Group::Confusion => layout.confusion.insert(id),
                Group::Text => layout.text.insert(id),
                Group::Kind | Group::Unknown | Group::Request | Group::Blob | Group::Answer => {}
            }
        }
        for (path, site) in &mut layout.sites {
            let position = path.rsplit('.').next().and_then(|last| last.parse::<usize>().ok());
            layout.own_elements = layout.own_elements.max(position.map_or(0, |position| position + 1));
            let others = [site.content, site.facts].into_iter().flatten();
            site.all = site.members.iter().map(|(_, slot)| *slot).chain(others).collect();
        }
        let paths_of = |list: &String| (list.clone(), (0..POSITIONS).map(|i| format!("{list}.{i}")).collect());
        layout.paths = layout.repeats.keys().map(paths_of).collect();
        layout
    }

    /// The paths of the first [`POSITIONS`] elements of a list.
    pub fn paths_of(&self, list: &str) -> &[String] {
        self.paths.get(list).map_or(&[], Vec::as_slice)
    }
}

/// The slots of a set that deviate in a shape, in table order.
pub(super) fn deviating(shape: &Shape, slots: &'static SlotSet) -> impl Iterator<Item = SlotId> {
    // Fast path: usually none of them deviates.
    let some = shape.deviates_in(slots).then(|| shape.deviating());
    some.into_iter().flatten().map(|(slot, _)| slot).filter(|slot| slots.contains(*slot))
}

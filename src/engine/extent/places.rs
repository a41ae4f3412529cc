//! The places where a slot can have the same entry: the descriptors with the same member, or the kinds with the same slot.

use crate::shape::{Choice, Group, Kind, Shape, Slot, SlotId, space};

/// A place, and the smallest case with the deviation moved there; `None` if its other deviations do not fit.
pub(super) struct Place {
    pub name: &'static str,
    pub shape: Option<Shape>,
}

/// The place of a slot and the name of its member, or of what it decides about the content; `None` if it does not belong to a
/// descriptor.
pub(super) fn descriptor_and_member(slot: &Slot) -> Option<(&str, &str)> {
    match slot.group {
        Group::Descriptor => {}
        Group::Content => return slot.name.split_once('.').map(|(member, place)| (place, member)),
        _ => return None,
    }
    let (list, rest) = slot.name.split_once('.')?;
    match rest.split_once('.') {
        Some((position, member)) if position.parse::<u8>().is_ok() => {
            Some((&slot.name[..=list.len() + position.len()], member))
        }
        _ => Some((list, rest)),
    }
}

/// The name of a slot, with the place of its descriptor written `*`.
pub(super) fn name_without_place(slot: &Slot) -> String {
    match descriptor_and_member(slot) {
        Some((_, member)) if slot.group == Group::Content => format!("{member}.*"),
        Some((_, member)) => format!("*.{member}"),
        None => slot.name.clone(),
    }
}

/// The name of the place where a slot deviates in a shape.
pub(super) fn own_place(shape: &Shape, slot: SlotId) -> &'static str {
    descriptor_and_member(space().slot(slot)).map_or_else(|| shape.kind().as_str(), |(place, _)| place)
}

/// The other places for a deviation of the smallest case.
pub(super) fn other_places(smallest: &Shape, slot: SlotId, choice: Choice) -> Vec<Place> {
    let entry = space().slot(slot).menu[choice.entry].name;
    let own = descriptor_and_member(space().slot(slot));
    let kinds = || std::iter::once(smallest.kind()).chain(Kind::ALL);
    let moved = |kind: Kind, id: SlotId| {
        let entry = space().slot(id).menu.iter().position(|known| known.name == entry)?;
        Some(rebuilt(smallest, slot, kind, id, Choice { entry, ..choice }))
    };
    let Some((own_place, member)) = own else {
        let name = &space().slot(slot).name;
        let in_kind = |kind: Kind| {
            let base = Shape::base_of(kind);
            let id = *space().named(name).iter().find(|id| base.is_active(**id))?;
            Some(Place { name: kind.as_str(), shape: moved(kind, id)? })
        };
        return Kind::ALL.into_iter().filter(|kind| *kind != smallest.kind()).filter_map(in_kind).collect();
    };
    let mut places: Vec<Place> = Vec::new();
    for (id, other) in space().slots() {
        let Some((place, _)) =
            descriptor_and_member(other).filter(|(place, other)| *other == member && *place != own_place)
        else {
            continue;
        };
        if moved(smallest.kind(), id).is_none() || places.iter().any(|known| known.name == place) {
            continue;
        }
        places.push(Place { name: place, shape: kinds().find_map(|kind| moved(kind, id).flatten()) });
    }
    places
}

/// The smallest case in a document of this kind, with another slot's deviation in place of this one's. `None` if the slot
/// or another deviation is not active there.
fn rebuilt(smallest: &Shape, without: SlotId, kind: Kind, slot: SlotId, choice: Choice) -> Option<Shape> {
    let others: Vec<(SlotId, Choice)> = smallest
        .deviating()
        .filter(|(other, _)| *other != SlotId::KIND && *other != without && !is_only_for(smallest, *other, without))
        .collect();
    let mut shape = Shape::base_of(kind);
    others.iter().for_each(|(other, choice)| shape.set(*other, *choice));
    let shape = shape.with_ancestors(slot, choice);
    let is_whole = shape.kind() == kind
        && shape.choice(slot) == choice
        && others.iter().all(|(other, choice)| shape.choice(*other) == *choice);
    is_whole.then_some(shape)
}

/// Whether a slot deviates only because `slot` requires it.
fn is_only_for(smallest: &Shape, ancestor: SlotId, slot: SlotId) -> bool {
    let needs = |other: SlotId| space().is_ancestor(ancestor, other);
    needs(slot) && !smallest.deviating().any(|(other, _)| other != slot && needs(other))
}

//! Asks how far a finding goes.

use super::places::{name_without_place, other_places, own_place};
use super::{Answers, Axis, AxisExtent, Extent, SlotExtent};
use crate::shape::{Choice, Shape, SlotId, space};

/// How many places of a slot are asked before its entries.
const PLACES_FIRST: usize = 5;

/// What a question is about: indexes into the extent.
#[derive(Clone, Copy)]
enum About {
    Axis(Axis, &'static str),
    Place(usize, &'static str),
    Entry(usize, &'static str),
}

/// A variation of the smallest case.
struct Question {
    about: About,
    shape: Shape,
}

impl Extent {
    /// Explores how far the finding of a smallest case goes, by at most `most` questions. `shows` tells whether a shape shows
    /// the same symptom; `None` if that cannot be told. Lower entries are asked in addition: the descent asked them before.
    ///
    /// ```
    /// use manifuzz::engine::Extent;
    /// use manifuzz::shape::Shape;
    ///
    /// let smallest: Shape = "layers.0.urls=one".parse()?;
    /// // Stands in for a registry that refuses any `urls`, wherever it is.
    /// let extent = Extent::explore(&smallest, 40, &mut |shape| Some(shape.to_string().contains("urls=")));
    /// assert_eq!(
    ///     extent.to_string(),
    ///     "any deviation of `*.urls`; everywhere; whatever the reference, Content-Type and other members"
    /// );
    /// # Ok::<(), manifuzz::shape::ShapeError>(())
    /// ```
    pub fn explore(smallest: &Shape, most: usize, shows: &mut dyn FnMut(&Shape) -> Option<bool>) -> Self {
        let is_required = |slot: SlotId| smallest.deviating().any(|(other, _)| space().is_ancestor(slot, other));
        let slots: Vec<(SlotId, Choice)> =
            smallest.deviating().filter(|(slot, _)| *slot != SlotId::KIND && !is_required(*slot)).collect();
        if slots.is_empty() || most == 0 {
            return Self::default();
        }
        let mut extent = Self { slots: slots.iter().map(|(slot, _)| unasked(smallest, *slot)).collect(), axes: vec![] };
        let (mut first, mut entries, mut last, mut asked_before) = (axes(smallest), Vec::new(), Vec::new(), Vec::new());
        for (i, (slot, choice)) in slots.iter().enumerate() {
            let places = other_places(smallest, *slot, *choice);
            extent.slots[i].places.unasked = places.len();
            let places = places
                .into_iter()
                .filter_map(|place| Some(Question { about: About::Place(i, place.name), shape: place.shape? }));
            let mut places: Vec<Question> = places.collect();
            last.extend(places.split_off(places.len().min(PLACES_FIRST)));
            first.extend(places);
            let (lower, higher) = entry_questions(smallest, i, *slot, *choice);
            asked_before.extend(lower);
            entries.push(higher);
        }
        let free = asked_before.len();
        let questions = asked_before.into_iter().chain(first).chain(in_turn(entries)).chain(last).take(free + most);
        for Question { about, shape } in questions {
            if let Some(shown) = shows(&shape) {
                extent.add(about, shown);
            }
        }
        extent.slots.iter_mut().zip(&slots).for_each(|(extent, (slot, _))| extent.sort(*slot));
        extent
    }

    fn add(&mut self, about: About, shown: bool) {
        let (answers, name) = match about {
            About::Axis(axis, entry) => return self.axes.push(AxisExtent { axis, entry, shown }),
            About::Place(i, name) => (&mut self.slots[i].places, name),
            About::Entry(i, name) => (&mut self.slots[i].entries, name),
        };
        answers.unasked -= 1;
        if shown { &mut answers.shown } else { &mut answers.not_shown }.push(name);
    }
}

impl SlotExtent {
    /// Puts the entries into the order of the menu.
    fn sort(&mut self, slot: SlotId) {
        let menu = space().slot(slot).menu;
        let order = |name: &&str| menu.iter().position(|entry| entry.name == *name);
        self.entries.shown.sort_by_key(order);
        self.entries.not_shown.sort_by_key(order);
    }
}

/// What is known of a slot from the smallest case alone.
fn unasked(smallest: &Shape, slot: SlotId) -> SlotExtent {
    let row = space().slot(slot);
    let known = |name| Answers { shown: vec![name], not_shown: Vec::new(), unasked: 0 };
    let valid = row.menu.iter().skip(1).filter(|entry| entry.valid).map(|entry| entry.name).collect();
    let mut entries = known(smallest.entry(slot).name);
    entries.unasked = row.menu.len() - 2;
    SlotExtent { slot: name_without_place(row), entries, valid, places: known(own_place(smallest, slot)) }
}

/// A valid entry of each axis that the smallest case leaves alone.
fn axes(smallest: &Shape) -> Vec<Question> {
    let question = |axis: Axis| {
        let named = space().named(axis.slot()).iter();
        let slot = *named.clone().find(|slot| smallest.is_active(**slot))?;
        if smallest.choice(slot).entry != 0 {
            return None;
        }
        let row = space().slot(slot);
        let entry = (1..row.menu.len()).find(|entry| row.menu[*entry].valid)?;
        let about = About::Axis(axis, row.menu[entry].name);
        Some(Question { about, shape: smallest.with(slot, Choice::of(row, entry)) })
    };
    Axis::ALL.into_iter().filter_map(question).collect()
}

/// The lower entries of a slot, and the higher ones: those that are marked as the entry of the smallest case come first. Entries
/// that make large documents are not asked.
fn entry_questions(smallest: &Shape, i: usize, slot: SlotId, choice: Choice) -> (Vec<Question>, Vec<Question>) {
    let row = space().slot(slot);
    let question = |entry: usize| Question {
        about: About::Entry(i, row.menu[entry].name),
        shape: smallest.with(slot, Choice::of(row, entry)),
    };
    let is_small = |entry: &usize| !row.menu[*entry].is_large(Choice::of(row, *entry).number);
    let is_same = |entry: &usize| row.menu[*entry].valid == row.menu[choice.entry].valid;
    let (same, others): (Vec<usize>, Vec<usize>) =
        (choice.entry + 1..row.menu.len()).filter(is_small).partition(is_same);
    let lower = (1..choice.entry).filter(is_small).map(question);
    (lower.collect(), same.into_iter().chain(others).map(question).collect())
}

/// The questions about several slots, one of each in turn.
fn in_turn(all: Vec<Vec<Question>>) -> impl Iterator<Item = Question> {
    let mut all: Vec<_> = all.into_iter().map(Vec::into_iter).collect();
    let rounds = all.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
    let mut questions = Vec::new();
    for _ in 0..rounds {
        questions.extend(all.iter_mut().filter_map(Iterator::next));
    }
    questions.into_iter()
}

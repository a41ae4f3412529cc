//! Laws of the shapes that every driver gives: texts, descent to a smallest shape, and what a dry source gives.

use arbitrary::{Arbitrary as _, Unstructured};
use manifuzz::generate::{Bound, Filter};
use manifuzz::generate::{Choices, Preset, Seeded, cover, draw, draw_nth, exhaustive, mutate, shapes, some_number};
use manifuzz::shape::{Choice, Shape, SlotId, space};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// Follows the first simpler shape that keeps `holds` until there is none.
fn descend(mut shape: Shape, holds: impl Fn(&Shape) -> bool) -> Shape {
    let mut steps = 0;
    while let Some(simpler) = shape.simpler().into_iter().find(&holds) {
        shape = simpler;
        steps += 1;
        assert!(steps < 10_000, "no end at {shape}");
    }
    shape
}

/// What must be so of any shape, whoever drew it.
fn laws(shape: &Shape) {
    assert_eq!(shape.to_string().parse::<Shape>().as_ref(), Ok(shape));
    assert!(shape.deviating().all(|(slot, _)| shape.is_active(slot)), "{shape} holds a slot that does not live");
    for simpler in shape.simpler() {
        assert!(simpler.weight() < shape.weight(), "{simpler} is not lighter than {shape}");
    }
    assert_eq!(descend(shape.clone(), |_| true), Shape::base());
    for (slot, choice) in shape.deviating() {
        // A defect of one choice is brought down to that choice and what it needs to live.
        let smallest = descend(shape.clone(), |other| other.is_active(slot) && other.choice(slot) == choice);
        let needed = |other: SlotId| other == slot || space().is_ancestor(other, slot);
        assert!(smallest.deviating().all(|(other, _)| needed(other)), "{shape} came down to {smallest}");
        let none_left = smallest.simpler().iter().all(|other| !(other.is_active(slot) && other.choice(slot) == choice));
        assert!(none_left, "{smallest} is not the smallest");
    }
}

proptest! {
    #[test]
    fn of_every_preset(seed: u64, i in 0..10_000u64) {
        for preset in Preset::ALL {
            laws(&draw_nth(seed, preset, i));
        }
    }

    #[test]
    fn of_proptest(shape in shapes(Preset::Hostile)) {
        laws(&shape);
    }

    #[test]
    fn of_arbitrary_within_its_hint(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let mut source = Unstructured::new(&bytes);
        laws(&Shape::arbitrary(&mut source).unwrap());
        let (least, most) = Shape::size_hint(0);
        let taken = bytes.len() - source.len();
        prop_assert!(least == 0 && taken <= most.unwrap(), "{taken} bytes were taken");
    }

    #[test]
    fn of_the_mutator(seed: u64) {
        let mut choices = Seeded::new(&["law", &seed.to_string()]);
        let mut shape = Shape::base();
        for _ in 0..20 {
            shape = mutate(&shape, &mut choices);
            laws(&shape);
        }
    }

    #[test]
    fn numbers_stay_within_the_range_of_their_entry(seed: u64) {
        let mut choices = Seeded::new(&["number", &seed.to_string()]);
        for (_, slot) in space().slots() {
            for entry in slot.menu {
                let (small, any) = (some_number(entry, Bound::Small, &mut choices), some_number(entry, Bound::Hostile, &mut choices));
                match entry.numbers {
                    None => prop_assert_eq!((small, any), (0, 0)),
                    Some(numbers) => {
                        prop_assert!((numbers.least..=numbers.most).contains(&any), "{}({any})", entry.name);
                        prop_assert!(!entry.has_small() || !entry.is_large(small), "{}({small})", entry.name);
                    }
                }
            }
        }
    }
}

#[test]
fn of_enumeration_and_arrays() {
    exhaustive(1).for_each(|shape| laws(&shape));
    exhaustive(2).step_by(997).for_each(|shape| laws(&shape));
    let filter: Filter = "layers*,config,subject*".parse().unwrap();
    let cover = cover(2, Some(&filter));
    cover.valid.iter().chain(cover.invalid.iter().step_by(17)).for_each(laws);
}

#[test]
fn numbers_shrink_by_bisection_to_the_least_that_still_fails() {
    for (text, slot, least) in [
        ("layers=count(2000)", "layers", 128),
        ("text.padding=pad(3999999)", "text.padding", 65_537),
        ("annotations=length(3000000)", "annotations", 4097),
        ("config.size=off_by(4503599627370496)", "config.size", 1 << 31),
        ("kind=json;text.value=depth(200000)", "text.value", 10_001),
    ] {
        let shape: Shape = text.parse().unwrap();
        let slot = space().find(slot).unwrap();
        let entry = shape.choice(slot).entry;
        let mut probes = 0;
        let mut now = shape;
        let at_least = |other: &Shape| other.choice(slot).entry == entry && other.choice(slot).number >= least;
        while let Some(simpler) = now.simpler().into_iter().inspect(|_| probes += 1).find(&at_least) {
            now = simpler;
        }
        assert_eq!(now.choice(slot), Choice { entry, number: least }, "{text}");
        assert!(probes < 3000, "{text} took {probes} probes");
    }
}

struct Dry;

impl Choices for Dry {
    fn below(&mut self, _: usize) -> usize {
        0
    }
}

#[test]
fn an_exhausted_source_gives_the_base() {
    for preset in Preset::ALL {
        assert_eq!(draw(preset, &mut Dry), Shape::base());
    }
    assert_eq!(Shape::arbitrary(&mut Unstructured::new(&[])).unwrap(), Shape::base());
}

#[test]
fn a_failing_draw_of_proptest_shrinks_to_one_deviation() {
    let mut runner = TestRunner::deterministic();
    let fails = |shape: &Shape| shape.to_string().contains("urls=");
    let mut tree = std::iter::repeat_with(|| shapes(Preset::MostlyValid).new_tree(&mut runner).unwrap())
        .find(|tree| fails(&tree.current()) && tree.current().deviations() > 3)
        .unwrap();
    let mut more = tree.simplify();
    while more {
        more = if fails(&tree.current()) { tree.simplify() } else { tree.complicate() };
    }
    while !fails(&tree.current()) {
        assert!(tree.complicate());
    }
    assert_eq!(tree.current().deviations(), 1, "{}", tree.current());
}

//! Descents from heavy shapes under planted predicates: how many candidates they take, beside proptest's own shrinking.

use manifuzz::generate::{Choices as _, Preset, Seeded, ShapeTree, shapes};
use manifuzz::shape::{Choice, Shape, SlotId, space};
use manifuzz::shrink::{Minimal, Minimiser, Verdict};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

/// How many failing shapes are shrunk.
const SHAPES: usize = 500;
/// The fewest deviations of a heavy shape.
const HEAVY: usize = 8;
const MEDIAN: usize = 13;
const PERCENTILE_95: usize = 33;

/// What a slot must have for the planted defect to show.
#[derive(Clone, Copy, Debug)]
enum Needs {
    /// Any deviation.
    Any,
    /// An entry marked as this one is.
    Marked(bool),
    /// This entry, with at least this number.
    Entry(Choice),
}

/// A planted defect: it shows if each of these slots has what it needs, at either position of its list.
#[derive(Debug)]
struct Planted(Vec<(SlotId, Needs)>);

impl Planted {
    /// A defect of one to three deviating slots of the shape.
    fn in_shape(shape: &Shape, random: &mut Seeded) -> Self {
        let mut slots: Vec<(SlotId, Choice)> = shape.deviating().filter(|(slot, _)| *slot != SlotId::KIND).collect();
        let count = 1 + random.below(3);
        let some = (0..count).map(|_| {
            let (slot, choice) = slots.remove(random.below(slots.len()));
            let needs = match random.below(3) {
                0 => Needs::Any,
                1 => Needs::Marked(space().slot(slot).menu[choice.entry].valid),
                _ => Needs::Entry(choice),
            };
            (slot, needs)
        });
        Self(some.collect())
    }

    fn shows(&self, shape: &Shape) -> bool {
        self.0.iter().all(|(slot, needs)| {
            let choice = shape.choice(*slot);
            choice.entry > 0
                && match needs {
                    Needs::Any => true,
                    Needs::Marked(valid) => space().slot(*slot).menu[choice.entry].valid == *valid,
                    Needs::Entry(needed) => choice.entry == needed.entry && choice.number >= needed.number,
                }
        })
    }
}

/// Heavy shapes, with a defect planted in each: what proptest draws from a fixed seed.
fn failing() -> Vec<(ShapeTree, Planted)> {
    let mut runner = TestRunner::deterministic();
    let mut draw = |preset| shapes(preset).new_tree(&mut runner).unwrap();
    let draws = std::iter::repeat_with(|| [Preset::Hostile, Preset::MostlyValid].map(&mut draw)).flatten();
    let heavy = draws.filter(|tree| tree.current().deviations() >= HEAVY);
    let planted = heavy.enumerate().map(|(i, tree)| {
        let planted = Planted::in_shape(&tree.current(), &mut Seeded::new(&["descents", &i.to_string()]));
        (tree, planted)
    });
    planted.take(SHAPES).collect()
}

fn descend(case: &Shape, shows: impl Fn(&Shape) -> bool) -> Minimal {
    let mut minimiser = Minimiser::new(case.clone());
    loop {
        let candidates = minimiser.candidates(1);
        if candidates.is_empty() {
            return minimiser.finish();
        }
        minimiser.tell(candidates.into_iter().map(|candidate| {
            let verdict = if shows(&candidate) { Verdict::Reproduced } else { Verdict::Accepted };
            (candidate, verdict)
        }));
    }
}

/// proptest's shrinking of the same failure: the value tree, driven as its runner does.
fn shrink_by_proptest(mut tree: ShapeTree, shows: impl Fn(&Shape) -> bool) -> (Shape, usize) {
    let (mut smallest, mut probes) = (tree.current(), 0);
    let mut goes_on = tree.simplify();
    while goes_on {
        probes += 1;
        goes_on = if shows(&tree.current()) {
            smallest = tree.current();
            tree.simplify()
        } else {
            tree.complicate()
        };
    }
    (smallest, probes)
}

fn percentile(sorted: &[usize], percent: usize) -> usize {
    sorted[(sorted.len() * percent).div_ceil(100) - 1]
}

#[test]
fn heavy_shapes_take_few_candidates_and_fewer_than_proptest_does() {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut our_size, mut their_size) = (0, 0);
    let (mut least, mut deviations) = (Vec::new(), 0);
    for (tree, planted) in failing() {
        let case = tree.current();
        let minimal = descend(&case, |shape| planted.shows(shape));
        let (smallest, probes) = shrink_by_proptest(tree, |shape| planted.shows(shape));
        let neighbours = minimal.shape.simpler();
        assert!(planted.shows(&minimal.shape), "{planted:?} in {case}");
        assert!(neighbours.iter().all(|shape| !planted.shows(shape)), "{}: {planted:?} in {case}", minimal.shape);
        assert!(minimal.shape.weight() <= smallest.weight(), "{} after {smallest}", minimal.shape);
        our_size += minimal.shape.deviations();
        their_size += smallest.deviations();
        deviations += case.deviations();
        least.push(neighbours.len());
        ours.push(minimal.probes);
        theirs.push(probes);
    }
    println!("{SHAPES} shapes of {deviations} deviations in all; candidates, median and 95th percentile:");
    for (name, size, probes) in [
        ("the minimiser", our_size, &mut ours),
        ("proptest", their_size, &mut theirs),
        ("only to show that the result is 1-minimal", our_size, &mut least),
    ] {
        probes.sort_unstable();
        println!("{name}: to {size} deviations, {} and {}", percentile(probes, 50), percentile(probes, 95));
    }
    assert!(percentile(&ours, 50) <= MEDIAN && percentile(&ours, 95) <= PERCENTILE_95);
    assert!(ours.iter().sum::<usize>() < theirs.iter().sum::<usize>());
    assert!(our_size <= their_size);
}

//! Covering arrays: everything is covered, and in how many rows on published models.

use std::cell::Cell;
use std::time::{Duration, Instant};

use manifuzz::engine::Schedule;
use manifuzz::generate::covering_array::{Axis, Forest, never};
use manifuzz::generate::{Covered, Filter, Tested, cover, rows};
use manifuzz::shape::{Shape, SlotId, space};

/// So many axes of so many values.
type Axes = &'static [(usize, usize)];

/// A forest without constraints: so many axes of so many values.
fn model(axes: Axes) -> Forest {
    let axis = |values: usize| Axis { values, parent: None };
    Forest::new(axes.iter().flat_map(|(count, values)| vec![axis(*values); *count]).collect(), |_, _| true)
}

/// Models of the literature with the fewest rows of strength 2 published for them (the comparison of pairwise
/// testing tools at pairwise.org, read in 2026).
#[test]
fn published_models_take_at_most_half_more_rows_than_the_best_known() {
    let table: &[(&str, Axes, usize)] = &[
        ("3^4", &[(4, 3)], 9),
        ("3^13", &[(13, 3)], 15),
        ("4^15 3^17 2^29", &[(15, 4), (17, 3), (29, 2)], 29),
        ("4^1 3^39 2^35", &[(1, 4), (39, 3), (35, 2)], 21),
        ("2^100", &[(100, 2)], 10),
        ("10^20", &[(20, 10)], 180),
    ];
    for (name, axes, best) in table {
        let rows = model(axes).covering(2, &never).len();
        println!("{name}: {rows} rows, the best known is {best}");
        assert!(2 * rows <= 3 * best, "{name}: {rows} rows, the best known is {best}");
    }
}

#[test]
#[ignore = "slow: builds the covering array of the whole space"]
fn the_array_of_the_space_covers_every_pair_with_at_most_one_invalid_entry_a_row() {
    let cover = cover(2, None);
    let all = || cover.valid.iter().chain(&cover.invalid);
    assert!(cover.valid.iter().all(|shape| shape.invalid() == 0) && cover.invalid.iter().all(|s| s.invalid() == 1));
    assert!(all().all(|shape| !shape.is_large()));
    let mut covered = Covered::default();
    all().for_each(|shape| covered.add(shape));
    let count = covered.count();
    assert_eq!(count.pairs.covered, count.pairs.of, "every pair with at most one invalid entry");
    println!("{} rows of valid entries, the two largest menus {}", cover.valid.len(), cover.two_largest);
    println!("{} rows with one invalid entry, the sum beside them {}", cover.invalid.len(), cover.beside);
    // The kinds' own members never share a row, so each family of kinds needs about the product of its own two
    // largest menus: that of images is the largest of three.
    assert!(cover.valid.len() <= 3 * cover.two_largest, "{} rows", cover.valid.len());
    assert!(2 * cover.invalid.len() <= 3 * cover.beside, "{} rows", cover.invalid.len());
}

#[test]
fn strength_3_under_a_filter_covers_every_triple_of_valid_entries() {
    let filter: Filter = "text.*,unknown.name".parse().unwrap();
    let rows = cover(3, Some(&filter)).valid;
    let slots: Vec<SlotId> = space().slots().map(|(slot, _)| slot).filter(|slot| filter.names(*slot)).collect();
    let valid = |slot: SlotId| -> Vec<usize> {
        let menu = space().slot(slot).menu;
        (0..menu.len()).filter(|entry| menu[*entry].valid && menu[*entry].has_small()).collect()
    };
    let mut triples = 0;
    for (i, a) in slots.iter().enumerate() {
        for (j, b) in slots[..i].iter().enumerate() {
            for c in &slots[..j] {
                // Those of kinds that are no object stand with no other.
                if [a, b, c]
                    .iter()
                    .any(|slot| ["text.value", "text.bytes"].contains(&space().slot(**slot).name.as_str()))
                {
                    continue;
                }
                for (x, y, z) in valid(*a).iter().flat_map(|x| {
                    let (x, third) = (*x, valid(*c));
                    valid(*b).into_iter().flat_map(move |y| third.clone().into_iter().map(move |z| (x, y, z)))
                }) {
                    triples += 1;
                    let holds =
                        |row: &Shape, slot: &SlotId, entry| row.is_active(*slot) && row.choice(*slot).entry == entry;
                    let met = rows.iter().any(|row| holds(row, a, x) && holds(row, b, y) && holds(row, c, z));
                    assert!(met, "{a:?}={x} {b:?}={y} {c:?}={z}");
                }
            }
        }
    }
    assert!(triples > 1000, "{triples} triples in {} rows", rows.len());
}

#[test]
fn a_filter_keeps_named_slots_and_their_ancestors() {
    let filter: Filter = "layers.1.*".parse().unwrap();
    let apply = |text: &str| filter.apply(&text.parse().unwrap()).to_string();
    assert_eq!(
        apply("annotations=one;layers.0.size=zero;layers.1.size=zero;layers=two"),
        "layers=two;layers.1.size=zero"
    );
    assert_eq!(apply("annotations=one;layers=two"), "base");
    assert_eq!(apply("kind=index;manifests=two"), "kind=index");
    assert!("group-that-is-not".parse::<Filter>().is_err());
    let order = Schedule { filter: Some("text".parse().unwrap()), count: Some(500), ..Schedule::default() };
    let texts = order.cases().map(|shape| shape.to_string()).collect::<Vec<_>>();
    let named = |part: &str| part == "base" || part.starts_with("text.") || part.starts_with("kind=");
    assert!(texts.iter().all(|text| text.split(';').all(named)) && texts.len() > 100);
}

#[test]
fn a_quick_run_leaves_out_what_only_reading_shows() {
    let texts =
        |quick| Schedule { quick, ..Schedule::default() }.fixed().map(|shape| shape.to_string()).collect::<Vec<_>>();
    let (quick, whole) = (texts(true), texts(false));
    let (left_out, kept) = whole.iter().partition::<Vec<_>, _>(|text| !quick.contains(text));
    let reads = |text: &str| text.split(';').any(|part| part.starts_with("afterwards=") || part.starts_with("accept="));
    assert!(kept.len() == quick.len() && kept.iter().all(|text| !reads(text)));
    assert!(whole.iter().filter(|text| reads(text)).count() > 50 && left_out.len() < 100, "{left_out:?}");
    for text in ["layers=empty", "reference=short-digest"] {
        assert!(quick.iter().any(|quick| quick == text), "{text}");
    }
}

#[test]
fn rows_are_built_lazily_and_equal_those_of_the_whole_array() {
    let filter: Filter = "layers.0.*,subject".parse().unwrap();
    let whole = cover(2, Some(&filter));
    let asked = Cell::new(0);
    let count = || {
        asked.set(asked.get() + 1);
        false
    };
    let mut rows = rows(Tested::Registry, 2, Some(&filter), &count);
    assert_eq!(asked.get(), 0, "nothing is built before it is asked for");
    assert_eq!(rows.next().as_ref(), whole.valid.first());
    let of_first_part = asked.get();
    assert!(of_first_part > 100, "stopping is asked about {of_first_part} times");
    let rest: Vec<Shape> = rows.collect();
    assert!(whole.valid[1..].iter().chain(&whole.invalid).eq(&rest));
    let of_others = asked.get() - of_first_part;
    assert!(of_others > 100, "the other parts are built when they are due: stopping is asked about {of_others} times");
}

#[test]
fn building_stops_soon_at_a_sample_of_points() {
    ends_soon_after(7);
}

#[test]
#[ignore = "slow: every point of a small array"]
fn building_stops_soon_at_any_point() {
    ends_soon_after(1);
}

/// Without the predicate this would take hours: every triple of the whole space.
fn ends_soon_after(step: usize) {
    let all: Filter = "*".parse().unwrap();
    let small: Filter = "text.*,unknown.name,annotations".parse().unwrap();
    for (strength, filter, times) in [
        (3, &all, 0..1),
        (3, &all, 1000..1001),
        (2, &all, 5000..5001),
        (2, &all, 30_000..30_001),
        // All along a small one: its plan, its rows, its squeezing.
        (2, &small, 0..400),
    ] {
        for most in times.step_by(step) {
            let asked = Cell::new(0);
            let stop = || {
                asked.set(asked.get() + 1);
                asked.get() > most
            };
            let began = Instant::now();
            let count = rows(Tested::Registry, strength, Some(filter), &stop).count();
            let took = began.elapsed();
            // Asked a few times more at each level that it leaves.
            assert!(asked.get() <= most + 2000, "asked {} times after {most}; {count} rows", asked.get() - most);
            assert!(took < Duration::from_secs(60), "{took:?} for {most} of strength {strength}");
        }
    }
    let order = Schedule { cover: Some(3), filter: Some(all), ..Schedule::default() };
    let fixed = Schedule { filter: order.filter.clone(), count: Some(1000), ..Schedule::default() };
    // What comes before the array does not wait for it.
    assert!(order.cases_until(&|| true).map(|one| one.shape).take(1000).eq(fixed.cases()));
}

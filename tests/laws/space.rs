//! Laws of the variant space: texts, simpler neighbours, marks, and that no two entries say the same.

use std::collections::{HashMap, HashSet};

use manifuzz::exchange::{Facts, sha512};
use manifuzz::generate::{
    CLASHES, Preset, bases, clashing, draw_nth, each_alone, exhaustive, exhaustive_over, mutate, shapes,
};
use manifuzz::model::{Judgement, Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::{Choice, Group, Kind, Shape, ShapeError, Slot, SlotId, space};
use proptest::prelude::*;

fn judged(shape: &Shape) -> Judgement {
    let exchange = render(shape);
    judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, Versions::V1_1)
}

proptest! {
    #[test]
    fn shapes_round_trip_through_their_text(shape in shapes(Preset::Hostile)) {
        let text = shape.to_string();
        prop_assert_eq!(text.parse::<Shape>(), Ok(shape.clone()));
        let mut parts: Vec<&str> = text.split(';').collect();
        parts.reverse();
        prop_assert_eq!(parts.join(";").parse::<Shape>(), Ok(shape), "another order parses too");
    }

    #[test]
    fn every_simpler_shape_is_lighter_and_has_only_active_slots(shape in shapes(Preset::Hostile)) {
        for simpler in shape.simpler() {
            prop_assert!(simpler.weight() < shape.weight(), "{} is not lighter than {}", simpler, shape);
            prop_assert!(simpler.deviating().all(|(slot, _)| simpler.is_active(slot)));
        }
        prop_assert_eq!(shape.simpler().is_empty(), shape == Shape::base());
    }

    #[test]
    fn mostly_valid_shapes_hold_at_most_two_invalid_entries(seed: u64, i in 0..1000u64) {
        prop_assert!(draw_nth(seed, Preset::MostlyValid, i).invalid() <= 2);
        prop_assert_eq!(draw_nth(seed, Preset::MostlyValid, i), draw_nth(seed, Preset::MostlyValid, i));
    }

    #[test]
    fn the_mutator_changes_one_slot(seed: u64) {
        let shape = draw_nth(seed, Preset::Hostile, 0);
        let mut choices = manifuzz::generate::Seeded::new(&[&seed.to_string()]);
        let changed = mutate(&shape, &mut choices);
        prop_assert_eq!(changed.to_string().parse::<Shape>(), Ok(changed));
    }
}

#[test]
fn the_table_is_sound() {
    assert!(space().slots().count() >= 20);
    for group in [Group::Kind, Group::Document, Group::Descriptor, Group::Content, Group::Text, Group::Request] {
        assert!(space().slots().any(|(_, slot)| slot.group == group), "no slot of the group {}", group.as_str());
    }
    for (id, slot) in space().slots() {
        let namesakes =
            space().named(&slot.name).iter().filter(|other| **other != id).map(|other| space().slot(*other));
        for other in namesakes {
            let under = |slot: &Slot| slot.parent.clone().map(|parent| (parent.slot, parent.under)).unwrap();
            let ((a, one), (b, two)) = (under(slot), under(other));
            assert!(a == b && one.iter().all(|entry| !two.contains(entry)), "{} lives twice at once", slot.name);
        }
        assert!(slot.menu[0].valid && slot.menu[0].numbers.is_none(), "entry 0 of {}", slot.name);
        if let Some(parent) = &slot.parent {
            assert!(parent.slot < id && !parent.under.is_empty(), "{} never lives", slot.name);
        }
        let entries: std::collections::HashSet<_> = slot.menu.iter().map(|entry| entry.name).collect();
        assert_eq!(entries.len(), slot.menu.len(), "an entry of {} stands twice", slot.name);
    }
}

#[test]
fn the_model_agrees_with_every_mark() {
    let mut wrong = Vec::new();
    // Answers to clients do not concern a registry.
    for (slot, row) in space().registry_slots().skip(1) {
        for choice in space().choices(slot) {
            let shape = Shape::base().with_ancestors(slot, choice);
            // Of kinds that the version does not have, it says nothing that a mark could agree with.
            if !judged(&shape.own_base()).expect.is_accept() {
                continue;
            }
            let mark = row.menu[choice.entry].valid;
            let says = judged(&shape).expect.rank() <= judged(&shape.own_base()).expect.rank();
            if mark != says {
                wrong.push(format!("{shape} is marked {mark}, the model says {}", judged(&shape)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_bases_of_oci_kinds_are_clean() {
    for kind in [Kind::Image, Kind::Index] {
        let judgement = judged(&Shape::base_of(kind));
        assert!(judgement.breaches.is_empty() && judgement.expect.is_accept(), "{kind:?}: {judgement:?}");
    }
}

#[test]
fn no_two_shapes_of_one_deviation_render_alike() {
    let mut seen: HashMap<[u8; 32], Shape> = HashMap::new();
    for shape in exhaustive(1) {
        if let Some(other) = seen.insert(render(&shape).fingerprint(), shape.clone()) {
            panic!("{shape} and {other} render to one exchange");
        }
    }
}

/// A template whose variable `render` does not know is sent as it is.
#[test]
fn no_rendered_text_of_any_entry_holds_a_variable() {
    let drawn = (0..500).map(|i| draw_nth(5, Preset::MostlyValid, i));
    // Every entry under every kind that has it.
    for shape in exhaustive(1).chain(drawn).filter(|shape| !shape.is_large()) {
        let exchange = render(&shape);
        let put = &exchange.tested;
        let headers = format!("{:?} {:?} {:?}", put.content_type, put.content_encoding, exchange.accept);
        let needs = exchange.needs.iter().map(|need| String::from_utf8_lossy(&need.bytes).into_owned());
        let texts = [String::from_utf8_lossy(&put.body).into_owned(), put.reference.to_string(), headers];
        for text in texts.into_iter().chain(needs) {
            assert!(!text.contains("${"), "{shape}: {text}");
        }
    }
}

#[test]
fn enumeration_holds_the_bases_and_repeats_nothing() {
    let one: Vec<Shape> = exhaustive(1).collect();
    assert!(bases().iter().all(|base| one.contains(base)));
    assert_eq!(one.iter().collect::<HashSet<_>>().len(), one.len());
    assert!(one.iter().all(|shape| shape.deviations() <= 1));
    assert!(each_alone().all(|shape| one.contains(&shape)), "each entry alone is one deviation");
    let two: Vec<Shape> = exhaustive(2).collect();
    assert_eq!(two.iter().collect::<HashSet<_>>().len(), two.len());
    assert!(two.iter().any(|shape| shape.deviations() == 2) && two.iter().all(|shape| shape.deviations() <= 2));
}

/// Lists and their elements, whose ancestors can be chosen, or brought along by another choice, in many ways.
#[test]
fn enumeration_is_complete_below_its_bound() {
    let lists = |slot: &Slot| ["layers", "layers.repeat", "layers.0.size", "layers.1.size"].contains(&&*slot.name);
    let three: Vec<Shape> = exhaustive_over(3, lists).filter(|shape| shape.kind() == Kind::Image).collect();
    let distinct: HashSet<&Shape> = three.iter().collect();
    assert_eq!(distinct.len(), three.len(), "each shape comes once");
    // Whatever three choices lead to is there.
    let choices: Vec<(SlotId, Choice)> = space()
        .slots()
        .filter(|(_, slot)| lists(slot))
        .flat_map(|(slot, _)| space().choices(slot).map(move |choice| (slot, choice)))
        .collect();
    let lead = |shape: &Shape| {
        let reached = choices.iter().filter(|(slot, _)| shape.is_active(*slot) && shape.choice(*slot).entry == 0);
        reached.map(|(slot, choice)| shape.with(*slot, *choice)).collect::<Vec<_>>()
    };
    let mut reached = vec![Shape::base()];
    for _ in 0..3 {
        reached = reached.iter().flat_map(lead).collect();
        let missing = reached.iter().find(|shape| !distinct.contains(shape));
        assert!(missing.is_none(), "{} is not handed out", missing.unwrap());
    }
    assert!(reached.len() > 1000);
}

#[test]
fn ancestors_and_kind_do_not_count_as_deviations() {
    let shape: Shape = "kind=index;manifests.0.platform=absent".parse().unwrap();
    assert_eq!(shape.deviations(), 1);
    let shape: Shape = "layers.1.size=zero;layers=two".parse().unwrap();
    assert_eq!(shape.deviations(), 1);
    assert_eq!(shape.choice(SlotId::KIND).entry, 0);
}

#[test]
fn invalid_shape_texts_are_refused_with_a_reason() {
    let error = |text: &str| text.parse::<Shape>().unwrap_err();
    assert!(matches!(error("schemaVersion"), ShapeError::NoEntry { .. }));
    assert!(error("layers.5.size=zero").to_string().contains("layers.0.size"));
    assert!(error("schemaVersion=9").to_string().contains("2, absent, 1, text"));
    assert!(error("layers=count(2)").to_string().contains("count(3..2000)"));
    assert!(error("kind=index;schemaVersion=1;kind=image").to_string().contains("twice"));
    assert!(error("manifests.0.size=zero").to_string().contains("requires manifests=one|two|count"));
    assert!("layers=count(40)".parse::<Shape>().is_ok() && "schemaVersion=2".parse::<Shape>() == Ok(Shape::base()));
}

#[test]
fn two_valid_entries_break_a_rule_together_only_where_the_data_says_so() {
    let (mut pairs, mut clashes) = (0, 0);
    let valid = exhaustive(2).filter(|shape| shape.deviations() == 2 && shape.invalid() == 0 && !shape.is_large());
    for shape in valid {
        let (own, base) = (judged(&shape), judged(&shape.own_base()));
        pairs += 1;
        // Of kinds that the version does not have, it says nothing.
        if !base.expect.is_accept() {
            continue;
        }
        let same = own.expect.rank() <= base.expect.rank();
        assert_eq!(same, clashing(&shape).is_none(), "{shape} is {own}: `CLASHES` holds just the pairs that do");
        clashes += usize::from(!same);
    }
    // Each under both kinds that have a subject.
    assert_eq!(clashes, 2 * CLASHES.len());
    assert!(pairs > 20_000, "{pairs} pairs");
}

/// A need has the digest that its descriptor states, whatever the algorithm.
#[test]
fn content_is_pushed_under_the_digest_that_its_descriptor_states() {
    let mut places = 0;
    let is_member = |slot: &Slot| slot.name.ends_with(".digest") && slot.group == Group::Descriptor;
    for (slot, row) in space().slots().filter(|(_, slot)| is_member(slot)) {
        let entry = row.menu.iter().position(|entry| entry.name == "pushed-sha512").unwrap();
        let shape = Shape::base().with_ancestors(slot, Choice { entry, number: 0 });
        let exchange = render(&shape);
        let path = row.name.strip_suffix(".digest").unwrap();
        let need = exchange.needs.iter().find(|need| need.path == path).unwrap();
        assert_eq!(need.digest, sha512(&need.bytes), "{shape}");
        let body: serde_json::Value = serde_json::from_slice(&exchange.tested.body).unwrap();
        let pointer = format!("/{}/digest", path.replace('.', "/"));
        assert_eq!(body.pointer(&pointer).unwrap(), need.digest.as_str(), "{shape}");
        assert_eq!(exchange.subject.is_some(), path == "subject", "{shape}");
        places += 1;
    }
    assert_eq!(places, 8, "every descriptor");
}

/// A body above 8 MiB takes time and memory, so that nothing makes one without being asked.
#[test]
fn bodies_beyond_8_mib_are_rendered_where_asked_and_never_enumerated() {
    const MOST: usize = 8 << 20;
    for bytes in [MOST + 1, 16 << 20] {
        let shape: Shape = format!("text.padding=beyond({bytes})").parse().unwrap();
        assert_eq!(render(&shape).tested.body.len(), bytes);
    }
    let drawn = (0..2000).map(|i| draw_nth(3, Preset::Hostile, i));
    for shape in exhaustive(1).chain(drawn).filter(Shape::is_large) {
        assert!(render(&shape).tested.body.len() <= MOST + (64 << 10), "{shape}");
    }
}

//! Cases for client programs: which are fired, and that registries get none of the answers to clients.

use std::collections::HashSet;

use manifuzz::engine::Schedule;
use manifuzz::generate::covering_array::never;
use manifuzz::generate::{Seeded, Tested, flavours, mutate, rows};
use manifuzz::render::render;
use manifuzz::shape::{Kind, Shape, space};

fn answers(shape: &Shape) -> usize {
    shape.answers().count()
}

fn schedule(tested: Tested) -> Schedule {
    let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
    Schedule { tested, flavours, ..Schedule::default() }
}

#[test]
fn a_run_of_a_client_has_each_answer_alone_and_no_draws() {
    let cases: Vec<Shape> = schedule(Tested::Client).cases().collect();
    assert_eq!(cases[..2], [Shape::base(), Shape::base_of(Kind::Index)]);
    let drawn: Vec<Shape> = schedule(Tested::Client).fixed().filter(|shape| !cases.contains(shape)).collect();
    assert!(drawn.is_empty(), "every case is a fixed one");
    let with_answer: HashSet<&Shape> = cases.iter().filter(|shape| answers(shape) == 1).collect();
    for (slot, row) in space().slots().filter(|(_, slot)| slot.is_for_clients()) {
        for choice in space().choices(slot) {
            assert!(with_answer.contains(&Shape::base().with(slot, choice)), "{} {choice:?}", row.name);
        }
    }
    assert!(cases.iter().all(|shape| matches!(shape.kind(), Kind::Image | Kind::Index)));
    let asks = |shape: &Shape| render(shape).afterwards.is_some() || render(shape).upload.is_some();
    assert!(!cases.iter().any(asks), "what comes after a push is no matter of clients");
    println!("{} cases for a client", cases.len());
}

#[test]
fn a_client_is_given_draws_if_they_are_asked_for() {
    let fixed = schedule(Tested::Client).cases().count();
    let count = Some(fixed + 50);
    let drawn = |seed| Schedule { count, seed, ..schedule(Tested::Client) }.cases().skip(fixed).collect::<Vec<Shape>>();
    assert_eq!((drawn(1).len(), drawn(1)), (50, drawn(1)));
    assert_ne!(drawn(1), drawn(2));
    assert!(drawn(1).iter().any(|shape| answers(shape) == 1));
}

#[test]
fn a_filter_chooses_answers() {
    let filter = Some("answer.realm".parse().unwrap());
    let cases: Vec<String> =
        Schedule { filter, ..schedule(Tested::Client) }.cases().map(|shape| shape.to_string()).collect();
    let realms = ["ours", "foreign", "plain-http", "private-address"].map(|realm| format!("answer.realm={realm}"));
    assert_eq!(cases[..2], ["base".to_owned(), "kind=index".to_owned()]);
    assert_eq!(cases[2..], realms);
}

#[test]
fn an_array_for_a_client_has_every_two_valid_answers_together() {
    let filter = "answer.*".parse().unwrap();
    let array: Vec<Shape> = rows(Tested::Client, 2, Some(&filter), &never).collect();
    let valid = |slot: &manifuzz::shape::Slot| -> Vec<usize> {
        (1..slot.menu.len()).filter(|entry| slot.menu[*entry].valid).collect()
    };
    let slots: Vec<_> = space().slots().filter(|(_, slot)| slot.is_for_clients()).collect();
    let mut pairs = 0;
    for (i, (a, of_a)) in slots.iter().enumerate() {
        for (b, of_b) in &slots[..i] {
            for (x, y) in valid(of_a).into_iter().flat_map(|x| valid(of_b).into_iter().map(move |y| (x, y))) {
                let has = |shape: &Shape| shape.choice(*a).entry == x && shape.choice(*b).entry == y;
                assert!(array.iter().any(has), "{}={x}, {}={y}", of_a.name, of_b.name);
                pairs += 1;
            }
        }
    }
    assert!(pairs > 50, "{pairs} pairs");
    assert!(array.iter().all(|shape| matches!(shape.kind(), Kind::Image | Kind::Index)));
}

#[test]
fn registries_get_no_answer_to_clients() {
    let order = schedule(Tested::Registry);
    let cases = order.cases();
    let array = rows(Tested::Registry, 1, None, &never);
    let mut choices = Seeded::new(&["mutants"]);
    let mut mutant = Shape::base();
    let mutants = (0..500).map(move |_| {
        mutant = mutate(&mutant, &mut choices);
        mutant.clone()
    });
    assert_eq!(cases.chain(array).chain(mutants).find(|shape| answers(shape) > 0), None);
}

/// Otherwise a smallest case could have an answer that the finding does not need.
#[test]
fn an_answer_can_be_taken_back_and_no_answer_is_simpler_than_another() {
    let shape: Shape = "answer.blob.body=endless;layers=two".parse().unwrap();
    let simpler: Vec<String> = shape.simpler().iter().map(ToString::to_string).collect();
    assert!(simpler.contains(&"layers=two".to_owned()) && simpler.contains(&"answer.blob.body=endless".to_owned()));
    assert!(
        !simpler.iter().any(|text| text.contains("answer.blob.body=o") || text.contains("body=trunc")),
        "{simpler:?}"
    );
}

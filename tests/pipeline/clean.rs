//! The profile `clean` gives no violation and no warning, whatever is pushed: otherwise the model or the registry would be
//! wrong. The fast tier takes one shape in many.

use crate::planting::each;
use crate::registry::target;
use manifuzz::compare::Grade;
use manifuzz::engine::{Outcome, Prober};
use manifuzz::exchange::Depth;
use manifuzz::generate::{Filter, Preset, cover, draw_nth, exhaustive};
use manifuzz::model::Versions;
use manifuzz::registry::Profile;
use manifuzz::render::Case;
use manifuzz::shape::Shape;

/// How many pushes a registry gets: what it lists is read back after each of them.
const PUSHES: usize = 250;

/// The violations and warnings over these shapes.
fn verdicts(shapes: &[Shape]) -> Vec<String> {
    let chunks: Vec<&[Shape]> = shapes.chunks(PUSHES).collect();
    let found = each(&chunks, |chunk| {
        let target = target(&Profile::clean());
        let prober = Prober::new(target.as_ref(), Versions::V1_1, Depth::Full).unwrap();
        let mut wrong = Vec::new();
        for shape in *chunk {
            let case = Case::of(shape.clone());
            match prober.fire(&case, prober.usual()) {
                Outcome::Judged { findings, .. } => {
                    for finding in findings.into_iter().filter(|finding| finding.grade > Grade::Note) {
                        if prober.shows_alone(&case, &finding.symptom) {
                            wrong.push(format!("{shape}: {} {}", finding.symptom, finding.note));
                        }
                    }
                }
                other => wrong.push(format!("{shape}: {other:?}")),
            }
        }
        wrong
    });
    found.into_iter().flatten().collect()
}

fn is_clean(shapes: &[Shape]) {
    let wrong = verdicts(shapes);
    assert!(wrong.is_empty(), "{} of {}: {:#?}", wrong.len(), shapes.len(), &wrong[..wrong.len().min(20)]);
}

/// All with at most two deviations, and those of the slow tier must be so many.
fn at_most_two_deviations(step: usize, least: usize) {
    let all: Vec<Shape> = exhaustive(2).filter(|shape| !shape.is_large()).step_by(step).collect();
    assert!(all.len() > least, "{}", all.len());
    is_clean(&all);
}

fn covering_array(filter: Option<&Filter>) {
    let cover = cover(2, filter);
    is_clean(&[cover.valid, cover.invalid].concat());
}

fn hostile_draws(count: u64) {
    let draws: Vec<Shape> = (0..count).map(|i| draw_nth(20, Preset::Hostile, i)).collect();
    is_clean(&draws);
}

#[test]
fn over_a_sample_of_shapes_with_at_most_two_deviations() {
    // A prime, so that the sample does not follow the length of a menu.
    at_most_two_deviations(97, 2000);
}

#[test]
#[ignore = "slow: 200 000 shapes"]
fn over_all_shapes_with_at_most_two_deviations() {
    at_most_two_deviations(1, 200_000);
}

#[test]
fn over_a_covering_array_of_some_slots() {
    covering_array(Some(&"config,layers.0.*,subject*,reference".parse().unwrap()));
}

#[test]
#[ignore = "slow: the array of the whole space"]
fn over_a_covering_array_of_strength_two() {
    covering_array(None);
}

#[test]
fn over_a_thousand_hostile_draws() {
    hostile_draws(1000);
}

#[test]
#[ignore = "slow: 20 000 shapes"]
fn over_twenty_thousand_hostile_draws() {
    hostile_draws(20_000);
}

//! The registry that keeps everything gives no finding with a verdict, whatever is pushed: or the model or the registry
//! would be wrong.

use crate::planting::each;
use crate::registry::target;
use manifuzz::compare::Grade;
use manifuzz::engine::{Outcome, Prober};
use manifuzz::exchange::Depth;
use manifuzz::generate::{Preset, cover, draw_nth, exhaustive};
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

#[test]
fn over_all_shapes_with_at_most_two_deviations() {
    let all: Vec<Shape> = exhaustive(2).filter(|shape| !shape.is_large()).collect();
    assert!(all.len() > 200_000, "{}", all.len());
    is_clean(&all);
}

#[test]
fn over_an_array_of_strength_two() {
    let cover = cover(2, None);
    is_clean(&[cover.valid, cover.invalid].concat());
}

#[test]
fn over_twenty_thousand_hostile_draws() {
    let draws: Vec<Shape> = (0..20_000).map(|i| draw_nth(20, Preset::Hostile, i)).collect();
    is_clean(&draws);
}

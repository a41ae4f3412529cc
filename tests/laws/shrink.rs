//! The minimiser: exact minimal results, and ceilings on the candidates it asks for.

use manifuzz::shape::Shape;
use manifuzz::shrink::{Minimal, Minimiser, Verdict};

/// Descends from `case` under a predicate; what does not show the symptom is accepted.
fn descend(case: &str, batch: usize, shows: impl Fn(&Shape) -> bool) -> Minimal {
    let mut minimiser = Minimiser::new(case.parse().unwrap());
    loop {
        let candidates = minimiser.candidates(batch);
        if candidates.is_empty() {
            return minimiser.finish();
        }
        minimiser.tell(candidates.into_iter().map(|candidate| {
            let verdict = if shows(&candidate) { Verdict::Reproduced } else { Verdict::Accepted };
            (candidate, verdict)
        }));
    }
}

const MANY: &str = "annotations=number-value;artifactType=malformed;config.mediaType=number;config.size=off_by(4096);\
content-type=upper-case;layers.0.urls=one;layers.1.digest=upper-hex;layers=two;schemaVersion=1;subject=present;text.space=indented";

fn has(shape: &Shape, text: &str) -> bool {
    shape.contains(&text.parse().unwrap())
}

#[test]
fn eleven_deviations_shrink_to_the_one_that_matters() {
    for (symptom, ceiling) in [("annotations=number-value", 40), ("schemaVersion=1", 40), ("text.space=indented", 40)] {
        let minimal = descend(MANY, 1, |shape| has(shape, symptom));
        assert_eq!(minimal.shape.to_string(), symptom);
        assert_eq!(minimal.witness.unwrap().to_string(), "base");
        assert!(minimal.probes <= ceiling, "{symptom}: {} candidates", minimal.probes);
    }
}

#[test]
fn two_that_matter_together_stay_together() {
    let minimal = descend(MANY, 1, |s| has(s, "schemaVersion=1") && has(s, "subject=present"));
    assert_eq!(minimal.shape.to_string(), "schemaVersion=1;subject=present");
    assert!(minimal.probes <= 60, "{} candidates", minimal.probes);
}

#[test]
fn a_choice_moves_to_position_0() {
    let upper = |shape: &Shape| shape.to_string().contains("digest=upper-hex");
    assert_eq!(descend(MANY, 1, upper).shape.to_string(), "layers.0.digest=upper-hex");
}

#[test]
fn numbers_are_found_by_bisection() {
    let threshold = |least: u64| {
        move |shape: &Shape| {
            let text = shape.to_string();
            let number = text.strip_prefix("layers=count(").and_then(|rest| rest.strip_suffix(')'));
            number.is_some_and(|number| number.parse::<u64>().unwrap() >= least)
        }
    };
    for least in [3, 4, 100, 127, 1999] {
        let minimal = descend("layers=count(2000)", 1, threshold(least));
        assert_eq!(minimal.shape.to_string(), format!("layers=count({least})"));
        assert!(minimal.probes <= 150, "{least}: {} candidates", minimal.probes);
    }
}

#[test]
fn the_witness_is_the_nearest_accepted_shape() {
    let minimal = descend("subject=present;subject.size=zero", 1, |s| has(s, "subject.size=zero;subject=present"));
    assert_eq!(minimal.witness.unwrap().to_string(), "subject=present");
}

#[test]
fn the_result_is_1_minimal_and_independent_of_concurrency() {
    let shows = |shape: &Shape| shape.deviations() >= 3 || has(shape, "schemaVersion=1");
    let one = descend(MANY, 1, shows);
    assert!(one.shape.simpler().iter().all(|candidate| !shows(candidate)), "{}", one.shape);
    for batch in [2, 4, 16] {
        assert_eq!(descend(MANY, batch, shows).shape, one.shape);
    }
}

#[test]
fn three_troubles_in_a_row_end_shrinking_with_the_best_so_far() {
    let mut minimiser = Minimiser::new("annotations=one;subject=present".parse().unwrap());
    let candidates = minimiser.candidates(1);
    minimiser.tell(candidates.into_iter().map(|candidate| (candidate, Verdict::Reproduced)));
    for _ in 0..3 {
        let candidates = minimiser.candidates(1);
        assert_eq!(candidates.len().min(1), candidates.len());
        minimiser.tell(candidates.into_iter().map(|candidate| (candidate, Verdict::Trouble)));
    }
    assert!(minimiser.candidates(1).is_empty());
    assert_eq!(minimiser.finish().shape.deviations(), 1);
}

use std::path::Path;

use super::*;

fn watched(quirks: &str) -> Watched {
    Watched::open(&format!("embedded:clean+{quirks}"), "smoke").expect("known quirks")
}

fn fire(target: &Watched) -> Fire<'_> {
    Fire::new(target, Settings::default()).expect("the target can be probed")
}

fn found(fire: &mut Fire<'_>, shape: &str) -> Vec<String> {
    fire.input(shape.as_bytes(), &mut |_| {}).expect("the target answers").expect("a shape")
}

/// Executes inputs that the mutator makes, each from the one before.
fn mutate_and_fire(fire: &mut Fire<'_>, seeds: std::ops::Range<u32>) -> Vec<String> {
    let mut text = vec![0; 4096];
    text[..4].copy_from_slice(b"base");
    let (mut size, mut found) = (4, Vec::new());
    for seed in seeds {
        size = mutated(&mut text, size, 4096, seed, false);
        found.extend(fire.input(&text[..size], &mut |_| {}).expect("the target answers").expect("a shape"));
    }
    found
}

fn records(path: &Path) -> Vec<Record> {
    Corpus::read_only(path).expect("the corpus was written").records().into_iter().cloned().collect()
}

#[test]
fn smoke() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("cases.csv");
    let target = watched("refuses-annotations");
    let settings = Settings { corpus: Some(path.clone()), ..Settings::default() };
    let mut fire = Fire::new(&target, settings).expect("the target can be probed");
    let found = mutate_and_fire(&mut fire, 0..2000);
    assert!(found.iter().any(|shape| shape.starts_with("annotations=")), "{found:?}");
    fire.write().expect("the corpus can be written");
    assert!(records(&path).iter().any(|record| record.class.as_str() == "rejects-valid"), "the finding was recorded");
    assert_eq!(records(&path).len(), fire.counts().rows);
}

#[test]
fn a_violation_is_a_crash_only_if_requested() {
    let shape = b"config.mediaType=unknown;text.space=indented";
    let target = watched("refuses-unknown-config-type");
    assert_eq!(found(&mut fire(&target), "config.mediaType=unknown;text.space=indented"), ["config.mediaType=unknown"]);
    let settings = Settings { crash_on_violation: true, ..Settings::default() };
    let mut fire = Fire::new(&target, settings).expect("the target can be probed");
    let crash = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fire.input(shape, &mut |_| {})));
    let message = *crash.expect_err("a crash").downcast::<String>().expect("a panic message");
    assert!(message.contains("smallest case: config.mediaType=unknown;"), "{message}");
}

#[test]
fn what_goes_away_with_the_slots_of_a_known_case_is_known_after_one_probe() {
    let target = watched("refuses-annotations");
    let mut fire = fire(&target);
    assert_eq!(found(&mut fire, "annotations=one"), ["annotations=one"]);
    let before = target.fired();
    // Another entry of the slot: not contained, but gone without it.
    assert!(found(&mut fire, "annotations=empty-value;layers=two").is_empty());
    assert_eq!(target.fired() - before, 2, "the case, and the case without the slot");
    assert!(found(&mut fire, "annotations=empty-value;layers=two").is_empty());
    assert_eq!(target.fired() - before, 2, "both are cached");
}

#[test]
fn a_second_cause_of_a_known_symptom_is_found_next_to_the_first() {
    let target = watched("refuses-annotations+refuses-data");
    let mut fire = fire(&target);
    assert_eq!(found(&mut fire, "annotations=one"), ["annotations=one"]);
    assert_eq!(found(&mut fire, "annotations=empty-value;config.data=right"), ["config.data=right"]);
}

#[test]
fn emptied_caches_keep_what_is_known() {
    let target = watched("refuses-annotations");
    let mut fire = fire(&target);
    assert_eq!(found(&mut fire, "annotations=one"), ["annotations=one"]);
    fire.renew_at = 0;
    target.empty().expect("a profile");
    let before = target.fired();
    assert!(found(&mut fire, "annotations=one").is_empty(), "known");
    assert_eq!(target.fired() - before, 1, "fired again, because the cache is empty, and not hunted");
    assert_eq!(fire.counts().keys, 1);
    assert_eq!(fire.renew_at, KEPT);
}

#[test]
fn probes_are_bounded_and_the_rest_is_recorded_as_not_shrunk() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("cases.csv");
    let target = Watched::open("embedded:distribution", "smoke").expect("a profile");
    let settings = Settings { corpus: Some(path.clone()), ..Settings::default() };
    let mut fire = Fire::new(&target, settings).expect("the target can be probed");
    let new_runner = || CaseRunner::new(&target, Versions::V1_1, Depth::Full).expect("the target can be probed");
    fire.runner = new_runner().with_budget(20);
    mutate_and_fire(&mut fire, 0..1000);
    // One for each execution, and one for each known smallest case that was taken out; 40 probes for hunts before the last, and
    // those of the last.
    let (fired, executions) = (target.fired(), fire.counts().executions);
    assert!(fired <= 2 * executions + 40 + 400, "{fired} cases fired in {executions} executions");
    fire.write().expect("the corpus can be written");
    let records = records(&path);
    let (unshrunk, smallest): (Vec<_>, Vec<_>) =
        records.iter().partition(|record| record.note.contains("not shrunk: the probe budget was used up"));
    assert!(unshrunk.len() > 5 && smallest.len() > 1, "{} and {}", unshrunk.len(), smallest.len());
    assert!(unshrunk.iter().all(|record| record.reproduced == Some(0) && record.grade <= Grade::Warning));
    assert_eq!(smallest.len(), fire.counts().keys);
    // What was not shrunk is hunted when the budget allows.
    fire.runner = new_runner();
    let later = mutate_and_fire(&mut fire, 0..1000);
    assert!(later.len() > 5, "{later:?}");
}

#[test]
fn what_is_not_a_shape_or_large_is_skipped() {
    let target = watched("refuses-annotations");
    let mut steered = 0;
    for (text, large, is_fired) in [
        (&b"base"[..], false, true),
        (b"nonsense=1", false, false),
        (b"\xff", false, false),
        (b"text.padding=pad(100000)", false, false),
        (b"text.padding=pad(100000)", true, true),
    ] {
        let mut fire = Fire::new(&target, Settings { large, ..Settings::default() }).expect("the target can be probed");
        let new = fire.input(text, &mut |_| steered += 1).expect("the target answers");
        assert_eq!(new.is_some(), is_fired, "{}", text.escape_ascii());
        assert_eq!(std::mem::take(&mut steered) > 0, is_fired, "answers steer if there are any");
    }
}

#[test]
fn without_steering_no_answer_is_reported() {
    let target = watched("refuses-annotations");
    let settings = Settings { steered: false, ..Settings::default() };
    let mut fire = Fire::new(&target, settings).expect("the target can be probed");
    let new = fire.input(b"annotations=one", &mut |_| panic!("steered")).expect("the target answers");
    assert_eq!(new, Some(vec!["annotations=one".to_owned()]));
}

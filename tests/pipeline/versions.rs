//! Each case is fired once, and its answers are judged by two versions of the specifications.

use std::sync::atomic::AtomicBool;

use crate::registry::{planted, target};
use manifuzz::compare::{Finding, Grade};
use manifuzz::engine::{Prober, Schedule, VersionChange, VersionComparison, compare_versions};
use manifuzz::exchange::Depth;
use manifuzz::model::Versions;
use manifuzz::render::Case;
use manifuzz::shape::Shape;

const TO_DEV: [Versions; 2] = [Versions::V1_1, Versions::DEV];

fn compared(quirks: &[&str], sets: [Versions; 2], shapes: &[Shape]) -> VersionComparison {
    compare_versions(target(&planted(quirks)).as_ref(), sets, shapes, &AtomicBool::new(false)).unwrap()
}

fn shapes(texts: &[&str]) -> Vec<Shape> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn duty(finding: &Option<Finding>) -> Option<&'static str> {
    finding.as_ref()?.symptom.duty
}

#[test]
fn a_change_names_the_rule_before_and_after_and_the_first_case() {
    let shapes = shapes(&["base", "afterwards=get-blob", "afterwards=push-with-tags"]);
    for (quirk, before, after, shape, cases) in [
        ("pull-lacks-digest", Some("pull-names-the-digest"), "pull-always-names-the-digest", "base", 3),
        ("head-lacks-content-length", Some("head-names-the-length"), "head-always-names-the-length", "base", 3),
        (
            "blob-pull-lacks-digest",
            Some("blob-pull-names-the-digest"),
            "blob-pull-always-names-the-digest",
            "afterwards=get-blob",
            1,
        ),
        ("push-lacks-oci-tag", None, "push-names-the-tags", "afterwards=push-with-tags", 1),
    ] {
        let compared = compared(&[quirk], TO_DEV, &shapes);
        assert_eq!(compared.judged, 3, "{quirk}");
        let [one] = &compared.changes[..] else { panic!("{quirk}: {:?}", compared.changes) };
        assert!(one.becomes_a_violation(), "{quirk}");
        assert_eq!((duty(&one.before), duty(&one.after)), (before, Some(after)), "{quirk}");
        assert_eq!((one.shape.to_string(), one.cases), (shape.to_owned(), cases), "{quirk}");
    }
}

#[test]
fn the_older_version_takes_back_what_the_newer_one_requires() {
    let compared = compared(&["pull-lacks-digest"], [Versions::DEV, Versions::V1_1], &shapes(&["base"]));
    let [one] = &compared.changes[..] else { panic!("{:?}", compared.changes) };
    assert!(!one.becomes_a_violation());
    assert_eq!(one.after.as_ref().map(|finding| finding.grade), Some(Grade::Warning));
}

#[test]
fn a_clean_registry_breaks_nothing_that_dev_recommends() {
    let fixed: Vec<Shape> = Schedule::default().fixed().filter(|shape| !shape.is_large()).collect();
    let compared = compared(&[], TO_DEV, &fixed);
    let above_a_note = |change: &&VersionChange| change.after.as_ref().is_some_and(|one| one.grade > Grade::Note);
    let wrong: Vec<_> = compared.changes.iter().filter(above_a_note).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compared.judged > 500, "{}", compared.judged);
    // Documents that 1.1 leaves open are the author's fault by dev.
    assert!(!compared.changes.is_empty());
}

#[test]
fn one_version_differs_in_nothing_from_itself() {
    let shapes = shapes(&["base", "config.size=negative", "layers=empty"]);
    let compared = compared(&["pull-lacks-digest", "refuses-empty-layers"], [Versions::DEV; 2], &shapes);
    assert!(compared.changes.is_empty(), "{:?}", compared.changes);
}

#[test]
fn each_case_is_fired_once() {
    let shapes = shapes(&["base", "annotations=one", "subject=present"]);
    let once = target(&planted(&["head-lacks-digest"]));
    let prober = Prober::new(once.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    for shape in &shapes {
        prober.fire(&Case::of(shape.clone()), prober.usual());
    }
    let both = target(&planted(&["head-lacks-digest"]));
    compare_versions(both.as_ref(), TO_DEV, &shapes, &AtomicBool::new(false)).unwrap();
    assert_eq!(both.requests(), once.requests());
}

/// A refusal that a simpler case explains is no violation by any version.
#[test]
fn a_refusal_is_excused_as_in_a_run() {
    let shape = "content.layers.0=zero-bytes;layers.0.mediaType=unknown";
    let sets = [Versions::V1_0, Versions::V1_1];
    let compared = compared(&["refuses-empty-layer"], sets, &shapes(&[shape]));
    assert!(!compared.changes.iter().any(VersionChange::becomes_a_violation), "{:?}", compared.changes);
    // A registry that refuses the type itself is not excused.
    let refusing = self::compared(&["refuses-unknown-layer-type"], sets, &shapes(&["layers.0.mediaType=unknown"]));
    assert!(refusing.changes.iter().any(VersionChange::becomes_a_violation), "{:?}", refusing.changes);
}

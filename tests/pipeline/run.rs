//! Planted faults through the whole pipeline, nothing told to it.

use crate::planting::findings;
use crate::registry::{self, planted, planted_with, target};
use manifuzz::compare::Grade;
use manifuzz::engine::{CaseRunner, MinimalFinding, Plan, Schedule, Summary};
use manifuzz::exchange::Depth;
use manifuzz::findings::key;
use manifuzz::generate::{Preset, draw_nth, exhaustive};
use manifuzz::model::{Class, Versions};
use manifuzz::registry::{Params, Profile};

/// These quirks, all with one status and code, so that only the case tells them apart.
fn answering_alike(quirks: &[&str]) -> Profile {
    let params = Params { status: Some(400), code: Some("MANIFEST_INVALID".into()), message: Some("no".into()) };
    planted_with(quirks, &params)
}

fn plan(seed: u64, jobs: usize, cases: Option<usize>) -> Plan {
    let order = Schedule { seed, count: cases, ..Schedule::default() };
    Plan { order, versions: Versions::V1_1, jobs, ..Plan::default() }
}

fn found(profile: &Profile, plan: &Plan) -> (Vec<MinimalFinding>, Summary) {
    findings(target(profile).as_ref(), plan)
}

/// The findings with a verdict, one a key, as `class shape`.
fn verdicts(found: &[MinimalFinding]) -> Vec<String> {
    let mut by_key = std::collections::BTreeMap::new();
    for one in found.iter().filter(|one| one.finding.grade > Grade::Note) {
        let text = format!("{} {}", one.finding.symptom.class.as_str(), one.shape);
        by_key.entry(key(&one.finding.symptom, &one.shape)).or_insert(text);
    }
    let mut texts: Vec<String> = by_key.into_values().collect();
    texts.sort();
    texts
}

#[test]
fn twelve_refusals_that_answer_alike_are_twelve_findings_of_one_slot() {
    let twelve = answering_alike(&[
        "refuses-unknown-config-type",
        "refuses-unknown-layer-type",
        "refuses-artifact-type",
        "refuses-annotations",
        "refuses-layer-urls",
        "refuses-layer-annotations",
        "refuses-unicode-escapes",
        "refuses-several-layers",
        "refuses-layer-data",
        "refuses-child-without-platform",
        "refuses-content-type-parameters",
        "refuses-long-tag",
    ]);
    let (found, _) = found(&twelve, &plan(7, 2, None));
    let expected = [
        "rejects-valid annotations=one",
        "rejects-valid artifactType=present",
        "rejects-valid config.mediaType=unknown",
        "rejects-valid content-type=parameters",
        // The attestation has a layer of an unknown type, and is pushed before the index.
        "rejects-valid content.manifests.0=attestation;kind=index",
        "rejects-valid kind=index;manifests.0.platform=absent",
        "rejects-valid layers.0.annotations=one",
        "rejects-valid layers.0.data=right",
        "rejects-valid layers.0.mediaType=unknown",
        "rejects-valid layers.0.urls=one",
        "rejects-valid layers=two",
        "rejects-valid reference=length(128)",
        "rejects-valid text.escapes=all",
    ];
    assert_eq!(verdicts(&found), expected);
    for one in found.iter().filter(|one| one.finding.symptom.class == Class::RejectsValid) {
        assert_eq!(one.shape.deviations(), 1, "{} is not of one slot", one.shape);
        assert!(one.probes <= 80, "{} took {} probes", one.shape, one.probes);
        assert!(one.witness.is_some() && one.reproduced == 3, "{}", one.shape);
    }
}

#[test]
fn a_defect_of_every_push_is_one_finding_whose_shape_is_base() {
    for (quirk, class) in [("push-answers-202", "wrong-status"), ("push-lacks-location", "missing-header")] {
        let profile = planted(&[quirk]);
        let (found, _) = found(&profile, &plan(3, 2, Some(500)));
        assert_eq!(verdicts(&found), [format!("{class} base")], "{quirk}");
        let base = found.iter().find(|one| one.finding.grade > Grade::Note).unwrap();
        assert!(base.witness.is_none(), "nothing is accepted without it");
    }
}

#[test]
fn findings_depend_on_the_seed_and_not_on_the_number_of_jobs() {
    let profile = answering_alike(&["refuses-annotations", "refuses-several-layers", "push-lacks-oci-subject"]);
    let texts = |jobs| -> Vec<String> {
        let (found, _) = found(&profile, &plan(11, jobs, Some(600)));
        found.iter().map(|one| format!("{:?} {:?} {} {}", one.finding, one.witness, one.shape, one.from)).collect()
    };
    let one = texts(1);
    assert!(!one.is_empty());
    assert_eq!(one, texts(4));
}

#[test]
fn clean_gives_no_violation_and_no_warning() {
    let clean = target(&Profile::clean());
    let mut single = CaseRunner::new(clean.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    let hostile = (0..500).map(|i| draw_nth(5, Preset::Hostile, i));
    let mut cases = 0;
    for shape in exhaustive(1).chain(hostile).filter(|shape| !shape.is_large()) {
        cases += 1;
        for found in single.case(&shape).unwrap() {
            assert_eq!(found.finding.grade, Grade::Note, "{shape}: {:?}", found.finding);
        }
    }
    assert!(cases > 800, "{cases} cases");
}

#[test]
fn residue_of_a_refusal_is_found_also_on_a_second_push() {
    let target = target(&planted(&["keeps-refused-without-config"]));
    for _ in 0..2 {
        let mut single = CaseRunner::new(target.as_ref(), Versions::V1_1, Depth::Full).unwrap();
        let found = single.case(&"config=absent".parse().unwrap()).unwrap();
        assert!(found.iter().any(|one| one.finding.symptom.class == Class::Residue), "{found:?}");
    }
    // A body that was accepted before, and is refused under another Content-Type, left nothing of its own.
    let failing = registry::target(&planted(&["fails-on-absent-content-type"]));
    let mut single = CaseRunner::new(failing.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    single.case(&"base".parse().unwrap()).unwrap();
    let found = single.case(&"content-type=absent".parse().unwrap()).unwrap();
    assert!(found.iter().all(|one| one.finding.symptom.class != Class::Residue), "{found:?}");
}

#[test]
fn a_refusal_is_a_warning_if_the_same_must_is_kept_elsewhere() {
    let (found, _) = found(&manifuzz::registry::profile("ecr").unwrap(), &plan(7, 2, None));
    for one in found.iter().filter(|one| one.finding.symptom.class == Class::RejectsValid) {
        let both = one.shape.to_string().contains("config.mediaType=unknown;content.config=zero-bytes");
        assert!(!both || one.finding.grade == Grade::Warning, "{:?}", one.finding);
    }
}

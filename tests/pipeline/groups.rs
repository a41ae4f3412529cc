//! Groups: a defect is one group however many rows it gives, and two defects are two.

use std::fmt::Write as _;

use crate::planting::{each, findings};
use crate::registry::{planted, target};
use manifuzz::compare::Grade;
use manifuzz::engine::{MinimalFinding, Plan, Schedule};
use manifuzz::findings::{Context, Record, Sighting, key};
use manifuzz::generate::flavours;
use manifuzz::registry::{Quirk, Shows, quirks};
use manifuzz::report::{Group, groups};

/// The fast tier runs one quirk in this many.
const SAMPLED: usize = 20;

/// Quirks whose rows are more than one group, and how many: rows that nothing but the quirk's code connects.
const SPLIT: [(&str, usize, &str); 34] = [
    ("blob-pull-answers-404", 2, "a blob that was uploaded, and one that was mounted"),
    ("delete-keeps-the-manifest", 2, "the manifest itself, and its entry in the referrers list"),
    ("denies-subject", 2, "a manifest, and the child of an index that is a referrer"),
    ("drops-child-without-platform", 2, "an index that is pushed, and the one of the referrers tag"),
    ("fails-on-empty-blob", 2, "an upload that a manifest needs, and one alone"),
    (
        "fails-on-index",
        3,
        "a 500 to content that should be accepted is not one to content that may be refused, nor to a second push",
    ),
    ("fails-on-malformed-blob-digest", 2, "an upload after a push, and one alone"),
    ("fails-on-malformed-digest", 2, "the digest in a push, and in GET"),
    (
        "fails-on-missing-subject",
        3,
        "a 500 to content that must be accepted is not one to content that may be refused, nor to a second push",
    ),
    ("fails-on-unknown-config-type", 2, "the tested push, and those of its referrers"),
    ("head-answers-404", 2, "plain HEAD, and HEAD under a condition"),
    ("head-of-unknown-answers-204", 2, "a blob that was never there, and one that was deleted"),
    ("ignores-digest-in-path", 2, "a wrong digest is accepted; content under an unknown algorithm is lost"),
    ("loses-index-by-tag", 2, "the pushed index, and the one of the referrers tag"),
    ("missing-manifest-answers-500", 2, "a name that may exist, and an invalid one"),
    ("pull-truncates", 2, "the bytes, and what the referrers tag lists"),
    ("referrers-keep-deleted-manifests", 2, "a list after a deletion, and a filtered one, whose base was deleted"),
    ("referrers-list-the-subject", 2, "a plain list, and a filtered one"),
    ("refuses-absent-media-type", 2, "the member is absent, or has a name in another case"),
    ("refuses-artifact-type", 2, "a manifest, and the child of an index that is an attestation"),
    ("refuses-empty-blob", 2, "an upload that a manifest needs, and one alone"),
    ("refuses-indented", 2, "whitespace inside a document, and around it"),
    ("refuses-in-toto-layer", 2, "a manifest, and the child of an index that is an attestation"),
    ("refuses-index", 2, "the push of an index, and its upload for another manifest"),
    ("refuses-large-manifest", 2, "refused below 4 MB with an unknown code, and above without 413"),
    (
        "refuses-missing-subject",
        4,
        "the subject of a manifest, that of a child of an index, and one that is named by SHA-512, in an index and under a digest",
    ),
    ("refuses-subject", 2, "a manifest, and the child of an index that is a referrer"),
    ("refuses-unicode-escapes", 2, "escapes in all strings, and where an annotation needs one"),
    ("refuses-unknown-algorithm", 2, "a wrong code where refusing is allowed, and a refusal where it is not"),
    ("refuses-unknown-layer-type", 2, "a manifest, and the child of an index that is an attestation"),
    ("refuses-unknown-member", 2, "the push of a manifest, and its upload for another one"),
    ("tag-delete-keeps-the-tag", 2, "the tag itself, and its entry in the tag list"),
    ("upload-location-has-another-scheme", 2, "the header, and that all sessions have the same"),
    ("upload-open-lacks-location", 2, "the header, and an upload that a manifest needs"),
];

/// Twelve defects that share neither answer nor subject.
const DOZEN: [&str; 12] = [
    "push-lacks-location",
    "head-lacks-content-length",
    "pull-reserialises",
    "tag-list-by-age",
    "tag-list-ignores-n",
    "referrers-lack-annotations",
    "referrers-filter-unnamed",
    "delete-of-missing-blob-answers-202",
    "missing-blob-is-manifest-invalid",
    "refuses-zstd-layer",
    "refuses-content-type-parameters",
    "fails-on-fractional-size",
];

/// What a run shows of these quirks above a note, beyond what it shows of the registry without them.
fn records(names: &[&str]) -> Vec<Record> {
    let found = |names: &[&str]| {
        let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
        let plan = Plan { order: Schedule { seed: 7, flavours, ..Schedule::default() }, jobs: 1, ..Plan::default() };
        findings(target(&planted(names)).as_ref(), &plan).0
    };
    let clean: Vec<String> = found(&[]).iter().map(|one| key(&one.finding.symptom, &one.shape)).collect();
    let mut records: Vec<Record> = found(names).iter().map(record).collect();
    records.retain(|record| record.grade > Grade::Note && !clean.contains(&record.key));
    records.sort_by(|a, b| a.key.cmp(&b.key));
    records.dedup_by(|a, b| a.key == b.key);
    records
}

fn record(found: &MinimalFinding) -> Record {
    let sighting = Sighting {
        target: "t",
        target_version: "",
        spec: "1.1",
        shape: &found.shape,
        finding: &found.finding,
        witness: None,
        from: &found.shape,
        reproduced: 3,
        is_smallest: true,
        probes: found.probes,
        extent: "",
    };
    sighting.record(&Context { seed: 7, day: "2026-01-02".parse().unwrap(), tool_version: "0.1.0" })
}

fn list(groups: &[Group<'_>]) -> String {
    groups.iter().fold(String::new(), |mut list, group| {
        let _ = write!(list, "\n  {} ({} places)", group.title, group.places());
        for record in &group.records {
            let _ = write!(list, "\n    {}  {}", record.shape, record.key);
        }
        list
    })
}

fn are_one_group_each(quirks: Vec<&'static Quirk>) {
    let wrong = each(&quirks, |quirk| {
        let records = records(&[quirk.name]);
        let groups = groups(&records);
        let split = SPLIT.iter().find(|(name, ..)| *name == quirk.name).map(|(_, count, _)| *count);
        // What only notes show has no group.
        let is_right = split.map_or(groups.len() <= 1, |count| groups.len() == count);
        if is_right { String::new() } else { format!("\n{}:{}", quirk.name, list(&groups)) }
    });
    assert!(wrong.iter().all(String::is_empty), "{}", wrong.concat());
}

#[test]
fn a_sample_of_quirks_is_one_group_each() {
    let many_rows = ["missing-blob-is-manifest-invalid", "keeps-refused-without-config", "tag-list-ignores-n"];
    let more = quirks().filter(|quirk| many_rows.contains(&quirk.name));
    are_one_group_each(quirks().step_by(SAMPLED).chain(more).collect());
}

#[test]
#[ignore = "slow: a whole run for each quirk"]
fn every_quirk_is_one_group_or_is_listed_with_the_reason() {
    are_one_group_each(quirks().collect());
}

#[test]
fn twelve_defects_planted_at_once_are_twelve_groups() {
    assert!(
        DOZEN.iter().all(|name| quirks().any(|quirk| quirk.name == *name && matches!(quirk.shows, Shows::Finding(..))))
    );
    let records = records(&DOZEN);
    let groups = groups(&records);
    assert!(records.len() > groups.len());
    assert_eq!(groups.len(), DOZEN.len(), "{}", list(&groups));
}

#[test]
fn two_defects_of_different_families_are_two_groups() {
    let pairs: Vec<[&str; 2]> = DOZEN.windows(2).step_by(2).map(|pair| [pair[0], pair[1]]).collect();
    let wrong = each(&pairs, |pair| {
        let records = records(pair);
        let groups = groups(&records);
        if groups.len() == 2 { String::new() } else { format!("\n{pair:?}:{}", list(&groups)) }
    });
    assert!(wrong.iter().all(String::is_empty), "{}", wrong.concat());
}

//! Failures: the MUST that requires an answer decides how much a 5xx, a drop or a time-out weighs.

use manifuzz::compare::{Finding, Grade, compare};
use manifuzz::exchange::roles::reading as roles;
use manifuzz::exchange::{Ask, By, Capabilities, Probe, Reply, Role, Stage};
use manifuzz::model::{Class, Party, Versions, judge};

use crate::answering::*;

/// A request for which a MUST requires an answer: the shape, the request, and that MUST's rule.
type Owed = (&'static str, Probe, &'static str);

const OWED: &[Owed] = &[
    ("base", Probe::Head(By::Tag), "head-answers-200"),
    ("base", Probe::Head(By::Digest), "head-answers-200"),
    ("base", Probe::Get(By::Tag), "pull-answers-200"),
    ("base", Probe::Get(By::Digest), "pull-answers-200"),
    ("base", Probe::Get(By::Location), "push-location-is-pullable"),
    ("base", Probe::TagList, "tag-list-answers-200"),
    ("reference=upper-case-tag", Probe::TagList, "tag-list-answers-200"),
    ("subject=present", Probe::Referrers, "referrers-answer-200"),
    ("kind=index;subject=present", Probe::Referrers, "referrers-answer-200"),
    ("schemaVersion=1", Probe::Head(By::Digest), "missing-content-answers-404-to-head"),
    ("schemaVersion=1", Probe::Head(By::Tag), "missing-content-answers-404-to-head"),
    ("schemaVersion=1;subject=present", Probe::Referrers, "referrers-answer-200"),
    ("afterwards=get-blob", Probe::Ask(Ask::Blob), "blob-pull-answers-200"),
    ("afterwards=get-unknown-tag", Probe::Ask(Ask::UnknownTag), "missing-manifest-answers-404"),
    ("afterwards=get-unknown-digest", Probe::Ask(Ask::UnknownDigest), "missing-manifest-answers-404"),
    ("afterwards=get-unknown-blob", Probe::Ask(Ask::UnknownBlob), "missing-blob-answers-404"),
    ("afterwards=get-unknown-repository", Probe::Ask(Ask::UnknownRepository), "missing-repository-answers-404"),
    ("afterwards=referrers-of-unknown", Probe::Ask(Ask::ReferrersOfUnknown), "referrers-of-nobody-are-an-empty-list"),
    (
        "afterwards=referrers-of-malformed",
        Probe::Ask(Ask::ReferrersOfMalformed),
        "referrers-of-a-malformed-digest-answer-400",
    ),
    (FILTERED, Probe::Ask(Ask::ReferrersFiltered), "referrers-answer-200"),
    ("afterwards=tags-none", Probe::Ask(Ask::NoTags), "tag-list-of-none-is-empty"),
    ("afterwards=tags-one", Probe::Ask(Ask::OneTag), "tag-list-answers-200"),
    ("afterwards=tags-in-order", Probe::Ask(Ask::TagsInOrder), "tag-list-answers-200"),
    ("afterwards=delete-unknown-blob", Probe::Ask(Ask::DeleteUnknownBlob), "delete-of-a-missing-blob-answers-404"),
    (
        "afterwards=delete-in-unknown-repository",
        Probe::Ask(Ask::DeleteInUnknownRepository),
        "delete-in-a-missing-repository-answers-404",
    ),
    ("afterwards=delete-digest", Probe::Gone(By::Digest), "missing-manifest-answers-404"),
    ("afterwards=delete-digest", Probe::Gone(By::Tag), "missing-manifest-answers-404"),
    ("afterwards=delete-tag", Probe::Gone(By::Tag), "missing-manifest-answers-404"),
    ("afterwards=read-twice", scripted(1, roles::GET_MANIFEST), "pull-answers-200"),
    ("afterwards=read-twice", scripted(3, roles::HEAD_MANIFEST), "head-answers-200"),
    ("afterwards=read-twice", scripted(5, roles::GET_HELD_BLOB), "blob-pull-answers-200"),
    ("afterwards=head-blob", scripted(0, roles::HEAD_HELD_BLOB), "head-answers-200"),
    ("afterwards=get-if-changed", scripted(3, roles::GET_IF_NOT_STRANGE), "pull-answers-200"),
    ("afterwards=tag-moved", scripted(3, roles::GET_MOVED), "pull-answers-200"),
    ("afterwards=get-crossed", scripted(0, roles::GET_MANIFEST_AS_BLOB), "missing-blob-answers-404"),
    ("afterwards=get-crossed", scripted(1, roles::GET_BLOB_AS_MANIFEST), "missing-manifest-answers-404"),
    ("afterwards=head-unknown", scripted(1, roles::HEAD_UNKNOWN_BLOB), "missing-content-answers-404-to-head"),
];

const fn scripted(at: usize, role: Role) -> Probe {
    Probe::Scripted { at, role, page: 0 }
}

/// Requests for which no MUST requires an answer, so that a failure is only a warning.
const NOT_OWED: &[(&str, Probe)] = &[
    ("base", Probe::Put),
    ("accept=other", Probe::Get(By::Tag)),
    ("afterwards=delete-digest", Probe::Ask(Ask::DeleteDigest)),
    ("afterwards=delete-tag", Probe::Ask(Ask::DeleteTag)),
    // What is outside the grammar of names is the client's fault first, and conditions are HTTP alone.
    ("afterwards=get-invalid-name", scripted(0, roles::GET_INVALID_NAME)),
    ("afterwards=get-invalid-reference", scripted(2, roles::GET_INVALID_REFERENCE)),
    ("afterwards=get-if-changed", scripted(1, roles::GET_IF_CHANGED)),
    ("afterwards=put-if-match", scripted(1, roles::MOVE_TAG_IF_STRANGE)),
    ("afterwards=ping", scripted(0, roles::PING)),
];

/// Ways for a server to fail, as their class.
fn failures() -> [(Class, Reply); 3] {
    let failed = crate::reading::answer_with(500);
    [
        (Class::ServerError, Reply::Answer(failed)),
        (Class::Dropped, Reply::Dropped("closed".to_owned())),
        (Class::Hang, Reply::Hang),
    ]
}

/// The findings if the last reply to a request is replaced.
fn found_with(shape: &str, probe: &Probe, other: &Reply, capabilities: &Capabilities) -> Vec<Finding> {
    let (exchange, mut seen) = fired(shape);
    let last = seen.replies.iter_mut().rev().find(|(own, _)| own == probe);
    last.unwrap_or_else(|| panic!("{shape}: no {probe:?}")).1 = other.clone();
    if *probe == Probe::Put {
        seen.replies.truncate(seen.replies.iter().position(|(own, _)| own == probe).unwrap() + 1);
    }
    let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
    compare(&exchange, &judgement, &seen, capabilities, Versions::V1_1)
}

#[test]
fn a_failure_breaks_the_must_that_asks_for_an_answer_and_has_the_class_of_what_came() {
    for (shape, probe, rule) in OWED {
        for (class, reply) in failures() {
            let found = found_with(shape, probe, &reply, &Capabilities::ALL);
            let [one] = &found[..] else { panic!("{shape} {probe:?}: {found:#?}") };
            let Finding { symptom, grade, rules, note, .. } = one;
            let seen = (symptom.class, symptom.stage, symptom.duty, *grade);
            assert_eq!(seen, (class, probe.stage(), Some(*rule), Grade::Violation), "{shape} {probe:?}");
            assert_eq!((&**rules, note.contains("; required: ")), (&[*rule][..], true), "{shape} {probe:?}: {note}");
            assert_eq!(one.breaks().collect::<Vec<_>>(), [*rule], "{shape} {probe:?}");
        }
    }
}

#[test]
fn a_failure_that_no_must_speaks_of_is_a_warning() {
    for (shape, probe) in NOT_OWED {
        for (class, reply) in failures() {
            let found = found_with(shape, probe, &reply, &Capabilities::ALL);
            let [one] = &found[..] else { panic!("{shape} {probe:?}: {found:#?}") };
            assert_eq!((one.symptom.class, one.grade), (class, Grade::Warning), "{shape} {probe:?}");
        }
    }
    // A target owes nothing of what it lacks.
    let lacking = Capabilities { referrers: false, tag_list: false, deletion: false, ..Capabilities::ALL };
    for (shape, probe, _) in
        OWED.iter().filter(|(_, probe, _)| matches!(probe.stage(), Stage::Referrers | Stage::TagList))
    {
        for (_, reply) in failures() {
            let found = found_with(shape, probe, &reply, &lacking);
            assert!(found.iter().all(|one| one.grade < Grade::Violation), "{shape} {probe:?}: {found:#?}");
        }
    }
    // But it must say that deletion is disabled.
    let delete = Probe::Ask(Ask::DeleteDigest);
    for (class, reply) in failures() {
        let found = found_with("afterwards=delete-digest", &delete, &reply, &lacking);
        let duty = Some("disabled-delete-of-manifests-answers-400-or-405");
        assert!(found.iter().any(|one| one.symptom.class == class && one.symptom.duty == duty), "{found:#?}");
    }
}

/// A server error, or no answer, at a push that must be accepted breaks the rules that require acceptance.
#[test]
fn a_failure_at_what_must_be_accepted_names_the_must() {
    for (class, reply) in failures() {
        let found = found_with("artifactType=present", &Probe::Put, &reply, &Capabilities::ALL);
        let [one] = &found[..] else { panic!("{found:#?}") };
        assert_eq!((one.symptom.class, one.grade), (class, Grade::Violation));
        assert!(one.breaks().any(|rule| rule == "registry-takes-unknown-artifact-types"), "{one:#?}");
    }
}

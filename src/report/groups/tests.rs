use super::*;
use crate::exchange::case_id;
use crate::findings::Row;

/// A row with this symptom, as `stage class status code duty`, and this shape.
fn row(grade: &str, symptom: &str, shape: &str) -> Record {
    let parts: Vec<&str> = symptom.split(' ').collect();
    let some = |at: usize| parts[at].trim_matches('-').to_owned();
    let row = Row {
        id: case_id(shape),
        shape: shape.to_owned(),
        grade: grade.to_owned(),
        stage: some(0),
        class: some(1),
        status: some(2),
        error_code: some(3),
        expect: "unspecified".to_owned(),
        key: format!("{symptom} slots"),
        target: "t".to_owned(),
        ..Row::default()
    };
    row.try_into().unwrap()
}

fn warning(symptom: &str, shape: &str) -> Record {
    row("warning", symptom, shape)
}

/// Whether two rows are one group.
fn is_one(one: &Record, other: &Record) -> bool {
    groups([one, other]).len() == 1
}

const FAILS: &str = "manifest-put server-error 500 UNKNOWN refusal-is-a-client-error";

#[test]
fn the_same_answer_to_the_same_entry_of_any_descriptor_is_one_group() {
    let refused = |shape| warning("manifest-put rejects-valid 400 DENIED -", shape);
    assert!(is_one(&refused("config.data=right"), &refused("kind=index;manifests.0.data=right")));
    assert!(!is_one(&refused("config.data=right"), &refused("config.urls=one")));
    let with_another_code = warning("manifest-put rejects-valid 400 OTHER -", "layers.0.data=right");
    assert!(!is_one(&refused("config.data=right"), &with_another_code));
}

#[test]
fn rules_on_one_subject_broken_alike_are_one_group() {
    let list = |duty: &str, shape| warning(&format!("tag-list inconsistent 200 - {duty}"), shape);
    let none = list("tag-list-of-none-is-empty", "afterwards=tags-none");
    assert!(is_one(&none, &list("tag-list-has-n-tags", "afterwards=tags-one")));
    assert!(!is_one(&none, &list("tag-list-is-in-order", "afterwards=tags-in-order")));
    let altered = |shape| warning("manifest-get altered 200 - push-keeps-exact-bytes", shape);
    assert!(is_one(&altered("text.space=indented"), &altered("unknown.member=text")));
}

#[test]
fn one_case_seen_by_several_questions_is_one_group_unless_it_is_an_ordinary_push() {
    let lost = |shape| warning("manifest-head lost 404 - head-answers-200", shape);
    let named = |shape| warning("manifest-put inconsistent 201 - push-digest-header-is-the-clients", shape);
    assert!(is_one(&lost("reference=sha512"), &named("reference=sha512")));
    assert!(!is_one(&lost("base"), &named("base")));
}

#[test]
fn failures_on_content_that_may_be_refused_are_one_group_if_their_words_agree() {
    let fails = |shape, message: &str, expect: &str| Record {
        error_message: message.to_owned(),
        expect: expect.to_owned(),
        ..warning(FAILS, shape)
    };
    let one = fails("config=text", "offset 17: not a \"map\"", "unspecified");
    assert!(is_one(&one, &fails("layers=object", "offset 4: not a \"list\"", "ambiguous(why)")));
    assert!(!is_one(&one, &fails("layers=object", "out of memory", "unspecified")));
    assert!(!is_one(&one, &fails("layers=object", "offset 4: not a \"list\"", "must-accept")));
}

#[test]
fn targets_and_notes_are_not_mixed_with_others() {
    let one = warning(FAILS, "config=text");
    assert!(!is_one(&one, &Record { target: "u".to_owned(), ..one.clone() }));
    assert!(!is_one(&one, &row("note", FAILS, "config=text")));
}

#[test]
fn the_order_of_rows_does_not_matter_and_the_most_severe_comes_first() {
    let rows = [
        warning(FAILS, "config=text"),
        row("violation", FAILS, "layers=object;text.space=indented"),
        warning("manifest-put rejects-valid 400 DENIED -", "config.data=right"),
    ];
    let lines = |rows: Vec<&Record>| -> Vec<(String, Vec<String>)> {
        let shapes = |group: &Group| group.records.iter().map(|record| record.shape.to_string()).collect();
        groups(rows).iter().map(|group| (group.title.clone(), shapes(group))).collect()
    };
    let shown = lines(rows.iter().collect());
    assert_eq!(shown, lines(rows.iter().rev().collect()));
    assert_eq!(shown[0].1, ["layers=object;text.space=indented", "config=text"]);
}

#[test]
fn a_title_says_what_the_rows_share() {
    let title = |rows: &[Record]| groups(rows).iter().map(|group| group.title.clone()).collect::<Vec<_>>().join(" | ");
    let fails = |shape| warning("manifest-put server-error 500 - refusal-is-a-client-error", shape);
    assert_eq!(
        title(&[fails("config=text"), fails("layers.0.size=float"), fails("text.length=half")]),
        "documents that do not decode are answered with 500"
    );
    assert_eq!(
        title(&[fails("config.digest=short"), fails("layers.0.digest=short")]),
        "`*.digest=short` is answered with 500"
    );
    assert_eq!(
        title(&[warning(
            "delete wrong-status 202 - delete-of-a-missing-blob-answers-404",
            "afterwards=delete-unknown-blob"
        )]),
        "required: DELETE of a blob that does not exist is answered with 404; answered with 202"
    );
}

#[test]
fn a_crash_with_one_message_is_one_group_of_a_client_program() {
    let crash = |message: &str, shape| Record {
        error_message: message.to_owned(),
        ..warning("pull client-crash - exit:2 -", shape)
    };
    let index = "panic: runtime error: index out of range [1] with length 1";
    assert!(is_one(&crash(index, "layers=empty"), &crash(index, "content.config=more-diff-ids")));
    assert!(!is_one(&crash(index, "layers=empty"), &crash("panic: nil pointer", "content.config=more-diff-ids")));
    let pushed = Record { stage: crate::exchange::Stage::Push, ..crash(index, "layers=two") };
    assert!(!is_one(&crash(index, "layers=empty"), &pushed), "another operation");
    let record = crash(index, "layers=empty");
    assert_eq!(groups([&record])[0].title, "pull crashes (exit:2): `layers=empty`");
}

#[test]
fn a_duty_that_a_client_program_breaks_is_one_group_whatever_it_was_answered() {
    let stored = |shape| warning("pull client-takes-forbidden - exit:0 client-verifies-digests", shape);
    assert!(is_one(&stored("answer.blob.body=other"), &stored("answer.blob.body=truncated")));
}

//! What is answered to deletions, and to GET after them.

use manifuzz::exchange::{Ask, By, Capabilities, Probe, Questions};
use manifuzz::model::{Class, Versions};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::Repository;

use crate::answering::*;
use crate::registry::{planted, target};

/// If the digest still answers, the manifest was not deleted, and its tag is not worth a finding.
#[test]
fn a_deleted_manifest_that_answers_is_one_finding() {
    let rules = |by: &[By], status: u16| {
        let (exchange, mut seen) = fired("afterwards=delete-digest");
        ask(&mut seen, Ask::DeleteDigest).status = status;
        by.iter().for_each(|by| answer(&mut seen, &Probe::Gone(*by)).status = 200);
        let found = departures(&exchange, &seen, &Capabilities::ALL);
        found.iter().map(|departure| (departure.rule.id, departure.flaw.message.clone())).collect::<Vec<_>>()
    };
    let [(rule, message)] = &rules(&[By::Digest, By::Tag], 202)[..] else { panic!() };
    assert_eq!(
        (*rule, &**message),
        ("deleted-manifest-is-gone", "DELETE returned 202, but GET by digest still returns the manifest")
    );
    let [(rule, message)] = &rules(&[By::Tag], 202)[..] else { panic!() };
    assert_eq!(*rule, "deleted-manifest-has-no-tags");
    assert!(
        message.contains("the digest is gone") && message.contains("GET by tag still returns the manifest"),
        "{message}"
    );
    // A status other than 202 is a finding of its own.
    let both = rules(&[By::Digest], 204);
    assert_eq!(
        both.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(),
        ["delete-of-a-manifest-answers-202", "deleted-manifest-is-gone"]
    );
}

/// 501 says that deletion is not implemented: a wrong status where the version requires another one, else a server error.
#[test]
fn a_deletion_that_is_not_implemented_has_one_finding() {
    let disabled = Capabilities { deletion: false, ..Capabilities::ALL };
    let table: &[(&str, Ask, Versions, &Capabilities, &str)] = &[
        (
            "delete-tag",
            Ask::DeleteTag,
            Versions::V1_0,
            &Capabilities::ALL,
            "disabled-delete-of-tags-answers-400-or-405",
        ),
        (
            "delete-digest",
            Ask::DeleteDigest,
            Versions::V1_1,
            &disabled,
            "disabled-delete-of-manifests-answers-400-or-405",
        ),
        ("delete-digest", Ask::DeleteDigest, Versions::V1_1_0, &disabled, "refusal-is-a-client-error"),
        ("delete-digest", Ask::DeleteDigest, Versions::V1_1, &Capabilities::ALL, "refusal-is-a-client-error"),
        (
            "delete-unknown-blob",
            Ask::DeleteUnknownBlob,
            Versions::V1_1,
            &disabled,
            "delete-of-a-missing-blob-answers-404",
        ),
        ("delete-unknown-blob", Ask::DeleteUnknownBlob, Versions::V1_0, &disabled, "refusal-is-a-client-error"),
    ];
    for (afterwards, asked, versions, capabilities, rule) in table {
        let (exchange, mut seen) = fired(&format!("afterwards={afterwards}"));
        ask(&mut seen, *asked).status = 501;
        seen.replies.retain(|(probe, _)| !matches!(probe, Probe::Gone(_)));
        let found = departures_in(*versions, &exchange, &seen, capabilities);
        let found: Vec<_> = found.iter().map(|departure| (departure.rule.id, departure.class)).collect();
        let class = if *rule == "refusal-is-a-client-error" { Class::ServerError } else { Class::WrongStatus };
        assert_eq!(found, [(*rule, class)], "{afterwards} in {versions}");
    }
}

/// The status of a deletion is one question, whether it worked is another.
#[test]
fn a_deletion_that_is_answered_with_200_is_checked_too() {
    let target = target(&planted(&["delete-answers-200"]));
    let exchange = render(&"afterwards=delete-digest".parse::<Shape>().unwrap());
    let seen = target.fire(&exchange, Repository::Fresh, Questions::ALL).unwrap();
    assert!(seen.reply(&Probe::Gone(By::Digest)).is_some_and(|reply| reply.is(404)), "{:?}", seen.replies);
    // Whether the target was found to delete anything makes no difference to the status that a deletion must have.
    for deletion in [true, false] {
        let found = departures(&exchange, &seen, &Capabilities { deletion, ..Capabilities::ALL });
        let found: Vec<_> = found.iter().map(|departure| departure.rule.id).collect();
        assert_eq!(found, ["delete-of-a-manifest-answers-202"]);
    }
}

//! Rules of distribution-spec's section on content management: deletion, and that a registry may have it disabled.

use super::obligations::{Answered, Flaw};
use super::rule::{Class, Level, Rule, answer_rule};
use super::versions::{FROM_1_0, FROM_1_1_1};
use crate::exchange::{Answer, Ask, Probe};

const TAGS: &str = "deleting-tags";
const MANIFESTS: &str = "deleting-manifests";
const BLOBS: &str = "deleting-blobs";

pub(super) const RULES: &[Rule] = &[
    answer_rule(
        "delete-of-a-tag-answers-202",
        FROM_1_0,
        Level::Must,
        (TAGS, "a tag's deletion that succeeds is answered with 202", "f39c003380403c59"),
        Class::WrongStatus,
        |answered, flaws| success_is_202(answered, Ask::DeleteTag, flaws),
    ),
    answer_rule(
        "delete-of-a-manifest-answers-202",
        FROM_1_0,
        Level::Must,
        (MANIFESTS, "a manifest's deletion that succeeds is answered with 202", "f39c003380403c59"),
        Class::WrongStatus,
        |answered, flaws| success_is_202(answered, Ask::DeleteDigest, flaws),
    ),
    answer_rule(
        "disabled-delete-of-tags-answers-400-or-405",
        FROM_1_0,
        Level::Must,
        (TAGS, "where tags are not deleted, that is answered with 400 or 405", "236c683e9234262f"),
        Class::WrongStatus,
        |answered, flaws| disabled(answered, Ask::DeleteTag, flaws),
    ),
    answer_rule(
        "disabled-delete-of-manifests-answers-400-or-405",
        FROM_1_1_1,
        Level::Must,
        (MANIFESTS, "where manifests are not deleted, that is answered with 400 or 405", "24f7ab739e02638b"),
        Class::WrongStatus,
        |answered, flaws| {
            // Where the base can be deleted, deletion is not disabled, and of other failures nothing is said.
            if !answered.capabilities.deletion {
                disabled(answered, Ask::DeleteDigest, flaws);
            }
        },
    ),
    answer_rule(
        "deleted-manifest-is-gone",
        FROM_1_1_1,
        // The sentence says what will happen and has no key word.
        Level::Should,
        (MANIFESTS, "after the deletion GET is answered with 404", "b8e9fd2f2c909294"),
        Class::Inconsistent,
        is_gone,
    ),
    answer_rule(
        "delete-in-a-missing-repository-answers-404",
        FROM_1_0,
        Level::Must,
        (MANIFESTS, "a deletion in a repository that is not there is answered with 404", "42471dd7eccf9a80"),
        Class::WrongStatus,
        |answered, flaws| missing(answered, Ask::DeleteInUnknownRepository, !answered.capabilities.deletion, flaws),
    ),
    answer_rule(
        "delete-of-a-missing-blob-answers-404",
        FROM_1_0,
        Level::Must,
        (BLOBS, "the deletion of a blob that is not there is answered with 404", "b941c1453f1412be"),
        Class::WrongStatus,
        // Blobs may be kept where manifests are deleted.
        |answered, flaws| missing(answered, Ask::DeleteUnknownBlob, true, flaws),
    ),
];

fn flaw(ask: Ask, answer: &Answer) -> Flaw {
    Flaw::of(&Probe::Ask(ask), answer, format!("DELETE is answered with {}", answer.status))
}

fn success_is_202(answered: &Answered<'_>, ask: Ask, flaws: &mut Vec<Flaw>) {
    flaws.extend(answered.asked(ask).filter(|a| a.is_success() && a.status != 202).map(|answer| flaw(ask, answer)));
}

fn disabled(answered: &Answered<'_>, ask: Ask, flaws: &mut Vec<Flaw>) {
    let is_wrong = |answer: &&Answer| !answer.is_success() && !matches!(answer.status, 400 | 405);
    flaws.extend(answered.asked(ask).filter(is_wrong).map(|answer| flaw(ask, answer)));
}

/// Where deletion may be disabled, 400 and 405 say that first.
fn missing(answered: &Answered<'_>, ask: Ask, may_be_disabled: bool, flaws: &mut Vec<Flaw>) {
    let says_disabled = |status| may_be_disabled && matches!(status, 400 | 405);
    let is_wrong = |answer: &&Answer| answer.status != 404 && !says_disabled(answer.status);
    flaws.extend(answered.asked(ask).filter(is_wrong).map(|answer| flaw(ask, answer)));
}

fn is_gone(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in answered.observation.answers() {
        if matches!(probe, Probe::Gone(_)) && answer.is_success() {
            flaws.push(Flaw::of(probe, answer, "deleted with 202, but GET still returns it".to_owned()));
        }
    }
}

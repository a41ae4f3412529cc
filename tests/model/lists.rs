//! What the rules on tag lists and referrers lists say of the answers to scripts: each is kept by a clean registry, broken by one
//! change of its answers, and silent about what no sentence forbids.

use bytes::Bytes;
use manifuzz::compare::{Grade, compare};
use manifuzz::exchange::roles::{referrers, tags};
use manifuzz::exchange::{Answer, Capabilities, Observation, Probe, Reply, Role};
use manifuzz::model::{Class, Party, Versions, judge};

use crate::answering::*;

const PAGED: &str = "afterwards=tags-paged";
const AFTER_LAST: &str = "afterwards=tags-after-last";
const UNTAGGED: &str = "afterwards=tags-of-untagged";
const SEVERAL: &str = "afterwards=referrers-several";
const BY_TYPE: &str = "afterwards=referrers-by-type";
const REFERRERS_TAG: &str = "afterwards=referrers-tag";

/// The answer to the request with this role and number among those with the role, from 0.
fn page(seen: &mut Observation, role: Role, number: usize, page: usize) -> &mut Answer {
    let ats: Vec<usize> = (0..seen.script.len()).filter(|at| seen.script[*at].role == role).collect();
    answer(seen, &Probe::Scripted { at: ats[number], role, page })
}

fn first(seen: &mut Observation, role: Role) -> &mut Answer {
    page(seen, role, 0, 0)
}

/// Replaces the tags of a list by these, in which `.` is the tag of the case.
fn list(seen: &mut Observation, number: usize, of_page: usize, tags: &[&str]) {
    let tags: Vec<String> = tags.iter().map(|tag| format!("\"{}\"", tag.replace('.', &seen.tag))).collect();
    let text = format!("{{\"name\":\"{}\",\"tags\":[{}]}}", seen.repository, tags.join(","));
    body(page(seen, tags::LIST, number, of_page), &text);
}

/// Changes the descriptors of a referrers list.
fn entries(answer: &mut Answer, change: impl FnOnce(&mut Vec<serde_json::Value>)) {
    let mut list: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    change(list["manifests"].as_array_mut().unwrap());
    answer.body = Bytes::from(list.to_string());
}

/// Changes the descriptor of the referrer with this artifact type.
fn entry(answer: &mut Answer, artifact_type: &str, change: impl FnOnce(&mut serde_json::Value)) {
    entries(answer, |list| change(list.iter_mut().find(|one| one["artifactType"] == artifact_type).unwrap()));
}

const SIGNATURE: &str = "application/vnd.example.signature.v1";
const CONFIG: &str = "application/vnd.example.config.v1+json";
const NONE: &str = r#"{"schemaVersion":2,"manifests":[]}"#;

pub const TABLE: &[Row] = &[
    ("referrers-describe-the-manifest", BY_TYPE, |seen| {
        entry(first(seen, referrers::LIST_FILTERED), SIGNATURE, |one| one["size"] = 0.into());
    }),
    ("referrers-name-the-artifact-type", BY_TYPE, |seen| {
        entry(first(seen, referrers::LIST_FILTERED), SIGNATURE, |one| one["artifactType"] = "a/b".into());
    }),
    ("referrers-are-listed-once", BY_TYPE, |seen| {
        entries(first(seen, referrers::LIST_FILTERED), |list| list.push(list[0].clone()));
    }),
    ("tag-list-answers-200", PAGED, |seen| first(seen, tags::LIST).status = 400),
    ("tag-list-answers-200", UNTAGGED, |seen| first(seen, tags::LIST_OF_UNTAGGED).status = 404),
    ("tag-list-has-the-form", "afterwards=tags-odd-n", |seen| {
        let odd = first(seen, tags::LIST_ODD);
        odd.status = 200;
        body(odd, "[]");
    }),
    // The last page lacks the last tag.
    ("tag-list-holds-the-tag", PAGED, |seen| list(seen, 0, 2, &[])),
    ("tag-list-holds-the-tag", AFTER_LAST, |seen| list(seen, 0, 0, &[])),
    ("tag-list-holds-the-tag", PAGED, |seen| {
        page(seen, tags::LIST, 0, 1).status = 404;
        seen.replies.retain(|(probe, _)| !matches!(probe, Probe::Scripted { page: 2.., .. }));
    }),
    ("tag-list-is-in-order", PAGED, |seen| {
        list(seen, 0, 0, &[".", ".-b"]);
        list(seen, 0, 1, &[".-a", ".-C"]);
    }),
    ("tag-list-has-n-tags", PAGED, |seen| list(seen, 0, 0, &[".", ".-a", ".-b"])),
    ("tag-list-has-n-tags", PAGED, |seen| list(seen, 0, 1, &[".-b", ".-C", ".-D"])),
    ("tag-list-has-n-tags", PAGED, |seen| {
        list(seen, 0, 0, &["."]);
        first(seen, tags::LIST).headers.remove("link");
    }),
    ("tag-list-link-is-next", PAGED, |seen| set(page(seen, tags::LIST, 0, 1), "link", "</v2/a/tags/list>; rel=last")),
    ("tag-list-link-is-next", PAGED, |seen| list(seen, 0, 1, &[".", ".-a"])),
    ("tag-list-link-is-next", PAGED, |seen| {
        let reply = malformed(first(seen, tags::LIST));
        let last = seen.replies.iter_mut().rev().find(|(probe, _)| matches!(probe, Probe::Scripted { page: 2, .. }));
        last.unwrap().1 = reply;
    }),
    ("tag-list-pages-repeat-nothing", PAGED, |seen| list(seen, 0, 1, &[".-a", ".-b"])),
    ("tag-list-begins-after-last", AFTER_LAST, |seen| list(seen, 0, 0, &[".-b", ".-c"])),
    ("tag-list-begins-after-last", AFTER_LAST, |seen| list(seen, 1, 0, &["."])),
    ("tag-list-names-the-repository", PAGED, |seen| {
        let name = seen.repository.clone();
        replace(page(seen, tags::LIST, 0, 1), &name, "other");
    }),
    ("tag-list-names-the-repository", UNTAGGED, |seen| {
        replace(first(seen, tags::LIST_OF_UNTAGGED), "/mf-untagged", "");
    }),
    ("tag-list-without-tags-is-an-array", UNTAGGED, |seen| {
        replace(first(seen, tags::LIST_OF_UNTAGGED), "[]", "null");
    }),
    ("tag-list-lacks-deleted-tags", "afterwards=tags-after-delete", |seen| {
        let tag = seen.tag.clone();
        replace(first(seen, tags::LIST_AFTER_DELETE), &format!("{tag}\"]"), &format!("{tag}\",\"{tag}-b\"]"));
    }),
    ("tag-list-of-a-missing-repository-answers-404", "afterwards=tags-of-unknown-repository", |seen| {
        first(seen, tags::LIST_OF_UNKNOWN).status = 200;
    }),
    ("referrers-answer-200", SEVERAL, |seen| first(seen, referrers::LIST).status = 400),
    ("referrers-never-answer-404", SEVERAL, |seen| first(seen, referrers::LIST).status = 404),
    ("referrers-never-answer-404", "afterwards=referrers-of-unknown-algorithm", |seen| {
        first(seen, referrers::LIST_OF_UNKNOWN_ALGORITHM).status = 404;
    }),
    ("referrers-are-an-index", BY_TYPE, |seen| {
        set(page(seen, referrers::LIST_FILTERED, 1, 0), "content-type", "application/json");
    }),
    ("referrers-have-the-form", SEVERAL, |seen| {
        replace(first(seen, referrers::LIST), "\"schemaVersion\":2", "\"schemaVersion\":1");
    }),
    ("referrers-have-the-form", SEVERAL, |seen| {
        let list = first(seen, referrers::LIST);
        replace(
            list,
            "2,\"mediaType\":\"application/vnd.oci.image.index",
            "2,\"mediaType\":\"application/vnd.oci.image.list",
        );
    }),
    ("referrers-hold-the-manifest", SEVERAL, |seen| {
        entries(first(seen, referrers::LIST), |list| list.retain(|one| one["artifactType"] != SIGNATURE));
    }),
    ("referrers-hold-the-manifest", "afterwards=referrers-after-list", |seen| {
        body(page(seen, referrers::LIST, 1, 0), NONE);
    }),
    ("referrers-hold-the-manifest", "afterwards=referrers-of-sha512", |seen| body(first(seen, referrers::LIST), NONE)),
    ("referrers-hold-the-index", SEVERAL, |seen| {
        entries(first(seen, referrers::LIST), |list| list.retain(|one| !one["artifactType"].is_null()));
    }),
    ("referrers-name-the-artifact-type", SEVERAL, |seen| {
        entry(first(seen, referrers::LIST), CONFIG, |one| one["artifactType"] = "a/b".into());
    }),
    ("referrers-name-the-artifact-type", SEVERAL, |seen| {
        let index = |one: &&mut serde_json::Value| one["artifactType"].is_null();
        entries(first(seen, referrers::LIST), |list| {
            list.iter_mut().find(index).unwrap()["artifactType"] = "a/b".into();
        });
    }),
    ("referrers-copy-the-annotations", SEVERAL, |seen| {
        replace(first(seen, referrers::LIST), "com.example.Other.key", "com.example.other.key");
    }),
    ("referrers-of-nobody-are-an-empty-list", "afterwards=referrers-of-unknown-algorithm", |seen| {
        let list = first(seen, referrers::LIST_OF_UNKNOWN_ALGORITHM);
        entries(list, |list| list.push(serde_json::json!({})));
    }),
    ("referrers-describe-the-manifest", SEVERAL, |seen| {
        entry(first(seen, referrers::LIST), SIGNATURE, |one| one["size"] = 1.into());
    }),
    ("referrers-describe-the-manifest", SEVERAL, |seen| {
        entry(first(seen, referrers::LIST), SIGNATURE, |one| one["mediaType"] = "a/b".into());
    }),
    ("referrers-describe-the-manifest", WITH_SUBJECT, |seen| {
        let list = answer(seen, &Probe::Referrers);
        entries(list, |list| drop(list[0].as_object_mut().unwrap().remove("size")));
    }),
    ("referrers-are-listed-once", SEVERAL, |seen| {
        entries(first(seen, referrers::LIST), |list| list.push(list[0].clone()));
    }),
    ("referrers-are-listed-once", REFERRERS_TAG, |seen| {
        entries(first(seen, referrers::LIST), |list| list.push(list[0].clone()));
    }),
    ("referrers-refer-to-the-subject", SEVERAL, |seen| {
        entries(first(seen, referrers::LIST), |list| {
            let other = format!("sha256:{}", "0".repeat(64));
            list.push(serde_json::json!({ "digest": other }));
        });
    }),
    ("referrers-lack-deleted-manifests", "afterwards=referrers-after-delete", |seen| {
        first(seen, referrers::LIST_AFTER_DELETE).body = first(seen, referrers::LIST).body.clone();
    }),
    ("referrers-list-says-its-media-type", SEVERAL, |seen| {
        let list = first(seen, referrers::LIST);
        replace(list, "2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"", "2");
    }),
    ("referrers-of-an-unknown-algorithm-are-a-list", "afterwards=referrers-of-unknown-algorithm", |seen| {
        first(seen, referrers::LIST_OF_UNKNOWN_ALGORITHM).status = 400;
    }),
    ("push-names-the-subject", SEVERAL, |seen| {
        page(seen, referrers::PUSH, 1, 0).headers.remove("oci-subject");
    }),
    ("push-of-an-index-names-the-subject", SEVERAL, |seen| {
        first(seen, referrers::PUSH).headers.remove("oci-subject");
    }),
    ("push-of-an-index-names-the-subject", "kind=index;subject=present", |seen| {
        answer(seen, &Probe::Put).headers.remove("oci-subject");
    }),
    // A second page that is the first again.
    ("referrers-link-is-next", SEVERAL, |seen| {
        let list = first(seen, referrers::LIST);
        set(list, "link", "</v2/a/referrers/b>; rel=next");
        let again = Reply::Answer(list.clone());
        let role = referrers::LIST;
        let at = seen.script.iter().position(|request| request.role == role).unwrap();
        seen.replies.push((Probe::Scripted { at, role, page: 1 }, again));
    }),
    ("referrers-filter-is-named", BY_TYPE, |seen| {
        first(seen, referrers::LIST_FILTERED).headers.remove("oci-filters-applied");
    }),
    ("referrers-filter-is-applied", BY_TYPE, |seen| {
        first(seen, referrers::LIST_FILTERED).body = first(seen, referrers::LIST).body.clone();
    }),
    ("referrers-can-be-filtered", BY_TYPE, |seen| {
        let all = first(seen, referrers::LIST).body.clone();
        let filtered = first(seen, referrers::LIST_FILTERED);
        filtered.body = all;
        filtered.headers.remove("oci-filters-applied");
    }),
    ("referrers-filter-keeps-the-type", BY_TYPE, |seen| body(page(seen, referrers::LIST_FILTERED, 1, 0), NONE)),
    ("referrers-tag-returns-the-referrers", REFERRERS_TAG, |seen| first(seen, referrers::GET_TAG).status = 404),
    ("referrers-tag-returns-the-referrers", REFERRERS_TAG, |seen| body(first(seen, referrers::GET_TAG), NONE)),
    ("referrers-tag-is-listed", REFERRERS_TAG, |seen| list(seen, 0, 0, &["."])),
];

/// Answers that look odd, and that no sentence forbids.
const KEPT: &[Kept] = &[
    // A full page may be the last that has a Link: clients go on with last.
    (PAGED, |seen| {
        first(seen, tags::LIST).headers.remove("link");
        seen.replies.retain(|(probe, _)| !matches!(probe, Probe::Scripted { page: 1.., .. }));
    }),
    // Shorter pages with a Link.
    (PAGED, |seen| {
        list(seen, 0, 0, &["."]);
        list(seen, 0, 1, &[".-a"]);
        list(seen, 0, 2, &[".-b", ".-C", ".-D"]);
        set(page(seen, tags::LIST, 0, 1), "link", "</v2/a/tags/list?last=x>; rel=\"next\"");
    }),
    // The order of bytes.
    (PAGED, |seen| {
        list(seen, 0, 0, &[".", ".-C"]);
        list(seen, 0, 1, &[".-D", ".-a"]);
        list(seen, 0, 2, &[".-b"]);
    }),
    // The tag and the referrers tag are too few for their order to prove anything.
    (REFERRERS_TAG, |seen| {
        let answer = first(seen, tags::LIST);
        let mut all: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        all["tags"].as_array_mut().unwrap().reverse();
        answer.body = Bytes::from(all.to_string());
    }),
    // No sentence says that a Link stays valid, or what the status is for a tag that does not exist.
    (PAGED, |seen| {
        let second = page(seen, tags::LIST, 0, 1);
        second.status = 400;
        body(second, INVALID);
    }),
    (AFTER_LAST, |seen| {
        let unknown = first(seen, tags::LIST_AFTER_UNKNOWN);
        unknown.status = 404;
        body(unknown, INVALID);
    }),
    (AFTER_LAST, |seen| {
        let all = format!("{{\"name\":\"{}\",\"tags\":[]}}", seen.repository);
        body(first(seen, tags::LIST_AFTER_UNKNOWN), &all);
    }),
    ("afterwards=tags-odd-n", |seen| {
        let odd = first(seen, tags::LIST_ODD);
        odd.status = 200;
        body(odd, r#"{"name":"a","tags":null}"#);
    }),
    // Refused pushes and deletions leave nothing to compare with.
    (SEVERAL, |seen| {
        for number in 0..4 {
            page(seen, referrers::PUSH, number, 0).status = 405;
        }
        body(
            first(seen, referrers::LIST),
            r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#,
        );
    }),
    // Each descriptor on a page.
    (SEVERAL, |seen| {
        let all = first(seen, referrers::LIST).clone();
        let list: serde_json::Value = serde_json::from_slice(&all.body).unwrap();
        let descriptors = list["manifests"].as_array().unwrap().clone();
        let role = referrers::LIST;
        let at = seen.script.iter().position(|request| request.role == role).unwrap();
        seen.replies.retain(|(probe, _)| !matches!(probe, Probe::Scripted { role, .. } if *role == referrers::LIST));
        for (number, descriptor) in descriptors.iter().enumerate() {
            let mut one = all.clone();
            entries(&mut one, |list| *list = vec![descriptor.clone()]);
            if number + 1 < descriptors.len() {
                set(&mut one, "link", "</v2/a/referrers/b?page=x>; rel=\"next\"");
            }
            seen.replies.push((Probe::Scripted { at, role, page: number }, Reply::Answer(one)));
        }
    }),
    // Members that the text does not mention.
    (SEVERAL, |seen| {
        entry(first(seen, referrers::LIST), SIGNATURE, |one| one["data"] = "e30=".into());
    }),
    // A registry may list more tags than the case has pushed.
    (PAGED, |seen| list(seen, 0, 2, &[".-D", "zz"])),
];

#[test]
fn an_odd_list_that_no_sentence_forbids_breaks_no_rule() {
    for (shape, change) in KEPT {
        let (exchange, mut seen) = fired(shape);
        change(&mut seen);
        let found = departures(&exchange, &seen, &Capabilities::ALL);
        assert!(found.is_empty(), "{shape}: {found:?}");
    }
}

#[test]
fn a_clean_registry_keeps_every_rule_on_lists() {
    for (_, shape, _) in TABLE {
        let (exchange, seen) = fired(shape);
        assert!(!seen.replies.is_empty() && departures(&exchange, &seen, &Capabilities::ALL).is_empty(), "{shape}");
    }
}

/// A registry without referrers or tag lists answers at their paths as it likes.
#[test]
fn lists_that_a_target_lacks_are_not_judged() {
    let lacking = Capabilities { referrers: false, tag_list: false, ..Capabilities::ALL };
    let is_excused = |rule: &str| rule != "referrers-tag-returns-the-referrers";
    for (rule, shape, change) in TABLE.iter().filter(|(rule, ..)| is_excused(rule)) {
        let (exchange, mut seen) = fired(shape);
        change(&mut seen);
        let found = departures(&exchange, &seen, &lacking);
        assert!(found.iter().all(|departure| departure.rule.id != *rule), "{rule}: {found:?}");
    }
}

/// The grade of what a change shows is that of the rule's level.
#[test]
fn what_the_text_leaves_open_is_a_note() {
    let grades = [
        ("tag-list-without-tags-is-an-array", Grade::Note),
        ("tag-list-of-a-missing-repository-answers-404", Grade::Note),
        ("push-of-an-index-names-the-subject", Grade::Note),
        ("referrers-tag-is-listed", Grade::Note),
        ("referrers-of-an-unknown-algorithm-are-a-list", Grade::Note),
        ("tag-list-begins-after-last", Grade::Warning),
        ("referrers-are-listed-once", Grade::Warning),
        ("tag-list-names-the-repository", Grade::Violation),
        ("referrers-describe-the-manifest", Grade::Violation),
    ];
    for (rule, grade) in grades {
        let (_, shape, change) = TABLE.iter().find(|(id, ..)| *id == rule).unwrap();
        let (exchange, mut seen) = fired(shape);
        change(&mut seen);
        let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
        let found = compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1);
        let of_rule: Vec<_> = found.iter().filter(|one| one.symptom.duty == Some(rule)).map(|one| one.grade).collect();
        assert_eq!(of_rule, [grade], "{rule}");
    }
}

/// A list that answers 5xx breaks the MUST that asks for it; a request that the text leaves open does not.
#[test]
fn a_list_that_fails_breaks_the_must_that_asks_for_it() {
    let rows: [(&str, Role, Option<&str>); 5] = [
        (PAGED, tags::LIST, Some("tag-list-answers-200")),
        (SEVERAL, referrers::LIST, Some("referrers-answer-200")),
        (BY_TYPE, referrers::LIST_FILTERED, Some("referrers-answer-200")),
        ("afterwards=tags-odd-n", tags::LIST_ODD, None),
        (AFTER_LAST, tags::LIST_AFTER_UNKNOWN, None),
    ];
    for (shape, role, must) in rows {
        let (exchange, mut seen) = fired(shape);
        first(&mut seen, role).status = 500;
        let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
        let found = compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1);
        let failed = found.iter().find(|one| one.symptom.class == Class::ServerError).unwrap();
        let expected = if must.is_some() { Grade::Violation } else { Grade::Warning };
        assert_eq!(
            (failed.symptom.duty, failed.grade),
            (must.or(Some("refusal-is-a-client-error")), expected),
            "{shape}"
        );
    }
}

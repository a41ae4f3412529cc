//! Every rule on answers is kept by what a clean registry answers, and broken by one change of those answers.

use bytes::Bytes;
use http::HeaderValue;
use manifuzz::compare::compare;
use manifuzz::exchange::roles::dev;
use manifuzz::exchange::{Answer, Ask, By, Capabilities, Observation, Presence, Probe, Questions, Reply, Stage};
use manifuzz::model::{Class, Party, Versions, judge, rules};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::Repository;

use crate::answering::*;
use crate::lists;
use crate::reading;
use crate::registry::{planted, target};
use crate::uploads;

const TABLE: &[Row] = &[
    ("limit-answers-413", "text.padding=beyond(4194304)", |seen| refuse(seen, 400, INVALID)),
    ("unknown-algorithm-passes-validation", "layers.0.digest=unknown-algorithm", |seen| refuse(seen, 400, INVALID)),
    ("push-answers-201", "base", |seen| answer(seen, &Probe::Put).status = 202),
    ("push-answers-a-location", "base", |seen| drop(answer(seen, &Probe::Put).headers.remove("location"))),
    ("push-location-is-pullable", "base", |seen| answer(seen, &Probe::Get(By::Location)).status = 404),
    ("push-location-is-pullable", "base", |seen| {
        let pushed = answer(seen, &Probe::Put).clone();
        seen.replies.push((Probe::Get(By::Location), malformed(&pushed)));
    }),
    ("upload-location-is-a-url", "base", |seen| {
        let opened = Answer { status: 202, ..answer(seen, &Probe::Put).clone() };
        seen.replies = vec![(Probe::Upload(0), malformed(&opened))];
    }),
    ("tag-list-link-is-next", "base", |seen| {
        let list = answer(seen, &Probe::TagList).clone();
        seen.replies.push((Probe::NextPage(Stage::TagList), malformed(&list)));
    }),
    ("referrers-link-is-next", WITH_SUBJECT, |seen| {
        let list = answer(seen, &Probe::Referrers).clone();
        seen.replies.push((Probe::NextPage(Stage::Referrers), malformed(&list)));
    }),
    ("push-digest-header-is-the-clients", "reference=digest", |seen| {
        set(answer(seen, &Probe::Put), "docker-content-digest", "sha256:other");
    }),
    ("push-digest-header-is-the-clients", "reference=sha512", |seen| {
        set(answer(seen, &Probe::Put), "docker-content-digest", &format!("sha256:{}", "0".repeat(64)));
    }),
    ("push-names-the-subject", WITH_SUBJECT, |seen| drop(answer(seen, &Probe::Put).headers.remove("oci-subject"))),
    ("push-keeps-exact-bytes", "base", |seen| replace(answer(seen, &GET), ":2,", ": 2,")),
    // An endless body is cut at a bound; what was read of it is not how the manifest goes on.
    ("push-keeps-exact-bytes", "base", |seen| {
        let got = answer(seen, &GET);
        (got.body, got.cut) = (Bytes::from([&got.body[..], b" and on"].concat()), true);
    }),
    ("push-keeps-exact-bytes", "content-type=unknown", |seen| {
        refuse(seen, 201, "other");
        let got = Answer { status: 200, ..answer(seen, &Probe::Put).clone() };
        seen.replies.push((GET, Reply::Answer(got)));
    }),
    ("pull-answers-200", "base", |seen| answer(seen, &GET).status = 404),
    ("head-answers-200", "base", |seen| answer(seen, &HEAD).status = 404),
    ("pull-always-names-the-digest", "base", |seen| drop(answer(seen, &GET).headers.remove("docker-content-digest"))),
    ("head-always-names-the-digest", "base", |seen| drop(answer(seen, &HEAD).headers.remove("docker-content-digest"))),
    ("head-always-names-the-length", "base", |seen| drop(answer(seen, &HEAD).headers.remove("content-length"))),
    ("blob-pull-always-names-the-digest", "afterwards=get-blob", |seen| {
        ask(seen, Ask::Blob).headers.remove("docker-content-digest");
    }),
    ("push-names-the-tags", "afterwards=push-with-tags", |seen| {
        first_scripted(seen, dev::PUSH_TAG).headers.remove("oci-tag");
    }),
    ("push-names-the-tags", "afterwards=push-with-tags", |seen| {
        let put = first_scripted(seen, dev::PUSH_TEN_TAGS);
        let named = put.header("oci-tag").unwrap().replace("p9", "p10");
        set(put, "oci-tag", &named);
    }),
    ("push-takes-ten-tags", "afterwards=push-with-tags", |seen| first_scripted(seen, dev::PUSH_TEN_TAGS).status = 414),
    ("upload-cancel-answers-204", "afterwards=cancel-upload", |seen| first_scripted(seen, dev::CANCEL).status = 200),
    ("upload-under-bad-digest-answers-400", "afterwards=upload-under-bad-digest", |seen| {
        first_scripted(seen, dev::CLOSE_MALFORMED).status = 201;
    }),
    ("upload-under-bad-digest-answers-400", "afterwards=upload-under-bad-digest", |seen| {
        first_scripted(seen, dev::CLOSE_UNKNOWN).status = 422;
    }),
    ("namespace-header-is-the-parameter", "afterwards=pull-with-namespace", |seen| {
        set(first_scripted(seen, dev::GET_WITH_NAMESPACE), "oci-namespace", "other.example");
    }),
    ("pull-names-the-digest", "base", |seen| drop(answer(seen, &GET).headers.remove("docker-content-digest"))),
    ("head-names-the-digest", "base", |seen| drop(answer(seen, &HEAD).headers.remove("docker-content-digest"))),
    ("pull-digest-header-is-the-digest", "base", |seen| {
        set(answer(seen, &GET), "docker-content-digest", &format!("sha256:{}", "0".repeat(64)));
    }),
    ("head-names-the-length", "base", |seen| drop(answer(seen, &HEAD).headers.remove("content-length"))),
    ("head-names-the-length", "base", |seen| set(answer(seen, &HEAD), "content-length", "1")),
    ("pull-returns-the-pushed-type", "base", |seen| set(answer(seen, &GET), "content-type", "application/json")),
    ("pull-returns-no-parameters", "base", |seen| {
        let value = "application/vnd.oci.image.manifest.v1+json; charset=utf-8";
        set(answer(seen, &GET), "content-type", value);
    }),
    ("missing-manifest-answers-404", "afterwards=get-unknown-tag", |seen| ask(seen, Ask::UnknownTag).status = 400),
    ("missing-content-answers-404-to-head", "schemaVersion=1", |seen| {
        refuse(seen, 400, INVALID);
        answer(seen, &HEAD).status = 405;
    }),
    ("missing-content-answers-404-to-head", "schemaVersion=1", |seen| {
        refuse(seen, 400, INVALID);
        answer(seen, &HEAD).status = 200;
        gets(seen, 404, "");
    }),
    ("missing-repository-answers-404", "afterwards=get-unknown-repository", |seen| {
        ask(seen, Ask::UnknownRepository).status = 200;
    }),
    ("missing-blob-answers-404", "afterwards=get-unknown-blob", |seen| ask(seen, Ask::UnknownBlob).status = 400),
    ("blob-pull-answers-200", "afterwards=get-blob", |seen| ask(seen, Ask::Blob).status = 404),
    ("blob-pull-returns-the-blob", "afterwards=get-blob", |seen| body(ask(seen, Ask::Blob), "other")),
    ("blob-pull-digest-header-is-the-blobs", "afterwards=get-blob", |seen| {
        set(ask(seen, Ask::Blob), "docker-content-digest", &"0".repeat(64));
    }),
    ("tag-list-answers-200", "base", |seen| answer(seen, &Probe::TagList).status = 404),
    ("tag-list-has-the-form", "base", |seen| body(answer(seen, &Probe::TagList), "[]")),
    ("tag-list-holds-the-tag", "base", |seen| body(answer(seen, &Probe::TagList), r#"{"name":"a","tags":["b"]}"#)),
    ("tag-list-is-in-order", "afterwards=tags-in-order", |seen| {
        body(ask(seen, Ask::TagsInOrder), r#"{"name":"a","tags":["b","a","c"]}"#);
    }),
    ("tag-list-of-none-is-empty", "afterwards=tags-none", |seen| {
        body(ask(seen, Ask::NoTags), r#"{"name":"a","tags":["b"]}"#);
    }),
    ("tag-list-has-n-tags", "afterwards=tags-one", |seen| {
        body(ask(seen, Ask::OneTag), r#"{"name":"a","tags":["b","c"]}"#);
    }),
    ("tag-list-link-is-next", "afterwards=tags-one", |seen| {
        set(ask(seen, Ask::OneTag), "link", "</v2/a/tags/list?n=1&last=b>; rel=\"prev\"");
    }),
    ("referrers-answer-200", WITH_SUBJECT, |seen| answer(seen, &Probe::Referrers).status = 400),
    ("referrers-are-an-index", WITH_SUBJECT, |seen| {
        set(answer(seen, &Probe::Referrers), "content-type", "application/json");
    }),
    ("referrers-hold-the-manifest", WITH_SUBJECT, |seen| {
        body(answer(seen, &Probe::Referrers), r#"{"schemaVersion":2,"manifests":[]}"#);
    }),
    ("referrers-hold-the-index", "kind=index;subject=present", |seen| {
        body(answer(seen, &Probe::Referrers), r#"{"schemaVersion":2,"manifests":[]}"#);
    }),
    ("referrers-name-the-artifact-type", WITH_SUBJECT, |seen| {
        replace(answer(seen, &Probe::Referrers), "vnd.example.artifact", "vnd.example.other");
    }),
    ("referrers-copy-the-annotations", WITH_SUBJECT, |seen| {
        replace(answer(seen, &Probe::Referrers), "com.example.key", "com.example.other");
    }),
    ("referrers-never-answer-404", "afterwards=referrers-of-unknown", |seen| {
        ask(seen, Ask::ReferrersOfUnknown).status = 404;
    }),
    // The repository holds the subject, so it exists even if the push was refused.
    ("referrers-never-answer-404", "schemaVersion=1;subject=present", |seen| {
        refuse(seen, 400, INVALID);
        answer(seen, &Probe::Referrers).status = 404;
    }),
    ("referrers-of-a-malformed-digest-answer-400", "afterwards=referrers-of-malformed", |seen| {
        ask(seen, Ask::ReferrersOfMalformed).status = 200;
    }),
    ("referrers-have-the-form", "afterwards=referrers-of-unknown", |seen| {
        body(ask(seen, Ask::ReferrersOfUnknown), r#"{"schemaVersion":2,"manifests":null}"#);
    }),
    ("referrers-of-nobody-are-an-empty-list", "afterwards=referrers-of-unknown", |seen| {
        body(ask(seen, Ask::ReferrersOfUnknown), r#"{"schemaVersion":2,"manifests":[{}]}"#);
    }),
    ("referrers-link-is-next", WITH_SUBJECT, |seen| set(answer(seen, &Probe::Referrers), "link", "/v2/next")),
    ("referrers-filter-is-named", FILTERED, |seen| {
        ask(seen, Ask::ReferrersFiltered).headers.remove("oci-filters-applied");
    }),
    ("referrers-filter-is-applied", FILTERED, |seen| {
        let all = answer(seen, &Probe::Referrers).body.clone();
        ask(seen, Ask::ReferrersFiltered).body = all;
    }),
    ("referrers-can-be-filtered", FILTERED, |seen| {
        let all = answer(seen, &Probe::Referrers).body.clone();
        let filtered = ask(seen, Ask::ReferrersFiltered);
        filtered.body = all;
        filtered.headers.remove("oci-filters-applied");
    }),
    ("delete-of-a-tag-answers-202", "afterwards=delete-tag", |seen| ask(seen, Ask::DeleteTag).status = 200),
    ("delete-of-a-manifest-answers-202", "afterwards=delete-digest", |seen| ask(seen, Ask::DeleteDigest).status = 204),
    ("disabled-delete-of-tags-answers-400-or-405", "afterwards=delete-tag", |seen| {
        ask(seen, Ask::DeleteTag).status = 404;
    }),
    ("disabled-delete-of-manifests-answers-400-or-405", "afterwards=delete-digest", |seen| {
        ask(seen, Ask::DeleteDigest).status = 404;
    }),
    ("disabled-delete-of-tags-answers-400-or-405", "afterwards=delete-tag", |seen| {
        ask(seen, Ask::DeleteTag).status = 501;
    }),
    ("disabled-delete-of-manifests-answers-400-or-405", "afterwards=delete-digest", |seen| {
        ask(seen, Ask::DeleteDigest).status = 501;
    }),
    ("deleted-manifest-is-gone", "afterwards=delete-digest", |seen| {
        answer(seen, &Probe::Gone(By::Digest)).status = 200;
    }),
    ("deleted-manifest-is-gone", "afterwards=delete-digest", |seen| {
        ask(seen, Ask::DeleteDigest).status = 204;
        answer(seen, &Probe::Gone(By::Digest)).status = 200;
    }),
    ("missing-manifest-answers-404", "afterwards=delete-digest", |seen| {
        answer(seen, &Probe::Gone(By::Digest)).status = 410;
    }),
    ("missing-manifest-answers-404", "afterwards=delete-tag", |seen| answer(seen, &Probe::Gone(By::Tag)).status = 400),
    ("deleted-manifest-has-no-tags", "afterwards=delete-digest", |seen| {
        answer(seen, &Probe::Gone(By::Tag)).status = 200;
    }),
    ("deleted-tag-is-gone", "afterwards=delete-tag", |seen| answer(seen, &Probe::Gone(By::Tag)).status = 200),
    ("delete-in-a-missing-repository-answers-404", "afterwards=delete-in-unknown-repository", |seen| {
        ask(seen, Ask::DeleteInUnknownRepository).status = 202;
    }),
    ("delete-in-a-missing-repository-answers-404", "afterwards=delete-in-unknown-repository", |seen| {
        ask(seen, Ask::DeleteInUnknownRepository).status = 405;
    }),
    ("delete-in-a-missing-repository-answers-404", "afterwards=delete-in-unknown-repository", |seen| {
        ask(seen, Ask::DeleteInUnknownRepository).status = 501;
    }),
    ("delete-of-a-missing-blob-answers-404", "afterwards=delete-unknown-blob", |seen| {
        ask(seen, Ask::DeleteUnknownBlob).status = 202;
    }),
    ("delete-of-a-missing-blob-answers-404", "afterwards=delete-unknown-blob", |seen| {
        ask(seen, Ask::DeleteUnknownBlob).status = 501;
    }),
    ("error-body-has-the-form", "schemaVersion=1", |seen| refuse(seen, 400, r#"{"error":"no"}"#)),
    ("error-body-has-the-form", "schemaVersion=1", |seen| {
        refuse(seen, 400, r#"{"error":"no"}"#);
        set(answer(seen, &Probe::Put), "content-type", "Application/Problem+JSON; charset=utf-8");
    }),
    ("error-body-has-the-form", "schemaVersion=1", |seen| {
        refuse(seen, 400, r#"{"error":"no"}"#);
        answer(seen, &Probe::Put).headers.remove("content-type");
    }),
    ("error-code-is-specified", "schemaVersion=1", |seen| refuse(seen, 400, r#"{"errors":[{"code":"NO"}]}"#)),
    ("error-code-is-specified", "afterwards=get-unknown-tag", |seen| {
        body(ask(seen, Ask::UnknownTag), r#"{"errors":[{"code":"NOT_FOUND"}]}"#);
    }),
    ("error-message-is-a-text", "schemaVersion=1", |seen| {
        refuse(seen, 400, r#"{"errors":[{"code":"MANIFEST_INVALID","message":1}]}"#);
    }),
    ("missing-content-code-is-said-twice", "facts.config=missing", |seen| {
        refuse(seen, 400, r#"{"errors":[{"code":"BLOB_UNKNOWN"}]}"#);
    }),
    ("missing-content-is-named-by-its-code", "facts.config=missing", |seen| refuse(seen, 400, INVALID)),
    ("missing-content-is-named-by-its-code", "facts.config=missing", |seen| refuse(seen, 400, r#"{"errors":[]}"#)),
    ("warning-has-the-form", "base", |seen| set(answer(seen, &GET), "warning", "199 - \"old\"")),
    ("warnings-are-short", "base", |seen| {
        set(answer(seen, &GET), "warning", &format!("299 - \"{}\"", "x".repeat(4100)));
    }),
    ("http-any-type-is-accepted", "accept=absent", |seen| answer(seen, &GET).status = 406),
    ("http-coding-without-being-asked", "base", |seen| gzip(answer(seen, &GET))),
    ("refusal-leaves-nothing", "kind=not-json", |seen| {
        refuse(seen, 400, INVALID);
        answer(seen, &HEAD).status = 200;
        gets(seen, 200, "manifest");
    }),
    ("refusal-is-a-client-error", "schemaVersion=1", |seen| refuse(seen, 500, INVALID)),
];

/// Answers that look odd, and that no sentence forbids.
const KEPT: &[Kept] = &[
    (WITH_SUBJECT, |seen| {
        replace(answer(seen, &Probe::Referrers), r#""annotations":{"#, r#""annotations":{"io.example.more":"1","#);
    }),
    // The bytes were pushed as an index before, and do not say what they are.
    ("mediaType=absent;repeat=as-other-before;subject=present", |seen| {
        let listed = answer(seen, &Probe::Referrers);
        replace(listed, "image.manifest.v1", "image.index.v1");
        replace(listed, "\"artifactType\":", "\"io.example.other\":");
    }),
    ("reference=dash-tag", |seen| refuse(seen, 400, r#"{"errors":[{"code":"TAG_INVALID"}]}"#)),
    ("content-type=unknown", |seen| {
        refuse(seen, 201, "");
        set(answer(seen, &Probe::Put), "location", "/v2/a/manifests/b");
        answer(seen, &HEAD).status = 404;
    }),
    ("afterwards=delete-digest", |seen| {
        ask(seen, Ask::DeleteDigest).status = 409;
        seen.replies.retain(|(probe, _)| !matches!(probe, Probe::Gone(_)));
    }),
    ("content-encoding=gzip", |seen| {
        refuse(seen, 201, "");
        set(answer(seen, &Probe::Put), "location", "/v2/a/manifests/b");
        let head = answer(seen, &HEAD);
        head.status = 200;
        set(head, "content-length", "1");
        set(head, "docker-content-digest", &format!("sha256:{}", "0".repeat(64)));
    }),
    // HEAD alone does not prove presence.
    ("schemaVersion=1", |seen| {
        refuse(seen, 400, INVALID);
        answer(seen, &HEAD).status = 200;
    }),
    ("kind=not-json", |seen| {
        refuse(seen, 400, INVALID);
        answer(seen, &HEAD).status = 200;
        gets(seen, 200, "another");
    }),
    // The form is required of JSON bodies only.
    ("schemaVersion=1", |seen| {
        refuse(seen, 400, r#"{"error":"no","errors":[{"code":"no","message":1}]}"#);
        set(answer(seen, &Probe::Put), "content-type", "text/plain; charset=utf-8");
    }),
    ("schemaVersion=1", |seen| {
        refuse(seen, 404, "404");
        answer(seen, &Probe::Put).headers.remove("content-type");
    }),
    ("facts.config=missing", |seen| {
        refuse(seen, 400, INVALID);
        set(answer(seen, &Probe::Put), "content-type", "text/html");
    }),
    // Whoever may not delete is told nothing else.
    ("afterwards=delete-tag", |seen| ask(seen, Ask::DeleteTag).status = 403),
    // Content may be served by another.
    ("afterwards=get-blob", |seen| {
        let got = ask(seen, Ask::Blob);
        got.status = 403;
        body(got, r#"{"code":"not_found"}"#);
    }),
    (WITH_SUBJECT, |seen| {
        let list = answer(seen, &Probe::Referrers);
        list.headers.append("link", HeaderValue::from_static("</help>; rel=\"help\""));
        list.headers.append("link", HeaderValue::from_static("</v2/a/referrers/b?last=c>; rel = next"));
    }),
];

/// A wrong header is not a missing one.
#[test]
fn a_present_but_wrong_header_is_inconsistent() {
    let rows: [(&str, &str, Probe, &'static str, &str); 3] = [
        ("head-names-the-length", "base", HEAD, "content-length", "1"),
        ("push-names-the-subject", WITH_SUBJECT, Probe::Put, "oci-subject", "sha256:other"),
        ("referrers-filter-is-named", FILTERED, Probe::Ask(Ask::ReferrersFiltered), "oci-filters-applied", "size"),
    ];
    for (rule, shape, probe, name, value) in rows {
        for (value, class) in [(None, Class::MissingHeader), (Some(value), Class::Inconsistent)] {
            let (exchange, mut seen) = fired(shape);
            answer(&mut seen, &probe).headers.remove(name);
            if let Some(value) = value {
                set(answer(&mut seen, &probe), name, value);
            }
            let found = departures(&exchange, &seen, &Capabilities::ALL);
            let found: Vec<_> = found.iter().map(|departure| (departure.rule.id, departure.class)).collect();
            assert_eq!(found, [(rule, class)], "{shape}");
        }
    }
}

#[test]
fn every_rule_on_answers_is_kept_by_a_clean_registry_and_broken_by_one_change() {
    for (rule, shape, change) in TABLE.iter().chain(uploads::TABLE).chain(reading::TABLE).chain(lists::TABLE) {
        let (exchange, mut seen) = fired(shape);
        // Whether deletion is disabled is known before a run.
        let deletion = *rule != "disabled-delete-of-manifests-answers-400-or-405";
        let capabilities = Capabilities { deletion, ..Capabilities::ALL };
        let versions = manifuzz::model::rule(rule).unwrap().newest_versions();
        let broken = |seen: &Observation| departures_in(versions, &exchange, seen, &capabilities);
        assert!(broken(&seen).iter().all(|departure| departure.rule.id != *rule), "{rule}: {shape} is clean");
        change(&mut seen);
        let found = broken(&seen);
        assert!(found.iter().any(|departure| departure.rule.id == *rule), "{rule} on {shape}: {found:?}");
    }
}

#[test]
fn an_answer_that_no_sentence_forbids_breaks_no_rule() {
    for (shape, change) in KEPT.iter().chain(uploads::KEPT).chain(reading::KEPT) {
        let (exchange, mut seen) = fired(shape);
        change(&mut seen);
        let found = departures(&exchange, &seen, &Capabilities::ALL);
        assert!(found.is_empty(), "{shape}: {found:?}");
    }
}

#[test]
fn every_rule_on_answers_is_in_the_table() {
    for rule in rules().filter(|rule| rule.on_answers().is_some()) {
        let mut rows = TABLE.iter().chain(uploads::TABLE).chain(reading::TABLE).chain(lists::TABLE);
        assert!(rows.any(|(id, _, _)| *id == rule.id), "{} has no row", rule.id);
    }
}

/// What a registry does not have it does not owe.
#[test]
fn missing_capabilities_excuse_a_target() {
    type Lacking = (Capabilities, &'static [&'static str]);
    let lacking: [Lacking; 2] = [
        (Capabilities { referrers: false, ..Capabilities::ALL }, &["referrers-", "push-names-the-subject"]),
        (Capabilities { tag_list: false, ..Capabilities::ALL }, &["tag-list-"]),
    ];
    for (capabilities, excused) in &lacking {
        for (rule, shape, change) in TABLE.iter().filter(|(rule, _, _)| excused.iter().any(|e| rule.starts_with(e))) {
            let (exchange, mut seen) = fired(shape);
            change(&mut seen);
            let found = departures(&exchange, &seen, capabilities);
            assert!(found.iter().all(|departure| departure.rule.id != *rule), "{rule}: {found:?}");
        }
    }
    // What is in the place of a lacking endpoint answers as it likes.
    let (exchange, mut seen) = fired(WITH_SUBJECT);
    let list = answer(&mut seen, &Probe::Referrers);
    list.status = 404;
    body(list, r#"{"message":"no route"}"#);
    assert!(departures(&exchange, &seen, &lacking[0].0).is_empty());
    assert!(!departures(&exchange, &seen, &Capabilities::ALL).is_empty());
}

#[test]
fn a_finding_has_the_code_of_the_answer_that_shows_it() {
    let (exchange, mut seen) = fired("afterwards=get-unknown-tag;accept=absent");
    let get = answer(&mut seen, &GET);
    get.status = 404;
    body(get, r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#);
    body(ask(&mut seen, Ask::UnknownTag), r#"{"errors":[{"code":"NOT_FOUND"}]}"#);
    let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
    let findings = compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1);
    let codes = |duty: &str| {
        let of_duty = findings.iter().filter(|finding| finding.symptom.duty == Some(duty));
        of_duty.map(|finding| finding.symptom.code.clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes("error-code-is-specified"), ["NOT_FOUND"], "{findings:#?}");
    assert_eq!(codes("http-any-type-is-accepted"), ["MANIFEST_UNKNOWN"], "{findings:#?}");
}

/// A HEAD with 200 proves neither that a refused manifest was stored nor that what should be missing is there.
#[test]
fn head_alone_does_not_prove_presence() {
    let target = target(&planted(&["head-of-missing-answers-200"]));
    let fire = |shape: &str| {
        let exchange = render(&shape.parse::<Shape>().unwrap());
        let seen = target.fire(&exchange, Repository::Fresh, Questions::ALL).unwrap();
        (exchange, seen)
    };
    let (exchange, seen) = fire("schemaVersion=1");
    for by in [By::Tag, By::Digest] {
        assert!(
            seen.reply(&Probe::Head(by)).unwrap().is(200) && seen.reply(&Probe::Get(by)).unwrap().is(404),
            "{by:?}"
        );
    }
    let found = departures(&exchange, &seen, &Capabilities::ALL);
    let found: Vec<_> = found.iter().map(|departure| (departure.rule.id, departure.class)).collect();
    assert_eq!(found, [("missing-content-answers-404-to-head", Class::Inconsistent)]);
    let (exchange, seen) = fire("facts.manifests.0=missing;kind=index");
    let missing = exchange.needs.iter().position(|need| need.path == "manifests.0").unwrap();
    assert_eq!(seen.facts.needs[missing], Presence::No);
    // What a clean registry refused is not asked for by GET.
    let (_, seen) = fired("schemaVersion=1");
    assert!(!seen.replies.iter().any(|(probe, _)| matches!(probe, Probe::Get(_))));
}

/// A registry of version 1.0 takes a subject for an unknown member and says nothing of it.
#[test]
fn a_registry_without_referrers_breaks_nothing_with_a_subject() {
    let target = target(&planted(&["lacks-referrers", "push-lacks-oci-subject"]));
    let capabilities =
        target.capabilities(&render(&Shape::base()), &render(&"subject=present".parse().unwrap())).unwrap();
    assert!(!capabilities.referrers);
    for shape in ["subject=present", "facts.subject=missing;subject=present", WITH_SUBJECT] {
        let exchange = render(&shape.parse::<Shape>().unwrap());
        let seen = target.fire(&exchange, Repository::Main, Questions::ALL).unwrap();
        assert!(seen.accepted());
        let found = departures(&exchange, &seen, &capabilities);
        assert!(found.is_empty(), "{shape}: {found:?}");
    }
}

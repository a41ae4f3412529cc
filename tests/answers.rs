//! Every rule on answers is kept by what a clean registry answers, and broken by one change of those answers.

use std::io::Write as _;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use manifuzz::compare::{Finding, Grade, compare};
use manifuzz::exchange::{
    Answer, Ask, By, Capabilities, Depth, Exchange, Held, NotFollowed, Observation, Probe, Reply, Stage, Unfollowable,
};
use manifuzz::registry::{Params, Profile};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::spec::{Check, Class, Departure, Party, Versions, judge, obligations, rules};
use manifuzz::target::{Opening, Place, embedded};

/// A rule, a shape whose answers it judges, and a change that breaks it.
type Row = (&'static str, &'static str, fn(&mut Observation));

/// A shape, and a change of its answers that breaks nothing.
type Kept = (&'static str, fn(&mut Observation));

const GET: Probe = Probe::Get(By::Digest);
const HEAD: Probe = Probe::Head(By::Digest);
const WITH_SUBJECT: &str = "annotations=one;artifactType=present;subject=present";

/// The answer to a request, which must have come.
fn answer<'o>(seen: &'o mut Observation, probe: &Probe) -> &'o mut Answer {
    let reply = seen.replies.iter_mut().rev().find(|(own, _)| own == probe);
    match reply {
        Some((_, Reply::Answer(answer))) => answer,
        other => panic!("{probe:?}: {other:?}"),
    }
}

fn ask(seen: &mut Observation, ask: Ask) -> &mut Answer {
    answer(seen, &Probe::Ask(ask))
}

fn set(answer: &mut Answer, name: &'static str, value: &str) {
    answer.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
}

fn body(answer: &mut Answer, body: &str) {
    answer.body = Bytes::from(body.to_owned());
}

fn replace(answer: &mut Answer, from: &str, to: &str) {
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(text.contains(from), "{text}");
    answer.body = Bytes::from(text.replace(from, to));
}

/// A refusal of the tested request, with this status and body.
fn refuse(seen: &mut Observation, status: u16, text: &str) {
    let put = answer(seen, &Probe::Put);
    put.status = status;
    body(put, text);
    seen.replies.retain(|(probe, _)| !matches!(probe, Probe::Get(_) | Probe::TagList | Probe::Ask(_)));
    for (probe, reply) in &mut seen.replies {
        if let (Probe::Head(_), Reply::Answer(answer)) = (probe, reply) {
            answer.status = 404;
        }
    }
}

/// The answer to a GET of what was refused.
fn gets(seen: &mut Observation, status: u16, text: &str) {
    let got = Answer { status, body: Bytes::from(text.to_owned()), ..answer(seen, &HEAD).clone() };
    seen.replies.push((GET, Reply::Answer(got)));
}

/// Puts an answer's body under gzip.
fn gzip(answer: &mut Answer) {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    coder.write_all(&answer.body).unwrap();
    answer.body = Bytes::from(coder.finish().unwrap());
    set(answer, "content-encoding", "gzip");
    set(answer, "content-length", &answer.body.len().to_string());
}

/// What an answer points at is no URL.
fn malformed(of: &Answer) -> Reply {
    let (answer, why) = (of.clone(), Unfollowable::Malformed("the scheme is `ftp`".to_owned()));
    Reply::NotFollowed(Box::new(NotFollowed { answer, to: "ftp://a/b".to_owned(), why }))
}

const INVALID: &str = r#"{"errors":[{"code":"MANIFEST_INVALID","message":"no"}]}"#;

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

const FILTERED: &str = "afterwards=referrers-filtered;annotations=one;artifactType=present;subject=present";

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
];

/// Requests for which no MUST requires an answer, so that a failure is only a warning.
const NOT_OWED: &[(&str, Probe)] = &[
    ("base", Probe::Put),
    ("accept=other", Probe::Get(By::Tag)),
    ("afterwards=delete-digest", Probe::Ask(Ask::DeleteDigest)),
    ("afterwards=delete-tag", Probe::Ask(Ask::DeleteTag)),
];

/// Ways for a server to fail, as their class.
fn failures() -> [(Class, Reply); 3] {
    let failed = Answer { status: 500, headers: http::HeaderMap::new(), body: Bytes::new(), cut: false };
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

/// A wrong header is not a missing one.
#[test]
fn a_header_that_is_there_and_wrong_is_inconsistent() {
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
        ("deleted-manifest-is-gone", "deleted with 202, but GET by digest still returns it")
    );
    let [(rule, message)] = &rules(&[By::Tag], 202)[..] else { panic!() };
    assert_eq!(*rule, "deleted-manifest-has-no-tags");
    assert!(message.contains("gone by digest") && message.contains("by tag still returns it"), "{message}");
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

/// No request asks for a coding, so a coded body is decoded for the comparison, and noted.
#[test]
fn an_answer_in_a_coding_is_compared_decoded() {
    let found = |change: fn(&mut Observation)| {
        let (exchange, mut seen) = fired("afterwards=get-blob;subject=present");
        change(&mut seen);
        let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
        let found = compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1);
        found
            .iter()
            .map(|one| format!("{} {} {}", one.symptom.stage, one.symptom.class.as_str(), one.grade))
            .collect::<Vec<_>>()
    };
    let noted = ["manifest-get inconsistent note"];
    assert_eq!(found(|seen| gzip(answer(seen, &GET))), noted);
    let every = found(|seen| {
        for (_, reply) in &mut seen.replies {
            let Reply::Answer(answer) = reply else { panic!() };
            gzip(answer);
        }
    });
    assert!(every.len() > 4 && every.iter().all(|one| one.ends_with("inconsistent note")), "{every:?}");
    // Content-Length is that of the coded body.
    let head = found(|seen| {
        set(answer(seen, &HEAD), "content-encoding", "gzip");
        set(answer(seen, &HEAD), "content-length", "7");
    });
    assert_eq!(head, ["manifest-head inconsistent note"]);
    let altered = found(|seen| {
        replace(answer(seen, &GET), ":2,", ": 2,");
        gzip(answer(seen, &GET));
    });
    assert_eq!(altered, ["manifest-get altered violation", noted[0]]);
    // Not gzip, whatever the header says: compared as it came. An unknown coding, or too much content: not compared.
    assert_eq!(found(|seen| set(answer(seen, &GET), "content-encoding", "gzip")), noted);
    let unknown = |seen: &mut Observation| {
        body(answer(seen, &GET), "coded");
        set(answer(seen, &GET), "content-encoding", "br");
    };
    assert_eq!(found(unknown), noted);
    let long = |seen: &mut Observation| {
        answer(seen, &GET).body = Bytes::from(vec![b' '; 64 << 20]);
        gzip(answer(seen, &GET));
    };
    assert_eq!(found(long), noted);
    // Error codes are read from the decoded body.
    let (exchange, mut seen) = fired("schemaVersion=1");
    refuse(&mut seen, 400, r#"{"errors":[{"code":"NO"}]}"#);
    gzip(answer(&mut seen, &Probe::Put));
    let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
    let found = compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1);
    assert!(found.iter().any(|one| one.symptom.code == "NO" && one.grade == Grade::Violation), "{found:#?}");
    assert_eq!(manifuzz::compare::words_of(answer(&mut seen, &Probe::Put)).0, "NO");
}

fn departures(exchange: &Exchange, seen: &Observation, capabilities: &Capabilities) -> Vec<Departure> {
    departures_in(Versions::V1_1, exchange, seen, capabilities)
}

fn departures_in(
    versions: Versions,
    exchange: &Exchange,
    seen: &Observation,
    capabilities: &Capabilities,
) -> Vec<Departure> {
    let judgement = judge(exchange, &seen.facts, Party::Registry, versions);
    obligations(exchange, &judgement, seen, capabilities, versions)
}

fn fired(shape: &str) -> (Exchange, Observation) {
    let clean = embedded(&Profile::clean(), &Opening { nonce: "test".to_owned(), ..Opening::default() });
    let exchange = render(&shape.parse::<Shape>().unwrap());
    let seen = clean.fire(&exchange, Place::Fresh, Depth::Full).unwrap();
    (exchange, seen)
}

#[test]
fn every_rule_on_answers_is_kept_by_a_clean_registry_and_broken_by_one_change() {
    for (rule, shape, change) in TABLE {
        let (exchange, mut seen) = fired(shape);
        // Whether deletion is disabled is known before a run.
        let deletion = *rule != "disabled-delete-of-manifests-answers-400-or-405";
        let capabilities = Capabilities { deletion, ..Capabilities::ALL };
        let versions = manifuzz::spec::rule(rule).unwrap().versions();
        let broken = |seen: &Observation| departures_in(versions, &exchange, seen, &capabilities);
        assert!(broken(&seen).iter().all(|departure| departure.rule.id != *rule), "{rule}: {shape} is clean");
        change(&mut seen);
        let found = broken(&seen);
        assert!(found.iter().any(|departure| departure.rule.id == *rule), "{rule} on {shape}: {found:?}");
    }
}

#[test]
fn what_no_sentence_forbids_is_no_departure() {
    for (shape, change) in KEPT {
        let (exchange, mut seen) = fired(shape);
        change(&mut seen);
        let found = departures(&exchange, &seen, &Capabilities::ALL);
        assert!(found.is_empty(), "{shape}: {found:?}");
    }
}

#[test]
fn every_rule_on_answers_is_in_the_table() {
    for rule in rules().filter(|rule| matches!(rule.check, Check::Answer(..))) {
        assert!(TABLE.iter().any(|(id, _, _)| *id == rule.id), "{} has no row", rule.id);
    }
}

/// What a registry does not have it does not owe.
#[test]
fn a_target_is_excused_from_what_it_lacks() {
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
    let lying = Profile::clean().plant("head-of-missing-answers-200", Params::default()).unwrap();
    let target = embedded(&lying, &Opening { nonce: "test".to_owned(), ..Opening::default() });
    let fire = |shape: &str| {
        let exchange = render(&shape.parse::<Shape>().unwrap());
        let seen = target.fire(&exchange, Place::Fresh, Depth::Full).unwrap();
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
    assert_eq!(seen.facts.needs[missing], Held::No);
    // What a clean registry refused is not asked for by GET.
    let (_, seen) = fired("schemaVersion=1");
    assert!(!seen.replies.iter().any(|(probe, _)| matches!(probe, Probe::Get(_))));
}

/// The status of a deletion is one question, whether it worked is another.
#[test]
fn a_deletion_that_is_answered_with_200_is_checked_too() {
    let other = Profile::clean().plant("delete-answers-200", Params::default()).unwrap();
    let target = embedded(&other, &Opening { nonce: "test".to_owned(), ..Opening::default() });
    let exchange = render(&"afterwards=delete-digest".parse::<Shape>().unwrap());
    let seen = target.fire(&exchange, Place::Fresh, Depth::Full).unwrap();
    assert!(seen.reply(&Probe::Gone(By::Digest)).is_some_and(|reply| reply.is(404)), "{:?}", seen.replies);
    // Whether the target was found to delete anything makes no difference to the status that a deletion must have.
    for deletion in [true, false] {
        let found = departures(&exchange, &seen, &Capabilities { deletion, ..Capabilities::ALL });
        let found: Vec<_> = found.iter().map(|departure| departure.rule.id).collect();
        assert_eq!(found, ["delete-of-a-manifest-answers-202"]);
    }
}

/// A registry of version 1.0 takes a subject for an unknown member and says nothing of it.
#[test]
fn a_registry_without_referrers_breaks_nothing_with_a_subject() {
    let mut old = Profile::clean();
    for quirk in ["lacks-referrers", "push-lacks-oci-subject"] {
        old = old.plant(quirk, Params::default()).unwrap();
    }
    let target = embedded(&old, &Opening { nonce: "test".to_owned(), ..Opening::default() });
    let capabilities =
        target.capabilities(&render(&Shape::base()), &render(&"subject=present".parse().unwrap())).unwrap();
    assert!(!capabilities.referrers);
    for shape in ["subject=present", "facts.subject=missing;subject=present", WITH_SUBJECT] {
        let exchange = render(&shape.parse::<Shape>().unwrap());
        let seen = target.fire(&exchange, Place::Main, Depth::Full).unwrap();
        assert!(seen.accepted());
        let found = departures(&exchange, &seen, &capabilities);
        assert!(found.is_empty(), "{shape}: {found:?}");
    }
}

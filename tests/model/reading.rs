//! The answers to follow-ups that read, changed one at a time: rows for the tables in `answers`, and what depends on two answers.

use bytes::Bytes;
use manifuzz::exchange::roles::reading as roles;
use manifuzz::exchange::{Answer, Ask, Capabilities, IMAGE_MANIFEST, Observation, Probe, Reply, Role, ScriptedRequest};
use manifuzz::model::Class;

use crate::answering::*;

/// An answer without headers and content.
pub fn answer_with(status: u16) -> Answer {
    Answer { status, headers: http::HeaderMap::new(), body: Bytes::new(), cut: false, redirected: false }
}

/// The answers to requests with a role, in order.
fn all(seen: &mut Observation, role: Role) -> Vec<&mut Answer> {
    let answers = seen.replies.iter_mut().filter_map(|(probe, reply)| match (probe, reply) {
        (Probe::Scripted { role: own, .. }, Reply::Answer(answer)) if *own == role => Some(answer),
        _ => None,
    });
    answers.collect()
}

/// The last answer to a request with a role, which must have come.
fn of(seen: &mut Observation, role: Role) -> &mut Answer {
    all(seen, role).pop().unwrap_or_else(|| panic!("no answer to {}", role.name))
}

fn lose(answer: &mut Answer, name: &str) {
    assert!(answer.headers.remove(name).is_some(), "no {name}");
}

/// Puts an answer in gzip, with what it should say of that.
fn negotiated(answer: &mut Answer) {
    gzip(answer);
    set(answer, "vary", "accept-encoding");
    set(answer, "etag", "W/\"a\"");
}

/// An observation of a push with a condition that a registry answers so.
fn if_strange(seen: &mut Observation, status: u16) {
    let request = ScriptedRequest::push(roles::MOVE_TAG_IF_STRANGE, "t", IMAGE_MANIFEST, Bytes::from_static(b"{}"));
    let probe = Probe::Scripted { at: seen.script.len(), role: request.role, page: 0 };
    seen.script.push(request);
    seen.replies.push((probe, Reply::Answer(answer_with(status))));
}

const WRONG: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

pub const TABLE: &[Row] = &[
    ("ping-answers-200", "afterwards=ping", |seen| of(seen, roles::PING).status = 404),
    ("pull-by-tag-returns-the-last-push", "afterwards=tag-moved", |seen| {
        *of(seen, roles::GET_MOVED) = all(seen, roles::GET_MANIFEST)[0].clone();
    }),
    ("pull-by-tag-returns-the-last-push", "afterwards=tag-moved", |seen| {
        *of(seen, roles::HEAD_MOVED) = of(seen, roles::HEAD_MANIFEST).clone();
    }),
    ("blob-pull-names-the-digest", "afterwards=get-blob", |seen| lose(ask(seen, Ask::Blob), "docker-content-digest")),
    ("blob-pull-names-the-digest", "afterwards=head-blob", |seen| {
        lose(of(seen, roles::GET_HELD_BLOB), "docker-content-digest");
    }),
    ("blob-is-no-manifest", "afterwards=get-crossed", |seen| of(seen, roles::GET_BLOB_AS_MANIFEST).status = 200),
    ("pulled-type-of-two-pushes", "afterwards=push-as-two-types", |seen| {
        let [first, second, _] = &mut all(seen, roles::GET_UNTYPED)[..] else { panic!("three answers") };
        std::mem::swap(*first, *second);
    }),
    ("pull-returns-the-pushed-type", "afterwards=push-as-two-types", |seen| {
        set(of(seen, roles::GET_UNTYPED), "content-type", "application/json");
    }),
    ("push-keeps-exact-bytes", "afterwards=two-tags", |seen| replace(of(seen, roles::GET_MANIFEST), ":2,", ": 2,")),
    ("push-keeps-exact-bytes", "afterwards=tag-moved", |seen| replace(of(seen, roles::GET_MOVED), ":2,", ": 2,")),
    ("push-keeps-exact-bytes", "afterwards=get-in-gzip", |seen| {
        replace(all(seen, roles::GET_MANIFEST)[0], ":2,", ": 2,");
        negotiated(all(seen, roles::GET_MANIFEST)[0]);
    }),
    ("pull-answers-200", "afterwards=tag-moved", |seen| of(seen, roles::GET_MANIFEST).status = 404),
    ("pull-answers-200", "afterwards=read-twice", |seen| of(seen, roles::GET_MANIFEST).status = 304),
    ("pull-answers-200", "afterwards=get-if-changed", |seen| of(seen, roles::GET_IF_NOT_STRANGE).status = 404),
    ("pull-digest-header-is-the-digest", "afterwards=get-in-gzip", |seen| {
        set(of(seen, roles::GET_MANIFEST), "docker-content-digest", WRONG);
    }),
    ("pull-names-the-digest", "afterwards=read-twice", |seen| {
        lose(of(seen, roles::GET_MANIFEST), "docker-content-digest");
    }),
    ("head-answers-200", "afterwards=head-accepting", |seen| of(seen, roles::HEAD_MANIFEST).status = 404),
    ("head-answers-200", "afterwards=head-blob", |seen| of(seen, roles::HEAD_HELD_BLOB).status = 404),
    ("head-names-the-length", "afterwards=head-blob", |seen| lose(of(seen, roles::HEAD_HELD_BLOB), "content-length")),
    ("head-names-the-length", "afterwards=read-twice", |seen| {
        set(of(seen, roles::HEAD_MANIFEST), "content-length", "1")
    }),
    ("head-names-the-digest", "afterwards=head-blob", |seen| {
        lose(of(seen, roles::HEAD_HELD_BLOB), "docker-content-digest");
    }),
    ("head-names-the-digest", "afterwards=head-blob", |seen| {
        set(of(seen, roles::HEAD_HELD_BLOB), "docker-content-digest", WRONG);
    }),
    ("blob-pull-answers-200", "afterwards=read-twice", |seen| of(seen, roles::GET_HELD_BLOB).status = 404),
    ("blob-pull-returns-the-blob", "afterwards=read-twice", |seen| body(of(seen, roles::GET_HELD_BLOB), "other")),
    ("blob-pull-digest-header-is-the-blobs", "afterwards=head-blob", |seen| {
        set(of(seen, roles::GET_HELD_BLOB), "docker-content-digest", WRONG);
    }),
    ("missing-manifest-answers-404", "afterwards=get-invalid-name", |seen| {
        of(seen, roles::GET_INVALID_NAME).status = 200;
    }),
    ("missing-manifest-answers-404", "afterwards=get-invalid-reference", |seen| {
        of(seen, roles::GET_INVALID_REFERENCE).status = 200;
    }),
    ("missing-manifest-answers-404", "afterwards=get-crossed", |seen| {
        of(seen, roles::GET_BLOB_AS_MANIFEST).status = 400;
    }),
    ("missing-blob-answers-404", "afterwards=get-crossed", |seen| of(seen, roles::GET_MANIFEST_AS_BLOB).status = 400),
    ("missing-blob-answers-404", "afterwards=get-invalid-reference", |seen| {
        of(seen, roles::GET_INVALID_DIGEST).status = 200;
    }),
    ("http-any-type-is-accepted", "afterwards=head-accepting", |seen| of(seen, roles::HEAD_ANY_TYPE).status = 404),
    ("http-etag-has-the-form", "base", |seen| set(answer(seen, &GET), "etag", "sha256:0")),
    ("http-unchanged-answers-304", "afterwards=get-if-changed", |seen| of(seen, roles::GET_IF_CHANGED).status = 412),
    ("http-unchanged-answers-304", "afterwards=get-if-changed", |seen| of(seen, roles::HEAD_IF_CHANGED).status = 404),
    ("http-304-means-the-same-etag", "afterwards=get-if-changed", |seen| {
        of(seen, roles::GET_IF_NOT_STRANGE).status = 304;
    }),
    ("http-304-means-the-same-etag", "afterwards=get-if-changed", |seen| {
        of(seen, roles::GET_BLOB_IF_NOT_STRANGE).status = 412;
    }),
    ("http-304-has-no-content", "afterwards=get-if-changed", |seen| body(of(seen, roles::GET_IF_CHANGED), "{}")),
    ("http-304-has-the-etag", "afterwards=get-if-changed", |seen| lose(of(seen, roles::GET_BLOB_IF_CHANGED), "etag")),
    ("http-failed-condition-changes-nothing", "afterwards=put-if-match", |seen| {
        of(seen, roles::MOVE_TAG_IF_STRANGE).status = 412;
    }),
    ("http-if-match-may-be-ignored", "base", |seen| if_strange(seen, 412)),
    ("http-coding-is-one-of-those-asked-for", "afterwards=get-in-gzip", |seen| {
        negotiated(of(seen, roles::GET_MANIFEST))
    }),
    ("http-coded-answer-varies", "afterwards=get-in-gzip", |seen| {
        negotiated(all(seen, roles::GET_MANIFEST)[0]);
        set(all(seen, roles::GET_MANIFEST)[0], "vary", "accept, origin");
    }),
    ("http-coded-answer-has-another-etag", "afterwards=get-in-gzip", |seen| {
        let etag = of(seen, roles::GET_MANIFEST).header("etag").unwrap().to_owned();
        negotiated(all(seen, roles::GET_MANIFEST)[0]);
        set(all(seen, roles::GET_MANIFEST)[0], "etag", &etag);
    }),
    ("http-head-has-the-headers-of-get", "base", |seen| lose(answer(seen, &HEAD), "content-type")),
    ("http-head-has-the-headers-of-get", "base", |seen| set(answer(seen, &HEAD), "etag", "\"other\"")),
    ("http-head-has-the-status-of-get", "afterwards=head-accepting", |seen| {
        of(seen, roles::GET_OTHER_TYPE).status = 406;
    }),
    ("http-second-answer-keeps-the-headers", "afterwards=read-twice", |seen| {
        lose(of(seen, roles::HEAD_MANIFEST), "etag")
    }),
];

pub const KEPT: &[Kept] = &[
    // A registry may ignore conditions.
    ("afterwards=get-if-changed", |seen| {
        *of(seen, roles::GET_IF_CHANGED) = of(seen, roles::GET_MANIFEST).clone();
        *of(seen, roles::GET_BLOB_IF_CHANGED) = of(seen, roles::GET_HELD_BLOB).clone();
    }),
    ("afterwards=get-invalid-name", |seen| {
        all(seen, roles::GET_INVALID_NAME).into_iter().for_each(|answer| answer.status = 400);
    }),
    // The text is silent on whether a manifest is a blob, too.
    ("afterwards=get-crossed", |seen| {
        let manifest = answer(seen, &GET).clone();
        *of(seen, roles::GET_MANIFEST_AS_BLOB) = manifest;
    }),
    ("afterwards=head-accepting", |seen| {
        *of(seen, roles::GET_OTHER_TYPE) = answer_with(406);
        *of(seen, roles::HEAD_OTHER_TYPE) = answer_with(404);
    }),
    ("afterwards=get-in-gzip", |seen| {
        negotiated(all(seen, roles::GET_MANIFEST)[0]);
        negotiated(all(seen, roles::GET_HELD_BLOB)[0]);
    }),
    // No cache keeps it.
    ("afterwards=get-in-gzip", |seen| {
        negotiated(all(seen, roles::GET_MANIFEST)[0]);
        set(all(seen, roles::GET_MANIFEST)[0], "vary", "accept");
        set(all(seen, roles::GET_MANIFEST)[0], "cache-control", "no-store");
    }),
    // What a storage backend serves has its headers.
    ("afterwards=head-blob", |seen| {
        let blob = of(seen, roles::GET_HELD_BLOB);
        lose(blob, "docker-content-digest");
        set(blob, "etag", "unquoted");
        blob.redirected = true;
    }),
    ("afterwards=ping", |seen| of(seen, roles::PING).status = 401),
    // A digest of another algorithm is the digest of the same bytes.
    ("afterwards=head-blob", |seen| {
        let blob = of(seen, roles::GET_HELD_BLOB);
        let long = manifuzz::exchange::sha512(&blob.body);
        set(blob, "docker-content-digest", &long);
    }),
    ("afterwards=read-twice", |seen| {
        for role in [roles::GET_MANIFEST, roles::HEAD_MANIFEST, roles::GET_HELD_BLOB] {
            all(seen, role).into_iter().for_each(|answer| lose(answer, "etag"));
        }
    }),
    ("afterwards=read-twice", |seen| {
        set(answer(seen, &HEAD), "etag", "W/\"a\"");
        set(answer(seen, &GET), "etag", "\"a\"");
    }),
];

/// The note says which side the target takes, in the status.
#[test]
fn a_condition_on_a_push_is_a_note_that_says_what_came_of_it() {
    for (status, words) in [(201, "is ignored"), (412, "is evaluated"), (400, "refused with 400")] {
        let (exchange, mut seen) = fired("base");
        if_strange(&mut seen, status);
        let found = departures(&exchange, &seen, &Capabilities::ALL);
        let [one] = &found[..] else { panic!("{found:?}") };
        assert_eq!((one.class, one.flaw.answer.status), (Class::Ambiguous, status));
        assert!(one.flaw.message.contains(words), "{}", one.flaw.message);
    }
}

/// A coded body is decoded before it is compared, so that its coding alone alters nothing.
#[test]
fn content_in_gzip_is_compared_decoded_and_cut_content_is_not_compared() {
    let (exchange, mut seen) = fired("afterwards=get-in-gzip");
    negotiated(all(&mut seen, roles::GET_MANIFEST)[0]);
    let coded = all(&mut seen, roles::GET_HELD_BLOB).remove(0);
    (coded.body, coded.cut) = (coded.body.slice(..3), true);
    let found = departures(&exchange, &seen, &Capabilities::ALL);
    assert!(found.is_empty(), "{found:?}");
}

/// What was moved is not altered, and what was altered was not left where it is: one defect, one rule.
#[test]
fn a_stale_tag_is_one_finding() {
    let (exchange, mut seen) = fired("afterwards=tag-moved");
    let old = all(&mut seen, roles::GET_MANIFEST)[0].clone();
    *of(&mut seen, roles::GET_MOVED) = old;
    let found = departures(&exchange, &seen, &Capabilities::ALL);
    let rules: Vec<_> = found.iter().map(|one| one.rule.id).collect();
    assert_eq!(rules, ["pull-by-tag-returns-the-last-push"]);
}

/// Where GET returns an altered manifest, HEAD may say how long that is: one defect, one rule.
#[test]
fn a_length_that_is_that_of_an_altered_manifest_is_not_wrong() {
    let (exchange, mut seen) = fired("afterwards=read-twice");
    for got in all(&mut seen, roles::GET_MANIFEST) {
        replace(got, ":2,", ": 2,");
    }
    let length = all(&mut seen, roles::GET_MANIFEST)[0].body.len().to_string();
    for head in all(&mut seen, roles::HEAD_MANIFEST) {
        set(head, "content-length", &length);
    }
    let found = departures(&exchange, &seen, &Capabilities::ALL);
    let rules: Vec<_> = found.iter().map(|one| one.rule.id).collect();
    assert_eq!(rules, ["push-keeps-exact-bytes"]);
}

//! Answers to uploads, chunks, mounts, and to reading and deleting blobs, changed one at a time.

use bytes::Bytes;
use manifuzz::compare::compare;
use manifuzz::exchange::roles::{blobs, mounts, uploads};
use manifuzz::exchange::{Answer, Capabilities, Observation, Probe, Reply, Role, sha256};
use manifuzz::model::{Class, Expect, Level, Party, Versions, judge, rule};

use crate::answering::*;

const ONE_REQUEST: &str = "kind=blob;upload=one-request";
const CHUNKED: &str = "kind=blob;upload=chunked";
const OUT_OF_ORDER: &str = "kind=blob;upload=out-of-order";
const STATUS: &str = "kind=blob;upload=status";
const CANCEL: &str = "kind=blob;upload=cancel";
const MOUNT: &str = "kind=blob;upload=mount";
const FROM_UNKNOWN: &str = "kind=blob;upload=mount-unknown-repository";
const RANGE: &str = "blob.read=range-first;kind=blob";
const BEYOND: &str = "blob.read=range-beyond;kind=blob";
const DELETED: &str = "blob.delete=once;kind=blob";
const DIGEST: &str = "docker-content-digest";

/// For each rule, a change of the answers that breaks it.
pub const TABLE: &[Row] = &[
    ("upload-opens-with-202", "kind=blob", |seen| scripted(seen, uploads::OPEN).status = 200),
    ("upload-open-names-the-session", "kind=blob", |seen| without(seen, uploads::OPEN, "location")),
    ("upload-location-is-a-url", "kind=blob", |seen| {
        let opened = scripted(seen, uploads::OPEN).clone();
        *reply(seen, uploads::CLOSE) = malformed(&opened);
    }),
    ("upload-sessions-are-distinct", "kind=blob;upload=two-sessions", |seen| {
        each(seen, uploads::OPEN, |answer| set(answer, "location", "/v2/a/blobs/uploads/1"));
    }),
    ("upload-answers-201", "kind=blob", |seen| scripted(seen, uploads::CLOSE).status = 204),
    ("upload-answers-a-location", CHUNKED, |seen| without(seen, uploads::CLOSE, "location")),
    ("upload-location-is-pullable", "kind=blob", |seen| scripted(seen, blobs::GET_LOCATION).status = 404),
    ("upload-location-is-pullable", "kind=blob", |seen| {
        let closed = scripted(seen, uploads::CLOSE).clone();
        *reply(seen, blobs::GET_LOCATION) = malformed(&closed);
    }),
    ("single-post-answers-201", ONE_REQUEST, |seen| scripted(seen, uploads::SINGLE_POST).status = 200),
    ("single-post-answers-a-location", ONE_REQUEST, |seen| without(seen, uploads::SINGLE_POST, "location")),
    ("single-post-without-support-opens-a-session", ONE_REQUEST, |seen| {
        scripted(seen, uploads::SINGLE_POST).status = 405;
    }),
    ("single-post-without-support-opens-a-session", ONE_REQUEST, |seen| {
        scripted(seen, uploads::SINGLE_POST).status = 202;
        without(seen, uploads::SINGLE_POST, "location");
    }),
    ("cancelled-upload-is-gone", CANCEL, |seen| scripted(seen, uploads::STATUS_OF_CANCELLED).status = 204),
    ("cancelled-upload-is-gone", CANCEL, |seen| scripted(seen, uploads::CHUNK_OF_CANCELLED).status = 202),
    ("chunk-answers-202", CHUNKED, |seen| scripted(seen, uploads::CHUNK).status = 201),
    ("chunk-answers-a-location", CHUNKED, |seen| without(seen, uploads::CHUNK, "location")),
    ("chunk-answers-its-range", CHUNKED, |seen| without(seen, uploads::CHUNK, "range")),
    ("chunk-answers-its-range", CHUNKED, |seen| set(scripted(seen, uploads::CHUNK), "range", "0-1")),
    ("chunk-answers-its-range", "kind=blob;upload=stream", |seen| without(seen, uploads::CHUNK, "range")),
    ("chunk-out-of-order-answers-416", OUT_OF_ORDER, |seen| scripted(seen, uploads::OUT_OF_ORDER).status = 202),
    ("chunk-out-of-order-answers-416", "kind=blob;upload=chunk-again", |seen| {
        scripted(seen, uploads::OUT_OF_ORDER).status = 400;
    }),
    ("upload-status-answers-204", STATUS, |seen| scripted(seen, uploads::STATUS).status = 200),
    ("upload-status-answers-204", OUT_OF_ORDER, |seen| scripted(seen, uploads::STATUS).status = 400),
    ("upload-survives-a-chunk-out-of-order", OUT_OF_ORDER, |seen| only(seen, uploads::STATUS, 404)),
    ("upload-status-names-the-session", STATUS, |seen| without(seen, uploads::STATUS, "location")),
    ("upload-status-has-its-range", STATUS, |seen| without(seen, uploads::STATUS, "range")),
    ("upload-status-has-its-range", STATUS, |seen| set(scripted(seen, uploads::STATUS), "range", "0-0")),
    ("chunk-minimum-is-announced", "kind=blob;upload=small-chunks", |seen| {
        scripted(seen, uploads::SMALL_CHUNK).status = 400;
    }),
    ("mount-answers-201", MOUNT, |seen| scripted(seen, mounts::MOUNT).status = 200),
    ("mount-answers-a-location", MOUNT, |seen| without(seen, mounts::MOUNT, "location")),
    ("mount-location-is-pullable", MOUNT, |seen| scripted(seen, mounts::GET_LOCATION).status = 404),
    ("mount-digest-header-is-the-blobs", MOUNT, |seen| set(scripted(seen, mounts::MOUNT), DIGEST, ANOTHER)),
    ("mount-without-from-is-taken", "kind=blob;upload=mount-without-from", |seen| {
        scripted(seen, mounts::MOUNT_WITHOUT_FROM).status = 400;
    }),
    ("failed-mount-opens-a-session", FROM_UNKNOWN, |seen| scripted(seen, mounts::MOUNT_FROM_UNKNOWN).status = 404),
    ("failed-mount-opens-a-session", FROM_UNKNOWN, |seen| without(seen, mounts::MOUNT_FROM_UNKNOWN, "location")),
    ("head-answers-200", "kind=blob", |seen| scripted(seen, blobs::HEAD).status = 404),
    ("head-names-the-digest", "kind=blob", |seen| without(seen, blobs::HEAD, DIGEST)),
    ("head-names-the-length", "kind=blob", |seen| without(seen, blobs::HEAD, "content-length")),
    ("head-names-the-length", "kind=blob", |seen| set(scripted(seen, blobs::HEAD), "content-length", "1")),
    ("blob-pull-answers-200", "kind=blob", |seen| scripted(seen, blobs::GET).status = 404),
    ("blob-pull-returns-the-blob", "kind=blob", |seen| body(scripted(seen, blobs::GET), "other")),
    ("blob-pull-returns-the-blob", "kind=blob;upload=two-sessions", |seen| body(first(seen, blobs::GET), "other")),
    ("blob-pull-digest-header-is-the-blobs", "kind=blob", |seen| set(scripted(seen, blobs::GET), DIGEST, ANOTHER)),
    ("blob-pull-names-the-digest", "kind=blob", |seen| without(seen, blobs::GET, DIGEST)),
    ("digest-header-has-the-given-algorithm", "blob.digest=sha512;kind=blob", |seen| {
        set(scripted(seen, uploads::CLOSE), DIGEST, ANOTHER);
    }),
    ("blob-pull-supports-ranges", RANGE, |seen| scripted(seen, blobs::GET_RANGE).status = 200),
    ("blob-pull-supports-ranges", RANGE, |seen| scripted(seen, blobs::GET_RANGE).status = 416),
    ("http-partial-content-is-the-range", RANGE, |seen| body(scripted(seen, blobs::GET_RANGE), "oth")),
    ("http-partial-content-names-its-range", RANGE, |seen| without(seen, blobs::GET_RANGE, "content-range")),
    ("http-partial-content-names-its-range", RANGE, |seen| {
        set(scripted(seen, blobs::GET_RANGE), "content-range", "bytes 0-4/5");
    }),
    ("http-range-beyond-the-end-answers-416", BEYOND, |seen| scripted(seen, blobs::GET_RANGE).status = 404),
    ("missing-blob-answers-404", "blob.digest=of-other-bytes;kind=blob", |seen| {
        scripted(seen, blobs::GET_REFUSED).status = 200;
    }),
    ("missing-content-answers-404-to-head", "blob.digest=of-other-bytes;kind=blob", |seen| {
        scripted(seen, blobs::HEAD_REFUSED).status = 200;
    }),
    ("delete-of-a-blob-answers-202", DELETED, |seen| scripted(seen, blobs::DELETE).status = 200),
    ("disabled-delete-of-blobs-answers-400-or-405", DELETED, |seen| scripted(seen, blobs::DELETE).status = 404),
    ("missing-blob-answers-404", DELETED, |seen| scripted(seen, blobs::GET_DELETED).status = 410),
    ("missing-content-answers-404-to-head", DELETED, |seen| scripted(seen, blobs::HEAD_DELETED).status = 410),
    ("deleted-blob-is-gone", DELETED, |seen| scripted(seen, blobs::GET_DELETED).status = 200),
    ("deleted-blob-is-gone", DELETED, |seen| scripted(seen, blobs::HEAD_DELETED).status = 200),
    ("delete-of-a-missing-blob-answers-404", "blob.delete=twice;kind=blob", |seen| {
        scripted(seen, blobs::DELETE_AGAIN).status = 202;
    }),
];

/// Changes of the answers that break no rule.
pub const KEPT: &[Kept] = &[
    // Neither is required of a registry: it opens a session instead.
    (ONE_REQUEST, |seen| only(seen, uploads::SINGLE_POST, 202)),
    // A digest of other bytes is refused at once, or when the session ends.
    ("kind=blob;upload=one-request-of-other-bytes", |seen| scripted(seen, uploads::SINGLE_POST).status = 404),
    (MOUNT, |seen| only(seen, mounts::MOUNT, 202)),
    ("kind=blob;upload=mount-without-from", |seen| only(seen, mounts::MOUNT_WITHOUT_FROM, 202)),
    // Whoever may not read the other repository is told nothing else.
    (MOUNT, |seen| only(seen, mounts::MOUNT, 403)),
    // No sentence requires a registry to refuse with 400, or to take a chunk without Content-Range.
    ("blob.digest=of-other-bytes;kind=blob", |seen| scripted(seen, uploads::CLOSE).status = 404),
    ("kind=blob;upload=stream", |seen| only(seen, uploads::CHUNK, 400)),
    // No sentence before version 1.2 says how a cancelled upload is answered.
    (CANCEL, |seen| only(seen, uploads::CANCEL, 405)),
    (CANCEL, |seen| scripted(seen, uploads::CANCEL).status = 202),
    // The answer to the end of an upload need not have a digest.
    ("kind=blob", |seen| without(seen, uploads::CLOSE, DIGEST)),
    // A registry that takes no chunks answers those out of order like all others.
    (OUT_OF_ORDER, |seen| only(seen, uploads::OUT_OF_ORDER, 405)),
    // A session without bytes has no last byte.
    (OUT_OF_ORDER, |seen| without(seen, uploads::STATUS, "range")),
    ("kind=blob;upload=small-chunks", |seen| {
        scripted(seen, uploads::SMALL_CHUNK).status = 400;
        set(scripted(seen, uploads::OPEN), "oci-chunk-min-length", "65536");
    }),
    ("blob.read=range-reversed;kind=blob", |seen| scripted(seen, blobs::GET_RANGE).status = 416),
    (BEYOND, |seen| {
        let uploaded = uploaded(seen);
        let answer = scripted(seen, blobs::GET_RANGE);
        (answer.status, answer.body) = (200, uploaded);
    }),
    ("blob.read=ranges;kind=blob", |seen| {
        let uploaded = uploaded(seen);
        let answer = scripted(seen, blobs::GET_RANGE);
        let parts = [b"--a\r\n\r\n", &uploaded[..4], b"\r\n--a\r\n\r\n", &uploaded[8..12], b"\r\n--a--"].concat();
        (answer.status, answer.body) = (206, Bytes::from(parts));
        set(answer, "content-type", "multipart/byteranges; boundary=a");
    }),
    (DELETED, |seen| only(seen, blobs::DELETE, 405)),
    // The blob may still be there: its deletion was accepted, not done.
    ("blob.delete=twice;kind=blob", |seen| {
        scripted(seen, blobs::GET_DELETED).status = 403;
        scripted(seen, blobs::DELETE_AGAIN).status = 202;
    }),
];

/// `sha256:000…`
const ANOTHER: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

fn reply(seen: &mut Observation, wanted: Role) -> &mut Reply {
    let is_it = |probe: &Probe| probe.role() == Some(wanted);
    seen.replies.iter_mut().rev().find(|(probe, _)| is_it(probe)).map(|(_, reply)| reply).unwrap()
}

fn first(seen: &mut Observation, wanted: Role) -> &mut Answer {
    let is_it = |probe: &Probe| probe.role() == Some(wanted);
    match seen.replies.iter_mut().find(|(probe, _)| is_it(probe)) {
        Some((_, Reply::Answer(answer))) => answer,
        other => panic!("{wanted:?}: {other:?}"),
    }
}

fn each(seen: &mut Observation, wanted: Role, change: impl Fn(&mut Answer)) {
    for (probe, reply) in &mut seen.replies {
        if let (true, Reply::Answer(answer)) = (probe.role() == Some(wanted), reply) {
            change(answer);
        }
    }
}

fn without(seen: &mut Observation, wanted: Role, header: &str) {
    drop(scripted(seen, wanted).headers.remove(header));
}

/// The request with this role gets this answer, and those that depend on it are not sent.
fn only(seen: &mut Observation, wanted: Role, status: u16) {
    scripted(seen, wanted).status = status;
    let at = seen.replies.iter().position(|(probe, _)| probe.role() == Some(wanted)).unwrap();
    seen.replies.truncate(at + 1);
}

/// The content of the PUT that ended the upload.
fn uploaded(seen: &Observation) -> Bytes {
    seen.script.iter().find(|request| request.role == uploads::CLOSE).unwrap().body.clone()
}

/// Version 1.0.1 requires neither Range in the answer to a chunk, nor a status of uploads.
#[test]
fn what_version_1_1_added_is_not_required_before() {
    let (exchange, mut seen) = fired(STATUS);
    each(&mut seen, uploads::CHUNK, |answer| drop(answer.headers.remove("range")));
    scripted(&mut seen, uploads::STATUS).status = 404;
    let broken = |versions| {
        let found = departures_in(versions, &exchange, &seen, &Capabilities::ALL);
        found.iter().map(|departure| departure.rule.id).collect::<Vec<_>>()
    };
    assert_eq!(broken(Versions::V1_0_1), [""; 0]);
    assert_eq!(broken(Versions::V1_1), ["chunk-answers-its-range", "upload-status-answers-204"]);
}

#[test]
fn a_digest_of_other_bytes_must_be_refused_and_a_missing_one_need_not() {
    let expected = |shape: &str| {
        let (exchange, seen) = fired(shape);
        let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
        (judgement.expect, judgement.rules.iter().map(|rule| rule.id).collect::<Vec<_>>())
    };
    let refused = vec!["upload-of-another-digest-is-refused"];
    assert_eq!(expected("blob.digest=of-other-bytes;kind=blob"), (Expect::MustReject, refused.clone()));
    assert_eq!(expected("blob.digest=malformed;kind=blob"), (Expect::MustReject, refused.clone()));
    for upload in ["one-request-of-other-bytes", "chunks-of-other-bytes"] {
        assert_eq!(expected(&format!("kind=blob;upload={upload}")), (Expect::MustReject, refused.clone()), "{upload}");
    }
    let unnamed = vec!["closing-put-names-the-digest"];
    assert_eq!(expected("blob.digest=missing;kind=blob"), (Expect::Unspecified, unnamed));
    assert_eq!(expected("blob.digest=sha512;kind=blob").0, Expect::Ambiguous);
    for right in ["kind=blob", "blob.content=empty;kind=blob", MOUNT] {
        assert_eq!(expected(right), (Expect::ShouldAccept, vec![]), "{right}");
    }
}

/// A registry that names a blob by its SHA-256 although it was pushed by its SHA-512 breaks nothing.
#[test]
fn the_digest_by_another_algorithm_is_a_note() {
    let (exchange, mut seen) = fired("blob.digest=sha512;kind=blob");
    let digest = sha256(&uploaded(&seen));
    for role in [uploads::CLOSE, blobs::HEAD, blobs::GET, blobs::GET_LOCATION] {
        set(scripted(&mut seen, role), DIGEST, &digest);
    }
    let found = departures(&exchange, &seen, &Capabilities::ALL);
    assert!(found.iter().all(|one| one.rule.id == "digest-header-has-the-given-algorithm"), "{found:?}");
    assert!(found.iter().all(|one| one.class == Class::Inconsistent) && found.len() == 3, "{found:?}");
    assert_eq!(rule("digest-header-has-the-given-algorithm").unwrap().level, Level::May);
}

/// Where the session is on a host that may not be contacted, or the connection drops, only the answers that arrived are judged.
#[test]
fn whether_content_was_accepted_is_not_told_by_the_answers_before_the_last_request() {
    for shape in
        ["blob.digest=malformed;kind=blob", "blob.digest=of-other-bytes;kind=blob", "blob.digest=missing;kind=blob"]
    {
        let unanswered: [fn(&Answer) -> Reply; 2] = [malformed, |_| Reply::Dropped("the connection".to_owned())];
        for reply_of in unanswered {
            let (exchange, mut seen) = fired(shape);
            let opened = scripted(&mut seen, uploads::OPEN).clone();
            *reply(&mut seen, uploads::CLOSE) = reply_of(&opened);
            let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
            let found = compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1);
            let classes: Vec<_> = found.iter().map(|one| one.symptom.class).collect();
            let verdicts = [Class::AcceptsForbidden, Class::Lenient, Class::Ambiguous];
            assert!(classes.iter().all(|class| !verdicts.contains(class)), "{shape}: {classes:?}");
        }
    }
}

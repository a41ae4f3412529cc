//! Quirks about digests with another algorithm than SHA-256.

use super::descriptors::any_digest;
use super::documents::member;
use super::referrers::listed_subject;
use super::{Act, Quirk, Shows, UNREPORTED, With};
use crate::json::Node;
use crate::registry::answer::set_body;
use crate::registry::digest::{Algorithm, algorithm};
use crate::registry::lists::index_of;
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "refuses-unknown-algorithm",
        does: "refuses a manifest with an unknown digest algorithm in a descriptor, with DIGEST_INVALID",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("wrong-code", "config.digest=unknown-algorithm"),
        act: Act::Refuse {
            when: |request, _| any_digest(request, |digest| algorithm(digest) == Some(Algorithm::Unknown)),
            with: With::Error(400, "DIGEST_INVALID", "unsupported digest algorithm"),
        },
    },
    Quirk {
        name: "refuses-unknown-subject-algorithm",
        does: "refuses a manifest with an unknown digest algorithm in its subject, with DIGEST_INVALID",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "subject=present;subject.digest=unknown-algorithm"),
        act: Act::Refuse {
            when: |request, _| subject_algorithm(request) == Some(Algorithm::Unknown),
            with: With::Error(400, "DIGEST_INVALID", "unsupported digest algorithm"),
        },
    },
    Quirk {
        name: "refuses-sha512-descriptors",
        does: "refuses a manifest with the SHA-512 digest of a blob or child, although it stores blobs under such digests",
        source: "go-containerregistry#2427, in a client",
        since: "2026-08-27",
        shows: Shows::Finding("rejects-valid", "config.digest=pushed-sha512"),
        act: Act::Refuse {
            when: |request, _| has_sha512_content(request),
            with: With::Error(400, "DIGEST_INVALID", "unsupported digest algorithm"),
        },
    },
    Quirk {
        name: "forgets-sha512-blobs",
        does: "stores blobs under their SHA-256 digest alone, so that a manifest with their SHA-512 digest is refused",
        source: "zot#2075: blobs are listed from the folder of sha256 alone",
        since: "2023-11-22",
        shows: Shows::Finding("rejects-valid", "config.digest=pushed-sha512"),
        act: Act::Refuse {
            when: |request, _| has_sha512_content(request),
            with: With::Error(404, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry"),
        },
    },
    Quirk {
        name: "refuses-sha512-blobs",
        does: "refuses to upload a blob under its SHA-512 digest",
        source: "django-oci#34",
        since: "2023-02-07",
        // A note, since SHA-512 is optional.
        shows: Shows::Finding("rejects-valid", "config.digest=pushed-sha512"),
        act: Act::Refuse {
            when: |request, _| {
                let is_upload = matches!(request.endpoint, Endpoint::Uploads | Endpoint::Upload(_));
                is_upload && request.parameter("digest").is_some_and(|digest| digest.starts_with("sha512:"))
            },
            with: With::Error(400, "DIGEST_INVALID", "unsupported digest algorithm"),
        },
    },
    Quirk {
        name: "referrers-of-sha512-subject-are-empty",
        does: "lists no referrers for a subject with a SHA-512 digest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("referrers-wrong", "subject=present;subject.digest=pushed-sha512"),
        act: Act::Alter(|request, _, response, _| {
            if listed_subject(request, response).is_some_and(|digest| digest.starts_with("sha512:")) {
                set_body(response, index_of(std::iter::empty()));
            }
        }),
    },
];

/// Whether a pushed manifest references content by a SHA-512 digest. False if its subject has such a digest, too.
fn has_sha512_content(request: &ParsedRequest<'_>) -> bool {
    subject_algorithm(request) != Some(Algorithm::Sha512)
        && any_digest(request, |digest| algorithm(digest) == Some(Algorithm::Sha512))
}

/// The algorithm of the subject's digest, if the pushed manifest has a subject with a valid one.
fn subject_algorithm(request: &ParsedRequest<'_>) -> Option<Algorithm> {
    algorithm(&member(request, "subject")?.get("digest").and_then(Node::text)?)
}

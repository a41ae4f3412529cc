//! Refusals of requests by their path, headers and the text of their body.

use super::documents::refuse;
use super::{Act, Quirk, UNREPORTED, With};
use crate::registry::digest;
use crate::registry::pushed::Kind;
use crate::registry::request::Asked;
use crate::registry::route::Place;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "fails-on-absent-content-type",
        does: "answers 500 to a manifest push without `Content-Type`",
        source: UNREPORTED,
        since: "2026-11",
        act: Act::Refuse {
            when: |asked, _| asked.pushes_manifest().is_some() && asked.header("content-type").is_none(),
            with: With::Error(500, "UNKNOWN", "unknown error"),
        },
    },
    Quirk {
        name: "refuses-unknown-content-type",
        does: "refuses a manifest push whose `Content-Type` is absent or no manifest's, whatever the body says",
        source: "distribution and quay, which read such a body as a schema 1 manifest",
        since: "2026",
        act: refuse(|asked, _| asked.pushed.as_ref().is_some_and(|pushed| Kind::of(pushed.essence).is_none())),
    },
    Quirk {
        name: "refuses-content-type-parameters",
        does: "refuses a manifest push whose `Content-Type` has parameters",
        source: "quay and gitea, as read in their source",
        since: "2026",
        act: Act::Refuse {
            when: |asked, _| {
                let value = asked.header("content-type");
                asked.pushes_manifest().is_some() && value.is_some_and(|value| value.contains(';'))
            },
            with: With::Error(415, "UNSUPPORTED", "unsupported media type"),
        },
    },
    Quirk {
        name: "refuses-content-type-case",
        does: "refuses a manifest push whose `Content-Type` has upper-case letters",
        source: UNREPORTED,
        since: "2026-11",
        act: refuse(|asked, _| {
            let value = asked.header("content-type");
            asked.pushes_manifest().is_some()
                && value.is_some_and(|value| value.bytes().any(|b| b.is_ascii_uppercase()))
        }),
    },
    Quirk {
        name: "refuses-chunked",
        does: "refuses a manifest push with `Transfer-Encoding`",
        source: UNREPORTED,
        since: "2026-11",
        act: Act::Refuse {
            when: |asked, _| asked.pushes_manifest().is_some() && asked.header("transfer-encoding").is_some(),
            with: With::Error(411, "SIZE_INVALID", "a Content-Length is required"),
        },
    },
    Quirk {
        name: "refuses-push-by-digest",
        does: "refuses the push of a manifest by its digest",
        source: UNREPORTED,
        since: "2026-11",
        act: Act::Refuse { when: |asked, _| pushed_digest(asked).is_some(), with: UNSUPPORTED },
    },
    Quirk {
        name: "fails-on-malformed-digest",
        does: "answers 500 where the reference has a colon and is no digest",
        source: "distribution#4945",
        since: "2026",
        act: Act::Refuse {
            when: |asked, _| match asked.place {
                Place::Manifest(reference) => reference.contains(':') && digest::algorithm(reference).is_none(),
                _ => false,
            },
            with: With::Error(500, "UNKNOWN", "unknown error"),
        },
    },
    Quirk {
        name: "refuses-sha512-reference",
        does: "refuses the push of a manifest by a SHA-512 digest",
        source: "distribution and quay, as read in their source",
        since: "2026",
        act: Act::Refuse {
            when: |asked, _| pushed_digest(asked).is_some_and(|digest| digest.starts_with("sha512:")),
            with: With::Error(400, "DIGEST_INVALID", "provided digest did not match uploaded content"),
        },
    },
    Quirk {
        name: "refuses-indented",
        does: "refuses a manifest whose JSON has line breaks",
        source: UNREPORTED,
        since: "2026-11",
        act: refuse(|asked, _| {
            asked.pushed.as_ref().is_some_and(|p| p.object().is_some()) && asked.body.contains(&b'\n')
        }),
    },
    Quirk {
        name: "refuses-unicode-escapes",
        does: "refuses a manifest whose JSON spells a character by its UTF-16 unit",
        source: UNREPORTED,
        since: "2026-11",
        act: refuse(|asked, _| {
            asked.pushed.as_ref().is_some_and(|p| p.object().is_some())
                && asked.body.windows(2).any(|two| two == b"\\u")
        }),
    },
    Quirk {
        name: "refuses-long-tag",
        does: "refuses the push of a manifest by a tag of more than 127 characters",
        source: UNREPORTED,
        since: "2026-11",
        act: refuse(|asked, _| {
            asked.pushes_manifest().is_some_and(|reference| reference.len() > 127 && !reference.contains(':'))
        }),
    },
    Quirk {
        name: "refuses-above-4-mib",
        does: "refuses a manifest of more than 4194304 bytes",
        source: "harbor `MaxManifestBodySize`",
        since: "2026",
        act: Act::Refuse {
            when: |asked, _| asked.pushes_manifest().is_some() && asked.body.len() > 4 * 1024 * 1024,
            with: With::Error(413, "MANIFEST_INVALID", "manifest is too large"),
        },
    },
    Quirk {
        name: "lacks-referrers",
        does: "has no referrers endpoint",
        source: "distribution 2.8; ghcr-cleanup-action#114",
        since: "2022-12",
        act: Act::Refuse {
            when: |asked, _| matches!(asked.place, Place::Referrers(_)),
            with: With::Error(404, "UNSUPPORTED", "there is no such endpoint"),
        },
    },
    Quirk {
        name: "lacks-deletion",
        does: "refuses to delete manifests and blobs",
        source: "distribution with deletion disabled, which is its default",
        since: "2022-12",
        act: Act::Refuse {
            when: |asked, _| {
                asked.method == http::Method::DELETE && matches!(asked.place, Place::Manifest(_) | Place::Blob(_))
            },
            with: With::Error(405, "UNSUPPORTED", "the operation is unsupported"),
        },
    },
];

const UNSUPPORTED: With = With::Error(405, "UNSUPPORTED", "the operation is unsupported");

/// The reference of a manifest push, where it is a digest.
fn pushed_digest<'a>(asked: &'a Asked<'_>) -> Option<&'a str> {
    asked.pushes_manifest().filter(|reference| digest::algorithm(reference).is_some())
}

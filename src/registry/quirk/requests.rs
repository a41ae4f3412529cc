//! Refusals of requests by their path, headers and the text of their body.

use super::{Act, FOUR_MIB, Quirk, Shows, UNREPORTED, With, fail, refuse};
use crate::registry::digest;
use crate::registry::pushed::ManifestKind;
use crate::registry::request::Asked;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "fails-on-absent-content-type",
        does: "answers 500 to a manifest push without `Content-Type`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("server-error", "content-type=absent"),
        act: fail(|asked, _| asked.pushes_manifest().is_some() && asked.header("content-type").is_none()),
    },
    Quirk {
        name: "refuses-unknown-content-type",
        does: "refuses a manifest push whose `Content-Type` is absent or no manifest's, whatever the body says",
        source: "distribution and quay, which read such a body as a schema 1 manifest",
        since: "2026",
        shows: Shows::Nothing("its author has to send the type that the document has"),
        act: refuse(|asked, _| asked.pushed.as_ref().is_some_and(|pushed| ManifestKind::of(pushed.essence).is_none())),
    },
    Quirk {
        name: "refuses-content-type-parameters",
        does: "refuses a manifest push whose `Content-Type` has parameters",
        source: "quay and gitea, as read in their source",
        since: "2026",
        shows: Shows::Finding("rejects-valid", "content-type=parameters"),
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
        shows: Shows::Finding("rejects-valid", "content-type=upper-case"),
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
        shows: Shows::Nothing("a server may ask for a Content-Length"),
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
        shows: Shows::Lack("push by digest"),
        act: Act::Refuse { when: |asked, _| pushed_digest(asked).is_some(), with: UNSUPPORTED },
    },
    Quirk {
        name: "fails-on-malformed-digest",
        does: "answers 500 where the reference has a colon and is no digest",
        source: "distribution#4945",
        since: "2026",
        shows: Shows::Finding("server-error", "reference=short-digest"),
        act: fail(|asked, _| match asked.place {
            Endpoint::Manifest(reference) => reference.contains(':') && digest::algorithm(reference).is_none(),
            _ => false,
        }),
    },
    Quirk {
        name: "refuses-sha512-reference",
        does: "refuses the push of a manifest by a SHA-512 digest",
        source: "distribution and quay, as read in their source",
        since: "2026",
        shows: Shows::Nothing("that a registry takes SHA-512 is said in one place and left open in another"),
        act: Act::Refuse {
            when: |asked, _| pushed_digest(asked).is_some_and(|digest| digest.starts_with("sha512:")),
            with: With::Error(400, "DIGEST_INVALID", "provided digest did not match uploaded content"),
        },
    },
    Quirk {
        name: "wrong-digest-is-manifest-invalid",
        does: "answers MANIFEST_INVALID where the digest in the path is not that of the body",
        source: "quay, as read in its source",
        since: "2026",
        shows: Shows::Nothing("no sentence says which code such a refusal has"),
        act: refuse(|asked, _| pushed_digest(asked).is_some_and(|digest| !digest::belongs(digest, asked.body))),
    },
    Quirk {
        name: "refuses-indented",
        does: "refuses a manifest whose JSON has line breaks",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "text.space=indented"),
        act: refuse(|asked, _| {
            asked.pushed.as_ref().is_some_and(|p| p.object().is_some()) && asked.body.contains(&b'\n')
        }),
    },
    Quirk {
        name: "refuses-unicode-escapes",
        does: "refuses a manifest whose JSON spells a character by its UTF-16 unit",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "text.escapes=all"),
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
        shows: Shows::Finding("rejects-valid", "reference=length(128)"),
        act: refuse(|asked, _| {
            asked.pushes_manifest().is_some_and(|reference| reference.len() > 127 && !reference.contains(':'))
        }),
    },
    Quirk {
        name: "refuses-above-4-mib",
        does: "refuses a manifest of more than 4194304 bytes",
        source: "harbor `MaxManifestBodySize`",
        since: "2026",
        shows: Shows::Nothing("a registry may have a limit from 4 megabytes on, and says so with 413"),
        act: Act::Refuse {
            when: |asked, _| pushes_more_than(asked, FOUR_MIB),
            with: With::Error(413, "MANIFEST_INVALID", "manifest is too large"),
        },
    },
    Quirk {
        name: "limit-answers-400",
        does: "answers 400 to a manifest of more than 4194304 bytes",
        source: "docker-registry 2.8.2",
        since: "2026-11-24",
        shows: Shows::Finding("wrong-status", "text.padding=beyond(4194305)"),
        act: refuse(|asked, _| pushes_more_than(asked, FOUR_MIB)),
    },
    Quirk {
        name: "lacks-referrers",
        does: "has no referrers endpoint, and names no subject",
        source: "distribution 2.8; ghcr-cleanup-action#114",
        since: "2022-12",
        shows: Shows::Lack("referrers"),
        act: Act::Alter(|asked, _, response, params| {
            if matches!(asked.place, Endpoint::Referrers(_)) {
                *response = With::Error(404, "UNSUPPORTED", "there is no such endpoint").answer(params);
            }
            response.headers_mut().remove("oci-subject");
        }),
    },
    Quirk {
        name: "lacks-deletion",
        does: "refuses to delete manifests and blobs",
        source: "distribution with deletion disabled, which is its default",
        since: "2022-12",
        shows: Shows::Lack("deletion of manifests"),
        act: Act::Refuse {
            when: |asked, _| {
                asked.method == http::Method::DELETE && matches!(asked.place, Endpoint::Manifest(_) | Endpoint::Blob(_))
            },
            with: UNSUPPORTED,
        },
    },
    Quirk {
        name: "refuses-large-manifest",
        does: "refuses a manifest of more than 262144 bytes, with a code of its own",
        source: "GitLab container-registry, merge requests 788 and 818: a limit on size; the number is ours",
        since: "2021",
        shows: Shows::Finding("rejects-valid", "text.padding=pad(262145)"),
        act: Act::Refuse {
            when: |asked, _| pushes_more_than(asked, 256 * 1024),
            with: With::Error(400, "MANIFEST_SIZE_LIMIT", "payload size limit exceeded"),
        },
    },
    Quirk {
        name: "pull-needs-accept",
        does: "answers 404 to a pull of an OCI manifest whose `Accept` does not hold its type, if it is not `*/*`",
        source: "hub-feedback#2391; distribution#4385; azure-cli#25280, Azure/acr#764",
        since: "2024",
        shows: Shows::Finding("lost", "accept=absent"),
        act: Act::Alter(|asked, _, response, params| {
            let own = response.headers().get("content-type").and_then(|own| own.to_str().ok()).unwrap_or_default();
            let wished = asked.header("accept").unwrap_or_default();
            let is_oci = own.starts_with("application/vnd.oci.") && !wished.contains(own) && wished != "*/*";
            if asked.pulls_manifest().is_some() && response.status() == 200 && is_oci {
                *response = NOT_AS_ASKED.answer(params);
            }
        }),
    },
    Quirk {
        name: "pull-refuses-any-accept",
        does: "answers 404 to a pull whose `Accept` is `*/*`",
        source: "distribution#4385; dockerapplifecycle#13",
        since: "2024",
        shows: Shows::Finding("lost", "accept=any"),
        act: Act::Refuse {
            when: |asked, _| asked.pulls_manifest().is_some() && asked.header("accept") == Some("*/*"),
            with: NOT_AS_ASKED,
        },
    },
    Quirk {
        name: "refuses-monolithic-upload",
        does: "refuses the upload of a blob that is not sent in chunks",
        source: "containerd#3533, RTFACT-19344",
        since: "2019",
        shows: Shows::Nothing("a client then sends chunks, as ours does"),
        act: Act::Refuse {
            when: |asked, _| {
                matches!(asked.place, Endpoint::Upload(_))
                    && asked.method == http::Method::PUT
                    && !asked.body.is_empty()
            },
            with: UNSUPPORTED,
        },
    },
    Quirk {
        name: "refuses-chunked-upload",
        does: "refuses the chunks of an upload",
        source: "dotnet/sdk-container-builds#287; rust-oci-client#177",
        since: "2023",
        shows: Shows::Nothing("blobs are sent whole where that is taken"),
        act: Act::Refuse {
            when: |asked, _| matches!(asked.place, Endpoint::Upload(_)) && asked.method == http::Method::PATCH,
            with: UNSUPPORTED,
        },
    },
];

const NOT_AS_ASKED: With =
    With::Error(404, "MANIFEST_UNKNOWN", "a manifest was found, but not of a type that is asked for");
const UNSUPPORTED: With = With::Error(405, "UNSUPPORTED", "the operation is unsupported");

fn pushes_more_than(asked: &Asked<'_>, bytes: usize) -> bool {
    asked.pushes_manifest().is_some() && asked.body.len() > bytes
}

/// The reference of a manifest push, where it is a digest.
fn pushed_digest<'a>(asked: &'a Asked<'_>) -> Option<&'a str> {
    asked.pushes_manifest().filter(|reference| digest::algorithm(reference).is_some())
}

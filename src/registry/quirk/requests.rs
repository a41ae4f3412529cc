//! Refusals by path, headers and raw body, and missing endpoints.

use super::{Act, FOUR_MIB, Quirk, Shows, UNREPORTED, With, fail, refuse};
use crate::registry::digest;
use crate::registry::pushed::ManifestKind;
use crate::registry::request::ParsedRequest;
use crate::registry::route::Endpoint;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "fails-on-absent-content-type",
        does: "answers 500 to a manifest push without `Content-Type`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("server-error", "content-type=absent"),
        act: fail(|request, _| request.pushed_reference().is_some() && request.header("content-type").is_none()),
    },
    Quirk {
        name: "refuses-unknown-content-type",
        does: "refuses a manifest push whose `Content-Type` is absent or not that of a manifest, regardless of the body",
        source: "distribution and quay, which parse such a body as a schema 1 manifest",
        since: "2026",
        shows: Shows::Nothing("the client must send the media type of the document"),
        act: refuse(|request, _| {
            request.pushed.as_ref().is_some_and(|pushed| ManifestKind::of(pushed.essence).is_none())
        }),
    },
    Quirk {
        name: "refuses-content-type-parameters",
        does: "refuses a manifest push whose `Content-Type` has parameters",
        source: "quay and gitea source",
        since: "2026",
        shows: Shows::Finding("rejects-valid", "content-type=parameters"),
        act: Act::Refuse {
            when: |request, _| {
                let value = request.header("content-type");
                request.pushed_reference().is_some() && value.is_some_and(|value| value.contains(';'))
            },
            with: With::Error(415, "UNSUPPORTED", "unsupported media type"),
        },
    },
    Quirk {
        name: "refuses-content-type-case",
        does: "refuses a manifest push whose `Content-Type` contains upper-case letters",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "content-type=upper-case"),
        act: refuse(|request, _| {
            let value = request.header("content-type");
            request.pushed_reference().is_some()
                && value.is_some_and(|value| value.bytes().any(|b| b.is_ascii_uppercase()))
        }),
    },
    Quirk {
        name: "refuses-chunked",
        does: "refuses a manifest push with `Transfer-Encoding`",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Nothing("a server may require a Content-Length"),
        act: Act::Refuse {
            when: |request, _| request.pushed_reference().is_some() && request.header("transfer-encoding").is_some(),
            with: With::Error(411, "SIZE_INVALID", "a Content-Length is required"),
        },
    },
    Quirk {
        name: "refuses-push-by-digest",
        does: "refuses to push a manifest by digest",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Lack("push by digest"),
        act: Act::Refuse { when: |request, _| pushed_digest(request).is_some(), with: UNSUPPORTED },
    },
    Quirk {
        name: "fails-on-malformed-digest",
        does: "answers 500 if the reference contains a colon but is not a digest",
        source: "distribution#4945",
        since: "2026",
        shows: Shows::Finding("server-error", "reference=short-digest"),
        act: fail(|request, _| match request.endpoint {
            Endpoint::Manifest(reference) => reference.contains(':') && digest::algorithm(reference).is_none(),
            _ => false,
        }),
    },
    Quirk {
        name: "refuses-sha512-reference",
        does: "refuses to push a manifest by a SHA-512 digest",
        source: "distribution and quay source",
        since: "2026",
        shows: Shows::Nothing("the specifications disagree on whether registries must support SHA-512"),
        act: Act::Refuse {
            when: |request, _| pushed_digest(request).is_some_and(|digest| digest.starts_with("sha512:")),
            with: With::Error(400, "DIGEST_INVALID", "provided digest did not match uploaded content"),
        },
    },
    Quirk {
        name: "wrong-digest-is-manifest-invalid",
        does: "answers MANIFEST_INVALID if the digest in the path does not match the body",
        source: "quay source",
        since: "2026",
        shows: Shows::Nothing("no specification defines the code of this refusal"),
        act: refuse(|request, _| pushed_digest(request).is_some_and(|digest| !digest::matches(digest, request.body))),
    },
    Quirk {
        name: "refuses-indented",
        does: "refuses a manifest whose JSON contains line breaks",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "text.space=indented"),
        act: refuse(|request, _| {
            request.pushed.as_ref().is_some_and(|p| p.object().is_some()) && request.body.contains(&b'\n')
        }),
    },
    Quirk {
        name: "refuses-unicode-escapes",
        does: "refuses a manifest whose JSON contains a `\\u` escape",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "text.escapes=all"),
        act: refuse(|request, _| {
            request.pushed.as_ref().is_some_and(|p| p.object().is_some())
                && request.body.windows(2).any(|two| two == b"\\u")
        }),
    },
    Quirk {
        name: "refuses-long-tag",
        does: "refuses to push a manifest by a tag longer than 127 characters",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "reference=length(128)"),
        act: refuse(|request, _| {
            request.pushed_reference().is_some_and(|reference| reference.len() > 127 && !reference.contains(':'))
        }),
    },
    Quirk {
        name: "refuses-above-4-mib",
        does: "refuses a manifest larger than 4194304 bytes",
        source: "harbor `MaxManifestBodySize`",
        since: "2026",
        shows: Shows::Nothing("distribution-spec allows a size limit of at least 4 megabytes, signalled by 413"),
        act: Act::Refuse {
            when: |request, _| pushes_more_than(request, FOUR_MIB),
            with: With::Error(413, "MANIFEST_INVALID", "manifest is too large"),
        },
    },
    Quirk {
        name: "limit-answers-400",
        does: "answers 400 to a manifest larger than 4194304 bytes",
        source: "docker-registry 2.8.2",
        since: "2026-11-24",
        shows: Shows::Finding("wrong-status", "text.padding=beyond(4194305)"),
        act: refuse(|request, _| pushes_more_than(request, FOUR_MIB)),
    },
    Quirk {
        name: "lacks-referrers",
        does: "has no referrers endpoint and does not send `OCI-Subject`",
        source: "distribution 2.8; ghcr-cleanup-action#114",
        since: "2022-12",
        shows: Shows::Lack("referrers"),
        act: Act::Alter(|request, _, response, params| {
            if matches!(request.endpoint, Endpoint::Referrers(_)) {
                *response = With::Error(404, "UNSUPPORTED", "there is no such endpoint").answer(params);
            }
            response.headers_mut().remove("oci-subject");
        }),
    },
    Quirk {
        name: "lacks-deletion",
        does: "refuses to delete manifests and blobs",
        source: "distribution with deletion disabled, the default",
        since: "2022-12",
        shows: Shows::Lack("deletion of manifests"),
        act: Act::Refuse {
            when: |request, _| {
                request.method == http::Method::DELETE
                    && matches!(request.endpoint, Endpoint::Manifest(_) | Endpoint::Blob(_))
            },
            with: UNSUPPORTED,
        },
    },
    Quirk {
        name: "refuses-large-manifest",
        does: "refuses a manifest larger than 262144 bytes, with a non-standard code",
        source: "GitLab container-registry, merge requests 788 and 818; the exact size limit is a guess",
        since: "2021",
        shows: Shows::Finding("rejects-valid", "text.padding=pad(262145)"),
        act: Act::Refuse {
            when: |request, _| pushes_more_than(request, 256 * 1024),
            with: With::Error(400, "MANIFEST_SIZE_LIMIT", "payload size limit exceeded"),
        },
    },
    Quirk {
        name: "pull-needs-accept",
        does: "answers 404 to a pull of an OCI manifest unless `Accept` contains its media type or is `*/*`",
        source: "hub-feedback#2391; distribution#4385; azure-cli#25280, Azure/acr#764",
        since: "2024",
        shows: Shows::Finding("lost", "accept=absent"),
        act: Act::Alter(|request, _, response, params| {
            let media_type =
                response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let accept = request.header("accept").unwrap_or_default();
            let is_oci = media_type.starts_with("application/vnd.oci.");
            let is_refused = is_oci && !accept.contains(media_type) && accept != "*/*";
            if request.pulled_reference().is_some() && response.status() == 200 && is_refused {
                *response = NOT_ACCEPTABLE.answer(params);
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
            when: |request, _| request.pulled_reference().is_some() && request.header("accept") == Some("*/*"),
            with: NOT_ACCEPTABLE,
        },
    },
    Quirk {
        name: "refuses-monolithic-upload",
        does: "refuses monolithic blob uploads",
        source: "containerd#3533, RTFACT-19344",
        since: "2019",
        shows: Shows::Finding("rejects-valid", "kind=blob"),
        act: Act::Refuse {
            when: |request, _| {
                matches!(request.endpoint, Endpoint::Upload(_))
                    && request.method == http::Method::PUT
                    && !request.body.is_empty()
            },
            with: UNSUPPORTED,
        },
    },
    Quirk {
        name: "refuses-chunked-upload",
        does: "refuses chunked blob uploads",
        source: "dotnet/sdk-container-builds#287; rust-oci-client#177",
        since: "2023",
        shows: Shows::Finding("rejects-valid", "kind=blob;upload=chunked"),
        act: Act::Refuse {
            when: |request, _| matches!(request.endpoint, Endpoint::Upload(_)) && request.method == http::Method::PATCH,
            with: UNSUPPORTED,
        },
    },
];

const NOT_ACCEPTABLE: With =
    With::Error(404, "MANIFEST_UNKNOWN", "a manifest was found, but not of a type that is asked for");
const UNSUPPORTED: With = With::Error(405, "UNSUPPORTED", "the operation is unsupported");

fn pushes_more_than(request: &ParsedRequest<'_>, bytes: usize) -> bool {
    request.pushed_reference().is_some() && request.body.len() > bytes
}

/// The reference of a manifest push, if it is a digest.
fn pushed_digest<'a>(request: &'a ParsedRequest<'_>) -> Option<&'a str> {
    request.pushed_reference().filter(|reference| digest::algorithm(reference).is_some())
}

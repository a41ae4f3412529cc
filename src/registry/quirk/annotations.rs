//! Quirks about annotations, and about the attestations that are recognised by them.

use super::documents::member;
use super::kinds::children;
use super::{Quirk, Shows, UNREPORTED, fail, refuse};
use crate::json::Node;
use crate::registry::pushed::present;
use crate::registry::request::ParsedRequest;

/// The longest key that fits a column of 255 characters, in bytes.
const LONGEST_KEY: usize = 255;
/// The longest value that fits a column of type TEXT in MySQL, in bytes.
const LONGEST_VALUE: usize = 65_535;

pub(super) const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "refuses-upper-case-annotation-keys",
        does: "refuses a manifest that has an annotation key with an upper-case letter",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "annotations=upper-case-key"),
        act: refuse(|request, _| any_annotation(request, |key, _| key.bytes().any(|b| b.is_ascii_uppercase()))),
    },
    Quirk {
        name: "refuses-dotted-annotation-keys",
        does: "refuses a manifest that has an annotation key with an empty part between dots",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "annotations=dotted-key"),
        act: refuse(|request, _| {
            any_annotation(request, |key, _| key.contains('.') && key.split('.').any(str::is_empty))
        }),
    },
    Quirk {
        name: "fails-on-long-annotation-keys",
        does: "answers 500 to a manifest that has an annotation key of more than 255 bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("server-error", "annotations=key-length(256)"),
        act: fail(|request, _| any_annotation(request, |key, _| key.len() > LONGEST_KEY)),
    },
    Quirk {
        name: "refuses-long-annotation-values",
        does: "refuses a manifest that has an annotation value of more than 65 535 bytes",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "annotations=length(65536)"),
        act: refuse(|request, _| any_annotation(request, |_, value| value.len() > LONGEST_VALUE)),
    },
    Quirk {
        name: "refuses-unknown-platform",
        does: "refuses an index with a child whose platform is unknown/unknown, as BuildKit writes for attestations",
        source: "buildx#1509, in a client",
        since: "2023-01-11",
        shows: Shows::Finding("rejects-valid", "kind=index;manifests.0.platform=unknown"),
        act: refuse(|request, _| children(request).into_iter().any(has_unknown_platform)),
    },
    Quirk {
        name: "refuses-attestations",
        does: "refuses an index with a child that BuildKit's annotations mark as an attestation",
        source: UNREPORTED,
        since: "2026-11",
        shows: Shows::Finding("rejects-valid", "kind=index;manifests.0.annotations=attestation"),
        act: refuse(|request, _| {
            children(request).into_iter().any(|child| {
                let kind = present(child, "annotations").and_then(|all| all.get("vnd.docker.reference.type"));
                kind.is_some_and(|kind| kind.is_text("attestation-manifest"))
            })
        }),
    },
];

/// Whether any annotation of a pushed manifest satisfies the predicate. Values that are not strings are skipped.
fn any_annotation(request: &ParsedRequest<'_>, predicate: impl Fn(&str, &str) -> bool) -> bool {
    let all = member(request, "annotations").into_iter().flat_map(Node::members);
    all.filter_map(|(key, value)| Some((key.text()?, value.text()?))).any(|(key, value)| predicate(&key, &value))
}

fn has_unknown_platform(child: Node<'_>) -> bool {
    present(child, "platform").is_some_and(|platform| {
        ["architecture", "os"].iter().all(|name| platform.get(name).is_some_and(|value| value.is_text("unknown")))
    })
}

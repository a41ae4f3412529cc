//! What the registry answers to a client under test. Only cases for client programs deviate here.

use super::{Effect, Entry, Group, SlotRow, Under};

const fn valid(name: &'static str, about: &'static str) -> Entry {
    Entry::valid(name, Effect::Answer, about)
}

const fn invalid(name: &'static str, about: &'static str) -> Entry {
    Entry::invalid(name, Effect::Answer, about)
}

const fn usual(name: &'static str, about: &'static str) -> Entry {
    Entry::valid(name, Effect::Usual, about)
}

const fn row(name: &'static str, menu: &'static [Entry]) -> SlotRow {
    SlotRow { name, group: Group::Answer, under: Under::Entries("kind", &["image", "index"]), menu }
}

pub(in crate::shape) const ROWS: &[SlotRow] = &[
    row(
        "answer.manifest.content-type",
        &[
            usual("right", "the manifest's type as Content-Type"),
            valid("absent", "no Content-Type"),
            valid("absent-in-head", "no Content-Type in HEAD alone"),
            invalid("other", "the type of the other kind of OCI manifest"),
            invalid("html", "text/html"),
        ],
    ),
    row(
        "answer.manifest.digest",
        &[
            usual("right", "the digest of the body as Docker-Content-Digest"),
            valid("absent", "no Docker-Content-Digest"),
            invalid("other", "the digest of other bytes"),
            invalid("malformed", "a SHA-256 of one digit"),
            invalid("traversal", "an encoded part that leads to parent folders"),
        ],
    ),
    row(
        "answer.manifest.body",
        &[
            usual("right", "the manifest"),
            invalid("other", "another valid manifest of the same kind"),
            invalid("truncated", "the first half of the manifest"),
            invalid("longer", "the manifest, and a space behind it"),
            invalid("endless", "the manifest, and spaces without end"),
        ],
    ),
    row(
        "answer.manifest.length",
        &[
            usual("right", "the length of the body as Content-Length"),
            valid("absent", "a chunked body"),
            invalid("larger", "more than the body has; then the connection ends"),
            invalid("smaller", "less than the body has"),
            invalid("zero-in-head", "0 in HEAD alone"),
        ],
    ),
    row(
        "answer.blob.body",
        &[
            usual("right", "the content of each blob"),
            invalid("other", "other bytes of the same length"),
            invalid("truncated", "the first half of the content"),
            invalid("longer", "the content, and a byte behind it"),
            invalid("endless", "the content, and bytes without end"),
        ],
    ),
    row(
        "answer.blob.length",
        &[
            usual("right", "the length of the body as Content-Length"),
            valid("absent", "a chunked body"),
            invalid("larger", "more than the body has; then the connection ends"),
            invalid("smaller", "less than the body has"),
            invalid("zero-in-head", "0 in HEAD alone"),
        ],
    ),
    row(
        "answer.blob.coding",
        &[
            usual("none", "blobs without a content coding"),
            invalid("gzip", "Content-Encoding: gzip, unasked"),
            invalid("bomb", "Content-Encoding: gzip of the content and a gigabyte of zeros"),
        ],
    ),
    row(
        "answer.redirect",
        &[
            usual("none", "blobs are served by the registry"),
            valid("other-host", "blobs are redirected to another host, which serves them"),
            invalid("loop", "blobs are redirected to their own address"),
            invalid("file", "blobs are redirected to a file: URL"),
            valid("other-port", "manifests and blobs are redirected to another port of the same address"),
        ],
    ),
    row(
        "answer.realm",
        &[
            usual("none", "the registry needs no credentials"),
            valid("ours", "a Bearer challenge with a token service on the registry's host and port"),
            invalid("foreign", "a Bearer challenge with a token service on another host"),
            invalid("plain-http", "a Bearer challenge with a token service without TLS that is not on loopback"),
            invalid("private-address", "a Bearer challenge with a token service at 169.254.169.254"),
        ],
    ),
    row(
        "answer.location",
        &[
            usual("right", "an absolute URL of the registry as Location of an upload"),
            valid("relative", "a path as Location of an upload"),
            invalid("other-host", "another host as Location of an upload"),
            invalid("file", "a file: URL as Location of an upload"),
            invalid("redirected", "the POST that opens an upload is redirected to another host with 307"),
        ],
    ),
    row(
        "answer.link.tags",
        &[
            usual("none", "a tag list of one page"),
            valid("pages", "a tag list of two pages"),
            invalid("other-host", "the next page of the tag list is on another host"),
            invalid("loop", "the next page of the tag list is the same page"),
            invalid("endless", "a tag list of pages without end"),
        ],
    ),
    row(
        "answer.link.referrers",
        &[
            usual("none", "a referrers list of one page"),
            valid("pages", "a referrers list of two pages"),
            invalid("other-host", "the next page of the referrers list is on another host"),
            invalid("loop", "the next page of the referrers list is the same page"),
            invalid("endless", "a referrers list of pages without end"),
        ],
    ),
    row(
        "answer.referrers",
        &[
            usual("right", "the manifests that refer to the subject"),
            valid("unavailable", "404, so that the referrers tag counts"),
            invalid("itself", "the subject is listed as its own referrer"),
            invalid("cyclic", "a referrer of the subject has the subject as referrer"),
            valid("many", "10 000 referrers"),
        ],
    ),
    row(
        "answer.status",
        &[
            usual("right", "no failure"),
            valid("429-once", "429 with Retry-After: 1 to the first request for each address"),
            valid("500-once", "500 to the first request for each address"),
            valid("401-in-pull", "401 with a new challenge to the first GET of a blob"),
        ],
    ),
];

//! Docker's rules on the objects that refer to content, in manifests and lists alike.

use crate::model::document::content::Content;
use crate::model::document::forms::{DigestForm, Size};
use crate::model::document::members::Name;
use crate::model::rule::{ContentRule, Report};
use crate::model::rules::docker::{MANIFEST, on_twin, row};
use crate::model::rules::image::{descriptor, sizes};

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    row(
        "docker-descriptor-media-type-is-a-media-type",
        MANIFEST,
        "mediaType is the MIME type of the referenced object",
        [
            "Clients cannot tell how to read the content.",
            "Set \"mediaType\" to the content's type, written as type/subtype.",
        ],
        |content, report| on_twin(content, report, descriptor::media_types),
    ),
    row(
        "docker-descriptor-digest-is-a-digest",
        MANIFEST,
        "digest is the content's digest as the registry API defines it",
        [
            "Clients can neither request nor verify the content.",
            "Set \"digest\" to sha256: followed by the content's hash in lower-case hex.",
        ],
        |content, report| on_twin(content, report, digests),
    ),
    row(
        "docker-descriptor-size-is-the-contents",
        MANIFEST,
        "size is the content's length in bytes",
        [
            "Clients do not trust content whose length differs from its size.",
            "Set \"size\" to the length in bytes of the content as it is stored, that is, compressed.",
        ],
        |content, report| on_twin(content, report, contents_sizes),
    ),
    row(
        "docker-descriptor-urls-are-uris",
        MANIFEST,
        "urls is a list of URLs from which the content may be fetched",
        ["Clients cannot fetch a foreign layer.", "Write an array of URLs, or leave \"urls\" out."],
        |content, report| on_twin(content, report, descriptor::urls),
    ),
];

fn digests(twin: &Content<'_>, report: &mut Report) {
    descriptor::digests(twin, report);
    descriptor::hex_digits(twin, DigestForm::WrongSha256, "sha256", 64, report);
    descriptor::hex_digits(twin, DigestForm::WrongSha512, "sha512", 128, report);
}

/// As for OCI, and sizes on which OCI's text and schema disagree: here only the text counts.
fn contents_sizes(twin: &Content<'_>, report: &mut Report) {
    sizes::sizes(twin, report);
    let open = twin.descriptors().filter(|descriptor| matches!(descriptor.size, Size::Ambiguous(_)));
    for node in open.filter_map(|descriptor| descriptor.get(Name::Size)) {
        report.at(node, "\"size\" is not written as a length; write the content's length in bytes as an integer");
    }
}

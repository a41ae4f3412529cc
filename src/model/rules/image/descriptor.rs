//! Author rules from image-spec's page on descriptors and digests, for every descriptor of a document.

use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::document::data::Data;
use crate::model::document::forms::{DigestForm, is_media_type, uri};
use crate::model::document::members::Name;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::rules::image::parameters::has_parameters;
use crate::model::rules::image::sizes;
use crate::model::versions::{FROM_1_0, FROM_1_1};

const PAGE: Clause = Clause::of(Source::ImageSpec, "descriptor.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Descriptor);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "descriptor-media-type-is-a-media-type",
            clause: Clause {
                section: "properties",
                summary: "mediaType is present and is a media type as defined in RFC 6838",
                sentence: "ca57bf28586867e5",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot tell how to read the content.",
            fix: "Set \"mediaType\" to the content's type, written as type/subtype.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: media_types,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-digest-is-a-digest",
            clause: Clause {
                section: "digests",
                summary: "digest is present and matches the digest grammar",
                sentence: "32f0863703342eb4",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients can neither request nor verify the content.",
            fix: "Set \"digest\" to sha256: followed by the content's hash in lower-case hex.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: digests,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-sha256-is-64-lower-case-hex-digits",
            clause: Clause {
                section: "sha-256",
                summary: "sha256: is followed by 64 lower-case hex digits",
                sentence: "d8ce5c12c4199cc3",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients and registries reject the digest, or do not find the content under it.",
            fix: "Write the whole SHA-256 hash as 64 lower-case hex digits.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| hex_digits(content, DigestForm::WrongSha256, "sha256", 64, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-sha512-is-128-lower-case-hex-digits",
            clause: Clause {
                section: "sha-512",
                summary: "sha512: is followed by 128 lower-case hex digits",
                sentence: "4f401b8e493986fe",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients and registries reject the digest, or do not find the content under it.",
            fix: "Write the whole SHA-512 hash as 128 lower-case hex digits.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| hex_digits(content, DigestForm::WrongSha512, "sha512", 128, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-digest-uses-sha256",
            clause: Clause {
                section: "registered-algorithms",
                summary: "digests use SHA-256",
                sentence: "283c834780f6077c",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Many registries and clients implement no other algorithm and cannot store or verify the content.",
            fix: "Use the content's SHA-256 digest.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: other_algorithms,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-size-is-the-contents",
            clause: Clause {
                section: "properties",
                summary: "size is present, is an int64 and equals the content's length in bytes",
                sentence: "9e45caa55725e7a5",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that compare the size reject the content before hashing it.",
            fix: "Set \"size\" to the length in bytes of the content as it is stored, that is, compressed.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: sizes::sizes,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-urls-are-uris",
            clause: Clause {
                section: "properties",
                summary: "urls is an array of URIs as defined in RFC 3986",
                sentence: "6db57c746d0bc074",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot download the content from a value that is not a URI.",
            fix: "Write \"urls\" as an array of absolute URIs, with the scheme and with special characters escaped.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: urls,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-urls-use-http",
            clause: Clause {
                section: "properties",
                summary: "URIs in urls use http or https",
                sentence: "4d9c936688ce1b35",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients implement no other scheme, so they cannot download the content from there.",
            fix: "Serve the content by HTTP, and write its https URL.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: schemes,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-data-is-base64",
            clause: Clause {
                section: "properties",
                summary: "data is base64 as defined in RFC 4648 section 4",
                sentence: "1f6b952e8fc7e0a2",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that decode descriptors into typed structures fail on the whole manifest.",
            fix: "Encode the content with the standard alphabet of RFC 4648 section 4, with padding and without line \
                  breaks.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: data_is_base64,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-data-is-the-content",
            clause: Clause {
                section: "properties",
                summary: "decoded data equals the content",
                sentence: "7f75ec90d5ac4b61",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that use embedded data get other content than clients that download it.",
            fix: "Encode the content that \"digest\" names, or remove \"data\".",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: data_is_the_content,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-artifact-type-is-a-media-type",
            clause: Clause {
                section: "properties",
                summary: "artifactType, if present, is a media type as defined in RFC 6838",
                sentence: "1e20e30e0a5b062a",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients that filter by type do not recognise the value, and registries that validate it refuse the \
                  push.",
            fix: "Write \"artifactType\" as type/subtype, or remove it.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: artifact_types,
    },
];

pub(in crate::model) fn media_types(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors().filter(|descriptor| !descriptor.is_typed) {
        match descriptor.get(Name::MediaType) {
            None => report.at(descriptor.node, "the descriptor has no \"mediaType\"; add the content's media type"),
            Some(node) if has_parameters(node) => {}
            Some(node) => {
                report.at(node, "\"mediaType\" is not a media type; write type/subtype as defined in RFC 6838")
            }
        }
    }
}

pub(in crate::model) fn digests(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors() {
        match (descriptor.digest_form, descriptor.get(Name::Digest)) {
            (DigestForm::Absent, _) => {
                report.at(descriptor.node, "the descriptor has no \"digest\"; add the content's digest, as sha256:HEX");
            }
            (DigestForm::Malformed, Some(node)) => {
                report.at(node, "\"digest\" is malformed; write sha256: followed by 64 hex digits");
            }
            _ => {}
        }
    }
}

pub(in crate::model) fn hex_digits(
    content: &Content<'_>,
    wrong: DigestForm,
    algorithm: &str,
    count: usize,
    report: &mut Report,
) {
    let found = content.descriptors().filter(|descriptor| descriptor.digest_form == wrong);
    for node in found.filter_map(|descriptor| descriptor.get(Name::Digest)) {
        report.at(
            node,
            format!("\"digest\" is malformed; write {algorithm}: followed by {count} hex digits in lower case"),
        );
    }
}

fn other_algorithms(content: &Content<'_>, report: &mut Report) {
    let is_other = |form| matches!(form, DigestForm::Sha512 | DigestForm::Unregistered);
    let found = content.descriptors().filter(|descriptor| is_other(descriptor.digest_form));
    for node in found.filter_map(|descriptor| descriptor.get(Name::Digest)) {
        report.at(node, "some implementations do not support the algorithm of \"digest\"; use sha256");
    }
}

pub(in crate::model) fn urls(content: &Content<'_>, report: &mut Report) {
    for node in content.descriptor_members(Name::Urls) {
        if !node.is_array() && !node.is_null() {
            report.at(node, "\"urls\" is not an array; write an array of strings");
        }
        let message = "an element of \"urls\" is not a URI; include the scheme and escape what RFC 3986 does not allow";
        for element in node.elements().filter(|element| element.text().is_none_or(|text| uri(&text).is_none())) {
            report.at(element, message);
        }
    }
}

fn schemes(content: &Content<'_>, report: &mut Report) {
    let is_http = |scheme: &str| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let urls = content.descriptor_members(Name::Urls);
    for element in urls.flat_map(Node::elements) {
        if element.text().is_some_and(|text| uri(&text).is_some_and(|uri| !is_http(uri.scheme().as_str()))) {
            report.at(element, "an element of \"urls\" uses neither http nor https; use https");
        }
    }
}

fn data_is_base64(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors_with(Name::Data).filter(|descriptor| descriptor.data == Data::NotBase64) {
        if let Some(node) = descriptor.get(Name::Data) {
            report.at(
                node,
                "\"data\" is not base64; encode the content with the alphabet and padding of RFC 4648 section 4",
            );
        }
    }
}

fn data_is_the_content(content: &Content<'_>, report: &mut Report) {
    for descriptor in content.descriptors_with(Name::Data) {
        if let (Data::Content { matches_digest: Some(false), .. }, Some(node)) =
            (descriptor.data, descriptor.get(Name::Data))
        {
            report
                .at(node, "\"data\" is not the content that \"digest\" names; encode that content or remove \"data\"");
        }
    }
}

fn artifact_types(content: &Content<'_>, report: &mut Report) {
    for node in content.descriptor_members(Name::ArtifactType) {
        let is_right = node.bytes().is_some_and(|text| is_media_type(&text)) || has_parameters(node);
        if !node.is_null() && !is_right {
            report.at(node, "\"artifactType\" is not a media type; write type/subtype as defined in RFC 6838");
        }
    }
}

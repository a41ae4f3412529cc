//! What clients must or should take: types, keys and members that they do not know, indexes, redirects.
//!
//! The sentences on unknown types of configs, layers and artifacts bind implementations that store or copy manifests. Whether a pull
//! only stores or also interprets an image depends on the program, so they are applied to copies and pushes alone.

use crate::exchange::client::{Operation, Outcome, Redirect};
use crate::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, Need, NeedKind, Presence, essence};
use crate::json;
use crate::model::document::content::{Content, DocumentKind};
use crate::model::document::descriptors::{Descriptor, Part};
use crate::model::document::media_types::KnownType;
use crate::model::document::members::Name;
use crate::model::policy::ran::{Ran, RunFlaw};
use crate::model::rule::{Binds, Class, Clause, ClientRule, Family, Level, Report, Requires, RuleInfo, Source};
use crate::model::rules::image::storing;
use crate::model::versions::{FROM_1_0, FROM_1_1, FROM_1_1_1, FROM_DEV, ONLY_1_0};

const MANIFEST: Clause =
    Clause { section: "image-manifest-property-descriptions", ..Clause::of(Source::ImageSpec, "manifest.md") };
const INDEX: Clause =
    Clause { section: "image-index-property-descriptions", ..Clause::of(Source::ImageSpec, "image-index.md") };
const CONSIDERATIONS: Clause =
    Clause { section: "extensibility", ..Clause::of(Source::ImageSpec, "considerations.md") };
const CLIENT: RuleInfo = RuleInfo::of(Binds::Client, Family::ClientTypes);

/// Parts of the messages of JSON decoders, in lower case.
const OF_DECODERS: [&str; 4] = ["invalid character", "unmarshal", "unexpected end of json", "expecting value"];

const fn takes(info: RuleInfo, applies: fn(&Content<'_>, Operation) -> bool) -> ClientRule {
    ClientRule { info, class: Class::ClientFailsOnValid, requires: Requires::Takes(applies) }
}

pub(super) const RULES: &[ClientRule] = &[
    takes(
        RuleInfo {
            id: "client-takes-unknown-artifact-types",
            clause: Clause {
                summary: "a client copies manifests with an unknown artifactType",
                sentence: "50e7eb5cd9c055a0",
                ..MANIFEST
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "New kinds of artifacts cannot be copied until the client is changed.",
            fix: "Copy manifests without comparing artifactType with a list of known types.",
            ..CLIENT
        },
        |content, operation| operation.writes() && applies(storing::unknown_artifact_type, content),
    ),
    takes(
        RuleInfo {
            id: "client-takes-unknown-config-types",
            clause: Clause {
                summary: "a client copies manifests with an unknown config media type",
                sentence: "956aa094ac313092",
                ..MANIFEST
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Helm charts and other artifacts with their own config type cannot be copied.",
            fix: "Copy configs as bytes without comparing their media type with a list of known types.",
            ..CLIENT
        },
        |content, operation| operation.writes() && has_unknown_type(content, Part::Config),
    ),
    takes(
        RuleInfo {
            id: "client-takes-unknown-layer-types",
            clause: Clause {
                summary: "a client copies manifests with an unknown layer media type",
                sentence: "a268e6c2a78957ee",
                ..MANIFEST
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Artifacts with their own layer types cannot be copied.",
            fix: "Copy layers as bytes without comparing their media type with a list of known types.",
            ..CLIENT
        },
        |content, operation| operation.writes() && has_unknown_type(content, Part::Layer),
    ),
    takes(
        RuleInfo {
            id: "client-takes-zstd-layers",
            clause: Clause {
                summary: "implementations support zstd-compressed layers",
                sentence: "3deece5208ef00bb",
                ..MANIFEST
            },
            level: Level::Should,
            versions: FROM_1_1_1,
            why: "Images with zstd-compressed layers cannot be used.",
            fix: "Support application/vnd.oci.image.layer.v1.tar+zstd as the type of a layer.",
            ..CLIENT
        },
        |content, operation| handles_images(operation) && applies(storing::zstd_layers, content),
    ),
    takes(
        RuleInfo {
            id: "client-takes-unknown-child-types",
            clause: Clause {
                summary: "an unknown media type in manifests is not an error",
                sentence: "0c03c53aa9a9e9b6",
                ..INDEX
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "An index that also lists new kinds of manifests cannot be used at all.",
            fix: "Skip elements of manifests whose media type is unknown, or copy them as bytes.",
            ..CLIENT
        },
        // Without another child, there may be nothing that the client could choose.
        |content, operation| {
            handles_images(operation)
                && applies(storing::unregistered_child_type, content)
                && has_a_usable_child(content)
        },
    ),
    takes(
        RuleInfo {
            id: "client-takes-nested-indexes",
            clause: Clause {
                summary: "implementations support an index as an element of an index",
                sentence: "d5aca8350c20c12d",
                ..INDEX
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Indexes that group other indexes cannot be used.",
            fix: "Support application/vnd.oci.image.index.v1+json as the type of an element of manifests.",
            ..CLIENT
        },
        |content, operation| {
            operation.writes() && applies(storing::nested_index, content) && has_a_nested_index(content)
        },
    ),
    takes(
        RuleInfo {
            id: "client-handles-indexes",
            clause: Clause {
                section: "oci-image-index-specification",
                summary: "consumers of images are prepared to process an index",
                sentence: "10761419f53780a4",
                ..INDEX
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Images that are published for several platforms cannot be used.",
            fix: "Read an index, and take the first manifest that fits; platform is optional.",
            ..CLIENT
        },
        |content, operation| operation.reads() && content.kind() == DocumentKind::Index && has_a_usable_child(content),
    ),
    takes(
        RuleInfo {
            id: "client-takes-unknown-members",
            clause: Clause {
                summary: "unknown properties are not an error",
                sentence: "7f877030b7cf1c15",
                ..CONSIDERATIONS
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Images that use properties of a later specification version cannot be used.",
            fix: "Ignore unknown properties when decoding.",
            restates: "client-ignores-unknown-members",
            ..CLIENT
        },
        |content, operation| operation.reads() && applies(storing::unknown_members, content),
    ),
    takes(
        RuleInfo {
            id: "client-ignores-unknown-members",
            clause: Clause {
                summary: "unknown properties of a manifest or an index are ignored",
                sentence: "e2779c2ea853427f",
                ..CONSIDERATIONS
            },
            level: Level::Must,
            versions: ONLY_1_0,
            why: "Images that use properties of a later specification version cannot be used.",
            fix: "Ignore unknown properties when decoding.",
            ..CLIENT
        },
        |content, operation| operation.reads() && applies(storing::unknown_members, content),
    ),
    takes(
        RuleInfo {
            id: "client-takes-unknown-annotation-keys",
            clause: Clause {
                section: "rules",
                summary: "unknown annotation keys are not an error",
                sentence: "1324cbc42794cb75",
                ..Clause::of(Source::ImageSpec, "annotations.md")
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Images with metadata of other tools cannot be used.",
            fix: "Ignore annotations whose key is unknown.",
            ..CLIENT
        },
        |content, operation| operation.reads() && applies(storing::unknown_annotation_keys, content),
    ),
    takes(
        RuleInfo {
            id: "client-ignores-content-type-parameters",
            clause: Clause {
                section: "pulling-manifests",
                summary: "a client ignores parameters of the Content-Type of a manifest",
                sentence: "f95b6b62fe92c52b",
                ..Clause::of(Source::DistributionSpec, "spec.md")
            },
            level: Level::Should,
            versions: FROM_1_1,
            why: "Manifests of registries that add a charset cannot be pulled.",
            fix: "Compare the type in Content-Type without its parameters.",
            ..CLIENT
        },
        |content, operation| operation.reads() && has_parameters(content),
    ),
    ClientRule {
        info: RuleInfo {
            id: "client-follows-redirects",
            clause: Clause {
                section: "api",
                summary: "a client follows redirects",
                sentence: "6432b31b189d87fc",
                ..Clause::of(Source::DistributionSpec, "spec.md")
            },
            level: Level::Should,
            versions: FROM_DEV,
            why: "Images of registries that keep blobs in an object store cannot be pulled.",
            fix: "Follow redirects of any request, without the Authorization header if the host is another.",
            ..CLIENT
        },
        class: Class::ClientFailsOnValid,
        requires: Requires::Follows(|content, operation| {
            operation.reads() && content.exchange.answers.redirect == Redirect::OtherHost
        }),
    },
    ClientRule {
        info: RuleInfo {
            id: "client-parses-no-unknown-config",
            clause: Clause {
                summary: "a client does not parse a config whose media type it does not know",
                sentence: "cc0221f3e6bbc56b",
                ..MANIFEST
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Artifacts whose config is not JSON fail, although the client has no use for the config.",
            fix: "Compare the config's media type with the known ones before parsing the config.",
            ..CLIENT
        },
        class: Class::ClientFailsOnValid,
        requires: Requires::Duty(parses_no_unknown_config),
    },
];

/// Whether a rule on content applies.
fn applies(check: fn(&Content<'_>, &mut Report), content: &Content<'_>) -> bool {
    let mut report = Report::without_places();
    check(content, &mut report);
    report.applies
}

fn handles_images(operation: Operation) -> bool {
    operation.reads() || operation.writes()
}

/// Whether an image has content of a type that neither OCI nor Docker defines. A client may know the others.
fn has_unknown_type(content: &Content<'_>, part: Part) -> bool {
    content.kind() == DocumentKind::Image
        && content.descriptors_of(part).any(|descriptor| {
            let is_unknown = |node: json::Node<'_>| node.bytes().is_some_and(|text| !storing::is_oci_or_docker(&text));
            descriptor.media_type().is_some_and(is_unknown) && content.held(&descriptor) == Presence::Yes
        })
}

fn has_parameters(content: &Content<'_>) -> bool {
    let value = content.exchange.tested.content_type.as_deref().unwrap_or_default();
    value.contains(';') && content.body_type().is_some_and(|own| essence(&own) == essence(value))
}

/// Whether an index has an image manifest that a client on any machine may choose: one whose platform is absent or linux/amd64.
fn has_a_usable_child(content: &Content<'_>) -> bool {
    let is_usable = |child: Descriptor<'_>| {
        let is_held = content
            .need(&child)
            .is_some_and(|(need, held)| held == Presence::Yes && need.kind == NeedKind::Manifest(IMAGE_MANIFEST));
        child.is_type(KnownType::ImageManifest) && is_held && child.get(Name::Platform).is_none_or(is_linux_amd64)
    };
    content.descriptors_of(Part::Child).any(is_usable)
}

/// Whether a child is an index by its descriptor and in fact.
fn has_a_nested_index(content: &Content<'_>) -> bool {
    content.descriptors_of(Part::Child).any(|child| {
        let is_index = |(need, _): (&Need, Presence)| need.kind == NeedKind::Manifest(IMAGE_INDEX);
        child.is_type(KnownType::ImageIndex) && content.need(&child).is_some_and(is_index)
    })
}

fn is_linux_amd64(platform: json::Node<'_>) -> bool {
    let is = |name, text| platform.get(name).is_some_and(|node| node.is_text(text));
    is("os", "linux") && is("architecture", "amd64") && platform.members().count() == 2
}

/// A refusal with a decoder's words shows it if nothing but the config is not JSON.
fn parses_no_unknown_config(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>) {
    let words = ran.run.last_line.to_lowercase();
    let is_of_decoder = OF_DECODERS.iter().any(|part| words.contains(part));
    if ran.run.outcome != Outcome::Refused || !is_of_decoder || !ran.content.exchange.answers.are_right() {
        return;
    }
    if ran.content.document().is_err() || !has_unknown_type(ran.content, Part::Config) {
        return;
    }
    let is_json = |bytes: &[u8]| json::read(bytes).is_ok_and(|document| document.root().is_object());
    for config in ran.content.descriptors_of(Part::Config) {
        let Some((need, _)) = ran.content.need(&config) else { continue };
        let was_fetched = ran.fetched_blobs().any(|blob| blob.digest == need.digest);
        if was_fetched && need.held().is_some_and(|bytes| !is_json(bytes)) {
            flaws.push(Ran::flaw("the message is about JSON, and only the config, whose type is unknown, is not JSON"));
        }
    }
}

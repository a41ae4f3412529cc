//! Author rules on the platforms of an image index's children, and of the image that a subject references.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::{Node, read};
use crate::model::document::content::Content;
use crate::model::document::descriptors::{Descriptor, Part};
use crate::model::document::media_types::KnownType;
use crate::model::document::members::Name;
use crate::model::document::origins::{is_attestation, is_of_image};
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::versions::FROM_1_0;

const PAGE: Clause = Clause::of(Source::ImageSpec, "image-index.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Index);

pub(in crate::model) const CONTENT: &[ContentRule] = &[
    ContentRule {
        info: RuleInfo {
            id: "index-platform-names-architecture-and-os",
            clause: Clause {
                section: "image-index-property-descriptions",
                summary: "a platform has architecture and os",
                sentence: "625ac90e5fdfd7f5",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot select the image for their platform.",
            fix: "Add \"architecture\" and \"os\" to each platform, with GOARCH and GOOS values.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: names_both,
    },
    ContentRule {
        info: RuleInfo {
            id: "index-platform-members-have-their-types",
            clause: Clause {
                section: "image-index-property-descriptions",
                summary: "os.version and variant are strings, and os.features is an array of strings",
                sentence: "8158b0d9a62769bb",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that decode platforms into typed structures fail on the whole index.",
            fix: "Write os.version and variant as strings, and os.features as an array of strings.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: types,
    },
    ContentRule {
        info: RuleInfo {
            id: "index-platform-architecture-is-gos",
            clause: Clause {
                section: "image-index-property-descriptions",
                summary: "architecture is a GOARCH value",
                sentence: "08b785db6d5decc2",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients that choose by GOARCH never select the image.",
            fix: "Use a value of GOARCH, such as amd64 or arm64.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| known(content, "architecture", ARCHITECTURES, OR_NONE, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "index-platform-os-is-gos",
            clause: Clause {
                section: "image-index-property-descriptions",
                summary: "os is a GOOS value",
                sentence: "8054c9761d5ae95c",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients that choose by GOOS never select the image.",
            fix: "Use a value of GOOS, such as linux or windows.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| known(content, "os", SYSTEMS, OR_NONE, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "index-platform-windows-features-are-listed",
            clause: Clause {
                section: "image-index-property-descriptions",
                summary: "os.features for windows contains only the listed values",
                sentence: "464e91816cf7694d",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients do not know what the feature requires and may select an image that does not run.",
            fix: "Use win32k, the value that image-spec lists, or remove the element.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: windows_features,
    },
    ContentRule {
        info: RuleInfo {
            id: "descriptor-of-an-image-names-its-platform",
            clause: Clause {
                document: Source::ImageSpec,
                page: "descriptor.md",
                section: "properties",
                summary: "a descriptor of an image manifest has a platform; judged for elements of an index and subjects",
                sentence: "e18b6d2ecd3f1a63",
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients must download the image's config to learn where it runs, or skip the image.",
            fix: "Add \"platform\" with \"architecture\" and \"os\" to the descriptor.",
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: has_platform,
    },
];

/// The GOARCH values in the output of `go tool dist list` and in Go's documentation.
const ARCHITECTURES: &[&str] = &[
    "amd64",
    "arm64",
    "386",
    "arm",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mipsle",
    "ppc64",
    "ppc64le",
    "riscv64",
    "s390x",
    "sparc64",
    "wasm",
    "riscv",
    "sparc",
    "ppc",
    "s390",
    "amd64p32",
    "armbe",
    "arm64be",
    "mips64p32",
    "mips64p32le",
];
/// The GOOS values in the same sources.
const SYSTEMS: &[&str] = &[
    "linux",
    "windows",
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "zos",
];

/// The platforms of children that are objects.
pub(in crate::model) fn platforms<'c>(content: &'c Content<'_>) -> impl Iterator<Item = Node<'c>> {
    let children = content.descriptors_with(Name::Platform).filter(|descriptor| descriptor.part == Part::Child);
    children.filter_map(|child| child.get(Name::Platform)).filter(|node| node.is_object())
}

pub(in crate::model) fn names_both(content: &Content<'_>, report: &mut Report) {
    for child in content.descriptors_with(Name::Platform).filter(|descriptor| descriptor.part == Part::Child) {
        let Some(platform) = child.get(Name::Platform).filter(|node| !node.is_null()) else { continue };
        if !platform.is_object() {
            report.at(platform, "\"platform\" is not an object; write one with \"architecture\" and \"os\"");
            continue;
        }
        for name in ["architecture", "os"] {
            match platform.get(name) {
                None => report.at(platform, format!("\"platform\" has no \"{name}\"; add it as a string")),
                Some(node) if !node.is_string() => {
                    report.at(node, format!("\"{name}\" is not a string; write a string"))
                }
                Some(_) => {}
            }
        }
    }
}

pub(in crate::model) fn types(content: &Content<'_>, report: &mut Report) {
    for platform in platforms(content) {
        for name in ["os.version", "variant"] {
            if let Some(node) = platform.get(name).filter(|node| !node.is_string() && !node.is_null()) {
                report.at(node, format!("\"{name}\" is not a string; write a string or remove it"));
            }
        }
        let Some(features) = platform.get("os.features").filter(|node| !node.is_null()) else { continue };
        if !features.is_array() {
            report.at(features, "\"os.features\" is not an array; write an array of strings");
        }
        for element in features.elements().filter(|element| !element.is_string()) {
            report.at(element, "an element of \"os.features\" is not a string; write a string");
        }
    }
}

/// Reports values of architecture and os that are not Go's, in a list whose elements all have a platform.
pub(in crate::model) fn values(content: &Content<'_>, report: &mut Report) {
    known(content, "architecture", ARCHITECTURES, "", report);
    known(content, "os", SYSTEMS, "", report);
}

/// What else the author of an index can do about a platform.
const OR_NONE: &str = ", or if the content has no platform, remove \"platform\" and set \"artifactType\"";

fn known(content: &Content<'_>, name: &str, values: &[&str], alternative: &str, report: &mut Report) {
    // BuildKit marks attestations by the platform unknown/unknown, so that runtimes do not choose them.
    let children = content.descriptors_with(Name::Platform).filter(|descriptor| descriptor.part == Part::Child);
    let platforms = children.filter(|child| !is_attestation(child)).filter_map(|child| child.get(Name::Platform));
    for node in platforms.filter_map(|platform| platform.get(name)).filter(|node| node.is_string()) {
        if !node.bytes().is_some_and(|text| values.iter().any(|value| value.as_bytes() == &*text)) {
            report.at(node, advice(name, node, values, alternative));
        }
    }
}

/// The message for a value that is not in Go's list.
fn advice(name: &str, node: Node<'_>, values: &[&str], alternative: &str) -> String {
    /// What other tools call the same.
    const OTHER_NAMES: [(&str, &str); 8] = [
        ("aarch64", "arm64"),
        ("armv8", "arm64"),
        ("armhf", "arm"),
        ("i386", "386"),
        ("i686", "386"),
        ("x86_64", "amd64"),
        ("macos", "darwin"),
        ("wasi", "wasip1"),
    ];
    let own = node.text().unwrap_or_default().to_ascii_lowercase();
    let known = OTHER_NAMES.iter().find(|(other, _)| *other == own).map_or(&*own, |(_, known)| known);
    if values.contains(&known) {
        return format!("\"{name}\" is not written as in Go; write \"{known}\"");
    }
    let [first, second, ..] = values else { return format!("\"{name}\" is not a Go value; write one") };
    format!("\"{name}\" is not a Go value; write one, such as \"{first}\" or \"{second}\"{alternative}")
}

fn windows_features(content: &Content<'_>, report: &mut Report) {
    for platform in platforms(content) {
        let is_windows = platform.get("os").is_some_and(|node| node.is_text("windows"));
        let features = platform.get("os.features").filter(|_| is_windows).into_iter().flat_map(Node::elements);
        for feature in features.filter(|feature| feature.is_string() && !feature.is_text("win32k")) {
            report.at(feature, "not a windows feature that image-spec lists; use \"win32k\" or remove it");
        }
    }
}

fn has_platform(content: &Content<'_>, report: &mut Report) {
    // Signatures and other artifacts refer to a digest, whatever platform it is for.
    let subjects = content.descriptors_of(Part::Subject).filter(|_| !describes_artifact(content));
    for descriptor in content.descriptors_of(Part::Child).chain(subjects) {
        // Not for artifacts: a platform is required only if the content is platform-specific.
        if descriptor.is_type(KnownType::ImageManifest)
            && descriptor.get(Name::Platform).is_none()
            && !is_artifact(content, &descriptor)
            && !is_attestation(&descriptor)
        {
            let message = match descriptor.part {
                Part::Subject => "the subject is an image and has no \"platform\"; add that of the image",
                _ => "an image in an index has no \"platform\"; add one with \"architecture\" and \"os\"",
            };
            report.at(descriptor.node, message);
        }
    }
}

/// Whether the document itself is an artifact: it has an artifactType or a config that is not an image configuration.
fn describes_artifact(content: &Content<'_>) -> bool {
    let config = content.descriptors_of(Part::Config).next();
    content.member(Name::ArtifactType).is_some_and(|node| node.is_string() && !node.is_text(""))
        || config.is_some_and(|config| config.media_type().is_some() && !config.is_type(KnownType::ImageConfig))
}

/// Whether the content is an artifact according to its descriptor or its manifest, if that is known.
fn is_artifact(content: &Content<'_>, descriptor: &Descriptor<'_>) -> bool {
    let pushed = || content.need(descriptor).and_then(|(need, _)| need.held());
    let embedded = || STANDARD.decode(descriptor.get(Name::Data)?.text()?.as_bytes()).ok();
    descriptor.get(Name::ArtifactType).is_some_and(|node| !node.is_null())
        || pushed().map_or_else(
            || embedded().is_some_and(|bytes| is_artifact_manifest(&bytes)),
            |bytes| is_artifact_manifest(bytes),
        )
}

/// Whether a manifest is an artifact: it has an artifactType, a config that is not an image configuration or empty, or
/// layers of which none is a file system.
fn is_artifact_manifest(manifest: &[u8]) -> bool {
    const IMAGE_CONFIGS: [&str; 2] =
        ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
    /// The digests of no bytes and of `{}`, which are not image configurations.
    const EMPTY_CONFIGS: [&str; 2] = [
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    ];
    let Ok(manifest) = read(manifest) else { return false };
    let root = manifest.root();
    let of_config = |name| root.get("config").and_then(|config| config.get(name)).filter(|node| node.is_string());
    let mut layers = root.get("layers").into_iter().flat_map(Node::elements).peekable();
    let is_layer = |layer: Node<'_>| layer.get("mediaType").and_then(Node::text).is_none_or(|own| is_of_image(&own));
    root.get("artifactType").is_some_and(|node| node.is_string() && !node.is_text(""))
        || of_config("mediaType").is_some_and(|own| !IMAGE_CONFIGS.iter().any(|image| own.is_text(image)))
        || of_config("digest").is_some_and(|digest| EMPTY_CONFIGS.iter().any(|empty| digest.is_text(empty)))
        || (layers.peek().is_some() && !layers.any(is_layer))
}

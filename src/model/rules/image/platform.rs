//! Rules of image-spec's page on the image index that speak of a child's platform.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::{Node, read};
use crate::model::document::content::Content;
use crate::model::document::descriptors::{Descriptor, Part};
use crate::model::document::media_types::KnownType;
use crate::model::document::members::Name;
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
                summary: "a platform names architecture and os",
                sentence: "625ac90e5fdfd7f5",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
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
                summary: "os.version and variant are texts, os.features is an array of texts",
                sentence: "8158b0d9a62769bb",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
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
                summary: "architecture is one that the Go language names",
                sentence: "08b785db6d5decc2",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| known(content, "architecture", ARCHITECTURES, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "index-platform-os-is-gos",
            clause: Clause {
                section: "image-index-property-descriptions",
                summary: "os is one that the Go language names",
                sentence: "8054c9761d5ae95c",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: |content, report| known(content, "os", SYSTEMS, report),
    },
    ContentRule {
        info: RuleInfo {
            id: "index-platform-windows-features-are-listed",
            clause: Clause {
                section: "image-index-property-descriptions",
                summary: "a feature of windows is one that the page lists",
                sentence: "464e91816cf7694d",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
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
                summary: "a descriptor of an image manifest has a platform; here: as an element of an index",
                sentence: "e18b6d2ecd3f1a63",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            ..AUTHOR
        },
        consequence: Consequence::Breach,
        check: has_platform,
    },
];

/// What Go's `go tool dist list` and its documentation name as GOARCH.
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
/// The same for GOOS.
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

/// The platforms of children, where they are objects.
pub(in crate::model) fn platforms<'c>(content: &'c Content<'_>) -> impl Iterator<Item = Node<'c>> {
    let children = content.descriptors_with(Name::Platform).filter(|descriptor| descriptor.part == Part::Child);
    children.filter_map(|child| child.get(Name::Platform)).filter(|node| node.is_object())
}

fn names_both(content: &Content<'_>, report: &mut Report) {
    for child in content.descriptors_with(Name::Platform).filter(|descriptor| descriptor.part == Part::Child) {
        let Some(platform) = child.get(Name::Platform).filter(|node| !node.is_null()) else { continue };
        if !platform.is_object() {
            report.at(platform, "platform is no object: write one with architecture and os");
            continue;
        }
        for name in ["architecture", "os"] {
            match platform.get(name) {
                None => report.at(platform, format!("platform does not name {name}: add a text")),
                Some(node) if !node.is_string() => report.at(node, format!("{name} is no text: write one")),
                Some(_) => {}
            }
        }
    }
}

fn types(content: &Content<'_>, report: &mut Report) {
    for platform in platforms(content) {
        for name in ["os.version", "variant"] {
            if let Some(node) = platform.get(name).filter(|node| !node.is_string() && !node.is_null()) {
                report.at(node, format!("{name} is no text: write one, or leave the member out"));
            }
        }
        let Some(features) = platform.get("os.features").filter(|node| !node.is_null()) else { continue };
        if !features.is_array() {
            report.at(features, "os.features is no array: write an array of texts");
        }
        for element in features.elements().filter(|element| !element.is_string()) {
            report.at(element, "an element of os.features is no text: write one");
        }
    }
}

fn known(content: &Content<'_>, name: &str, values: &[&str], report: &mut Report) {
    for node in platforms(content).filter_map(|platform| platform.get(name)).filter(|node| node.is_string()) {
        if !node.bytes().is_some_and(|text| values.iter().any(|value| value.as_bytes() == &*text)) {
            report.at(node, advice(name, node, values));
        }
    }
}

/// What to write in the place of a value that Go does not know.
fn advice(name: &str, node: Node<'_>, values: &[&str]) -> String {
    /// What other tools call the same.
    const OTHER_NAMES: [(&str, &str); 7] = [
        ("aarch64", "arm64"),
        ("armv8", "arm64"),
        ("armhf", "arm"),
        ("i386", "386"),
        ("i686", "386"),
        ("x86_64", "amd64"),
        ("macos", "darwin"),
    ];
    let own = node.text().unwrap_or_default().to_ascii_lowercase();
    let known = OTHER_NAMES.iter().find(|(other, _)| *other == own).map_or(&*own, |(_, known)| known);
    if values.contains(&known) {
        return format!("{name} has another name in Go: write {known}");
    }
    let what = "where the content is for no platform, leave platform out and name its artifactType";
    format!("{name} is not a value that Go knows: write one, such as {} or {}; {what}", values[0], values[1])
}

fn windows_features(content: &Content<'_>, report: &mut Report) {
    for platform in platforms(content) {
        let is_windows = platform.get("os").is_some_and(|node| node.is_text("windows"));
        let features = platform.get("os.features").filter(|_| is_windows).into_iter().flat_map(Node::elements);
        for feature in features.filter(|feature| feature.is_string() && !feature.is_text("win32k")) {
            report.at(feature, "not a feature of windows that the specification lists: use win32k, or none");
        }
    }
}

fn has_platform(content: &Content<'_>, report: &mut Report) {
    for child in content.descriptors_of(Part::Child) {
        // An artifact needs none: the page asks for a platform only where the target is specific to one.
        if child.is_of(KnownType::ImageManifest) && child.get(Name::Platform).is_none() && !is_artifact(content, &child)
        {
            report.at(child.node, "an image in an index names no platform: add architecture and os");
        }
    }
}

/// Whether a child is an artifact according to its descriptor, or to its own manifest if that is known.
fn is_artifact(content: &Content<'_>, child: &Descriptor<'_>) -> bool {
    let given = || content.need(child).and_then(|(need, _)| need.held());
    let embedded = || STANDARD.decode(child.get(Name::Data)?.text()?.as_bytes()).ok();
    child.get(Name::ArtifactType).is_some_and(|node| !node.is_null())
        || given().map_or_else(|| embedded().is_some_and(|bytes| says_artifact(&bytes)), |bytes| says_artifact(bytes))
}

/// Whether a manifest has an artifactType, or a config of another type than an image configuration's.
fn says_artifact(manifest: &[u8]) -> bool {
    const IMAGE_CONFIGS: [&str; 2] =
        ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
    let Ok(manifest) = read(manifest) else { return false };
    let root = manifest.root();
    let config = root.get("config").and_then(|config| config.get("mediaType")).filter(|node| node.is_string());
    root.get("artifactType").is_some_and(|node| node.is_string() && !node.is_text(""))
        || config.is_some_and(|own| !IMAGE_CONFIGS.iter().any(|image| own.is_text(image)))
}

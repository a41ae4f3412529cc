//! The author rule from image-spec's page on the image configuration, for the content that a manifest's config points
//! at.

use std::cell::RefCell;

use bytes::Bytes;

use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::document::media_types::KnownType;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};
use crate::model::rules::image::manifest::config_of;
use crate::model::versions::FROM_1_0;

const PAGE: Clause = Clause::of(Source::ImageSpec, "config.md");
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Manifest);

pub(in crate::model) const CONTENT: &[ContentRule] = &[ContentRule {
    info: RuleInfo {
        id: "manifest-image-config-is-an-image-config",
        clause: Clause {
            section: "properties",
            summary: "content of the image configuration type has architecture, os and a rootfs of type layers, and other properties in \
                      their form",
            sentence: "7f139b35b6f8918a",
            ..PAGE
        },
        level: Level::Must,
        versions: FROM_1_0,
        why: "Runtimes read architecture, os and rootfs from it, so they cannot run the image.",
        fix: "Push an image configuration with architecture, os and rootfs, or give the config the media type of what \
              it is.",
        ..AUTHOR
    },
    consequence: Consequence::Breach,
    check: image_config,
}];

fn image_config(content: &Content<'_>, report: &mut Report) {
    let Some(config) = config_of(content) else { return };
    let Some((need, _)) = content.need(&config).filter(|_| config.is_type(KnownType::ImageConfig)) else { return };
    let Some((bytes, flaw)) = need.held().and_then(|bytes| Some((bytes, flaw_of(bytes)?))) else { return };
    let message = match (flaw, &**bytes) {
        (ConfigFlaw::Property(name, form), _) => {
            format!("\"config\" points at an image configuration whose {name} is not {form}; correct it")
        }
        (ConfigFlaw::Other, b"{}") => format!(
            "{NO_CONFIG}; write the media type of the empty descriptor and an \"artifactType\", or another config type"
        ),
        (ConfigFlaw::Other, _) => format!("{NO_CONFIG}; push one or change the media type"),
    };
    report.at(config.node, message);
}

const NO_CONFIG: &str = "\"config\" points at content that is not an image configuration";

/// What keeps content from being an image configuration.
#[derive(Clone, Copy)]
enum ConfigFlaw {
    /// It is something else: a required property is missing.
    Other,
    /// This optional property does not have this form.
    Property(&'static str, &'static str),
}

/// What keeps content from being an image configuration, if anything. Most exchanges point at the same one, so the last result is
/// cached.
fn flaw_of(bytes: &Bytes) -> Option<ConfigFlaw> {
    thread_local! {
        static LAST: RefCell<Option<(Bytes, Option<ConfigFlaw>)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| {
        if let Some((_, flaw)) = last.as_ref().filter(|(cached, _)| cached == bytes) {
            return *flaw;
        }
        let flaw = find_flaw(bytes);
        *last = Some((bytes.clone(), flaw));
        flaw
    })
}

fn find_flaw(bytes: &[u8]) -> Option<ConfigFlaw> {
    let Ok(config) = crate::json::read(bytes) else { return Some(ConfigFlaw::Other) };
    let root = config.root();
    if !has_required_properties(root) {
        return Some(ConfigFlaw::Other);
    }
    let of_container = root.get("config");
    let is_wrong = |(path, form): &(&'static str, Form)| {
        let (holder, name) = match path.split_once('.') {
            Some((_, name)) => (of_container, name),
            None => (Some(root), *path),
        };
        // image-spec allows null for every optional property.
        holder.and_then(|holder| holder.get(name)).is_some_and(|node| !node.is_null() && !form.fits(node))
    };
    OPTIONAL.iter().find(|property| is_wrong(property)).map(|(path, form)| ConfigFlaw::Property(path, form.name()))
}

fn has_required_properties(root: Node<'_>) -> bool {
    let is_string = |name: &&str| root.get(name).is_some_and(Node::is_string);
    ["architecture", "os"].iter().all(is_string)
        && root.get("rootfs").is_some_and(|rootfs| {
            rootfs.get("type").is_some_and(|kind| kind.is_text("layers"))
                && rootfs.get("diff_ids").is_some_and(|ids| ids.is_array() && ids.elements().all(Node::is_string))
        })
}

/// The form of a property.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Texts,
    Object,
    ObjectOfTexts,
    Objects,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Texts => "an array of strings",
            Self::Object => "an object",
            Self::ObjectOfTexts => "an object whose values are strings",
            Self::Objects => "an array of objects",
        }
    }

    fn fits(self, node: Node<'_>) -> bool {
        match self {
            Self::Text => node.is_string(),
            Self::Texts => node.is_array() && node.elements().all(Node::is_string),
            Self::Object => node.is_object(),
            Self::ObjectOfTexts => node.is_object() && node.members().all(|(_, value)| value.is_string()),
            Self::Objects => node.is_array() && node.elements().all(Node::is_object),
        }
    }
}

/// The optional properties whose form is defined, by their paths.
const OPTIONAL: [(&str, Form); 14] = [
    ("created", Form::Text),
    ("author", Form::Text),
    ("variant", Form::Text),
    ("config", Form::Object),
    ("history", Form::Objects),
    ("config.User", Form::Text),
    ("config.ExposedPorts", Form::Object),
    ("config.Env", Form::Texts),
    ("config.Entrypoint", Form::Texts),
    ("config.Cmd", Form::Texts),
    ("config.Volumes", Form::Object),
    ("config.WorkingDir", Form::Text),
    ("config.Labels", Form::ObjectOfTexts),
    ("config.StopSignal", Form::Text),
];

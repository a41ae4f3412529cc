//! The rows of the table. To add a slot, add a row; its entries declare as data what they render to.
//!
//! Menus only grow, at their end, and what an entry renders to is frozen, because corpora refer to entries by name.

mod answer;
mod blob;
mod confusion;
mod content;
mod descriptor;
mod document;
mod media_types;
mod request;
mod text;
mod unknown;

use super::effect::{Effect, ManifestContent};
use super::kind::{Kind, Role};
use super::slot::{Entry, Group};

pub(super) use content::CONTENT_ROWS;
pub(super) use descriptor::{DESCRIPTOR_ROWS, SITES};

/// When a slot is active.
#[derive(Clone, Copy, Debug)]
pub(super) enum Under {
    /// Always.
    Always,
    /// When this slot has one of these entries.
    Entries(&'static str, &'static [&'static str]),
}

/// A row of the table that becomes one slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct SlotRow {
    pub name: &'static str,
    pub group: Group,
    pub under: Under,
    pub menu: &'static [Entry],
}

const KIND: SlotRow = SlotRow {
    name: "kind",
    group: Group::Kind,
    under: Under::Always,
    menu: &[
        Entry::valid("image", Effect::Kind(Kind::Image), "an OCI image manifest"),
        Entry::valid("index", Effect::Kind(Kind::Index), "an OCI image index"),
        Entry::invalid("docker-image", Effect::Kind(Kind::DockerImage), "a Docker schema 2 image manifest"),
        Entry::invalid("docker-list", Effect::Kind(Kind::DockerList), "a Docker manifest list"),
        Entry::invalid("artifact", Effect::Kind(Kind::Artifact), "an artifact manifest (image-spec 1.1.0-rc2)"),
        Entry::invalid("json", Effect::Kind(Kind::Json), "`[]`: JSON, but not an object"),
        Entry::invalid("not-json", Effect::Kind(Kind::NotJson), "`manifest`: not JSON"),
        Entry::valid("blob", Effect::Kind(Kind::Blob), "a blob and its upload, instead of a document"),
    ],
};

/// Kinds whose document is an object.
const OBJECTS: Under = Under::Entries("kind", &["image", "index", "docker-image", "docker-list", "artifact"]);

/// Kinds that are pushed to the manifest endpoint.
const DOCUMENTS: Under =
    Under::Entries("kind", &["image", "index", "docker-image", "docker-list", "artifact", "json", "not-json"]);

/// The rows of uploads and of answers to clients, after all others.
pub(super) use answer::ROWS as ANSWER_ROWS;
pub(super) use blob::ROWS as BLOB_ROWS;

/// All rows except those of descriptors, uploads and answers, parents before children.
pub(super) static ROWS: std::sync::LazyLock<Vec<SlotRow>> = std::sync::LazyLock::new(|| {
    [&[KIND][..], document::ROWS, confusion::ROWS, unknown::ROWS, text::ROWS, request::ROWS].concat()
});

/// A row that becomes a slot for each descriptor site with one of these roles. `*` in the name is the site's path.
#[derive(Clone, Copy, Debug)]
pub(super) struct DescriptorRow {
    pub name: &'static str,
    pub group: Group,
    pub roles: &'static [Role],
    pub menu: &'static [Entry],
}

/// A place in the document where a descriptor can occur, and when its slots are active.
#[derive(Clone, Copy, Debug)]
pub(super) struct DescriptorSite {
    pub path: &'static str,
    pub role: Role,
    pub parent: &'static str,
    pub under: &'static [&'static str],
}

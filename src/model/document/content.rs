//! The input of content rules: the tested request and its parsed document, with facts and versions.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::exchange::{
    ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, Exchange, Facts, IMAGE_INDEX, IMAGE_MANIFEST, Need, Presence,
    essence,
};
use crate::json::{Document, Node, SyntaxError, read};
use crate::model::document::descriptors::{Descriptor, DescriptorEntry, DescriptorFields, Part};
use crate::model::document::forms::{is_media_type, parameters};
use crate::model::document::kind::{SCHEMA_1, by_members};
use crate::model::document::members::{Members, Name, Present};
use crate::model::versions::Versions;

/// The kind of manifest that a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// An image manifest.
    Image,
    /// An image index.
    Index,
    /// The artifact manifest of the release candidates.
    Artifact,
    /// A manifest of a kind that the chosen versions do not define.
    Foreign,
    /// Not identified as a manifest.
    Unknown,
}

/// The kind of document that a media type names; `same` compares media types.
fn kind_named(media_type: &str, versions: Versions, same: fn(&[u8], &[u8]) -> bool) -> Option<DocumentKind> {
    let is = |known: &str| media_type == known || same(media_type.as_bytes(), known.as_bytes());
    if is(IMAGE_MANIFEST) {
        Some(DocumentKind::Image)
    } else if is(IMAGE_INDEX) {
        Some(DocumentKind::Index)
    } else if is(ARTIFACT_MANIFEST) {
        Some(if versions.has_artifact_manifest() { DocumentKind::Artifact } else { DocumentKind::Foreign })
    } else {
        let begins = media_type.as_bytes().get(..SCHEMA_1.len()).is_some_and(|start| same(start, SCHEMA_1.as_bytes()));
        (is(DOCKER_MANIFEST) || is(DOCKER_LIST) || begins).then_some(DocumentKind::Foreign)
    }
}

/// The OCI kind that has the members of this Docker media type.
fn docker_kind(media_type: &str) -> Option<DocumentKind> {
    match media_type {
        DOCKER_MANIFEST => Some(DocumentKind::Image),
        DOCKER_LIST => Some(DocumentKind::Index),
        _ => None,
    }
}

/// The input of content rules.
#[derive(Debug)]
pub struct Content<'e> {
    /// The exchange that sends the document.
    pub exchange: &'e Exchange,
    /// What the target held before the tested request.
    pub facts: &'e Facts,
    /// The versions to judge by.
    pub versions: Versions,
    /// Whether the document is pushed, so that rules on headers and reference apply.
    pub is_pushed: bool,
    document: Result<Document<'e>, SyntaxError>,
    // Used by every rule, so computed once.
    members: Option<Members>,
    kind: OnceCell<DocumentKind>,
    descriptors: OnceCell<(Vec<DescriptorEntry>, Present)>,
    needs: OnceCell<HashMap<&'e [u8], usize, FixedState>>,
    docker_twin: OnceCell<Option<Box<Self>>>,
}

impl<'e> Content<'e> {
    /// Parses the document of the tested request.
    pub fn new(exchange: &'e Exchange, facts: &'e Facts, versions: Versions) -> Self {
        let document = read(&exchange.tested.body);
        let root = document.as_ref().ok().map(Document::root).filter(|root| root.is_object());
        let members = root.map(Members::of);
        let (kind, descriptors, needs) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let docker_twin = OnceCell::new();
        Self { exchange, facts, versions, is_pushed: true, document, members, kind, descriptors, needs, docker_twin }
    }

    /// Parses a document that was found rather than pushed: rules on the request do not apply.
    pub fn of_found(exchange: &'e Exchange, facts: &'e Facts, versions: Versions) -> Self {
        Self { is_pushed: false, ..Self::new(exchange, facts, versions) }
    }

    /// The parsed document.
    ///
    /// # Errors
    ///
    /// The position of the syntax error, if the document is not JSON.
    pub fn document(&self) -> Result<&Document<'e>, &SyntaxError> {
        self.document.as_ref()
    }

    /// The document's root, if it is an object.
    pub fn root(&self) -> Option<Node<'_>> {
        self.document.as_ref().ok().map(Document::root).filter(|_| self.members.is_some())
    }

    /// A member of the document.
    pub fn member(&self, name: Name) -> Option<Node<'_>> {
        self.members.as_ref()?.get(self.document.as_ref().ok()?.root(), name)
    }

    /// Whether the document has members with names not in `names`.
    pub fn has_others_than(&self, names: &[Name]) -> bool {
        self.members.as_ref().is_some_and(|members| members.present().has_others_than(names))
    }

    /// A member of the document, if the document is of this kind.
    pub fn member_of(&self, kind: DocumentKind, name: Name) -> Option<Node<'_>> {
        if self.kind() == kind { self.member(name) } else { None }
    }

    /// The `Content-Type` without parameters.
    pub fn header_type(&self) -> Option<&str> {
        let value = self.exchange.tested.content_type.as_deref()?;
        Some(value.split(';').next().unwrap_or(value).trim())
    }

    /// The document's `mediaType`, if it is a string.
    pub fn body_type(&self) -> Option<Cow<'_, str>> {
        self.member(Name::MediaType)?.text()
    }

    /// The kind of document that `Content-Type` names, ignoring letter case and parameters; `None` if it is not the
    /// type of a manifest.
    pub fn header_kind(&self) -> Option<DocumentKind> {
        let value = self.exchange.tested.content_type.as_deref()?;
        // Fast path: most are written exactly like a known type.
        kind_named(value, self.versions, |a, b| a == b)
            .or_else(|| kind_named(self.header_type()?, self.versions, <[u8]>::eq_ignore_ascii_case))
    }

    /// The kind of document that `mediaType` names, ignoring letter case and parameters; `None` if it is not the type
    /// of a manifest.
    pub fn body_kind(&self) -> Option<DocumentKind> {
        let own = self.body_type()?;
        let same = <[u8]>::eq_ignore_ascii_case;
        kind_named(&own, self.versions, same)
            .or_else(|| kind_named(&essence(parameters(&own).map(|_| &*own)?), self.versions, same))
    }

    /// The kind of document: from `Content-Type`, then `mediaType`, then (if that is not a media type) its members.
    pub fn kind(&self) -> DocumentKind {
        *self.kind.get_or_init(|| self.find_kind())
    }

    fn find_kind(&self) -> DocumentKind {
        let has = |name| self.member(name).is_some();
        let by_members = || by_members(has(Name::Config) || has(Name::Layers), has(Name::Manifests));
        let is_typed = || self.body_type().is_some_and(|own| is_media_type(own.as_bytes()));
        let declared = self.header_kind().or_else(|| self.body_kind());
        let derived = || kind_named(by_members().filter(|_| !is_typed())?, self.versions, |a, b| a == b);
        declared.or_else(derived).unwrap_or(DocumentKind::Unknown)
    }

    /// A Docker image manifest read as an OCI one, or a Docker manifest list as an OCI index: their members are the same.
    /// `None` for other documents. For Docker's rules, which so apply OCI's checks.
    pub fn docker_twin(&self) -> Option<&Self> {
        let read = || {
            let kind = docker_kind(&self.media_type().filter(|_| self.kind() == DocumentKind::Foreign)?)?;
            let twin = Self::of_found(self.exchange, self.facts, Versions::V1_1);
            Some(Box::new(Self { kind: OnceCell::from(kind), ..twin }))
        };
        self.docker_twin.get_or_init(read).as_deref()
    }

    /// The media type that the document is judged as, in lower case: from `Content-Type` if that is of a manifest, else
    /// from `mediaType`.
    fn media_type(&self) -> Option<String> {
        let header = self.header_type().filter(|_| self.header_kind().is_some());
        header.map(essence).or_else(|| Some(essence(&self.body_type()?)))
    }

    /// Whether it is a kind of manifest that the chosen versions define.
    pub fn is_known(&self) -> bool {
        matches!(self.kind(), DocumentKind::Image | DocumentKind::Index | DocumentKind::Artifact)
    }

    /// The document's root, if it is a kind of manifest that the chosen versions define.
    pub fn manifest(&self) -> Option<Node<'_>> {
        self.root().filter(|_| self.is_known())
    }

    /// The document's root, if the document is of this kind.
    pub fn root_of(&self, kind: DocumentKind) -> Option<Node<'_>> {
        self.root().filter(|_| self.kind() == kind)
    }

    /// Whether the document has any descriptors.
    pub fn has_descriptors(&self) -> bool {
        !self.entries().0.is_empty()
    }

    /// Whether any descriptor has this member.
    pub fn any_descriptor_has(&self, name: Name) -> bool {
        self.entries().1.has(name)
    }

    /// Whether any descriptor has members with names not in `names`.
    pub fn any_descriptor_has_others_than(&self, names: &[Name]) -> bool {
        self.entries().1.has_others_than(names)
    }

    /// The document's descriptors: every object in the position of one.
    pub fn descriptors(&self) -> impl Iterator<Item = Descriptor<'_>> {
        self.descriptors_where(|_| true)
    }

    /// The descriptors with this role.
    pub fn descriptors_of(&self, part: Part) -> impl Iterator<Item = Descriptor<'_>> {
        self.descriptors_where(move |found| found.part == part)
    }

    /// Whether the document has a descriptor with this role.
    pub fn has(&self, part: Part) -> bool {
        self.entries().0.iter().any(|found| found.part == part)
    }

    /// This member of every descriptor that has it.
    pub fn descriptor_members(&self, name: Name) -> impl Iterator<Item = Node<'_>> {
        self.descriptors_with(name).filter_map(move |descriptor| descriptor.get(name))
    }

    /// All descriptors if any of them has this member, else none: skips the walk in the usual case.
    pub fn descriptors_with(&self, name: Name) -> impl Iterator<Item = Descriptor<'_>> {
        self.any_descriptor_has(name).then(|| self.descriptors()).into_iter().flatten()
    }

    fn descriptors_where(&self, fits: impl Fn(&DescriptorEntry) -> bool) -> impl Iterator<Item = Descriptor<'_>> {
        let document = self.document.as_ref().ok();
        let found = self.entries().0.iter().filter(move |found| fits(found));
        found.filter_map(move |found| Some(Descriptor::new(document?, found)))
    }

    fn entries(&self) -> &(Vec<DescriptorEntry>, Present) {
        self.descriptors.get_or_init(|| {
            let found = self.find_descriptors();
            let mut present = Present::default();
            found.iter().for_each(|found| present.add(found.fields.present));
            (found, present)
        })
    }

    fn find_descriptors(&self) -> Vec<DescriptorEntry> {
        const MANY: usize = 1 << 16;
        let (Ok(document), Some(members)) = (&self.document, &self.members) else { return Vec::new() };
        let root = document.root();
        let mut found = Vec::with_capacity(8);
        let mut single = |part, name| {
            let node = members.get(root, name).filter(|node| node.is_object());
            found.extend(node.map(|node| self.entry_of(part, node)));
        };
        let (list, part) = match self.kind() {
            DocumentKind::Image => {
                single(Part::Config, Name::Config);
                (Name::Layers, Part::Layer)
            }
            DocumentKind::Index => (Name::Manifests, Part::Child),
            DocumentKind::Artifact => (Name::Blobs, Part::Blob),
            DocumentKind::Foreign | DocumentKind::Unknown => return found,
        };
        let elements = || members.get(root, list).into_iter().flat_map(Node::elements);
        // For millions of descriptors, growing by doubling would take twice the memory.
        if document.nodes() > MANY {
            found.reserve_exact(elements().count());
        }
        found.extend(elements().filter(|node| node.is_object()).map(|node| self.entry_of(part, node)));
        if self.versions.is_1_1() {
            let subject = members.get(root, Name::Subject).filter(|node| node.is_object());
            found.extend(subject.map(|node| self.entry_of(Part::Subject, node)));
        }
        found
    }

    fn entry_of(&self, part: Part, node: Node<'_>) -> DescriptorEntry {
        let fields = DescriptorFields::of(node);
        let need = fields.members.get(node, Name::Digest).and_then(|digest| self.find_need(&digest.bytes()?));
        let number = u32::try_from(node.number()).unwrap_or(0);
        DescriptorEntry { part, number, fields, need: need.and_then(|i| u32::try_from(i).ok()) }
    }

    /// The index of the first need with this digest.
    fn find_need(&self, digest: &[u8]) -> Option<usize> {
        /// From this number of needs on, a map is faster than a linear search.
        const MANY: usize = 16;
        let needs = &self.exchange.needs;
        if needs.len() < MANY {
            return needs.iter().position(|need| need.digest.as_bytes() == digest);
        }
        let indices = || needs.iter().enumerate().rev().map(|(i, need)| (need.digest.as_bytes(), i)).collect();
        self.needs.get_or_init(indices).get(digest).copied()
    }

    /// Whether the target holds the content that a descriptor points at.
    pub fn held(&self, descriptor: &Descriptor<'_>) -> Presence {
        self.need(descriptor).map_or(self.facts.others, |(_, held)| held)
    }

    /// The need that a descriptor points at, and whether the target holds it; `None` if no need has its digest.
    pub fn need(&self, descriptor: &Descriptor<'_>) -> Option<(&'e Need, Presence)> {
        let i = descriptor.need? as usize;
        Some((&self.exchange.needs[i], self.facts.needs.get(i).copied().unwrap_or(Presence::Unknown)))
    }
}

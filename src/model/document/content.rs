//! What the rules look at: the tested request and its document, read once, with facts and versions.

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
use crate::model::document::kind::by_members;
use crate::model::document::members::{Members, Name, Present};
use crate::model::versions::Versions;

/// What sort of manifest a document is, as far as the specifications can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// An image manifest.
    Image,
    /// An image index.
    Index,
    /// The release candidates' artifact manifest.
    Artifact,
    /// A manifest of a kind that the chosen versions do not have.
    Foreign,
    /// Nothing says what it is.
    Unknown,
}

/// What the types of Docker's schema 1 begin with, signed or not.
const SCHEMA_1: &[u8] = b"application/vnd.docker.distribution.manifest.v1+";

/// The sort of document that a media type names; `same` says whether two spellings of a type are one.
fn named(media_type: &str, versions: Versions, same: fn(&[u8], &[u8]) -> bool) -> Option<DocumentKind> {
    let is = |known: &str| media_type == known || same(media_type.as_bytes(), known.as_bytes());
    if is(IMAGE_MANIFEST) {
        Some(DocumentKind::Image)
    } else if is(IMAGE_INDEX) {
        Some(DocumentKind::Index)
    } else if is(ARTIFACT_MANIFEST) {
        Some(if versions.has_artifact_manifest() { DocumentKind::Artifact } else { DocumentKind::Foreign })
    } else {
        let begins = media_type.as_bytes().get(..SCHEMA_1.len()).is_some_and(|start| same(start, SCHEMA_1));
        (is(DOCKER_MANIFEST) || is(DOCKER_LIST) || begins).then_some(DocumentKind::Foreign)
    }
}

/// What the rules look at.
#[derive(Debug)]
pub struct Content<'e> {
    /// The exchange.
    pub exchange: &'e Exchange,
    /// What the target held.
    pub facts: &'e Facts,
    /// The versions that are judged by.
    pub versions: Versions,
    /// Whether there is a request, with headers and a reference, and not only a document.
    pub is_pushed: bool,
    document: Result<Document<'e>, SyntaxError>,
    // Every rule asks for these; they are worked out once.
    members: Option<Members>,
    sort: OnceCell<DocumentKind>,
    descriptors: OnceCell<(Vec<DescriptorEntry>, Present)>,
    needs: OnceCell<HashMap<&'e [u8], usize, FixedState>>,
}

impl<'e> Content<'e> {
    /// Reads the tested request's document.
    pub fn new(exchange: &'e Exchange, facts: &'e Facts, versions: Versions) -> Self {
        let document = read(&exchange.tested.body);
        let root = document.as_ref().ok().map(Document::root).filter(|root| root.is_object());
        let members = root.map(Members::of);
        let (sort, descriptors, needs) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { exchange, facts, versions, is_pushed: true, document, members, sort, descriptors, needs }
    }

    /// Reads a document that was found rather than pushed: nothing is said of the request that holds it.
    pub fn of_found(exchange: &'e Exchange, facts: &'e Facts, versions: Versions) -> Self {
        Self { is_pushed: false, ..Self::new(exchange, facts, versions) }
    }

    /// The document, or where it stops being JSON.
    pub fn document(&self) -> Result<&Document<'e>, &SyntaxError> {
        self.document.as_ref()
    }

    /// The document's root, where that is an object.
    pub fn root(&self) -> Option<Node<'_>> {
        self.document.as_ref().ok().map(Document::root).filter(|_| self.members.is_some())
    }

    /// A member of the document.
    pub fn member(&self, name: Name) -> Option<Node<'_>> {
        self.members.as_ref()?.get(self.document.as_ref().ok()?.root(), name)
    }

    /// Whether the document has members of other names than these.
    pub fn has_others_than(&self, names: &[Name]) -> bool {
        self.members.as_ref().is_some_and(|members| members.present().has_others_than(names))
    }

    /// A member of the document, if that is of this sort.
    pub fn member_of(&self, sort: DocumentKind, name: Name) -> Option<Node<'_>> {
        if self.sort() == sort { self.member(name) } else { None }
    }

    /// The `Content-Type` without parameters.
    pub fn header_type(&self) -> Option<&str> {
        let value = self.exchange.tested.content_type.as_deref()?;
        Some(value.split(';').next().unwrap_or(value).trim())
    }

    /// The document's `mediaType`, where it is a text.
    pub fn body_type(&self) -> Option<Cow<'_, str>> {
        self.member(Name::MediaType)?.text()
    }

    /// What sort of document the `Content-Type` names; `None` if it names no manifest that there is.
    pub fn header_sort(&self) -> Option<DocumentKind> {
        let value = self.exchange.tested.content_type.as_deref()?;
        // Most have no parameters.
        named(value, self.versions, |a, b| a == b)
            .or_else(|| named(self.header_type()?, self.versions, <[u8]>::eq_ignore_ascii_case))
    }

    /// The sort of document that its own `mediaType` names, letter case and parameters ignored; `None` if that is not a
    /// manifest's type.
    pub fn body_sort(&self) -> Option<DocumentKind> {
        let own = self.body_type()?;
        let same = <[u8]>::eq_ignore_ascii_case;
        named(&own, self.versions, same)
            .or_else(|| named(&essence(parameters(&own).map(|_| &*own)?), self.versions, same))
    }

    /// What sort of document it is: by the header, else by its own word, else, where that is no type, by its members.
    pub fn sort(&self) -> DocumentKind {
        *self.sort.get_or_init(|| self.find_sort())
    }

    fn find_sort(&self) -> DocumentKind {
        let has = |name| self.member(name).is_some();
        let by_members = || by_members(has(Name::Config) || has(Name::Layers), has(Name::Manifests));
        let is_typed = || self.body_type().is_some_and(|own| is_media_type(own.as_bytes()));
        let said = self.header_sort().or_else(|| self.body_sort());
        let looks_like = || named(by_members().filter(|_| !is_typed())?, self.versions, |a, b| a == b);
        said.or_else(looks_like).unwrap_or(DocumentKind::Unknown)
    }

    /// Whether it is a manifest that the chosen versions have.
    pub fn is_known(&self) -> bool {
        matches!(self.sort(), DocumentKind::Image | DocumentKind::Index | DocumentKind::Artifact)
    }

    /// The document's root, if it is a manifest that the chosen versions have.
    pub fn manifest(&self) -> Option<Node<'_>> {
        self.root().filter(|_| self.is_known())
    }

    /// The document's root if it is of this sort.
    pub fn root_of(&self, sort: DocumentKind) -> Option<Node<'_>> {
        self.root().filter(|_| self.sort() == sort)
    }

    /// Whether there is any object where this sort of document has a descriptor.
    pub fn has_descriptors(&self) -> bool {
        !self.found().0.is_empty()
    }

    /// Whether some descriptor has a member of this name.
    pub fn some_descriptor_has(&self, name: Name) -> bool {
        self.found().1.has(name)
    }

    /// Whether some descriptor has a member of another name than these.
    pub fn some_descriptor_has_others_than(&self, names: &[Name]) -> bool {
        self.found().1.has_others_than(names)
    }

    /// Every object that stands where this sort of document has a descriptor.
    pub fn descriptors(&self) -> impl Iterator<Item = Descriptor<'_>> {
        self.descriptors_where(|_| true)
    }

    /// The descriptors that play this part.
    pub fn descriptors_of(&self, part: Part) -> impl Iterator<Item = Descriptor<'_>> {
        self.descriptors_where(move |found| found.part == part)
    }

    /// The members of this name, of every descriptor that has one.
    pub fn of_descriptors(&self, name: Name) -> impl Iterator<Item = Node<'_>> {
        self.descriptors_with(name).filter_map(move |descriptor| descriptor.get(name))
    }

    /// The descriptors, if any of them has a member of this name; else none at all.
    pub fn descriptors_with(&self, name: Name) -> impl Iterator<Item = Descriptor<'_>> {
        self.some_descriptor_has(name).then(|| self.descriptors()).into_iter().flatten()
    }

    fn descriptors_where(&self, fits: impl Fn(&DescriptorEntry) -> bool) -> impl Iterator<Item = Descriptor<'_>> {
        let document = self.document.as_ref().ok();
        let found = self.found().0.iter().filter(move |found| fits(found));
        found.filter_map(move |found| Some(Descriptor::new(document?, found)))
    }

    fn found(&self) -> &(Vec<DescriptorEntry>, Present) {
        self.descriptors.get_or_init(|| {
            let found = self.find_descriptors();
            let mut present = Present::default();
            found.iter().for_each(|found| present.add(found.says.present));
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
            found.extend(node.map(|node| self.look_at(part, node)));
        };
        let (list, part) = match self.sort() {
            DocumentKind::Image => {
                single(Part::Config, Name::Config);
                (Name::Layers, Part::Layer)
            }
            DocumentKind::Index => (Name::Manifests, Part::Child),
            DocumentKind::Artifact => (Name::Blobs, Part::Blob),
            DocumentKind::Foreign | DocumentKind::Unknown => return found,
        };
        let elements = || members.get(root, list).into_iter().flat_map(Node::elements);
        // To grow by doubling would take twice the memory where there are millions.
        if document.nodes() > MANY {
            found.reserve_exact(elements().count());
        }
        found.extend(elements().filter(|node| node.is_object()).map(|node| self.look_at(part, node)));
        if self.versions.is_1_1() {
            let subject = members.get(root, Name::Subject).filter(|node| node.is_object());
            found.extend(subject.map(|node| self.look_at(Part::Subject, node)));
        }
        found
    }

    fn look_at(&self, part: Part, node: Node<'_>) -> DescriptorEntry {
        let says = DescriptorFields::of(node);
        let need = says.members.get(node, Name::Digest).and_then(|digest| self.find_need(&digest.bytes()?));
        let number = u32::try_from(node.number()).unwrap_or(0);
        DescriptorEntry { part, number, says, need: need.and_then(|i| u32::try_from(i).ok()) }
    }

    /// Of two needs with one digest the first.
    fn find_need(&self, digest: &[u8]) -> Option<usize> {
        /// From here on a map is faster than looking at each.
        const MANY: usize = 16;
        let needs = &self.exchange.needs;
        if needs.len() < MANY {
            return needs.iter().position(|need| need.digest.as_bytes() == digest);
        }
        let places = || needs.iter().enumerate().rev().map(|(i, need)| (need.digest.as_bytes(), i)).collect();
        self.needs.get_or_init(places).get(digest).copied()
    }

    /// Whether the target holds what a descriptor points at.
    pub fn held(&self, descriptor: &Descriptor<'_>) -> Presence {
        self.need(descriptor).map_or(self.facts.others, |(_, held)| held)
    }

    /// What a descriptor points at, and whether the target holds it; `None` if the exchange knows no such digest.
    pub fn need(&self, descriptor: &Descriptor<'_>) -> Option<(&'e Need, Presence)> {
        let i = descriptor.need? as usize;
        Some((&self.exchange.needs[i], self.facts.needs.get(i).copied().unwrap_or(Presence::Unknown)))
    }
}

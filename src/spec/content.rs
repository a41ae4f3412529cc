//! What the rules look at: the tested request and its document, read once, with facts and versions.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::versions::Versions;
use crate::exchange::{
    ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, Exchange, Facts, Held, IMAGE_INDEX, IMAGE_MANIFEST, Need, essence,
};
use crate::json::{Document, Node, SyntaxError, read};

/// What sort of manifest a document is, as far as the specifications can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// An image manifest.
    Image,
    /// An image index.
    Index,
    /// A manifest of a kind that the chosen versions do not have.
    Foreign,
    /// Nothing says what it is.
    Unknown,
}

/// A descriptor's part in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `config`
    Config,
    /// An element of `layers`.
    Layer,
    /// An element of `manifests`.
    Child,
    /// `subject`
    Subject,
}

/// What the types of Docker's schema 1 begin with, signed or not.
const SCHEMA_1: &str = "application/vnd.docker.distribution.manifest.v1+";

/// The sort of document that a media type names.
fn named(media_type: &str) -> Option<Sort> {
    match media_type {
        IMAGE_MANIFEST => Some(Sort::Image),
        IMAGE_INDEX => Some(Sort::Index),
        ARTIFACT_MANIFEST | DOCKER_MANIFEST | DOCKER_LIST => Some(Sort::Foreign),
        _ => media_type.starts_with(SCHEMA_1).then_some(Sort::Foreign),
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
    document: Result<Document<'e>, SyntaxError>,
    // Every rule asks for these; they are worked out once.
    sort: OnceCell<Sort>,
    descriptors: OnceCell<Vec<(Part, usize)>>,
    needs: OnceCell<HashMap<&'e str, usize>>,
}

impl<'e> Content<'e> {
    /// Reads the tested request's document.
    pub fn new(exchange: &'e Exchange, facts: &'e Facts, versions: Versions) -> Self {
        let document = read(&exchange.tested.body);
        let (sort, descriptors, needs) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { exchange, facts, versions, document, sort, descriptors, needs }
    }

    /// The document, or where it stops being JSON.
    pub fn document(&self) -> Result<&Document<'e>, &SyntaxError> {
        self.document.as_ref()
    }

    /// The document's root, where that is an object.
    pub fn root(&self) -> Option<Node<'_>> {
        self.document.as_ref().ok().map(Document::root).filter(|root| root.is_object())
    }

    /// A member of the document.
    pub fn member(&self, name: &str) -> Option<Node<'_>> {
        self.root()?.get(name)
    }

    /// The `Content-Type` without parameters, in lower case.
    pub fn header_type(&self) -> Option<String> {
        self.exchange.tested.content_type.as_deref().map(essence)
    }

    /// The document's `mediaType`, where it is a text.
    pub fn body_type(&self) -> Option<String> {
        Some(self.member("mediaType")?.text()?.into_owned())
    }

    /// What sort of document the `Content-Type` names; `None` if it names no manifest that there is.
    pub fn header_sort(&self) -> Option<Sort> {
        named(&self.header_type()?)
    }

    /// What sort of document its own `mediaType` names; `None` if it names no manifest that there is.
    pub fn body_sort(&self) -> Option<Sort> {
        named(&self.body_type()?)
    }

    /// What sort of document it is: by the header, else by its own word, else by its members.
    pub fn sort(&self) -> Sort {
        *self.sort.get_or_init(|| self.find_sort())
    }

    fn find_sort(&self) -> Sort {
        let has = |name| self.member(name).is_some();
        let by_members = || match (has("config") || has("layers"), has("manifests")) {
            (true, false) => Some(Sort::Image),
            (false, true) => Some(Sort::Index),
            _ => None,
        };
        self.header_sort().or_else(|| self.body_sort()).or_else(by_members).unwrap_or(Sort::Unknown)
    }

    /// The document's root if it is of this sort.
    pub fn root_of(&self, sort: Sort) -> Option<Node<'_>> {
        self.root().filter(|_| self.sort() == sort)
    }

    /// Every object that stands where this sort of document has a descriptor.
    pub fn descriptors(&self) -> impl Iterator<Item = (Part, Node<'_>)> {
        let found = self
            .descriptors
            .get_or_init(|| self.find_descriptors().into_iter().map(|(part, node)| (part, node.number())).collect());
        let document = self.document.as_ref().ok();
        found.iter().filter_map(move |(part, number)| Some((*part, document?.node(*number))))
    }

    fn find_descriptors(&self) -> Vec<(Part, Node<'_>)> {
        let mut found = Vec::new();
        let Some(root) = self.root() else { return found };
        let single = |found: &mut Vec<_>, part, name| {
            found.extend(root.get(name).filter(|node| node.is_object()).map(|node| (part, node)));
        };
        let list = |found: &mut Vec<_>, part, name| {
            let elements = root.get(name).into_iter().flat_map(Node::elements);
            found.extend(elements.filter(|node| node.is_object()).map(|node| (part, node)));
        };
        match self.sort() {
            Sort::Image => {
                single(&mut found, Part::Config, "config");
                list(&mut found, Part::Layer, "layers");
            }
            Sort::Index => list(&mut found, Part::Child, "manifests"),
            Sort::Foreign | Sort::Unknown => return found,
        }
        if self.versions.has_subject() {
            single(&mut found, Part::Subject, "subject");
        }
        found
    }

    /// Whether the target holds what a descriptor points at.
    pub fn held(&self, descriptor: Node<'_>) -> Held {
        self.need(descriptor).map_or(self.facts.others, |(_, held)| held)
    }

    /// What a descriptor points at, and whether the target holds it; `None` if the exchange knows no such digest.
    pub fn need(&self, descriptor: Node<'_>) -> Option<(&'e Need, Held)> {
        let digest = descriptor.get("digest")?.text()?;
        let needs = self.needs.get_or_init(|| {
            // Of two with one digest the first.
            self.exchange.needs.iter().enumerate().rev().map(|(i, need)| (need.digest.as_str(), i)).collect()
        });
        let i = *needs.get(&*digest)?;
        Some((&self.exchange.needs[i], self.facts.needs.get(i).copied().unwrap_or(Held::Unknown)))
    }
}

impl Versions {
    /// Whether these versions have `subject`, `artifactType` and the referrers endpoint.
    pub fn has_subject(self) -> bool {
        self.image >= super::Version(1, 1, 0)
    }
}

/// Whether a text is a media type as RFC 6838 names them: `type/subtype`, restricted names, no parameters.
pub fn is_media_type(text: &str) -> bool {
    let restricted = |name: &str| {
        name.len() <= 127
            && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| restricted(kind) && restricted(subtype))
}

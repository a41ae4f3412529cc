//! Descriptors as the rules see them, and what their bytes say.
//!
//! Documents have few descriptors that no other document has, so what the bytes of one say is kept by these bytes.

use std::cell::RefCell;
use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::data::Data;
use super::forms::{DigestForm, Size, is_media_type};
use super::media_types::Known;
use super::members::{Members, Name, Present};
use crate::json::{Document, Node};

/// A descriptor's part in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `config`
    Config,
    /// An element of `layers`.
    Layer,
    /// An element of `manifests`.
    Child,
    /// An element of `blobs`.
    Blob,
    /// `subject`
    Subject,
}

/// A descriptor of a document that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub part: Part,
    pub number: u32,
    pub says: Says,
    pub need: Option<u32>,
}

/// What most rules ask of a descriptor, wherever it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Says {
    pub members: Members,
    pub present: Present,
    digest: DigestForm,
    is_typed: bool,
    known: Option<Known>,
    data: Data,
    size: Size,
}

impl Says {
    /// Of an object.
    pub fn of(node: Node<'_>) -> Self {
        /// What is longer is rarely seen twice.
        const LONGEST: usize = 512;
        /// How many are kept.
        const MOST: usize = 2048;
        thread_local! {
            static KNOWN: RefCell<HashMap<Box<[u8]>, Says, FixedState>> = const {
                RefCell::new(HashMap::with_hasher(FixedState::with_seed(0)))
            };
        }
        let raw = node.raw();
        if raw.len() > LONGEST {
            return Self::look(node);
        }
        KNOWN.with_borrow_mut(|known| {
            if let Some(says) = known.get(raw) {
                return *says;
            }
            if known.len() >= MOST {
                known.clear();
            }
            let says = Self::look(node);
            known.insert(raw.into(), says);
            says
        })
    }

    fn look(node: Node<'_>) -> Self {
        let members = Members::of(node);
        let digest = members.get(node, Name::Digest);
        let text = digest.and_then(Node::text);
        let media_type = members.get(node, Name::MediaType).and_then(Node::text);
        let known = media_type.as_deref().and_then(Known::of);
        Self {
            present: members.present(),
            digest: DigestForm::of(digest.is_some(), text.as_deref()),
            is_typed: known.is_some() || media_type.is_some_and(|text| is_media_type(&text)),
            known,
            data: Data::of(members.get(node, Name::Data), text.as_deref()),
            size: Size::of(members.get(node, Name::Size)),
            members,
        }
    }
}

/// An object that stands where the document has a descriptor.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor<'c> {
    /// Its part in the document.
    pub part: Part,
    /// The object.
    pub node: Node<'c>,
    /// What its digest looks like.
    pub digest_form: DigestForm,
    /// Whether its mediaType has the form of one.
    pub is_typed: bool,
    /// Its mediaType, where some rule knows that.
    pub known: Option<Known>,
    /// The content that it holds itself.
    pub data: Data,
    /// Its size.
    pub size: Size,
    /// Which of the exchange's needs it points at.
    pub(super) need: Option<u32>,
    members: &'c Members,
}

impl<'c> Descriptor<'c> {
    pub(super) fn new(document: &'c Document<'c>, found: &'c Found) -> Self {
        let Found { part, number, says, need } = found;
        Self {
            part: *part,
            node: document.node(*number as usize),
            digest_form: says.digest,
            is_typed: says.is_typed,
            known: says.known,
            data: says.data,
            size: says.size,
            need: *need,
            members: &says.members,
        }
    }

    /// The member of this name.
    pub fn get(&self, name: Name) -> Option<Node<'c>> {
        self.members.get(self.node, name)
    }

    /// Whether its mediaType is this one.
    pub fn is_of(&self, media_type: Known) -> bool {
        self.known == Some(media_type)
    }

    /// Its mediaType, where it has the form of one.
    pub fn media_type(&self) -> Option<Node<'c>> {
        self.get(Name::MediaType).filter(|_| self.is_typed)
    }
}

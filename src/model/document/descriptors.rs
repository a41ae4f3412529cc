//! Descriptors as the rules see them: what most rules ask of one, looked at once.

use crate::json::{Document, Node};
use crate::model::document::data::Data;
use crate::model::document::forms::{DigestForm, Size, is_media_type};
use crate::model::document::media_types::KnownType;
use crate::model::document::members::{Members, Name, Present};

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
pub(in crate::model) struct DescriptorEntry {
    pub part: Part,
    pub number: u32,
    pub says: DescriptorFields,
    pub need: Option<u32>,
}

/// What most rules ask of a descriptor, wherever it stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::model) struct DescriptorFields {
    pub members: Members,
    pub present: Present,
    digest: DigestForm,
    is_typed: bool,
    known: Option<KnownType>,
    data: Data,
    size: Size,
}

impl DescriptorFields {
    /// Of an object.
    pub fn of(node: Node<'_>) -> Self {
        let members = Members::of(node);
        let member = |name| members.get(node, name);
        let (digest, media_type) = (member(Name::Digest), member(Name::MediaType));
        let (known, form) = (media_type.and_then(KnownType::of), DigestForm::of_member(digest));
        Self {
            present: members.present(),
            digest: form,
            is_typed: known.is_some() || media_type.and_then(Node::bytes).is_some_and(|text| is_media_type(&text)),
            known,
            data: Data::of(member(Name::Data), digest, form),
            size: Size::of(member(Name::Size)),
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
    pub known: Option<KnownType>,
    /// The content that it holds itself.
    pub data: Data,
    /// Its size.
    pub size: Size,
    /// Which of the exchange's needs it points at.
    pub(in crate::model) need: Option<u32>,
    members: &'c Members,
}

impl<'c> Descriptor<'c> {
    pub(in crate::model) fn new(document: &'c Document<'c>, found: &'c DescriptorEntry) -> Self {
        let DescriptorEntry { part, number, says, need } = found;
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
    pub fn is_of(&self, media_type: KnownType) -> bool {
        self.known == Some(media_type)
    }

    /// Its mediaType, where it has the form of one.
    pub fn media_type(&self) -> Option<Node<'c>> {
        self.get(Name::MediaType).filter(|_| self.is_typed)
    }
}

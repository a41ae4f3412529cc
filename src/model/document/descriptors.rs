//! Descriptors, with the properties that most rules use computed once.

use crate::json::{Document, Node};
use crate::model::document::data::Data;
use crate::model::document::forms::{DigestForm, Size, is_media_type};
use crate::model::document::media_types::KnownType;
use crate::model::document::members::{Members, Name, Present};

/// The role of a descriptor in a document.
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

/// The position and properties of a descriptor in a document.
#[derive(Clone, Copy, Debug)]
pub(in crate::model) struct DescriptorEntry {
    pub part: Part,
    pub number: u32,
    pub fields: DescriptorFields,
    pub need: Option<u32>,
}

/// The properties of a descriptor that most rules use.
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
    /// The properties of an object.
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

/// An object in the position of a descriptor.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor<'c> {
    /// Its role in the document.
    pub part: Part,
    /// The object.
    pub node: Node<'c>,
    /// The form of its digest.
    pub digest_form: DigestForm,
    /// Whether its mediaType is a media type.
    pub is_typed: bool,
    /// Its mediaType, if a rule refers to it.
    pub known: Option<KnownType>,
    /// The content that it embeds.
    pub data: Data,
    /// Its size.
    pub size: Size,
    /// The index of the exchange's need that it points at.
    pub(in crate::model) need: Option<u32>,
    members: &'c Members,
}

impl<'c> Descriptor<'c> {
    pub(in crate::model) fn new(document: &'c Document<'c>, found: &'c DescriptorEntry) -> Self {
        let DescriptorEntry { part, number, fields, need } = found;
        Self {
            part: *part,
            node: document.node(*number as usize),
            digest_form: fields.digest,
            is_typed: fields.is_typed,
            known: fields.known,
            data: fields.data,
            size: fields.size,
            need: *need,
            members: &fields.members,
        }
    }

    /// The member of this name.
    pub fn get(&self, name: Name) -> Option<Node<'c>> {
        self.members.get(self.node, name)
    }

    /// Whether its mediaType is `media_type`.
    pub fn is_type(&self, media_type: KnownType) -> bool {
        self.known == Some(media_type)
    }

    /// Its mediaType, if that is a media type.
    pub fn media_type(&self) -> Option<Node<'c>> {
        self.get(Name::MediaType).filter(|_| self.is_typed)
    }
}

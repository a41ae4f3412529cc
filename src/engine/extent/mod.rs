//! How far a finding goes beyond its smallest case: which other entries of its slots show the same symptom, at which other places
//! of a document, and what does not matter. Claims only what was asked.

mod explore;
mod phrase;
mod places;

/// How far a finding goes, as far as it was asked. Its text is a phrase; empty if nothing was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// For each slot that deviates in the smallest case, except those that others require.
    pub slots: Vec<SlotExtent>,
    /// What else about the case was changed.
    pub axes: Vec<AxisExtent>,
}

/// How far a finding goes in one slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotExtent {
    /// The slot's name, with the place of a descriptor written `*`.
    pub slot: String,
    /// Its entries, at the place of the smallest case.
    pub entries: Answers,
    /// Which of the answers to `entries` are about entries marked valid.
    pub valid: Vec<&'static str>,
    /// The places where it could have the entry of the smallest case: paths of descriptors, for other slots kinds of document.
    pub places: Answers,
}

/// The answers to one question about several things, in the order of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// These show the symptom, among them that of the smallest case.
    pub shown: Vec<&'static str>,
    /// These do not.
    pub not_shown: Vec<&'static str>,
    /// How many were not asked about, or got no answer.
    pub unasked: usize,
}

/// Whether the symptom depends on a part of the case that does not deviate in the smallest one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AxisExtent {
    /// The part.
    pub axis: Axis,
    /// The entry that was tried.
    pub entry: &'static str,
    /// Whether the symptom was there with that entry, too.
    pub shown: bool,
}

/// A part of the case that most findings do not depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Under which tag or digest the document is pushed.
    Reference,
    /// The header `Content-Type`.
    ContentType,
    /// Another member of the document, `annotations`.
    OtherMembers,
}

impl Axis {
    /// All axes.
    pub const ALL: [Self; 3] = [Self::Reference, Self::ContentType, Self::OtherMembers];

    /// The slot that is changed.
    pub fn slot(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::ContentType => "content-type",
            Self::OtherMembers => "annotations",
        }
    }

    /// Its name in the phrase.
    fn name(self) -> &'static str {
        match self {
            Self::Reference => "the reference",
            Self::ContentType => "Content-Type",
            Self::OtherMembers => "other members",
        }
    }
}

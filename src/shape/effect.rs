//! What an entry renders to, as plain data that `render` interprets: adding a slot of a known kind takes one row in
//! `menu` and no code.

use super::kind::{Kind, Role};

/// What an entry renders to. Strings are templates: `render` replaces `${name}`, and `${x*n}` by `x` repeated as often
/// as the entry's number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The default; nothing to change.
    Usual,
    /// This kind of document.
    Kind(Kind),
    /// The member is absent.
    Absent,
    /// The member's value is exactly this JSON.
    Json(&'static str),
    /// The member is a descriptor, which has its own slots.
    Descriptor,
    /// The member is an array of that many descriptors; of `number` descriptors for an entry with a number.
    Descriptors(u64),
    /// The content, or the member's value, is exactly these bytes.
    Bytes(&'static [u8]),
    /// The content is what descriptors of this role usually reference.
    ContentOf(Role),
    /// The content is an empty image index.
    IndexContent,
    /// The content is this manifest.
    ManifestContent(ManifestContent),
    /// The content is what the first element of `manifests` usually references.
    FirstChild,
    /// The content is an image configuration with that many `diff_ids`: those of the usual layers, in their order.
    DiffIds(usize),
    /// The content is the usual layer, compressed.
    GzippedLayer,
    /// The digest is the content's SHA-512, and the content is pushed under it.
    Sha512,
    /// Every element of the list references the first element's content.
    SameContent,
    /// The content is never pushed.
    Missing,
    /// The content is pushed only to another repository.
    Elsewhere,
    /// A blob is pushed only as a manifest, a manifest only as a blob.
    OtherEndpoint,
    /// The name of the unknown member.
    Name(&'static str),
    /// An additional member at the end of the document: name and value.
    Last(&'static str, &'static str),
    /// An additional member at the start of the document: name and value.
    First(&'static str, &'static str),
    /// An additional member at the end of the document: the list of the other kind of manifest, with one element.
    OtherList,
    /// The member is renamed: old and new name.
    Renamed(&'static str, &'static str),
    /// The member is repeated at the end of the document.
    Again(&'static str),
    /// The member is written twice, each with one half of its elements or members.
    Split(&'static str),
    /// The order of members.
    Order(Order),
    /// The white space between values.
    WhiteSpace(WhiteSpace),
    /// Which characters of strings are escaped.
    Escapes(Escapes),
    /// These bytes precede the document.
    Before(&'static [u8]),
    /// These bytes follow the document.
    After(&'static [u8]),
    /// A trailing comma after the last member.
    TrailingComma,
    /// A comment after the opening brace.
    Comment,
    /// Only the first half of the document.
    Half,
    /// The document without its last byte.
    AllButLast,
    /// Only the first `number` bytes of the document.
    Cut,
    /// Spaces after the document, up to `number` bytes in total.
    PadAfter,
    /// Spaces after the opening brace, up to `number` bytes in total.
    PadInside,
    /// The document is encoded in UTF-16.
    Utf16 {
        /// Big-endian rather than little-endian.
        big: bool,
        /// With a byte order mark.
        mark: bool,
    },
    /// The header is absent.
    NoHeader,
    /// The value of the header, or the reference.
    Value(&'static str),
    /// A fresh tag with this prefix.
    TagAfter(&'static str),
    /// A fresh tag of `number` characters.
    TagOfLength,
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// The body is gzip-compressed, with a matching `Content-Encoding`.
    Gzip,
    /// The request is sent twice.
    Twice,
    /// Another manifest is pushed to the tag first.
    OverAnother,
    /// The same body is pushed as another kind first.
    AsOtherBefore,
    /// The request that the entry's name identifies is sent afterwards.
    Asks,
    /// The part of an upload that the entry's name identifies.
    Upload,
    /// The answer that the slot's and the entry's names identify, to a client under test.
    Answer,
}

impl Effect {
    /// Whether an entry with this effect is a question or a flow, none of which is simpler than another: the lower entries of its
    /// menu are not its simpler neighbours.
    pub fn is_unordered(self) -> bool {
        matches!(self, Self::Asks | Self::Upload | Self::Answer)
    }
}

/// Manifests that an index can list in the place of an image manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ManifestContent {
    /// An attestation as BuildKit writes it: an empty config and an in-toto statement as its layer.
    Attestation,
    /// An image manifest whose subject is what another element of the list usually references.
    Referrer,
    /// An image manifest whose subject is an empty index, which is the content of `IndexContent`.
    ReferrerOfIndex,
    /// An image manifest whose subject is the index that lists the usual manifest in its place.
    ReferrerOfContainer,
    /// An image manifest whose layer is compressed.
    Gzipped,
}

/// The order of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// In reverse, in every object.
    Reversed,
    /// By name, in every object.
    Sorted,
}

/// White space between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhiteSpace {
    /// One value per line, indented by two spaces.
    Spaces,
    /// One value per line, indented by tabs, CRLF line endings.
    Tabs,
    /// All four white space characters around every value.
    Everywhere,
}

/// Which characters of strings are escaped, beyond those that must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Escapes {
    /// Every character.
    All,
    /// Every character of member names.
    Names,
    /// The slash, as `\/`.
    Solidus,
}

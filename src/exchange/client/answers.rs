//! How the registry answers a client under test, where it departs from the right answer.

/// The answers that a client gets. The default is the right one in every place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Answers {
    /// `Content-Type` of the manifest.
    pub content_type: ContentType,
    /// `Docker-Content-Digest` of the manifest.
    pub digest: DigestHeader,
    /// The manifest's bytes.
    pub manifest: Body,
    /// `Content-Length` of the manifest.
    pub manifest_length: Length,
    /// The bytes of every blob.
    pub blob: Body,
    /// `Content-Length` of every blob.
    pub blob_length: Length,
    /// The content coding of every blob.
    pub coding: Coding,
    /// Where blobs are redirected to.
    pub redirect: Redirect,
    /// The realm of the challenge.
    pub realm: Realm,
    /// `Location` of an upload.
    pub location: Location,
    /// `Link` of the tag list.
    pub tag_link: Link,
    /// `Link` of the referrers list.
    pub referrers_link: Link,
    /// The referrers list.
    pub referrers: Referrers,
    /// A failure before the right answer.
    pub status: Status,
}

impl Answers {
    /// Whether every answer is right.
    pub fn are_right(&self) -> bool {
        *self == Self::default()
    }
}

/// The `Content-Type` of the manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ContentType {
    /// What the case says.
    #[default]
    Right,
    /// None, in HEAD and GET.
    Absent,
    /// None, in HEAD alone.
    AbsentInHead,
    /// That of the other kind of OCI manifest.
    Other,
    /// `text/html`.
    Html,
}

/// The `Docker-Content-Digest` of the manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DigestHeader {
    /// The digest of the body.
    #[default]
    Right,
    /// None.
    Absent,
    /// The digest of other bytes.
    Other,
    /// `sha256:0`.
    Malformed,
    /// An encoded part that leads to parent folders.
    Traversal,
}

/// The bytes of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Body {
    /// The content.
    #[default]
    Right,
    /// Other content of the same length; of a manifest, another valid manifest, to requests by digest alone.
    Other,
    /// The first half of the content.
    Truncated,
    /// The content, and bytes behind it.
    Longer,
    /// Bytes without end.
    Endless,
}

/// The `Content-Length` of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Length {
    /// That of the body.
    #[default]
    Right,
    /// None: the body is chunked.
    Absent,
    /// More than the body has; the connection closes after the body.
    Larger,
    /// Less than the body has.
    Smaller,
    /// 0 in HEAD; right in GET.
    ZeroInHead,
}

/// The content coding of blobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Coding {
    /// None.
    #[default]
    None,
    /// `gzip`, whether it was asked for or not.
    Gzip,
    /// `gzip` of the content and then of a gigabyte of zeros.
    Bomb,
}

/// Where the GET of a blob is redirected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Redirect {
    /// Nowhere.
    #[default]
    None,
    /// Another host, which serves the content.
    OtherHost,
    /// The same address.
    Loop,
    /// A `file:` URL.
    File,
    /// Another port of the registry's address, which serves the content; manifests are redirected, too.
    OtherPort,
}

/// The realm of the Bearer challenge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Realm {
    /// The registry needs no credentials.
    #[default]
    None,
    /// A token service on the registry's host and port.
    Ours,
    /// A token service on another host.
    Foreign,
    /// A token service without TLS on a host that is not loopback.
    PlainHttp,
    /// The address under which clouds serve instance metadata, 169.254.169.254.
    Private,
}

/// The `Location` of an upload that was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Location {
    /// An absolute URL of the registry.
    #[default]
    Right,
    /// A path.
    Relative,
    /// Another host.
    OtherHost,
    /// A `file:` URL.
    File,
    /// The opening POST is redirected to another host with 307.
    Redirected,
}

/// The `Link` of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Link {
    /// None: the list has one page.
    #[default]
    None,
    /// The list has two pages.
    Pages,
    /// Another host.
    OtherHost,
    /// The same page.
    Loop,
    /// A page that is different each time, without end.
    Endless,
}

/// The referrers list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Referrers {
    /// What the registry holds.
    #[default]
    Right,
    /// 404, so that clients ask for the referrers tag.
    Unavailable,
    /// The manifest lists itself.
    Itself,
    /// The manifest lists another one, which lists the first.
    Cyclic,
    /// 10 000 entries.
    Many,
}

/// A failure before the right answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// None.
    #[default]
    Right,
    /// 429 with `Retry-After: 1`, once for each address.
    TooManyOnce,
    /// 500, once for each address.
    ErrorOnce,
    /// 401 with a new challenge to the first GET of a blob.
    UnauthorizedInPull,
}

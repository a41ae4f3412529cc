//! Quirks: known deviations of registries, each a row with a function. To add one, add a row to the file of its subject.
//! Profiles plant quirks; parameters override the response of a planted quirk.

mod algorithms;
mod annotations;
mod answers;
mod blobs;
pub(super) mod caches;
mod chunks;
mod conditions;
mod deletion;
mod descriptors;
mod dev;
mod documents;
mod errors;
mod kinds;
mod leniency;
mod locations;
mod missing;
mod mounts;
mod pulls;
mod reading;
mod referrer_lists;
mod referrers;
mod refusals;
mod requests;
mod tag_pages;
mod tags;
mod uploads;

use bytes::Bytes;

use super::Dropped;
use super::answer::{Response, answer, error};
use super::request::ParsedRequest;
use super::storage::StoredRepository;

/// The source of a defect that no registry is known to have but that is worth planting in tests.
const UNREPORTED: &str = "no known report; planted for testing";

/// A deviation from the specifications or from common behaviour of registries.
pub struct Quirk {
    /// Unique name, such as `refuses-empty-layers`.
    pub name: &'static str,
    /// What a registry with this quirk does, in one line.
    pub does: &'static str,
    /// Where this is documented.
    pub source: &'static str,
    /// The date of the evidence, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub since: &'static str,
    /// What a run finds if this is the registry's only deviation.
    pub shows: Shows,
    pub(super) act: Act,
}

/// What a run with default options finds if the quirk alone is planted into `clean`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// A finding of this class, with this shape as its smallest case.
    Finding(&'static str, &'static str),
    /// A missing capability; reported once and not a finding.
    Lack(&'static str),
    /// No finding, for this reason.
    Nothing(&'static str),
}

impl Quirk {
    /// Whether a real registry is known to have the quirk; false for defects made up for testing.
    pub fn is_reported(&self) -> bool {
        self.source != UNREPORTED
    }
}

impl std::fmt::Debug for Quirk {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name)
    }
}

impl PartialEq for Quirk {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A condition on a request and on the current state of the repository that it names.
pub(super) type When = fn(&ParsedRequest<'_>, &StoredRepository) -> bool;

/// What a quirk does.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Refuses a request before it is handled.
    Refuse { when: When, with: With },
    /// Refuses a manifest push but stores the manifest.
    RefuseButStore { when: When, with: With },
    /// Skips a check.
    Waive(Validation),
    /// Changes a response before it is sent.
    Alter(fn(&ParsedRequest<'_>, &StoredRepository, &mut Response, &Params)),
}

/// A refusal with 400 `MANIFEST_INVALID`.
const fn refuse(when: When) -> Act {
    Act::Refuse { when, with: With::Error(400, "MANIFEST_INVALID", "manifest invalid") }
}

/// The response to an unauthorised request.
const DENIED: With = With::Error(403, "DENIED", "requested access to the resource is denied");

/// The manifest size limit of several registries, in bytes.
const FOUR_MIB: usize = 4 * 1024 * 1024;

/// A refusal with status 500.
const fn fail(when: When) -> Act {
    Act::Refuse { when, with: With::Error(500, "UNKNOWN", "unknown error") }
}

/// The default response of a refusal; parameters override it.
#[derive(Clone, Copy)]
pub(super) enum With {
    /// Status, code and message.
    Error(u16, &'static str, &'static str),
    /// A status with an empty body.
    Status(u16),
    /// No response: the connection is closed.
    Drop,
}

impl With {
    pub(super) fn answer(self, params: &Params) -> Response {
        match self {
            Self::Error(status, code, message) => error(
                params.status.unwrap_or(status),
                params.code.as_deref().unwrap_or(code),
                params.message.as_deref().unwrap_or(message),
                &[],
            ),
            Self::Status(status) => answer(params.status.unwrap_or(status), &[], Bytes::new()),
            Self::Drop => {
                let mut response = Response::new(Bytes::new());
                response.extensions_mut().insert(Dropped);
                response
            }
        }
    }
}

/// A check that a quirk can waive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Validation {
    /// The digest in the path matches the body. If waived, the manifest is stored under the digest in the path.
    Digest,
    /// Everything that makes a JSON object a valid manifest.
    Content,
    /// Nothing follows the JSON value.
    End,
    /// `mediaType` and `Content-Type` name the same kind.
    Agreement,
    /// Only one kind's members are present.
    Confusion,
    /// Annotation values are strings.
    Annotations,
    /// No key is duplicated.
    Repeats,
    /// The children of an index exist.
    Children,
    /// Sizes match the content.
    Sizes,
    /// Sizes are not negative.
    Negative,
    /// Sizes are written as integers.
    Fraction,
    /// Numbers are compared by their digits instead of as doubles.
    Rounding,
    /// Digests are syntactically valid.
    DigestForm,
    /// The digest in the path matches the body. If waived, the manifest is stored under the digest of the body.
    DigestInPath,
    /// Tags are case-sensitive.
    TagCase,
    /// Deleting a manifest also removes its tags.
    Tags,
    /// The digest that ends an upload is that of its content. If waived, the content is stored under the digest that is given.
    UploadDigest,
    /// As above, for a blob that is uploaded by a single POST.
    SinglePostDigest,
    /// As above, for a blob that is uploaded in chunks.
    ChunkedDigest,
    /// An upload that is refused for its digest is not stored.
    RefusedUpload,
    /// Each upload session has its own identifier. If waived, a repository has one session.
    Session,
    /// Chunks arrive in order.
    ChunkOrder,
    /// Chunks are appended. If waived, each replaces the one before.
    ChunksSoFar,
    /// The PUT that ends an upload may carry the last chunk. If waived, its content is ignored after chunks.
    LastChunk,
    /// A cancelled session is removed.
    Cancelling,
    /// A POST with a blob stores it. If waived, it opens a session.
    SinglePost,
    /// A mount stores the blob. If waived, it opens a session.
    Mounts,
    /// A mount stores the blob. If waived, it is answered as if it did, whether the source has the blob or not.
    Mounting,
    /// Deleting a blob removes it.
    BlobDeletion,
}

/// The checks that quirks waive.
#[derive(Clone, Debug, Default)]
pub(super) struct Waived(Vec<Validation>);

impl Waived {
    pub(super) fn of(planted: &[Planted]) -> Self {
        let waived = |planted: &Planted| match planted.quirk.act {
            Act::Waive(check) => Some(check),
            _ => None,
        };
        Self(planted.iter().filter_map(waived).collect())
    }

    pub(super) fn has(&self, check: Validation) -> bool {
        self.0.contains(&check)
    }
}

/// Overrides for a quirk's default response. Quirks that do not refuse requests use the fields that apply to them: the
/// quirk that changes error codes uses `code`, for example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The error code.
    pub code: Option<String>,
    /// The error message.
    pub message: Option<String>,
}

impl Params {
    /// Overrides the status, code and message.
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self { status: Some(status), code: Some(code.to_owned()), message: Some(message.to_owned()) }
    }
}

/// A quirk with its parameters, as part of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Planted {
    /// The quirk.
    pub quirk: &'static Quirk,
    /// Overrides for its default response.
    pub params: Params,
}

/// All quirks, grouped by subject. Names are unique.
///
/// ```
/// let quirk = manifuzz::registry::quirks().find(|quirk| quirk.name == "refuses-empty-layers");
/// assert_eq!(quirk.map(|quirk| quirk.since), Some("2023-02"));
/// ```
pub fn quirks() -> impl Iterator<Item = &'static Quirk> {
    [
        documents::QUIRKS,
        kinds::QUIRKS,
        descriptors::QUIRKS,
        algorithms::QUIRKS,
        annotations::QUIRKS,
        refusals::QUIRKS,
        requests::QUIRKS,
        leniency::QUIRKS,
        answers::QUIRKS,
        locations::QUIRKS,
        pulls::QUIRKS,
        missing::QUIRKS,
        tags::QUIRKS,
        referrers::QUIRKS,
        deletion::QUIRKS,
        errors::QUIRKS,
        uploads::QUIRKS,
        dev::QUIRKS,
        chunks::QUIRKS,
        mounts::QUIRKS,
        blobs::QUIRKS,
        reading::QUIRKS,
        caches::QUIRKS,
        conditions::QUIRKS,
        tag_pages::QUIRKS,
        referrer_lists::QUIRKS,
    ]
    .into_iter()
    .flatten()
}

/// The quirk with this name.
pub fn quirk(name: &str) -> Option<&'static Quirk> {
    quirks().find(|quirk| quirk.name == name)
}

#[cfg(test)]
mod tests {
    use super::quirks;

    #[test]
    fn quirk_names_are_unique_kebab_case() {
        let mut names: Vec<_> = quirks().map(|quirk| quirk.name).collect();
        assert!(names.len() >= 150, "{}", names.len());
        for name in &names {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "duplicate name");
    }

    #[test]
    fn every_quirk_has_a_description_a_source_and_a_date() {
        for quirk in quirks() {
            assert!(!quirk.does.is_empty() && !quirk.source.is_empty(), "{quirk:?}");
            assert!(quirk.since.starts_with("20") && quirk.since.len() >= 4, "{quirk:?}: {}", quirk.since);
        }
    }
}

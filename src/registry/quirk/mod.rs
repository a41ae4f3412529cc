//! Quirks: departures of registries, most of them documented, each a row with a function. A new one is one more row in the
//! file of its subject. A profile plants them; what a planted one answers with can be set by its parameters.

mod answers;
mod deletion;
mod descriptors;
mod documents;
mod errors;
mod kinds;
mod leniency;
mod locations;
mod missing;
mod pulls;
mod referrers;
mod refusals;
mod requests;
mod tags;

use bytes::Bytes;

use super::Dropped;
use super::answer::{Response, answer, error};
use super::request::Asked;
use super::storage::Repository;

/// The source of a defect that is worth planting though no registry is known to have it.
const UNREPORTED: &str = "no report is known: a defect to test with";

/// One departure from the specifications or from what registries commonly do, documented where `source` says so.
pub struct Quirk {
    /// Unique, in the words of the subject: `refuses-empty-layers`.
    pub name: &'static str,
    /// What a registry with it does, in one line.
    pub does: &'static str,
    /// Where that is documented.
    pub source: &'static str,
    /// The date of the evidence, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub since: &'static str,
    /// What a run shows of a registry that keeps everything else.
    pub shows: Shows,
    pub(super) act: Act,
}

/// What a run without options shows of a quirk that is planted alone into `clean`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// A finding of this class, and the text of its smallest case.
    Finding(&'static str, &'static str),
    /// That the registry lacks a capability, which is said once and is no finding.
    Lack(&'static str),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

impl Quirk {
    /// Whether `source` names a report or something that was seen, and not a defect of our own making.
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

/// Looks at a request, and at the repository that it names as it stands.
pub(super) type When = fn(&Asked<'_>, &Repository) -> bool;

/// What a quirk does.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Refuses a request before anything else looks at it.
    Refuse { when: When, with: With },
    /// Refuses a manifest push and stores the manifest all the same.
    RefuseButStore { when: When, with: With },
    /// Leaves a check out.
    Waive(Check),
    /// Changes an answer before it goes out.
    Alter(fn(&Asked<'_>, &Repository, &mut Response, &Params)),
}

/// A refusal with the usual answer.
const fn refuse(when: When) -> Act {
    Act::Refuse { when, with: With::Error(400, "MANIFEST_INVALID", "manifest invalid") }
}

/// The answer to who may not do what was asked.
const DENIED: With = With::Error(403, "DENIED", "requested access to the resource is denied");

/// What several registries take at most of a manifest.
const FOUR_MIB: usize = 4 * 1024 * 1024;

/// A failure of the server.
const fn fail(when: When) -> Act {
    Act::Refuse { when, with: With::Error(500, "UNKNOWN", "unknown error") }
}

/// What a refusal answers with, unless parameters say otherwise.
#[derive(Clone, Copy)]
pub(super) enum With {
    /// Status, code and message.
    Error(u16, &'static str, &'static str),
    /// A status and nothing else.
    Status(u16),
    /// No answer.
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

/// A check on a manifest push that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// The digest in the path is that of the body.
    Digest,
    /// Everything that makes a JSON object a manifest.
    Content,
    /// The body ends after its JSON value.
    End,
    /// `mediaType` and `Content-Type` name the same kind.
    Agreement,
    /// Members of one kind only.
    Confusion,
    /// Annotations are texts.
    Annotations,
    /// No member repeats.
    Repeats,
    /// The children of an index are there.
    Children,
    /// Sizes are those of the content.
    Sizes,
    /// Sizes are not negative.
    Negative,
    /// Sizes are written as integers.
    Fraction,
    /// Digests keep their grammar.
    DigestForm,
    /// The digest in the path is the body's; the body's own is what counts.
    DigestInPath,
    /// Tags differ by case.
    TagCase,
    /// Deleting a manifest removes its tags.
    Tags,
}

/// The checks that are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Waived(Vec<Check>);

impl Waived {
    pub(super) fn of(planted: &[Planted]) -> Self {
        let waived = |planted: &Planted| match planted.quirk.act {
            Act::Waive(check) => Some(check),
            _ => None,
        };
        Self(planted.iter().filter_map(waived).collect())
    }

    pub(super) fn has(&self, check: Check) -> bool {
        self.0.contains(&check)
    }
}

/// What a refusal of a quirk answers with in place of its own defaults. Quirks that do not refuse use what fits:
/// the one that changes error codes uses `code`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The error code.
    pub code: Option<String>,
    /// The message.
    pub message: Option<String>,
}

impl Params {
    /// Status, code and message of a refusal.
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self { status: Some(status), code: Some(code.to_owned()), message: Some(message.to_owned()) }
    }
}

/// A quirk in a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Planted {
    /// Which one.
    pub quirk: &'static Quirk,
    /// What it answers with.
    pub params: Params,
}

/// All quirks, by subject.
pub fn quirks() -> impl Iterator<Item = &'static Quirk> {
    [
        documents::QUIRKS,
        kinds::QUIRKS,
        descriptors::QUIRKS,
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
    ]
    .into_iter()
    .flatten()
}

/// The quirk of this name.
pub(super) fn quirk(name: &str) -> Option<&'static Quirk> {
    quirks().find(|quirk| quirk.name == name)
}

#[cfg(test)]
mod tests {
    use super::quirks;

    #[test]
    fn names_of_quirks_are_unique_and_plain() {
        let mut names: Vec<_> = quirks().map(|quirk| quirk.name).collect();
        assert!(names.len() >= 150, "{}", names.len());
        for name in &names {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "a name stands twice");
    }

    #[test]
    fn every_quirk_says_what_it_does_where_and_when_that_was_seen() {
        for quirk in quirks() {
            assert!(!quirk.does.is_empty() && !quirk.source.is_empty(), "{quirk:?}");
            assert!(quirk.since.starts_with("20") && quirk.since.len() >= 4, "{quirk:?}: {}", quirk.since);
        }
    }
}

//! What a rule is: one normative statement of a specification, as a row.

use std::borrow::Cow;

use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::policy::obligations::{Answered, Flaw};
use crate::model::versions::{Span, Versions};

/// The document that a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// OCI image-spec.
    ImageSpec,
    /// OCI distribution-spec.
    DistributionSpec,
    /// HTTP semantics (RFC 9110, 9112): warnings at most.
    Http,
    /// JSON (RFC 8259).
    Json,
}

impl Source {
    /// As reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ImageSpec => "image-spec",
            Self::DistributionSpec => "distribution-spec",
            Self::Http => "HTTP",
            Self::Json => "JSON",
        }
    }
}

/// How binding a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// MAY, OPTIONAL.
    May,
    /// SHOULD, RECOMMENDED.
    Should,
    /// MUST, REQUIRED.
    Must,
}

impl Level {
    /// As `manifuzz check` writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Should => "should",
            Self::Must => "must",
        }
    }
}

/// Whom a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// Whoever makes or pushes the document.
    Author,
    /// The registry.
    Registry,
}

/// Where the specification says it.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// The page, such as `manifest.md`; for an RFC its number.
    pub page: &'static str,
    /// The section's anchor.
    pub section: &'static str,
    /// What it says, in our own words.
    pub says: &'static str,
    /// The first 16 hex digits of the SHA-256 of the sentence, white space normalised; see
    /// [`sentences`](super::sentences). Empty for RFCs, which are not pinned.
    pub sentence: &'static str,
}

/// The classes of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Refused what must or should be accepted.
    RejectsValid,
    /// Accepted what must or should be refused.
    AcceptsForbidden,
    /// Answered 5xx.
    ServerError,
    /// Closed the connection without an answer.
    Dropped,
    /// Did not answer within the deadline.
    Hang,
    /// A status other than the one the specification names.
    WrongStatus,
    /// An error code that is not specified or does not fit.
    WrongCode,
    /// A JSON error body of another form.
    BadErrorBody,
    /// Other bytes came back.
    Altered,
    /// What was accepted is not there.
    Lost,
    /// What was refused is there.
    Residue,
    /// A header that must or should be there is not.
    MissingHeader,
    /// The referrers list is wrong.
    ReferrersWrong,
    /// Two answers of the target do not fit together.
    Inconsistent,
    /// Accepted what breaks an author's MUST; no duty of the registry speaks against it.
    Lenient,
    /// The documents contradict each other: which side the target took.
    Ambiguous,
    /// Absent at first, and there within five seconds.
    Late,
}

impl Class {
    /// Every class.
    const ALL: [Self; Self::Late as usize + 1] = [
        Self::RejectsValid,
        Self::AcceptsForbidden,
        Self::ServerError,
        Self::Dropped,
        Self::Hang,
        Self::WrongStatus,
        Self::WrongCode,
        Self::BadErrorBody,
        Self::Altered,
        Self::Lost,
        Self::Residue,
        Self::MissingHeader,
        Self::ReferrersWrong,
        Self::Inconsistent,
        Self::Lenient,
        Self::Ambiguous,
        Self::Late,
    ];

    /// The class that is written like this.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }

    /// As the corpus writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RejectsValid => "rejects-valid",
            Self::AcceptsForbidden => "accepts-forbidden",
            Self::ServerError => "server-error",
            Self::Dropped => "dropped",
            Self::Hang => "hang",
            Self::WrongStatus => "wrong-status",
            Self::WrongCode => "wrong-code",
            Self::BadErrorBody => "bad-error-body",
            Self::Altered => "altered",
            Self::Lost => "lost",
            Self::Residue => "residue",
            Self::MissingHeader => "missing-header",
            Self::ReferrersWrong => "referrers-wrong",
            Self::Inconsistent => "inconsistent",
            Self::Lenient => "lenient",
            Self::Ambiguous => "ambiguous",
            Self::Late => "late",
        }
    }
}

/// What a check found: places, with what is wrong there.
#[derive(Debug)]
pub struct Report {
    /// A JSON Pointer, or `header:NAME`, `reference`; with a message for the author. Empty where nobody reads them.
    pub places: Vec<(String, Cow<'static, str>)>,
    /// Whether there is any place.
    pub applies: bool,
    /// How many places there are that are not among those.
    more: usize,
    in_full: bool,
}

/// How many places one rule names in one document: to name one is to walk to it, and nobody reads more.
const MOST: usize = 100;

impl Report {
    /// One that keeps places and messages.
    pub fn in_full() -> Self {
        Self { places: Vec::new(), applies: false, more: 0, in_full: true }
    }

    /// One that only keeps whether there is a place: it costs nothing to be wrong in a thousand.
    pub fn in_short() -> Self {
        Self { in_full: false, ..Self::in_full() }
    }

    /// Adds a place.
    pub fn add(&mut self, place: &str, message: impl Into<Cow<'static, str>>) {
        self.name(|| place.to_owned(), message);
    }

    /// Adds the place of a value.
    pub fn at(&mut self, node: Node<'_>, message: impl Into<Cow<'static, str>>) {
        self.name(|| node.pointer(), message);
    }

    fn name(&mut self, place: impl FnOnce() -> String, message: impl Into<Cow<'static, str>>) {
        self.applies = true;
        if self.in_full && self.places.len() < MOST {
            self.places.push((place(), message.into()));
        } else {
            self.more += 1;
        }
    }

    /// The places; the last one says how many there are beside them.
    pub fn into_places(mut self) -> Vec<(String, Cow<'static, str>)> {
        if let Some((_, message)) = self.places.last_mut().filter(|_| self.more > 0) {
            *message = Cow::Owned(format!("{message}; so at {} more places", self.more));
        }
        self.places
    }
}

/// How a rule is checked, and so what follows from it.
#[derive(Clone, Copy)]
pub enum Check {
    /// Reports where the content breaks what binds its author.
    Content(fn(&Content<'_>, &mut Report)),
    /// Reports what in the content the party must or should take.
    Takes(fn(&Content<'_>, &mut Report)),
    /// Reports what in the request the party must or should refuse; with the codes that fit.
    Refuses(&'static [&'static str], fn(&Content<'_>, &mut Report)),
    /// Reports what in the request allows a refusal; with the codes that it must then have (none: any).
    Allows(&'static [&'static str], fn(&Content<'_>, &mut Report)),
    /// Reports how the answers break it, where, and the class of such a finding.
    Answer(Class, fn(&Answered<'_>, &mut Vec<Flaw>)),
}

impl std::fmt::Debug for Check {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Content(_) => "Content",
            Self::Takes(_) => "Takes",
            Self::Refuses(..) => "Refuses",
            Self::Allows(..) => "Allows",
            Self::Answer(..) => "Answer",
        })
    }
}

/// One normative statement.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// A stable claim, such as `manifest-schema-version-is-2`.
    pub id: &'static str,
    /// The document.
    pub source: Source,
    /// The versions that have it.
    pub span: Span,
    /// How binding it is.
    pub level: Level,
    /// Whom it binds.
    pub binds: Binds,
    /// Where the document says it.
    pub clause: Clause,
    /// How it is checked.
    pub check: Check,
}

impl Rule {
    /// Whether an answer of a registry can break it: what only allows something cannot be broken.
    pub fn a_registry_can_break(&self) -> bool {
        let asks = matches!(self.check, Check::Answer(..) | Check::Takes(_) | Check::Refuses(..));
        self.binds == Binds::Registry && asks
    }

    /// The newest set of versions that it holds in.
    pub fn versions(&self) -> Versions {
        Versions::ALL.into_iter().find(|versions| self.holds_in(*versions)).unwrap_or_default()
    }

    /// Whether the rule holds in these versions.
    pub fn holds_in(&self, versions: Versions) -> bool {
        match self.source {
            Source::ImageSpec => self.span.holds(versions.image),
            Source::DistributionSpec => self.span.holds(versions.distribution),
            // What an RFC says counts where distribution-spec is silent.
            Source::Http => self.span.holds(versions.distribution),
            Source::Json => true,
        }
    }
}

/// A rule of image-spec.
pub(in crate::model) const fn image_rule(
    id: &'static str,
    span: Span,
    level: Level,
    binds: Binds,
    clause: Clause,
    check: Check,
) -> Rule {
    Rule { id, source: Source::ImageSpec, span, level, binds, clause, check }
}

/// A rule of distribution-spec that binds the registry and is checked on answers: its page has one document.
pub(in crate::model) const fn answer_rule(
    id: &'static str,
    span: Span,
    level: Level,
    (section, says, sentence): (&'static str, &'static str, &'static str),
    class: Class,
    check: fn(&Answered<'_>, &mut Vec<Flaw>),
) -> Rule {
    let clause = Clause { page: "spec.md", section, says, sentence };
    let check = Check::Answer(class, check);
    Rule { id, source: Source::DistributionSpec, span, level, binds: Binds::Registry, clause, check }
}

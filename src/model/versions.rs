//! Versions of the specifications, to the patch, and the sets of them that people name.

use std::fmt;
use std::str::FromStr;

use crate::error::Input;

/// A version of one document; a release candidate comes before its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    release: (u8, u8, u8),
    /// The number of the candidate; the most there is for the release itself.
    candidate: u8,
}

impl Version {
    /// A release.
    pub const fn new(major: u8, minor: u8, patch: u8) -> Self {
        Self { release: (major, minor, patch), candidate: u8::MAX }
    }

    /// A release candidate.
    pub const fn candidate(major: u8, minor: u8, patch: u8, candidate: u8) -> Self {
        Self { release: (major, minor, patch), candidate }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.release;
        write!(out, "{major}.{minor}.{patch}")?;
        if self.candidate == u8::MAX { Ok(()) } else { write!(out, "-rc{}", self.candidate) }
    }
}

impl FromStr for Version {
    type Err = Input;

    fn from_str(text: &str) -> Result<Self, Input> {
        let wrong =
            || Input::value(format!("the version `{text}`"), "it is no version", "write it like 1.1.0 or 1.1.0-rc2");
        let (release, candidate) = match text.split_once("-rc") {
            Some((release, candidate)) => (release, candidate.parse().map_err(|_| wrong())?),
            None => (text, u8::MAX),
        };
        let numbers: Vec<u8> = release.split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
        let [major, minor, patch] = numbers[..] else { return Err(wrong()) };
        Ok(Self { release: (major, minor, patch), candidate })
    }
}

/// The versions in which a rule holds, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first version that has it.
    pub since: Version,
    /// The last version that has it; `None` if the newest does.
    pub until: Option<Version>,
}

impl Span {
    /// From this version on.
    pub const fn since(since: Version) -> Self {
        Self { since, until: None }
    }

    /// From one version to another.
    pub const fn between(since: Version, until: Version) -> Self {
        Self { since, until: Some(until) }
    }

    /// Whether this version is among them.
    pub fn holds(&self, version: Version) -> bool {
        self.since <= version && self.until.is_none_or(|until| version <= until)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            None => write!(out, "since {}", self.since),
            Some(until) if until == self.since => write!(out, "in {until}"),
            Some(until) => write!(out, "from {} to {until}", self.since),
        }
    }
}

const RC2: Version = Version::candidate(1, 1, 0, 2);

/// For what no pinned document has: RFCs.
pub(in crate::model) const ALWAYS: Span = Span::since(Version::new(0, 0, 0));
/// Where most rules of both specifications begin.
pub(in crate::model) const FROM_1_0: Span = Span::since(Version::new(1, 0, 0));
/// Where the document's own mediaType begins.
pub(in crate::model) const FROM_1_0_2: Span = Span::since(Version::new(1, 0, 2));
/// Where `subject` begins.
pub(in crate::model) const FROM_RC2: Span = Span::since(RC2);
/// Where artifactType, referrers and the empty descriptor begin.
pub(in crate::model) const FROM_1_1: Span = Span::since(Version::new(1, 1, 0));
/// What the last patch changed.
pub(in crate::model) const FROM_1_1_1: Span = Span::since(Version::new(1, 1, 1));
/// What version 1.1 says in another way.
pub(in crate::model) const ONLY_1_0: Span = Span::between(Version::new(1, 0, 0), Version::new(1, 0, 2));
/// What the release candidate alone has.
pub(in crate::model) const ONLY_RC2: Span = Span::between(RC2, RC2);

/// The versions that a case is judged by: one of [`Versions::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Versions {
    /// As people name the set.
    pub name: &'static str,
    /// image-spec.
    pub image: Version,
    /// distribution-spec.
    pub distribution: Version,
}

impl Versions {
    /// image-spec 1.1.1 and distribution-spec 1.1.1.
    pub const V1_1: Self = Self { name: "1.1", image: Version::new(1, 1, 1), distribution: Version::new(1, 1, 1) };
    /// image-spec 1.0.2 and distribution-spec 1.0.1.
    pub const V1_0: Self = Self { name: "1.0", image: Version::new(1, 0, 2), distribution: Version::new(1, 0, 1) };
    /// image-spec 1.1.0 and distribution-spec 1.1.0.
    pub const V1_1_0: Self = Self { name: "1.1.0", image: Version::new(1, 1, 0), distribution: Version::new(1, 1, 0) };
    /// image-spec 1.0.1 and distribution-spec 1.0.1.
    pub const V1_0_1: Self = Self { name: "1.0.1", image: Version::new(1, 0, 1), distribution: Version::new(1, 0, 1) };
    /// image-spec 1.1.0-rc2, which has the artifact manifest, and distribution-spec 1.1.0, the first that lists referrers.
    pub const RC2: Self = Self { name: "1.1.0-rc2", image: RC2, distribution: Version::new(1, 1, 0) };

    /// Every set, the default first.
    pub const ALL: [Self; 5] = [Self::V1_1, Self::V1_1_0, Self::RC2, Self::V1_0, Self::V1_0_1];

    /// Whether these versions have the artifact manifest.
    pub fn has_artifact_manifest(self) -> bool {
        ONLY_RC2.holds(self.image)
    }

    /// Whether image-spec's is 1.1 or a candidate of it: what has `subject`, a descriptor's `data` and `artifactType`, and
    /// an index among the usual elements of an index.
    pub fn is_1_1(self) -> bool {
        FROM_RC2.holds(self.image)
    }
}

impl Default for Versions {
    fn default() -> Self {
        Self::V1_1
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name)
    }
}

impl FromStr for Versions {
    type Err = Input;

    fn from_str(text: &str) -> Result<Self, Input> {
        // The newest patch of a minor version is what people mean by it, and the other way round.
        let text = match text {
            "1.1.1" => "1.1",
            "1.0.2" => "1.0",
            _ => text,
        };
        Self::ALL.into_iter().find(|versions| versions.name == text).ok_or_else(|| {
            let names = Self::ALL.map(|versions| versions.name).join(", ");
            Input::value(
                format!("the specification version `{text}`"),
                "there is no such set",
                format!("use one of {names}"),
            )
        })
    }
}

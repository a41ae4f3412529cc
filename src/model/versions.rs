//! Versions of the specifications, and the named pairs of them by which cases are judged.

use std::fmt;
use std::str::FromStr;

use crate::error::Input;

/// A version of one specification. A release candidate sorts before its release, and the main branch after all releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    release: (u8, u8, u8),
    /// The number of the release candidate; `u8::MAX` for the release.
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

    /// The main branch, which is not released.
    pub const DEV: Self = Self::new(u8::MAX, u8::MAX, u8::MAX);

    /// The tag or branch of the specification's repository.
    pub fn git_reference(self) -> String {
        if self == Self::DEV { "main".to_owned() } else { format!("v{self}") }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::DEV {
            return out.write_str("dev");
        }
        let (major, minor, patch) = self.release;
        write!(out, "{major}.{minor}.{patch}")?;
        if self.candidate == u8::MAX { Ok(()) } else { write!(out, "-rc{}", self.candidate) }
    }
}

impl FromStr for Version {
    type Err = Input;

    fn from_str(text: &str) -> Result<Self, Input> {
        let invalid =
            || Input::value(format!("invalid version `{text}`"), "malformed", "expected e.g. 1.1.0, 1.1.0-rc2 or dev");
        if text == "dev" {
            return Ok(Self::DEV);
        }
        let (release, candidate) = match text.split_once("-rc") {
            Some((release, candidate)) => (release, candidate.parse().map_err(|_| invalid())?),
            None => (text, u8::MAX),
        };
        let numbers: Vec<u8> = release.split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_| invalid())?;
        let [major, minor, patch] = numbers[..] else { return Err(invalid()) };
        Ok(Self { release: (major, minor, patch), candidate })
    }
}

/// The versions in which a rule holds, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first version with the rule.
    pub since: Version,
    /// The last version with the rule; `None` if the newest version has it.
    pub until: Option<Version>,
}

impl Span {
    /// From `since` on.
    pub const fn since(since: Version) -> Self {
        Self { since, until: None }
    }

    /// From `since` to `until`.
    pub const fn between(since: Version, until: Version) -> Self {
        Self { since, until: Some(until) }
    }

    /// Whether the span contains `version`.
    pub fn holds(&self, version: Version) -> bool {
        self.since <= version && self.until.is_none_or(|until| version <= until)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            None if self.since == Version::DEV => write!(out, "in dev"),
            None => write!(out, "since {}", self.since),
            Some(until) if until == self.since => write!(out, "in {until}"),
            Some(until) => write!(out, "from {} to {until}", self.since),
        }
    }
}

const RC2: Version = Version::candidate(1, 1, 0, 2);
/// The last release of both specifications.
const LAST: Version = Version::new(1, 1, 1);

/// For rules from RFCs, which have no version here.
pub(in crate::model) const ALWAYS: Span = Span::since(Version::new(0, 0, 0));
/// The first version of most rules of both specifications.
pub(in crate::model) const FROM_1_0: Span = Span::since(Version::new(1, 0, 0));
/// The first version of the document's `mediaType`.
pub(in crate::model) const FROM_1_0_2: Span = Span::since(Version::new(1, 0, 2));
/// The first version of `subject`.
pub(in crate::model) const FROM_RC2: Span = Span::since(RC2);
/// The first version of `artifactType`, referrers and the empty descriptor.
pub(in crate::model) const FROM_1_1: Span = Span::since(Version::new(1, 1, 0));
/// Changes of the last patch release.
pub(in crate::model) const FROM_1_1_1: Span = Span::since(Version::new(1, 1, 1));
/// Rules that version 1.1 states differently.
pub(in crate::model) const ONLY_1_0: Span = Span::between(Version::new(1, 0, 0), Version::new(1, 0, 2));
/// Rules that version 1.1.1 softens.
pub(in crate::model) const UNTIL_1_1_0: Span = Span::between(Version::new(1, 0, 0), Version::new(1, 1, 0));
/// Rules that the main branch states differently: until the last release.
pub(in crate::model) const BEFORE_DEV: Span = Span::between(Version::new(1, 0, 0), LAST);
/// Rules that came with version 1.1 and that the main branch states differently.
pub(in crate::model) const FROM_1_1_BEFORE_DEV: Span = Span::between(Version::new(1, 1, 0), LAST);
/// Rules that only the main branch has.
pub(in crate::model) const FROM_DEV: Span = Span::since(Version::DEV);
/// Rules that only the release candidate has.
pub(in crate::model) const ONLY_RC2: Span = Span::between(RC2, RC2);

/// A pair of specification versions by which a case is judged: one of [`Versions::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Versions {
    /// The name on the command line.
    pub name: &'static str,
    /// The version of image-spec.
    pub image: Version,
    /// The version of distribution-spec.
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
    /// image-spec 1.1.0-rc2, which has the artifact manifest, and distribution-spec 1.1.0, the first that lists
    /// referrers.
    pub const RC2: Self = Self { name: "1.1.0-rc2", image: RC2, distribution: Version::new(1, 1, 0) };

    /// The main branches of both specifications.
    pub const DEV: Self = Self { name: "dev", image: Version::DEV, distribution: Version::DEV };

    /// Every pair, the default first, and the unreleased one last.
    pub const ALL: [Self; 6] = [Self::V1_1, Self::V1_1_0, Self::RC2, Self::V1_0, Self::V1_0_1, Self::DEV];

    /// Its place in [`ALL`](Self::ALL).
    pub(in crate::model) fn index(self) -> usize {
        Self::ALL.iter().position(|set| *set == self).unwrap_or(0)
    }

    /// Whether image-spec defines the artifact manifest.
    pub fn has_artifact_manifest(self) -> bool {
        ONLY_RC2.holds(self.image)
    }

    /// Whether image-spec is 1.1 or a release candidate of it, which define `subject`, a descriptor's `data` and
    /// `artifactType`, and list the image index as an element of an index.
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
        // A minor version is a synonym for its newest patch.
        let text = match text {
            "1.1.1" => "1.1",
            "1.0.2" => "1.0",
            _ => text,
        };
        Self::ALL.into_iter().find(|versions| versions.name == text).ok_or_else(|| {
            let names = Self::ALL.map(|versions| versions.name).join(", ");
            Input::value(
                format!("invalid specification version `{text}`"),
                "unknown",
                format!("expected one of {names}"),
            )
        })
    }
}

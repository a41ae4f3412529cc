//! Versions of the specifications, to the patch, and the sets of them that people name.

use std::fmt;
use std::str::FromStr;

use crate::error::Input;

/// A version of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u8, pub u8, pub u8);

/// Where most rules of both specifications begin.
pub(super) const V1_0_0: Version = Version(1, 0, 0);
/// Where artifactType, subject, referrers and the empty descriptor begin.
pub(super) const V1_1_0: Version = Version(1, 1, 0);

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// The versions that a case is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub const V1_1: Self = Self { name: "1.1", image: Version(1, 1, 1), distribution: Version(1, 1, 1) };
    /// image-spec 1.0.2 and distribution-spec 1.0.1.
    pub const V1_0: Self = Self { name: "1.0", image: Version(1, 0, 2), distribution: Version(1, 0, 1) };
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
        [Self::V1_1, Self::V1_0].into_iter().find(|versions| versions.name == text).ok_or_else(|| {
            Input::value(format!("the specification version `{text}`"), "there is no such set", "use 1.1 or 1.0")
        })
    }
}

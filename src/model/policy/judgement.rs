//! The judgement: the expectation, the rules it is based on, and the author's breaches.

use std::borrow::Cow;
use std::fmt;

use crate::model::rule::RuleInfo;

/// The party that is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// A registry.
    Registry,
    /// A client program.
    Client,
}

/// The expectation: what a party may do, without reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expect {
    /// A MUST requires the party to accept this content.
    MustAccept,
    /// Valid content whose references all exist, or content that a SHOULD requires to be accepted.
    ShouldAccept,
    /// A specification allows a refusal, possibly only with certain codes.
    MayReject,
    /// The content breaks an author's MUST and no rule requires a refusal, or no specification defines its kind.
    Unspecified,
    /// A SHOULD requires a refusal.
    ShouldReject,
    /// A MUST requires a refusal.
    MustReject,
    /// Specifications, versions or JSON Schema contradict each other.
    Ambiguous,
}

impl Expect {
    /// The name in the corpus, without codes and reasons.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MustAccept => "must-accept",
            Self::ShouldAccept => "should-accept",
            Self::MayReject => "may-reject",
            Self::Unspecified => "unspecified",
            Self::ShouldReject => "should-reject",
            Self::MustReject => "must-reject",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// Whether the content must or should be accepted.
    pub fn is_accept(self) -> bool {
        matches!(self, Self::MustAccept | Self::ShouldAccept)
    }

    /// The order of validity, 0 for the most valid; the marks `valid` and `invalid` in slot menus are based on it.
    pub fn rank(self) -> u8 {
        match self {
            Self::MustAccept => 0,
            Self::ShouldAccept => 1,
            _ => 2,
        }
    }
}

/// One place where the content breaks a rule that binds its author.
#[derive(Clone, Debug)]
pub struct Breach {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// A JSON Pointer, or `header:NAME`, `reference`.
    pub place: String,
    /// What is wrong, and what to write instead.
    pub message: Cow<'static, str>,
}

/// The expectation for an exchange, with its reasons.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What the party may do.
    pub expect: Expect,
    /// The codes that a refusal must or should have; if empty, any code.
    pub codes: &'static [&'static str],
    /// The rules that the expectation is based on.
    pub rules: Vec<&'static RuleInfo>,
    /// For [`Expect::MustAccept`], the SHOULDs that also require acceptance.
    pub recommends: Vec<&'static RuleInfo>,
    /// For [`Expect::Ambiguous`], what contradicts what.
    pub why: Option<&'static str>,
    /// Every breach of an author's rule, including SHOULDs.
    pub breaches: Vec<Breach>,
}

impl fmt::Display for Judgement {
    /// The text of the `expect` column.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.expect.as_str())?;
        match (self.why, self.codes) {
            (Some(why), _) => write!(out, "({why})"),
            (None, []) => Ok(()),
            (None, codes) => write!(out, "({})", codes.join(" ")),
        }
    }
}

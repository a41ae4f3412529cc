//! What a judgement is: the expectation, the rules it rests on, and the breaches of the author.

use std::borrow::Cow;
use std::fmt;

use crate::model::rule::RuleInfo;

/// Who is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// A registry, which stores.
    Registry,
}

/// What a party may do, without reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expect {
    /// A MUST that binds the party names this content.
    MustAccept,
    /// Valid content with everything it points at, or content that a SHOULD speaks for.
    ShouldAccept,
    /// The specification allows a refusal and may say how it must look.
    MayReject,
    /// The content breaks an author's MUST and no duty of the party follows.
    Unspecified,
    /// A SHOULD of the party asks for a refusal.
    ShouldReject,
    /// A MUST of the party asks for a refusal.
    MustReject,
    /// Documents, versions or schema contradict each other.
    Ambiguous,
}

impl Expect {
    /// As the corpus writes it, without codes and reasons.
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

    /// Whether refusing it is against the specification.
    pub fn is_accept(self) -> bool {
        matches!(self, Self::MustAccept | Self::ShouldAccept)
    }

    /// How good: 0 is best. What the marks `valid` and `invalid` of menus go by.
    pub fn rank(self) -> u8 {
        match self {
            Self::MustAccept => 0,
            Self::ShouldAccept => 1,
            _ => 2,
        }
    }
}

/// One place where the content breaks what binds its author.
#[derive(Clone, Debug)]
pub struct Breach {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// A JSON Pointer, or `header:NAME`, `reference`.
    pub place: String,
    /// For the author: what to write instead.
    pub message: Cow<'static, str>,
}

/// What the party may do, and why.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What it may do.
    pub expect: Expect,
    /// The codes that a refusal must or should have; none: any.
    pub codes: &'static [&'static str],
    /// The rules that say so.
    pub rules: Vec<&'static RuleInfo>,
    /// Where it must be accepted, the SHOULDs that speak for it as well.
    pub recommends: Vec<&'static RuleInfo>,
    /// What contradicts what, where the expectation is ambiguous.
    pub why: Option<&'static str>,
    /// Everything in the content that breaks an author's rule, SHOULDs included.
    pub breaches: Vec<Breach>,
}

impl fmt::Display for Judgement {
    /// As the `expect` column has it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.expect.as_str())?;
        match (self.why, self.codes) {
            (Some(why), _) => write!(out, "({why})"),
            (None, []) => Ok(()),
            (None, codes) => write!(out, "({})", codes.join(" ")),
        }
    }
}

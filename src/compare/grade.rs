//! The mapping from class to grade.

use std::fmt;
use std::str::FromStr;

use crate::error::Input;
use crate::model::{Class, Expect, Level, RuleInfo, Source};

/// The severity of a finding, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// The specification does not decide.
    Note,
    /// A SHOULD is broken, or a requirement of HTTP only.
    Warning,
    /// A MUST that binds the party is broken.
    Violation,
}

impl Grade {
    /// The name in the corpus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Violation => "violation",
        }
    }

    /// Looks up a grade by its name in the corpus.
    pub fn named(text: &str) -> Option<Self> {
        [Self::Note, Self::Warning, Self::Violation].into_iter().find(|grade| grade.as_str() == text)
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Grade {
    type Err = Input;

    fn from_str(text: &str) -> Result<Self, Input> {
        Self::named(text).ok_or_else(|| {
            Input::value(format!("invalid grade `{text}`"), "unknown value", "expected violation, warning or note")
        })
    }
}

/// The grade of a class under an expectation. `rule` is the rule that the answer breaks, if any.
pub fn grade(class: Class, expect: Expect, rule: Option<&RuleInfo>) -> Grade {
    let of_rule = |rule: &RuleInfo| match (rule.level, rule.clause.document) {
        (Level::Must, Source::ImageSpec | Source::DistributionSpec) => Grade::Violation,
        (Level::Must | Level::Should, _) => Grade::Warning,
        (Level::May, _) => Grade::Note,
    };
    match class {
        Class::RejectsValid => match expect {
            Expect::MustAccept => Grade::Violation,
            Expect::ShouldAccept => Grade::Warning,
            _ => Grade::Note,
        },
        Class::AcceptsForbidden => match expect {
            Expect::MustReject => Grade::Violation,
            Expect::ShouldReject => Grade::Warning,
            _ => Grade::Note,
        },
        // At least a warning for any content. For content that must be accepted it also counts as a refusal.
        Class::ServerError | Class::Dropped | Class::Hang if expect == Expect::MustAccept => Grade::Violation,
        Class::ServerError | Class::Dropped | Class::Hang => rule.map_or(Grade::Warning, of_rule).max(Grade::Warning),
        Class::Lenient | Class::Ambiguous | Class::Late | Class::Disagrees | Class::Imported => Grade::Note,
        Class::ClientFailsOnValid => match expect {
            Expect::MustAccept => Grade::Violation,
            _ => rule.map_or(Grade::Note, of_rule),
        },
        Class::ClientCrash | Class::ClientHang if expect == Expect::MustAccept => Grade::Violation,
        // What a leak or a file outside of the folder does cannot be undone, whichever document forbids it. A permission, such as
        // that of token services on other hosts, makes a note.
        Class::ClientLeaksCredentials | Class::ClientWritesOutside => match rule.map(|rule| rule.level) {
            Some(Level::Must | Level::Should) => Grade::Violation,
            Some(Level::May) | None => Grade::Note,
        },
        Class::ClientCrash | Class::ClientHang => rule.map_or(Grade::Warning, of_rule).max(Grade::Warning),
        Class::ClientTakesForbidden
        | Class::ClientAlters
        | Class::WrongStatus
        | Class::WrongCode
        | Class::BadErrorBody
        | Class::Altered
        | Class::Lost
        | Class::Residue
        | Class::MissingHeader
        | Class::ReferrersWrong
        | Class::Inconsistent => rule.map_or(Grade::Note, of_rule),
    }
}

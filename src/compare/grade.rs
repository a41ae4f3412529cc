//! The one table from class to grade.

use std::fmt;
use std::str::FromStr;

use crate::error::Input;
use crate::model::{Class, Expect, Level, RuleInfo, Source};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// No verdict of the specification.
    Note,
    /// A SHOULD is broken, or what HTTP alone asks for.
    Warning,
    /// A MUST that binds the party is broken.
    Violation,
}

impl Grade {
    /// As the corpus writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Violation => "violation",
        }
    }

    /// The grade that is written like this.
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
            Input::value(format!("the grade `{text}`"), "there is no such grade", "use violation, warning or note")
        })
    }
}

/// The one table: how much a class weighs under an expectation, where `rule` is the one that the answer breaks.
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
        // At least a warning, whatever was sent. For content that must be accepted it is also a refusal.
        Class::ServerError | Class::Dropped | Class::Hang if expect == Expect::MustAccept => Grade::Violation,
        Class::ServerError | Class::Dropped | Class::Hang => rule.map_or(Grade::Warning, of_rule).max(Grade::Warning),
        Class::Lenient | Class::Ambiguous | Class::Late => Grade::Note,
        Class::WrongStatus
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

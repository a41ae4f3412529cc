//! The classes of findings.

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

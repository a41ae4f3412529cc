//! The classes of findings.

/// The classes of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The target refused content that must or should be accepted.
    RejectsValid,
    /// The target accepted content that must or should be refused.
    AcceptsForbidden,
    /// The target answered 5xx.
    ServerError,
    /// The target closed the connection without an answer.
    Dropped,
    /// The target did not answer within the deadline.
    Hang,
    /// The status is not the specified one.
    WrongStatus,
    /// The error code is not specified or does not fit.
    WrongCode,
    /// The JSON error body is malformed.
    BadErrorBody,
    /// Reading back returned other bytes.
    Altered,
    /// Accepted content cannot be read back.
    Lost,
    /// Refused content can be read back.
    Residue,
    /// A required or recommended header is missing.
    MissingHeader,
    /// The referrers list is wrong.
    ReferrersWrong,
    /// Two answers of the target contradict each other, or a header contradicts the content.
    Inconsistent,
    /// The target accepted content that breaks an author's MUST; no rule requires a refusal.
    Lenient,
    /// The specifications contradict each other; the finding records what the target did.
    Ambiguous,
    /// Accepted content was absent at first and appeared within five seconds.
    Late,
    /// Two targets answered the same push differently, one accepting and one refusing it.
    Disagrees,
    /// Nothing was observed: the case was imported from a file.
    Imported,
    /// A client program failed on content that it must or should handle.
    ClientFailsOnValid,
    /// A client program took content that it must or should refuse.
    ClientTakesForbidden,
    /// A client program crashed.
    ClientCrash,
    /// A client program did not end, or took more than its limits.
    ClientHang,
    /// A client program sent credentials to a host that they are not for.
    ClientLeaksCredentials,
    /// A client program wrote outside of the folder it was given.
    ClientWritesOutside,
    /// A client program stored other bytes than it read.
    ClientAlters,
}

impl Class {
    /// Every class.
    const ALL: [Self; Self::ClientAlters as usize + 1] = [
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
        Self::Disagrees,
        Self::Imported,
        Self::ClientFailsOnValid,
        Self::ClientTakesForbidden,
        Self::ClientCrash,
        Self::ClientHang,
        Self::ClientLeaksCredentials,
        Self::ClientWritesOutside,
        Self::ClientAlters,
    ];

    /// Looks up a class by its name in the corpus.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }

    /// The name in the corpus.
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
            Self::Disagrees => "disagrees",
            Self::Imported => "imported",
            Self::ClientFailsOnValid => "client-fails-on-valid",
            Self::ClientTakesForbidden => "client-takes-forbidden",
            Self::ClientCrash => "client-crash",
            Self::ClientHang => "client-hang",
            Self::ClientLeaksCredentials => "client-leaks-credentials",
            Self::ClientWritesOutside => "client-writes-outside",
            Self::ClientAlters => "client-alters",
        }
    }
}

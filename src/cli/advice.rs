//! What to do about an error: the one place that advises and names flags. The core says only what happened.

use crate::error::{Error, Input, Trouble, TroubleKind};

/// What to do about trouble with a target.
pub(super) fn advice(trouble: &Trouble) -> &'static str {
    match trouble.kind {
        TroubleKind::Unreachable => "is the registry running, and are host, port and scheme right?",
        TroubleKind::Unauthorized | TroubleKind::Forbidden => "give credentials that may push to this repository",
        TroubleKind::RateLimited => "lower --rate, or try again later",
        TroubleKind::Tls => "use a certificate that is valid for this host and signed by a public authority",
        TroubleKind::TimeOut => "is the registry overloaded or stuck? try again, or lower --jobs",
        TroubleKind::Protocol => "check that the address is that of a registry, with the right scheme and port",
        TroubleKind::TooLarge => "look at what answers at this address; no registry needs to send that much",
        TroubleKind::ForeignHost => "if that host belongs to the registry, allow it with --allow-host",
        TroubleKind::Interrupted => "start it again to finish it",
    }
}

/// An error as it is printed: what happened, and what to do next.
pub(super) fn said(error: &Error) -> String {
    match error {
        Error::Trouble(trouble) => with_advice(trouble),
        Error::Input(Input::NotAllowed { host, .. }) => {
            format!("{error}; if you may push there, add --allow-host {host}")
        }
        _ => error.to_string(),
    }
}

/// Trouble as it is printed: what happened, and what to do next.
pub(super) fn with_advice(trouble: &Trouble) -> String {
    format!("{trouble}; {}", advice(trouble))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_follows_what_happened_and_fits_its_kind() {
        let said_of = |kind| with_advice(&Trouble::new(kind, "GET /v2/", "a.invalid", "why"));
        assert!(said_of(TroubleKind::Tls).contains("GET /v2/ on a.invalid: why; use a certificate"));
        assert!(said_of(TroubleKind::RateLimited).contains("--rate"));
        assert!(said_of(TroubleKind::ForeignHost).contains("--allow-host"));
        let refused = Input::NotAllowed { target: "https://a.invalid/x".to_owned(), host: "a.invalid".to_owned() };
        assert!(said(&refused.into()).ends_with("add --allow-host a.invalid"));
    }
}

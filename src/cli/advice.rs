//! What to do about an error. The library says only what happened; advice and flag names are added here.

use crate::error::{Error, Input, Trouble, TroubleKind};

/// What to do about trouble with a target.
pub(super) fn advice(trouble: &Trouble) -> &'static str {
    match trouble.kind {
        // Client programs are run on this machine, by what their adapter says.
        TroubleKind::Command if trouble.host == "this machine" || trouble.host.starts_with("client:") => {
            "is the program installed and its adapter right? docs/clients-adapters.md describes adapters"
        }
        kind => advice_on(kind),
    }
}

/// What to do about trouble of a kind.
pub(super) fn advice_on(kind: TroubleKind) -> &'static str {
    match kind {
        TroubleKind::Unreachable => "is the registry running, and are host, port and scheme correct?",
        TroubleKind::Unauthorized | TroubleKind::Forbidden => {
            "use credentials that may push to this repository: --username with --password-stdin, OCI_USERNAME and \
             OCI_PASSWORD, or a login of Docker or Podman"
        }
        TroubleKind::RateLimited => "lower --rate, or try again later",
        TroubleKind::Tls => "use a certificate that is valid for this host, or skip the check with --tls-verify=false",
        TroubleKind::UnknownAuthority => {
            "name the certificate of its authority with --tls-ca FILE, or skip the check with --tls-verify=false"
        }
        TroubleKind::ClientCertificate => "give a client certificate with --tls-cert FILE and --tls-key FILE",
        TroubleKind::TimeOut => "is the registry overloaded or stuck? try again, or lower --jobs",
        TroubleKind::Protocol => "check that scheme, host and port are those of a registry",
        TroubleKind::TooLarge => "check what answers at this address; no registry needs to send that much",
        TroubleKind::ForeignHost => "if that host belongs to the registry, allow it with --allow-host",
        TroubleKind::Escape => "if it may write there, add --allow-escape",
        TroubleKind::Ledger => "free space on the disk of the corpus; nothing is sent that is not in the ledger",
        TroubleKind::NoRepository => "make it first, or name another",
        TroubleKind::Command => "mend the command in targets.toml",
        TroubleKind::Interrupted => "run it again to finish",
    }
}

/// The message of an error: what happened, and what to do next.
pub(super) fn message(error: &Error) -> String {
    match error {
        Error::Trouble(trouble) => with_advice(trouble),
        Error::Input(Input::NotAllowed { host, .. }) => {
            format!("{error}; if you may push there, add --allow-host {host}")
        }
        _ => error.to_string(),
    }
}

/// The message of trouble with a target: what happened, and what to do next.
pub(super) fn with_advice(trouble: &Trouble) -> String {
    format!("{trouble}; {}", advice(trouble))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_end_with_advice_on_their_kind() {
        let message_of = |kind| with_advice(&Trouble::new(kind, "GET /v2/", "a.invalid", "why"));
        assert!(message_of(TroubleKind::Tls).contains("GET /v2/ on a.invalid: why; use a certificate"));
        assert!(message_of(TroubleKind::RateLimited).contains("--rate"));
        let command_on = |host| with_advice(&Trouble::new(TroubleKind::Command, "run `x`", host, "why"));
        assert!(command_on("a.invalid").contains("targets.toml"));
        assert!(command_on("this machine").contains("adapter") && command_on("client:own").contains("adapter"));
        assert!(message_of(TroubleKind::ForeignHost).contains("--allow-host"));
        let refused = Input::NotAllowed { target: "https://a.invalid/x".to_owned(), host: "a.invalid".to_owned() };
        assert!(message(&refused.into()).ends_with("add --allow-host a.invalid"));
    }
}

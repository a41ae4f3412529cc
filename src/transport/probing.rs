//! Probes a target before a run: whether it is a registry, and which optional capabilities it has.
//!
//! A capability is absent only if the target says so twice. A timeout, a dropped connection or a 5xx is inconclusive and
//! retried; if it persists while the target answers other requests, the capability counts as present and its failures are
//! judged like any other.

use std::time::Duration;

use super::registry_target::RegistryTarget;
use super::{Repository, Target as _, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{
    Answer, Ask, Capabilities, Capability, Depth, Exchange, Observation, Probe, Questions, Reference, Reply,
    Unfollowable, unknown_digest,
};
use crate::json;

/// Maximum number of attempts of a failing request.
const TRIES: u32 = 3;
/// The pause before the second attempt; it doubles each time.
const PAUSE: Duration = Duration::from_millis(200);

/// What requests outside cases are for, in place of a case.
pub(super) const PROBING: &str = "probing";

/// Phrases in answers of servers (nginx, Go, Apache and others) that expect TLS and received plain HTTP.
const WANT_TLS: [&str; 4] =
    ["sent to HTTPS port", "HTTP request to an HTTPS server", "plain HTTP to an SSL-enabled", "requires TLS"];

/// What a reply shows about a capability.
enum Support {
    Present,
    /// With the request and its answer as evidence.
    Absent(String),
    Inconclusive(ProbeFailure),
}

/// Why a reply is inconclusive.
struct ProbeFailure {
    kind: TroubleKind,
    cause: String,
}

/// Why a reply is inconclusive; `None` if it is not. A 501 is conclusive: the method is not supported.
fn failure(reply: &Reply) -> Option<ProbeFailure> {
    let (kind, cause) = match reply {
        Reply::Answer(Answer { status: 429, .. }) => (TroubleKind::RateLimited, "answered 429".to_owned()),
        Reply::Answer(answer) if answer.status >= 500 && answer.status != 501 => {
            (TroubleKind::Protocol, format!("answered {}", answer.status))
        }
        Reply::Answer(_) | Reply::NotFollowed(_) => return None,
        Reply::Dropped(why) => (TroubleKind::Protocol, format!("not answered: {why}")),
        Reply::Hang => (TroubleKind::TimeOut, "not answered within the deadline".to_owned()),
    };
    Some(ProbeFailure { kind, cause })
}

/// The reply that decided a push: to the tested request, or to the upload that failed before it.
fn deciding_reply(seen: &Observation) -> Option<(&Probe, &Reply)> {
    let mut replies = seen.replies.iter().rev().map(|(probe, reply)| (probe, reply));
    replies.find(|(probe, _)| matches!(probe, Probe::Upload(_) | Probe::Put))
}

impl<T: Transport> RegistryTarget<T> {
    /// Checks that the target answers like a registry.
    pub(super) fn is_registry(&self, base: &Exchange) -> Result<(), Trouble> {
        self.counting_hangs(|| {
            let reply = self.get("/v2/", &self.context(PROBING))?;
            let answer = reply.answer();
            if answer.is_some_and(wants_tls) {
                let cause = "the port expects TLS but was sent plain HTTP; use https://";
                return Err(self.trouble(TroubleKind::Protocol, "GET /v2/", cause));
            }
            if answer.is_some_and(is_of_a_registry) {
                return Ok(());
            }
            // Some registries accept pushes without serving `/v2/`.
            let seen = self.settled("a push of the base", || self.fire(base, Repository::Main, Questions::NONE))?;
            let Some((probe, pushed)) = deciding_reply(&seen) else { return Ok(()) };
            let is_registry = match pushed {
                Reply::Answer(answer) => answer.is_success() && *probe == Probe::Put || is_of_a_registry(answer),
                Reply::NotFollowed(not) => not.answer.is_success(),
                _ => false,
            };
            if is_registry {
                return Ok(());
            }
            let push = if matches!(probe, Probe::Upload(_)) { "a blob upload" } else { "a manifest push" };
            let cause = format!("not a registry: GET /v2/ was {}, {push} was {}", described(&reply), described(pushed));
            Err(self.trouble(TroubleKind::Protocol, "registry check", cause))
        })
    }

    /// Checks that the target answers like a registry, and probes whether it has referrers, by reading alone.
    pub(super) fn probe_by_reading(&self) -> Result<Capabilities, Trouble> {
        self.counting_hangs(|| {
            let reply = self.get("/v2/", &self.context(PROBING))?;
            match reply.answer() {
                Some(Answer { status: status @ (401 | 403 | 429), .. }) => {
                    let cause = format!("answered {status}");
                    return Err(self.trouble(TroubleKind::of_status(*status), "GET /v2/", cause));
                }
                Some(answer) if is_of_a_registry(answer) => {}
                _ => {
                    let cause = format!("not a registry: GET /v2/ was {}", described(&reply));
                    return Err(self.trouble(TroubleKind::Protocol, "registry check", cause));
                }
            }
            let mut capabilities = Capabilities::ALL;
            let target = format!("/v2/{}/referrers/{}", self.repository, unknown_digest());
            if let Support::Absent(evidence) = self.conclusive("a list of referrers", || self.lists(&target))? {
                capabilities.lack(Capability::Referrers, evidence);
            }
            Ok(capabilities)
        })
    }

    /// Probes the optional capabilities.
    pub(super) fn probe(&self, base: &Exchange, with_subject: &Exchange) -> Result<Capabilities, Trouble> {
        self.counting_hangs(|| {
            let seen = self.settled("a push of the base", || self.fire(base, Repository::Main, Questions::NONE))?;
            if let Some((_, Reply::Answer(Answer { status: status @ (401 | 403), .. }))) = deciding_reply(&seen) {
                let cause = format!("answered {status}");
                return Err(self.trouble(TroubleKind::of_status(*status), "a push of the base", cause));
            }
            if let Some((_, Reply::Answer(answer))) = deciding_reply(&seen)
                && wants_it_made(answer)
            {
                let cause = format!("the repository {} does not exist, and a push does not make it", self.repository);
                return Err(self.trouble(TroubleKind::NoRepository, "a push of the base", cause));
            }
            let only_http2 = self.transport.is_only_http2();
            let mut capabilities = Capabilities::ALL;
            let mut note = |part, support| {
                if let Support::Absent(evidence) = support {
                    capabilities.lack(part, evidence);
                }
            };
            if only_http2 {
                note(Capability::Http1, Support::Absent("the TLS handshake offers HTTP/2 only".to_owned()));
            }
            note(Capability::PushByDigest, self.accepts_digests(base, seen.accepted())?);
            note(Capability::Referrers, self.has_referrers(base, with_subject)?);
            let tags = format!("/v2/{}/tags/list", self.repository);
            note(Capability::TagList, self.conclusive("the tag list", || self.lists(&tags))?);
            let fresh = self.accepts_repositories(base)?;
            let is_fresh = !matches!(fresh, Support::Absent(_));
            note(Capability::FreshRepositories, fresh);
            // Deletion is only probed in a repository created for it.
            let not_probed = || Support::Absent("not probed: no new repository to delete from".to_owned());
            note(Capability::Deletion, if is_fresh { self.deletes(base)? } else { not_probed() });
            Ok(capabilities)
        })
    }

    fn accepts_digests(&self, base: &Exchange, accepts_tags: bool) -> Result<Support, Trouble> {
        let digest = base.tested.digest();
        let mut by_digest = base.clone();
        by_digest.tested.reference = Reference::Text(digest.to_owned());
        self.conclusive("a push by digest", || {
            let seen = self.fire(&by_digest, Repository::Main, Questions::NONE)?;
            Ok(match seen.reply(&Probe::Put) {
                Some(reply) if accepts_tags => {
                    support(reply, is_client_error, || format!("PUT /v2/{}/manifests/{digest}", self.repository))
                }
                _ => Support::Present,
            })
        })
    }

    /// An `OCI-Subject` header or any referrers list proves support; the model then judges a 404 to another list.
    fn has_referrers(&self, base: &Exchange, with_subject: &Exchange) -> Result<Support, Trouble> {
        let subject = with_subject.subject.clone().unwrap_or_else(|| base.tested.digest().to_owned());
        self.conclusive("a list of referrers", || {
            let seen = self.fire(with_subject, Repository::Main, Questions::NONE)?;
            if seen.answer(&Probe::Put).is_some_and(|answer| answer.header("oci-subject").is_some()) {
                return Ok(Support::Present);
            }
            let list = |digest: &str| self.lists(&format!("/v2/{}/referrers/{digest}", self.repository));
            Ok(match list(&subject)? {
                Support::Absent(evidence) => match list(&unknown_digest())? {
                    Support::Absent(_) => Support::Absent(evidence),
                    other => other,
                },
                other => other,
            })
        })
    }

    fn accepts_repositories(&self, base: &Exchange) -> Result<Support, Trouble> {
        let what = || format!("a push to a new repository below {} was", self.repository);
        self.conclusive("a push to a new repository", || {
            let seen = self.fire(base, Repository::Fresh, Questions::NONE)?;
            let Some((_, reply)) = deciding_reply(&seen) else { return Ok(Support::Present) };
            let made = reply.answer().is_some_and(wants_it_made);
            Ok(match support(reply, is_client_error, what) {
                Support::Absent(evidence) if made => {
                    Support::Absent(format!("{evidence}: repositories have to be made beforehand"))
                }
                support => support,
            })
        })
    }

    fn deletes(&self, base: &Exchange) -> Result<Support, Trouble> {
        let deleting = Exchange { afterwards: Some(Ask::DeleteDigest), ..base.clone() };
        let what = || format!("DELETE /v2/{}/mf-…/manifests/{}", self.repository, base.tested.digest());
        self.conclusive("a deletion", || {
            let seen = self.fire(&deleting, Repository::Fresh, Depth::Get.into())?;
            Ok(match seen.reply(&Probe::Ask(Ask::DeleteDigest)) {
                Some(reply) => support(reply, |status| matches!(status, 400 | 404 | 405 | 501), what),
                None => Support::Absent("not probed: the base was not accepted in a new repository".to_owned()),
            })
        })
    }

    fn lists(&self, target: &str) -> Result<Support, Trouble> {
        let reply = self.get(target, &self.context(PROBING))?;
        // A list that may not be read (401, 403) cannot be judged either.
        Ok(support(&reply, |status| matches!(status, 401 | 403 | 404 | 405), || format!("GET {target}")))
    }

    /// Repeats a probe until it is conclusive; absence must be shown twice. If it stays inconclusive although the target is
    /// alive, the capability counts as present.
    fn conclusive(&self, what: &str, probe: impl Fn() -> Result<Support, Trouble>) -> Result<Support, Trouble> {
        let (mut was_absent, mut failed) = (false, 0);
        loop {
            match probe()? {
                Support::Absent(_) if !was_absent => was_absent = true,
                Support::Inconclusive(failure) if failed + 1 >= TRIES && failure.kind == TroubleKind::RateLimited => {
                    return Err(self.trouble(failure.kind, what, failure.cause));
                }
                Support::Inconclusive(failure) if failed + 1 < TRIES => {
                    self.pause(&failure, failed)?;
                    // Fails with trouble if the target itself is down.
                    self.get("/v2/", &self.context(PROBING))?;
                    failed += 1;
                }
                support => return Ok(support),
            }
        }
    }

    /// Repeats a push until it is answered.
    fn settled(&self, what: &str, fire: impl Fn() -> Result<Observation, Trouble>) -> Result<Observation, Trouble> {
        let mut failed = 0;
        loop {
            let seen = fire()?;
            let Some(failure) = deciding_reply(&seen).and_then(|(_, reply)| failure(reply)) else { return Ok(seen) };
            if failed + 1 >= TRIES {
                return Err(self.trouble(failure.kind, what, format!("{}, {TRIES} times in a row", failure.cause)));
            }
            self.pause(&failure, failed)?;
            failed += 1;
        }
    }

    /// Waits, longer each time. Not after a timeout, which was a pause already.
    fn pause(&self, failure: &ProbeFailure, failed: u32) -> Result<(), Trouble> {
        if failure.kind == TroubleKind::TimeOut { Ok(()) } else { self.transport.wait(PAUSE * 2u32.pow(failed)) }
    }

    fn counting_hangs<R>(&self, act: impl FnOnce() -> Result<R, Trouble>) -> Result<R, Trouble> {
        self.hangs.count(true);
        let done = act();
        self.hangs.count(false);
        done
    }

    fn trouble(&self, kind: TroubleKind, attempted: &str, cause: impl Into<String>) -> Trouble {
        Trouble::new(kind, attempted, self.transport.host(), cause)
    }
}

fn is_client_error(status: u16) -> bool {
    (400..500).contains(&status)
}

/// What a reply shows about the probed capability. `is_absent` selects the statuses that mean it is absent; `what` names the
/// request in the evidence.
fn support(reply: &Reply, is_absent: impl Fn(u16) -> bool, what: impl Fn() -> String) -> Support {
    if let Some(failure) = failure(reply) {
        return Support::Inconclusive(failure);
    }
    match reply {
        Reply::Answer(answer) if is_absent(answer.status) => {
            Support::Absent(format!("{} answered {}", what(), answer.status))
        }
        _ => Support::Present,
    }
}

/// Whether a push was refused because its repository does not exist.
fn wants_it_made(answer: &Answer) -> bool {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error = &body["errors"][0];
    let is_unknown = matches!(error["code"].as_str(), Some("NAME_UNKNOWN" | "NAME_INVALID_OR_UNKNOWN"));
    let says_so = ["not exist", "not found", "no such repository"];
    let message = error["message"].as_str().unwrap_or_default().to_lowercase();
    matches!(answer.status, 400 | 403 | 404)
        && (is_unknown || says_so.iter().any(|text| message.contains(text) && message.contains("repository")))
}

fn is_html(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|value| value.to_ascii_lowercase().contains("html"))
}

/// Whether the answer is specific to a registry rather than to any web server.
fn is_of_a_registry(answer: &Answer) -> bool {
    let is_ours = |name: &http::HeaderName| ["docker-", "oci-"].iter().any(|start| name.as_str().starts_with(start));
    let body = json::read_answer(&answer.body);
    match answer.status {
        _ if answer.headers.keys().any(is_ours) => true,
        // Registries check credentials before the path.
        401 | 403 => true,
        200 => !is_html(answer) && (answer.body.is_empty() || body.is_ok()),
        201 | 202 => answer.header("location").is_some(),
        _ => body.is_ok_and(|body| body.root().get("errors").is_some_and(json::Node::is_array)),
    }
}

fn wants_tls(answer: &Answer) -> bool {
    let start = String::from_utf8_lossy(&answer.body[..answer.body.len().min(1 << 10)]).into_owned();
    answer.status >= 400 && WANT_TLS.iter().any(|words| start.contains(words))
}

/// A short description of a reply, to follow `was`.
fn described(reply: &Reply) -> String {
    match reply {
        Reply::Answer(answer) => {
            let kind = answer.header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default();
            format!("answered {}{}", answer.status, if kind.is_empty() { String::new() } else { format!(" ({kind})") })
        }
        Reply::NotFollowed(not) => match &not.why {
            Unfollowable::Elsewhere(host) => format!("redirected to {host}"),
            Unfollowable::Malformed(_) => format!("redirected to `{}`", not.to),
        },
        Reply::Dropped(why) => format!("not answered ({why})"),
        Reply::Hang => "not answered within the deadline".to_owned(),
    }
}

//! What answers at an address, and which optional parts it has: settled before anything is judged.
//!
//! A part is lacking only if the target says so, twice. A stall, a drop or a 5xx says nothing: it is asked again, and where it
//! goes on although the target answers otherwise, the part is there and fails, which is for the model to judge.

use std::time::Duration;

use super::conversation::RegistryTarget;
use super::{Repository, Target as _, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{
    Answer, Ask, Capabilities, Capability, Depth, Exchange, Observation, Probe, Reference, Reply, Unfollowable, sha256,
};
use crate::json;

/// How often something that fails is asked for.
const TRIES: u32 = 3;
/// The first pause between two tries; it doubles.
const PAUSE: Duration = Duration::from_millis(200);

/// What servers say, in these words, that are spoken to in plain HTTP where they expect TLS: nginx, Go, Apache, and others.
const WANT_TLS: [&str; 4] =
    ["sent to HTTPS port", "HTTP request to an HTTPS server", "plain HTTP to an SSL-enabled", "requires TLS"];

/// What an answer says of a part.
enum Said {
    Has,
    /// What was asked and answered.
    Lacks(String),
    Nothing(ProbeFailure),
}

/// Why a reply says nothing.
struct ProbeFailure {
    kind: TroubleKind,
    cause: String,
}

/// Why a reply says nothing; `None` if it says something. 501 says that a method is lacking.
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

/// The reply that decides what became of a push: to the tested request, or to the upload that stopped it.
fn decided(seen: &Observation) -> Option<(&Probe, &Reply)> {
    let mut replies = seen.replies.iter().rev().map(|(probe, reply)| (probe, reply));
    replies.find(|(probe, _)| matches!(probe, Probe::Upload(_) | Probe::Put))
}

impl<T: Transport> RegistryTarget<T> {
    /// Whether what answers is a registry.
    pub(super) fn is_registry(&self, base: &Exchange) -> Result<(), Trouble> {
        self.counting_hangs(|| {
            let reply = self.get("/v2/", &self.transport.allowance())?;
            let answer = reply.answer();
            if answer.is_some_and(wants_tls) {
                let cause = "this port speaks TLS and was sent plain HTTP: use https://";
                return Err(self.trouble(TroubleKind::Protocol, "GET /v2/", cause));
            }
            if answer.is_some_and(is_of_a_registry) {
                return Ok(());
            }
            // Some registries have no `/v2/`, and take pushes all the same.
            let seen = self.settled("a push of the base", || self.fire(base, Repository::Main, Depth::Put))?;
            let Some((probe, pushed)) = decided(&seen) else { return Ok(()) };
            let takes = match pushed {
                Reply::Answer(answer) => answer.is_success() && *probe == Probe::Put || is_of_a_registry(answer),
                Reply::NotFollowed(not) => not.answer.is_success(),
                _ => false,
            };
            if takes {
                return Ok(());
            }
            let first = if matches!(probe, Probe::Upload(_)) { "POST of an upload" } else { "PUT of a manifest" };
            let cause = format!(
                "what answers is not a registry: GET /v2/ was {}, {first} was {}",
                described(&reply),
                described(pushed)
            );
            Err(self.trouble(TroubleKind::Protocol, "looking for a registry", cause))
        })
    }

    /// Probes the optional parts.
    pub(super) fn probe(&self, base: &Exchange, with_subject: &Exchange) -> Result<Capabilities, Trouble> {
        self.counting_hangs(|| {
            let seen = self.settled("a push of the base", || self.fire(base, Repository::Main, Depth::Put))?;
            if let Some((_, Reply::Answer(Answer { status: status @ (401 | 403), .. }))) = decided(&seen) {
                let cause = format!("answered {status}");
                return Err(self.trouble(TroubleKind::of_status(*status), "a push of the base", cause));
            }
            let mut has = Capabilities::ALL;
            let mut note = |part, said| {
                if let Said::Lacks(evidence) = said {
                    has.lack(part, evidence);
                }
            };
            note(Capability::PushByDigest, self.takes_digests(base, seen.accepted())?);
            note(Capability::Referrers, self.has_referrers(base, with_subject)?);
            let tags = format!("/v2/{}/tags/list", self.repository);
            note(Capability::TagList, self.asked("the tag list", || self.lists(&tags))?);
            let fresh = self.takes_repositories(base)?;
            let is_fresh = !matches!(fresh, Said::Lacks(_));
            note(Capability::FreshRepositories, fresh);
            // Nothing is deleted but in a repository that was made for it.
            let lacks = || Said::Lacks("not asked, for there is no repository to delete from".to_owned());
            note(Capability::Deletion, if is_fresh { self.deletes(base)? } else { lacks() });
            Ok(has)
        })
    }

    fn takes_digests(&self, base: &Exchange, takes_tags: bool) -> Result<Said, Trouble> {
        let digest = base.tested.digest();
        let mut by_digest = base.clone();
        by_digest.tested.reference = Reference::Text(digest.to_owned());
        self.asked("a push by digest", || {
            let seen = self.fire(&by_digest, Repository::Main, Depth::Put)?;
            Ok(match seen.reply(&Probe::Put) {
                Some(reply) if takes_tags => {
                    said(reply, is_client_error, || format!("PUT /v2/{}/manifests/{digest}", self.repository))
                }
                _ => Said::Has,
            })
        })
    }

    /// A named subject or any list proves that there are referrers: then 404 to another list is for the model to judge.
    fn has_referrers(&self, base: &Exchange, with_subject: &Exchange) -> Result<Said, Trouble> {
        let subject = with_subject.subject.clone().unwrap_or_else(|| base.tested.digest().to_owned());
        self.asked("a list of referrers", || {
            let seen = self.fire(with_subject, Repository::Main, Depth::Put)?;
            if seen.answer(&Probe::Put).is_some_and(|answer| answer.header("oci-subject").is_some()) {
                return Ok(Said::Has);
            }
            let list = |digest: &str| self.lists(&format!("/v2/{}/referrers/{digest}", self.repository));
            Ok(match list(&subject)? {
                Said::Lacks(evidence) => match list(&sha256(b"what nobody ever pushed"))? {
                    Said::Lacks(_) => Said::Lacks(evidence),
                    other => other,
                },
                other => other,
            })
        })
    }

    fn takes_repositories(&self, base: &Exchange) -> Result<Said, Trouble> {
        let what = || format!("a push to a new repository below {} was", self.repository);
        self.asked("a push to a new repository", || {
            let seen = self.fire(base, Repository::Fresh, Depth::Put)?;
            Ok(decided(&seen).map_or(Said::Has, |(_, reply)| said(reply, is_client_error, what)))
        })
    }

    fn deletes(&self, base: &Exchange) -> Result<Said, Trouble> {
        let deleting = Exchange { afterwards: Some(Ask::DeleteDigest), ..base.clone() };
        let what = || format!("DELETE /v2/{}/mf-…/manifests/{}", self.repository, base.tested.digest());
        self.asked("a deletion", || {
            let seen = self.fire(&deleting, Repository::Fresh, Depth::Get)?;
            Ok(match seen.reply(&Probe::Ask(Ask::DeleteDigest)) {
                Some(reply) => said(reply, |status| matches!(status, 400 | 404 | 405 | 501), what),
                None => Said::Lacks("not asked, for the base was not accepted in a new repository".to_owned()),
            })
        })
    }

    fn lists(&self, target: &str) -> Result<Said, Trouble> {
        let reply = self.get(target, &self.transport.allowance())?;
        // What may not be read cannot be judged either.
        Ok(said(&reply, |status| matches!(status, 401 | 403 | 404 | 405), || format!("GET {target}")))
    }

    /// Asks until something is said: a lack twice. Where nothing is although the target is alive, the part counts as there.
    fn asked(&self, what: &str, ask: impl Fn() -> Result<Said, Trouble>) -> Result<Said, Trouble> {
        let (mut lacked, mut failed) = (false, 0);
        loop {
            match ask()? {
                Said::Lacks(_) if !lacked => lacked = true,
                Said::Nothing(failure) if failed + 1 >= TRIES && failure.kind == TroubleKind::RateLimited => {
                    return Err(self.trouble(failure.kind, what, failure.cause));
                }
                Said::Nothing(failure) if failed + 1 < TRIES => {
                    self.pause(&failure, failed)?;
                    // Trouble, if this is no more than the target's end.
                    self.get("/v2/", &self.transport.allowance())?;
                    failed += 1;
                }
                said => return Ok(said),
            }
        }
    }

    /// Fires until a push is answered.
    fn settled(&self, what: &str, fire: impl Fn() -> Result<Observation, Trouble>) -> Result<Observation, Trouble> {
        let mut failed = 0;
        loop {
            let seen = fire()?;
            let Some(failure) = decided(&seen).and_then(|(_, reply)| failure(reply)) else { return Ok(seen) };
            if failed + 1 >= TRIES {
                return Err(self.trouble(failure.kind, what, format!("{}, {TRIES} times in a row", failure.cause)));
            }
            self.pause(&failure, failed)?;
            failed += 1;
        }
    }

    /// Waits longer each time; a deadline that passed was a pause.
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

/// What a reply says of the part that was asked for; `lacks` are the statuses that say it is not there.
fn said(reply: &Reply, lacks: impl Fn(u16) -> bool, what: impl Fn() -> String) -> Said {
    if let Some(failure) = failure(reply) {
        return Said::Nothing(failure);
    }
    match reply {
        Reply::Answer(answer) if lacks(answer.status) => Said::Lacks(format!("{} answered {}", what(), answer.status)),
        _ => Said::Has,
    }
}

fn is_html(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|value| value.to_ascii_lowercase().contains("html"))
}

/// Whether a web server would not have answered this.
fn is_of_a_registry(answer: &Answer) -> bool {
    let is_ours = |name: &http::HeaderName| ["docker-", "oci-"].iter().any(|start| name.as_str().starts_with(start));
    let body = json::read_answer(&answer.body);
    match answer.status {
        _ if answer.headers.keys().any(is_ours) => true,
        // Who may ask is decided before what for.
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

/// A reply in a few words.
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

//! The conversation with a registry, whatever the transport: uploads, the tested request, reading back.
//!
//! Facts come from the answers here: a thing is there because the registry said so, never because it was sent.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::Method;

use super::asking::Asking;
use super::{Place, Target, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{
    Accept, Answer, Ask, By, Capabilities, Depth, Exchange, Facts, Held, MANIFEST_TYPES, Observation, Probe, Put,
    Reference, Reply, State, Step, Transfer,
};

/// A registry behind a transport.
#[derive(Debug)]
pub struct RegistryTarget<T> {
    name: String,
    version: String,
    repository: String,
    /// Tells this run's tags and repositories from those of every other run.
    nonce: String,
    counter: AtomicU64,
    pub(super) transport: T,
    /// What the registry said it stored, by repository and endpoint: need not be pushed again.
    pub(super) stored: Mutex<HashSet<(String, String)>>,
    /// The manifests that this run pushed to the main repository and saw acknowledged, by digest: to find one of them after
    /// a refusal is no residue.
    acknowledged: Mutex<HashSet<String>>,
}

/// Every manifest type by name: `*/*` is not enough for several registries.
pub(super) fn accept() -> String {
    MANIFEST_TYPES.join(", ")
}

impl<T: Transport> RegistryTarget<T> {
    /// A registry's `repository`, under the name that the corpus has for it. `nonce` must be of this run alone.
    pub fn new(name: String, version: String, repository: String, nonce: String, transport: T) -> Self {
        let (counter, stored, acknowledged) = (AtomicU64::new(0), Mutex::default(), Mutex::default());
        Self { name, version, repository, nonce, counter, transport, stored, acknowledged }
    }

    fn fresh(&self) -> String {
        format!("{}-{}", self.nonce, self.counter.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn put(&self, repository: &str, tag: &str, put: &Put) -> Result<Reply, Trouble> {
        let reference = match &put.reference {
            Reference::Tag | Reference::FreshTag(_) => tag,
            Reference::Text(text) => text,
        };
        let mut request = http::Request::builder()
            .method(Method::PUT)
            .uri(format!("/v2/{repository}/manifests/{reference}"))
            .body(put.body.bytes().clone())
            .map_err(|error| self.trouble("build the tested request", &error.to_string()))?;
        if let Some(content_type) = &put.content_type {
            let value = http::HeaderValue::from_str(content_type)
                .map_err(|error| self.trouble("build the tested request", &error.to_string()))?;
            request.headers_mut().insert(http::header::CONTENT_TYPE, value);
        }
        if let Some(coding) = put.content_encoding {
            request.headers_mut().insert(http::header::CONTENT_ENCODING, http::HeaderValue::from_static(coding));
        }
        self.transport.exact(request, put.transfer == Transfer::Chunked)
    }

    fn trouble(&self, attempted: &str, cause: &str) -> Trouble {
        Trouble::new(TroubleKind::Protocol, attempted, self.transport.host(), cause)
    }

    fn read_back(
        &self,
        repository: &str,
        tag: &str,
        exchange: &Exchange,
        depth: Depth,
        replies: &mut Vec<(Probe, Reply)>,
    ) -> Result<(), Trouble> {
        let put = replies.iter().rev().find(|(probe, _)| *probe == Probe::Put).map(|(_, reply)| reply.clone());
        let Some(answer) = put.as_ref().and_then(Reply::answer) else { return Ok(()) };
        let accepted = answer.is_success();
        let by_tag = exchange.tested.reference.tag(tag).is_some();
        let path = |last: &str| format!("/v2/{repository}/manifests/{last}");
        let mut at = Vec::new();
        if by_tag {
            at.push((By::Tag, path(tag)));
        }
        // What was refused is looked for under the digest that it has.
        at.push((By::Digest, path(if accepted { exchange.tested.name_by_digest() } else { exchange.tested.digest() })));
        at.extend(
            answer.header("location").filter(|l| accepted && !l.is_empty()).map(|l| (By::Location, l.to_owned())),
        );
        let accepting = match &exchange.accept {
            Accept::Every => vec![("accept", accept())],
            Accept::Absent => Vec::new(),
            Accept::Value(value) => vec![("accept", value.clone())],
        };
        let mut ask = |method: Method, target: &str, probe: Probe| -> Result<bool, Trouble> {
            let reply = self.transport.managed(method, target, &accepting, Bytes::new())?;
            let is_success = reply.answer().is_some_and(Answer::is_success);
            replies.push((probe, reply));
            Ok(is_success)
        };
        if depth == Depth::Put {
            return Ok(());
        }
        for (by, target) in &at {
            let mut is_there = false;
            if depth == Depth::Full && *by != By::Location {
                is_there = ask(Method::HEAD, target, Probe::Head(*by))?;
            }
            // A refused manifest is there only if GET returns it.
            let is_due = if accepted { depth == Depth::Full || *by != By::Location } else { is_there };
            if is_due {
                ask(Method::GET, target, Probe::Get(*by))?;
            }
        }
        if depth == Depth::Full {
            if let Some(subject) = &exchange.subject {
                ask(Method::GET, &format!("/v2/{repository}/referrers/{subject}"), Probe::Referrers)?;
            }
            if accepted && by_tag {
                ask(Method::GET, &format!("/v2/{repository}/tags/list"), Probe::TagList)?;
            }
        }
        Ok(())
    }

    /// Whether a push of this body to the main repository was acknowledged before, as a case or as what one needs.
    fn is_acknowledged(&self, place: Place, digest: &str) -> bool {
        let as_need = (self.repository.clone(), format!("manifests/{digest}"));
        place == Place::Main
            && (self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).contains(digest)
                || self.stored.lock().unwrap_or_else(PoisonError::into_inner).contains(&as_need))
    }

    fn note_acknowledged(&self, place: Place, digest: &str, reply: &Reply) {
        // A push whose answer did not come may have been stored as well.
        let is_stored = reply.answer().is_none_or(Answer::is_success);
        if place == Place::Main && is_stored {
            self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).insert(digest.to_owned());
        }
    }

    fn base_is_taken(&self, base: &Exchange, place: Place) -> Result<Observation, Trouble> {
        self.fire(base, place, Depth::Full)
    }
}

impl<T: Transport> Target for RegistryTarget<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn capabilities(&self, base: &Exchange) -> Result<Capabilities, Trouble> {
        let seen = self.base_is_taken(base, Place::Main)?;
        let referrers = format!("/v2/{}/referrers/{}", self.repository, base.tested.digest());
        let referrers = self.transport.managed(Method::GET, &referrers, &[], Bytes::new())?;
        let mut by_digest = base.clone();
        by_digest.tested.reference = Reference::Text(base.tested.digest().to_owned());
        // Nothing is deleted but in a repository that was made for it.
        let deleting = Exchange { afterwards: Some(Ask::DeleteDigest), ..base.clone() };
        let fresh = self.base_is_taken(&deleting, Place::Fresh)?;
        Ok(Capabilities {
            push_by_digest: self.fire(&by_digest, Place::Main, Depth::Put)?.accepted(),
            referrers: referrers.is(200),
            tag_list: seen.reply(&Probe::TagList).is_some_and(|reply| reply.is(200)),
            fresh_repositories: fresh.accepted(),
            deletion: fresh.reply(&Probe::Ask(Ask::DeleteDigest)).is_some_and(|reply| reply.is(202)),
        })
    }

    fn fire(&self, exchange: &Exchange, place: Place, depth: Depth) -> Result<Observation, Trouble> {
        let fresh = format!("mf-{}", self.fresh());
        let tag = exchange.tested.reference.tag(&fresh).unwrap_or(fresh);
        let repository = match place {
            Place::Main => self.repository.clone(),
            Place::Fresh => format!("{}/mf-{}", self.repository, self.fresh()),
        };
        let mut facts = Facts { needs: vec![Held::Unknown; exchange.needs.len()], others: Held::Unknown };
        let mut replies = Vec::new();
        let mut tag_is_new = true;
        let mut body_is_new = !self.is_acknowledged(place, exchange.tested.digest());
        for (i, need) in exchange.needs.iter().enumerate().filter(|(_, need)| need.state != State::Present) {
            facts.needs[i] = self.look_for(&repository, need)?;
        }
        for step in &exchange.steps {
            match step {
                Step::Need(i) if exchange.needs[*i].state == State::Elsewhere => {
                    let elsewhere = format!("{repository}/mf-elsewhere");
                    if let Some(reply) = self.push_need(&elsewhere, &exchange.needs[*i])? {
                        replies.push((Probe::Upload(*i), reply));
                        break;
                    }
                }
                Step::Need(i) => match self.push_need(&repository, &exchange.needs[*i])? {
                    None => facts.needs[*i] = Held::Yes,
                    Some(reply) => {
                        replies.push((Probe::Upload(*i), reply));
                        break;
                    }
                },
                Step::Put(before) => {
                    let reply = self.put(&repository, &tag, before)?;
                    self.note_acknowledged(place, before.digest(), &reply);
                    // Only an answer that says so leaves the tag new.
                    tag_is_new = reply.answer().is_some_and(|answer| !answer.is_success());
                    body_is_new &= tag_is_new || before.digest() != exchange.tested.digest();
                }
                Step::Tested => {
                    // Where the request is sent twice, the first one's answer says what was there before the last.
                    let before = replies.iter().rev().find(|(probe, _)| *probe == Probe::Put);
                    let was_refused =
                        before.is_none_or(|(_, reply)| reply.answer().is_some_and(|answer| !answer.is_success()));
                    (body_is_new, tag_is_new) = (body_is_new && was_refused, tag_is_new && was_refused);
                    let reply = self.put(&repository, &tag, &exchange.tested)?;
                    self.note_acknowledged(place, exchange.tested.digest(), &reply);
                    replies.push((Probe::Put, reply));
                }
            }
        }
        self.read_back(&repository, &tag, exchange, depth, &mut replies)?;
        let accepted = replies.iter().rev().find(|(probe, _)| *probe == Probe::Put);
        let accepted = accepted.is_some_and(|(_, reply)| reply.answer().is_some_and(Answer::is_success));
        if let Some(ask) = exchange.afterwards.filter(|_| accepted && depth != Depth::Put) {
            let asking = Asking { repository: &repository, tag: &tag, exchange, facts: &facts };
            replies.extend(self.ask(ask, &asking)?);
        }
        Ok(Observation { facts, replies, tag, tag_is_new, body_is_new, fresh_repository: place == Place::Fresh })
    }

    fn requests(&self) -> u64 {
        self.transport.requests()
    }

    fn rate(&self) -> Option<f64> {
        self.transport.rate()
    }
}

//! The conversation with a registry, independent of the transport: uploads, the tested request, reading back.
//!
//! Facts are derived from answers: content counts as present because the registry acknowledged it, never because it was sent.

use std::collections::VecDeque;
use std::sync::PoisonError;
use std::time::Duration;

use ::http::{HeaderValue, Method, header};

use super::asking::Asking;
use super::reading::{DESCRIPTOR, TAG, is_silent};
use super::registry_target::{At, RegistryTarget};
use super::{Repository, Sent, Target, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{
    Answer, Capabilities, Exchange, Facts, Observation, Presence, Probe, Put, Question, Questions, Reply, Requests,
    State, Step, Transfer,
};

impl<T: Transport> RegistryTarget<T> {
    pub(super) fn put(&self, at: At<'_>, put: &Put) -> Result<Sent, Trouble> {
        let path = at.push(put);
        let unwritable =
            |cause: String| Trouble::new(TroubleKind::Protocol, format!("PUT {path}"), self.transport.host(), cause);
        let mut request = ::http::Request::builder()
            .method(Method::PUT)
            .uri(&*path)
            .body(put.body.bytes().clone())
            .map_err(|error| unwritable(error.to_string()))?;
        if let Some(content_type) = &put.content_type {
            let value = HeaderValue::from_str(content_type).map_err(|error| unwritable(error.to_string()))?;
            request.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        if let Some(coding) = put.content_encoding {
            request.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        self.lengthen(at, at.tag_list(), TAG);
        self.exact(&request, put.transfer == Transfer::Chunked, at.allowance)
    }
}

impl<T: Transport> Target for RegistryTarget<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn ping(&self, base: &Exchange) -> Result<(), Trouble> {
        self.is_registry(base)
    }

    fn capabilities(&self, base: &Exchange, with_subject: &Exchange) -> Result<Capabilities, Trouble> {
        self.probe(base, with_subject)
    }

    fn fire(&self, exchange: &Exchange, place: Repository, questions: Questions) -> Result<Observation, Trouble> {
        let fresh = format!("mf-{}", self.fresh());
        let tag = exchange.tested.reference.tag(&fresh).unwrap_or(fresh);
        let repository = match place {
            Repository::Main => self.main(),
            Repository::Fresh => format!("{}/mf-{}", self.repository, self.fresh()),
        };
        let allowance = self.transport.allowance();
        let at = At { repository: &repository, tag: &tag, allowance: &allowance };
        let mut facts = Facts { needs: vec![Presence::Unknown; exchange.needs.len()], others: Presence::Unknown };
        let mut replies = Vec::new();
        let mut tag_is_new = true;
        let mut body_is_new = !self.is_acknowledged(&repository, exchange.tested.digest());
        let mut uploads = 0;
        for (i, need) in exchange.needs.iter().enumerate().filter(|(_, need)| need.state != State::Present) {
            facts.needs[i] = self.look_for(at, need)?;
        }
        let mut pushed = VecDeque::new();
        for (number, step) in exchange.steps.iter().enumerate() {
            match step {
                Step::Need(i) => {
                    if !number.checked_sub(1).is_some_and(|before| matches!(exchange.steps[before], Step::Need(_))) {
                        let before = allowance.requests();
                        pushed = self.push_together(at, exchange, &exchange.steps[number..]);
                        uploads += allowance.requests() - before;
                    }
                    let (need, elsewhere) = (&exchange.needs[*i], format!("{repository}/mf-elsewhere"));
                    let is_elsewhere = need.state == State::Elsewhere;
                    let at = if is_elsewhere { At { repository: &elsewhere, ..at } } else { at };
                    let before = allowance.requests();
                    let refused = pushed.pop_front().flatten().unwrap_or_else(|| self.push_need(at, need))?;
                    uploads += allowance.requests() - before;
                    match refused {
                        None if is_elsewhere => {}
                        None => facts.needs[*i] = Presence::Yes,
                        Some(reply) => {
                            replies.push((Probe::Upload(*i), reply));
                            break;
                        }
                    }
                }
                Step::Put(before) => {
                    let Sent { reply, repeated } = self.put(at, before)?;
                    self.note_acknowledged(at, before.digest(), &reply);
                    // The tag is still new only if the push was answered with a refusal.
                    tag_is_new = !repeated && reply.answer().is_some_and(|answer| !answer.is_success());
                    body_is_new &= tag_is_new || before.digest() != exchange.tested.digest();
                }
                Step::Tested => {
                    // If the tested request is sent twice, the first answer decides the state before the second.
                    let before = replies.iter().rev().find(|(probe, _)| *probe == Probe::Put);
                    let was_refused =
                        before.is_none_or(|(_, reply)| reply.answer().is_some_and(|answer| !answer.is_success()));
                    if let Some(subject) = &exchange.subject {
                        self.lengthen(at, at.referrers(subject), exchange.tested.body.len() + DESCRIPTOR);
                    }
                    let Sent { reply, repeated } = self.put(at, &exchange.tested)?;
                    self.note_acknowledged(at, exchange.tested.digest(), &reply);
                    // A retried request may have been executed the first time, so the prior state is unknown.
                    let is_as_before = was_refused && !repeated;
                    (body_is_new, tag_is_new) = (body_is_new && is_as_before, tag_is_new && is_as_before);
                    replies.push((Probe::Put, reply));
                }
            }
        }
        self.read_back(at, exchange, questions, &mut replies)?;
        let accepted = replies.iter().rev().find(|(probe, _)| *probe == Probe::Put);
        let accepted = accepted.is_some_and(|(_, reply)| reply.answer().is_some_and(Answer::is_success));
        let is_asked = accepted && questions.has(Question::Afterwards) && !is_silent(&replies);
        if let Some(ask) = exchange.afterwards.filter(|_| is_asked) {
            replies.extend(self.ask(ask, &Asking { at, exchange, facts: &facts })?);
        }
        let fresh_repository = place == Repository::Fresh;
        if fresh_repository {
            self.forget(&repository);
        }
        let requests = Requests { all: allowance.requests(), uploads };
        Ok(Observation { facts, replies, repository, tag, tag_is_new, body_is_new, fresh_repository, requests })
    }

    fn read_again(
        &self,
        exchange: &Exchange,
        seen: &Observation,
        questions: Questions,
    ) -> Result<Observation, Trouble> {
        let allowance = self.transport.allowance();
        let at = At { repository: &seen.repository, tag: &seen.tag, allowance: &allowance };
        let is_pushed = |(probe, _): &&(Probe, Reply)| matches!(probe, Probe::Upload(_) | Probe::Put);
        let mut replies: Vec<(Probe, Reply)> = seen.replies.iter().filter(is_pushed).cloned().collect();
        self.read_back(at, exchange, questions, &mut replies)?;
        if let Some(ask) = exchange.afterwards.filter(|ask| !ask.changes() && seen.accepted()) {
            replies.extend(self.ask(ask, &Asking { at, exchange, facts: &seen.facts })?);
        }
        let requests = Requests { all: allowance.requests(), uploads: 0 };
        Ok(Observation { replies, requests, ..seen.clone() })
    }

    fn acknowledged(&self) -> Vec<String> {
        self.acknowledged_by_main()
    }

    fn acknowledge(&self, digests: &[String]) {
        self.known(&self.main(), |known| known.acknowledged.extend(digests.iter().cloned()));
    }

    fn rotate(&self) {
        let next = format!("{}/mf-{}", self.repository, self.fresh());
        let before = self.current.lock().unwrap_or_else(PoisonError::into_inner).replace(next);
        if let Some(before) = before {
            self.forget(&before);
        }
    }

    fn wait(&self, pause: Duration) -> Result<(), Trouble> {
        self.transport.wait(pause)
    }

    fn waited(&self) -> Duration {
        self.transport.waited()
    }

    fn requests(&self) -> u64 {
        self.transport.requests()
    }

    fn rate(&self) -> Option<f64> {
        self.transport.rate()
    }
}

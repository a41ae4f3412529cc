//! The conversation with a registry, independent of the transport: uploads, the tested request, reading back.
//!
//! Facts are derived from answers: content counts as present because the registry acknowledged it, never because it was sent.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;

use ::http::{HeaderValue, Method, header};

use super::asking::Asking;
use super::commands::execute;
use super::reading::{DESCRIPTOR, TAG, is_silent};
use super::registry_target::{At, RegistryTarget};
use super::{CaseContext, Repository, Sent, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{
    Answer, Exchange, Facts, Observation, Presence, Probe, Put, Question, Questions, Reply, Requests, Script, State,
    Step,
};

impl<T: Transport> RegistryTarget<T> {
    /// Reads back an earlier push again.
    pub(super) fn reread(
        &self,
        exchange: &Exchange,
        seen: &Observation,
        questions: Questions,
        context: &CaseContext,
    ) -> Result<Observation, Trouble> {
        let at = At { repository: &seen.repository, tag: &seen.tag, context };
        let is_pushed = |(probe, _): &&(Probe, Reply)| matches!(probe, Probe::Upload(_) | Probe::Put);
        if exchange.upload.is_some() {
            // Reading is part of the script, which would upload again.
            return Ok(seen.clone());
        }
        let mut replies: Vec<(Probe, Reply)> = seen.replies.iter().filter(is_pushed).cloned().collect();
        let mut script = Script::new();
        self.read_back(at, exchange, questions, &mut replies)?;
        if !seen.script.is_empty() {
            replies.extend(self.read_script_again(at, exchange, seen)?);
            script.clone_from(&seen.script);
        } else if let Some(ask) = exchange.afterwards.filter(|ask| !ask.changes() && seen.accepted()) {
            let (asked, followed) = self.ask(ask, &Asking { at, exchange, facts: &seen.facts })?;
            replies.extend(asked);
            script = followed;
        }
        let requests = Requests { all: context.requests(), uploads: 0 };
        Ok(Observation { replies, requests, script, ..seen.clone() })
    }

    /// Runs a command of the user, if there is one. Returns whether there is.
    pub(super) fn executed(&self, name: &str, command: Option<&str>) -> Result<bool, Trouble> {
        let Some(command) = command else { return Ok(false) };
        let never = AtomicBool::new(false);
        let done = execute(command, self.transport.stop().unwrap_or(&never));
        let wrong = |cause| Trouble::new(TroubleKind::Command, format!("the command `{name}`"), &*self.name, cause);
        done.map(|()| true).map_err(wrong)
    }

    /// Does something in the context of a case, and writes its trace if it ends in trouble.
    pub(super) fn in_context(
        &self,
        exchange: &Exchange,
        act: impl FnOnce(&CaseContext) -> Result<Observation, Trouble>,
    ) -> Result<Observation, Trouble> {
        let context = self.context(&exchange.id);
        let ended = act(&context);
        if let (Some(trace), Some(log)) = (&self.trace, context.log()) {
            trace.end(&self.name, context.id(), log, &ended);
        }
        ended
    }

    /// Takes the steps of an exchange, then asks the questions.
    pub(super) fn converse(
        &self,
        exchange: &Exchange,
        place: Repository,
        questions: Questions,
        context: &CaseContext,
    ) -> Result<Observation, Trouble> {
        let fresh = format!("mf-{}", self.unused());
        let tag = exchange.tested.reference.tag(&fresh).unwrap_or(fresh);
        // No other case uses it at the same time.
        let lent = if place == Repository::Fresh { self.fresh.lend() } else { None };
        let repository = match place {
            Repository::Main => self.main(),
            Repository::Fresh => lent
                .as_ref()
                .map_or_else(|| format!("{}/mf-{}", self.repository, self.unused()), |lent| lent.name().to_owned()),
        };
        let at = At { repository: &repository, tag: &tag, context };
        let mut facts = Facts::unknown(exchange);
        let mut replies = Vec::new();
        let mut tag_is_new = true;
        let mut body_is_new = !self.is_acknowledged(&repository, exchange.tested.digest());
        if lent.is_some() && body_is_new {
            // What earlier runs left there is not known.
            body_is_new = self.is_absent(at, exchange.tested.digest())?;
        }
        let mut uploads = 0;
        for (i, need) in exchange.needs.iter().enumerate().filter(|(_, need)| need.state != State::Present) {
            facts.needs[i] = self.look_for(at, need)?;
        }
        let mut pushed = VecDeque::new();
        let mut script = Script::new();
        for (number, step) in exchange.steps.iter().enumerate() {
            match step {
                Step::Need(i) => {
                    if !number.checked_sub(1).is_some_and(|before| matches!(exchange.steps[before], Step::Need(_))) {
                        let before = context.requests();
                        pushed = self.push_together(at, exchange, &exchange.steps[number..]);
                        uploads += context.requests() - before;
                    }
                    let (need, elsewhere) = (&exchange.needs[*i], format!("{repository}/mf-elsewhere"));
                    let is_elsewhere = need.state == State::Elsewhere;
                    let at = if is_elsewhere { At { repository: &elsewhere, ..at } } else { at };
                    let before = context.requests();
                    let refused = pushed.pop_front().flatten().unwrap_or_else(|| self.push_need(at, need))?;
                    uploads += context.requests() - before;
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
                Step::Tested if exchange.upload.is_some() => {
                    script = exchange.upload.as_deref().cloned().unwrap_or_default();
                    if !questions.has(Question::Afterwards) {
                        // Nothing is read back. The last of the tested requests decides.
                        let tested = script.iter().rposition(|request| request.is_tested);
                        script.truncate(tested.map_or(script.len(), |tested| tested + 1));
                    }
                    replies.extend(self.follow_script(at, exchange, &script)?);
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
            let (asked, followed) = self.ask(ask, &Asking { at, exchange, facts: &facts })?;
            replies.extend(asked);
            script = followed;
        }
        let fresh_repository = place == Repository::Fresh;
        if fresh_repository && lent.is_none() {
            self.forget(&repository);
        }
        let requests = Requests { all: context.requests(), uploads };
        Ok(Observation {
            facts,
            replies,
            repository,
            tag,
            tag_is_new,
            body_is_new,
            fresh_repository,
            requests,
            script,
            runs: Vec::new(),
        })
    }

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
        self.exact(put, &request, at.context)
    }
}

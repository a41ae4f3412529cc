//! Sends the follow-up requests after an accepted push. Does not judge their answers.

use ::http::Method;

use super::registry_target::{At, RegistryTarget, accept_at};
use super::{Owed, Request, Transport};
use crate::error::Trouble;
use crate::exchange::{Answer, Ask, Exchange, Facts, Probe, Reference, Reply, Script, Stage, follow_up, pushed};

/// The context of a follow-up request.
pub(super) struct Asking<'a> {
    pub at: At<'a>,
    pub exchange: &'a Exchange,
    pub facts: &'a Facts,
}

impl<T: Transport> RegistryTarget<T> {
    /// Sends a follow-up request and the requests that belong to it; returns the replies in order, and the script if it is one.
    pub(super) fn ask(&self, ask: Ask, asking: &Asking<'_>) -> Result<(Vec<(Probe, Reply)>, Script), Trouble> {
        if let Ask::Script(row) = ask {
            let blob = asking.facts.first_blob(asking.exchange);
            let script = row.requests(&pushed(asking.exchange, blob));
            let replies = self.follow_script(asking.at, asking.exchange, &script)?;
            return Ok((replies, script));
        }
        Ok((self.ask_single(ask, asking)?, Script::new()))
    }

    fn ask_single(&self, ask: Ask, asking: &Asking<'_>) -> Result<Vec<(Probe, Reply)>, Trouble> {
        let mut replies = Vec::new();
        if ask.pushes_tags() && !self.push_more_tags(ask, asking)? {
            return Ok(replies);
        }
        let (At { repository, tag, .. }, blob) = (asking.at, asking.facts.first_blob(asking.exchange));
        for (method, target, probe) in follow_up(ask, asking.exchange, repository, tag, blob) {
            // Only a successful deletion is checked.
            let is_success = |reply: &Reply| reply.answer().is_some_and(Answer::is_success);
            if matches!(probe, Probe::Gone(_)) && !replies.iter().any(|(_, reply)| is_success(reply)) {
                break;
            }
            if method == Method::GET && matches!(probe.stage(), Stage::TagList | Stage::Referrers) {
                self.read_list(asking.at, &target, probe, &mut replies)?;
                continue;
            }
            let (is_delete, is_blob) = (method == Method::DELETE, ask == Ask::Blob);
            let owed = blob.filter(|_| is_blob).and_then(|need| need.held());
            let owed = owed.map_or(Owed::Nothing, |bytes| Owed::Bytes(bytes.clone()));
            let request = Request::new(method, &target, asking.at.context);
            let sent = self.managed(&Request { headers: accept_at(probe.stage()), owed, is_blob, ..request })?;
            // The first attempt may have deleted the manifest.
            if is_delete && sent.repeated && sent.reply.is(404) {
                break;
            }
            replies.push((probe, sent.reply));
        }
        Ok(replies)
    }

    /// Pushes the same document under more tags. Returns whether all were accepted.
    fn push_more_tags(&self, ask: Ask, asking: &Asking<'_>) -> Result<bool, Trouble> {
        let mut put = asking.exchange.tested.clone();
        put.reference = Reference::Tag;
        let count = if ask == Ask::OneTag { 1 } else { Ask::MORE_TAGS.len() };
        for end in &Ask::MORE_TAGS[..count] {
            let tag = format!("{}{end}", asking.at.tag);
            let reply = self.put(At { tag: &tag, ..asking.at }, &put)?.reply;
            if !reply.answer().is_some_and(Answer::is_success) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

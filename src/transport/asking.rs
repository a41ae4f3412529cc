//! Sends the follow-up requests after an accepted push. Does not judge their answers.

use ::http::Method;

use super::registry_target::{At, RegistryTarget, accept_at};
use super::{Owed, Request, Transport};
use crate::error::Trouble;
use crate::exchange::{Answer, Ask, By, Exchange, Facts, Probe, Reference, Reply, Stage, sha256};

/// The context of a follow-up request.
pub(super) struct Asking<'a> {
    pub at: At<'a>,
    pub exchange: &'a Exchange,
    pub facts: &'a Facts,
}

type Question = (Method, String, Probe);

impl<T: Transport> RegistryTarget<T> {
    /// Sends a follow-up request and the requests that belong to it; returns the replies in order.
    pub(super) fn ask(&self, ask: Ask, asking: &Asking<'_>) -> Result<Vec<(Probe, Reply)>, Trouble> {
        let mut replies = Vec::new();
        if ask.pushes_tags() && !self.push_more_tags(ask, asking)? {
            return Ok(replies);
        }
        for (method, target, probe) in questions(ask, asking) {
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
            let owed = asking.facts.first_blob(asking.exchange).filter(|_| is_blob).and_then(|need| need.held());
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

/// The digest of content that is never pushed.
pub(super) fn unknown_digest() -> String {
    sha256(b"what nobody ever pushed")
}

fn questions(ask: Ask, asking: &Asking<'_>) -> Vec<Question> {
    let Asking { at, exchange, facts } = asking;
    let At { repository, tag, .. } = at;
    let own = exchange.tested.digest();
    let unknown = unknown_digest();
    let is_tagged = exchange.tested.reference.tag(tag).is_some();
    let get = |path: String| vec![(Method::GET, format!("/v2/{path}"), Probe::Ask(ask))];
    let delete = |path: String| vec![(Method::DELETE, format!("/v2/{path}"), Probe::Ask(ask))];
    let gone = |by, last: &str| (Method::GET, format!("/v2/{repository}/manifests/{last}"), Probe::Gone(by));
    match ask {
        Ask::Blob => match facts.first_blob(exchange) {
            Some(need) => get(format!("{repository}/blobs/{}", need.digest)),
            None => Vec::new(),
        },
        Ask::UnknownTag => get(format!("{repository}/manifests/mf-none")),
        Ask::UnknownDigest => get(format!("{repository}/manifests/{unknown}")),
        Ask::UnknownBlob => get(format!("{repository}/blobs/{unknown}")),
        Ask::UnknownRepository => get(format!("{repository}/mf-none/manifests/{unknown}")),
        Ask::ReferrersOfUnknown => get(format!("{repository}/referrers/{unknown}")),
        Ask::ReferrersOfMalformed => get(format!("{repository}/referrers/sha256:xyz")),
        Ask::ReferrersFiltered => {
            let subject = exchange.subject.as_deref().unwrap_or(own);
            get(format!("{repository}/referrers/{subject}?artifactType={}", Ask::ABSENT_TYPE))
        }
        Ask::NoTags => get(format!("{repository}/tags/list?n=0")),
        Ask::OneTag => get(format!("{repository}/tags/list?n=1")),
        Ask::TagsInOrder => get(format!("{repository}/tags/list")),
        Ask::DeleteTag if !is_tagged => Vec::new(),
        Ask::DeleteTag => [delete(format!("{repository}/manifests/{tag}")), vec![gone(By::Tag, tag)]].concat(),
        Ask::DeleteDigest => {
            let digest = exchange.tested.name_by_digest();
            let mut requests = delete(format!("{repository}/manifests/{digest}"));
            requests.push(gone(By::Digest, digest));
            requests.extend(is_tagged.then(|| gone(By::Tag, tag)));
            requests
        }
        Ask::DeleteUnknownBlob => delete(format!("{repository}/blobs/{unknown}")),
        Ask::DeleteInUnknownRepository => delete(format!("{repository}/mf-none/manifests/{unknown}")),
    }
}

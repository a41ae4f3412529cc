//! What a push needs: looked for, and uploaded once.

use std::sync::PoisonError;

use ::http::Method;

use super::conversation::{At, RegistryTarget, accept, location};
use super::{Request, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Answer, Need, NeedKind, NotFollowed, Presence, Reply};

impl<T: Transport> RegistryTarget<T> {
    fn is_stored(&self, place: &(String, String)) -> bool {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.contains(place)
    }

    fn note_stored(&self, place: (String, String)) {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.insert(place);
    }

    /// Pushes a need. `Ok(None)` if the registry says it has it, else the reply that shows that it does not.
    pub(super) fn push_need(&self, at: At<'_>, need: &Need) -> Result<Option<Reply>, Trouble> {
        let place = (at.repository.to_owned(), format!("{}/{}", need.kind.endpoint(), need.digest));
        if self.is_stored(&place) {
            return Ok(None);
        }
        let reply = match need.kind {
            NeedKind::Blob => match self.open_upload(at)? {
                Ok(session) => self.upload(at, need, &session)?,
                Err(reply) => return Ok(Some(reply)),
            },
            NeedKind::Manifest(content_type) => {
                let (target, headers) = (at.manifest(&need.digest), vec![("content-type", content_type.to_owned())]);
                let request = Request::new(Method::PUT, &target, at.allowance);
                self.managed(&Request { headers, body: need.bytes.clone(), ..request })?.reply
            }
        };
        // Whether 201 was due is another question: what is said to be stored is there.
        if reply.answer().is_some_and(Answer::is_success) {
            self.note_stored(place);
            return Ok(None);
        }
        Ok(Some(reply))
    }

    /// PUT to an upload that was opened; falls back to another one in chunks where the registry wants them.
    fn upload(&self, at: At<'_>, need: &Need, session: &str) -> Result<Reply, Trouble> {
        let octets = ("content-type", "application/octet-stream".to_owned());
        let closing = with_digest(session, &need.digest);
        let request = Request::new(Method::PUT, &closing, at.allowance);
        let reply =
            self.managed(&Request { headers: vec![octets.clone()], body: need.bytes.clone(), ..request })?.reply;
        let refused = reply.answer().is_some_and(|answer| (400..500).contains(&answer.status));
        if !refused || need.bytes.is_empty() {
            return Ok(reply);
        }
        let Ok(session) = self.open_upload(at)? else { return Ok(reply) };
        let range = ("content-range", format!("0-{}", need.bytes.len() - 1));
        let request = Request::new(Method::PATCH, &session, at.allowance);
        let patch = Request { headers: vec![octets, range], body: need.bytes.clone(), ..request };
        let patched = self.managed(&patch)?.reply;
        let Some(answer) = patched.answer().filter(|answer| matches!(answer.status, 201 | 202)) else {
            return Ok(reply);
        };
        let Ok(session) = self.session(&session, answer) else { return Ok(reply) };
        let closing = with_digest(&session, &need.digest);
        let closed = self.managed(&Request::new(Method::PUT, &closing, at.allowance))?.reply;
        // Where both ways fail, the first one's answer is the finding.
        Ok(if closed.is(201) { closed } else { reply })
    }

    /// Opens an upload: where it goes on, or the reply that shows that there is nowhere to send it to.
    fn open_upload(&self, at: At<'_>) -> Result<Result<String, Reply>, Trouble> {
        let target = format!("/v2/{}/blobs/uploads/", at.repository);
        let reply = self.managed(&Request::new(Method::POST, &target, at.allowance))?.reply;
        let session = match reply.answer().filter(|answer| answer.is_success()) {
            Some(answer) => self.session(&target, answer),
            None => return Ok(Err(reply)),
        };
        Ok(session.map_err(|not_followed| not_followed.map_or(reply, Reply::NotFollowed)))
    }

    /// Where an upload goes on by the answer to a request for `asked`; without a reply where that is not said.
    fn session(&self, asked: &str, answer: &Answer) -> Result<String, Option<Box<NotFollowed>>> {
        let location = location(answer).ok_or(None)?;
        self.follow(asked, answer, &location).map_err(Some)
    }

    /// Whether the registry says it holds what is meant to be absent.
    pub(super) fn look_for(&self, at: At<'_>, need: &Need) -> Result<Presence, Trouble> {
        let target = format!("/v2/{}/{}/{}", at.repository, need.kind.endpoint(), need.digest);
        let (headers, is_blob) = (vec![("accept", accept())], need.kind == NeedKind::Blob);
        let ask = |method| {
            let request = Request::new(method, &target, at.allowance);
            Ok(self.managed(&Request { headers: headers.clone(), is_blob, ..request })?.reply)
        };
        let head = ask(Method::HEAD)?;
        // HEAD alone does not prove presence.
        let reply = if head.is(200) { ask(Method::GET)? } else { head };
        if reply == Reply::Hang {
            let (what, cause) = (format!("HEAD {target}"), "no answer within the deadline");
            return Err(Trouble::new(TroubleKind::TimeOut, what, self.transport.host(), cause));
        }
        Ok(match reply.answer().map(|answer| answer.status) {
            Some(200) => Presence::Yes,
            // Some registries hide what is not there behind 403.
            Some(404 | 403) => Presence::No,
            _ => Presence::Unknown,
        })
    }
}

/// An upload's location with the digest in its query, whatever query it has already.
fn with_digest(location: &str, digest: &str) -> String {
    let separator = if location.contains('?') { '&' } else { '?' };
    format!("{location}{separator}digest={digest}")
}

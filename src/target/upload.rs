//! What a push needs: looked for, and uploaded once.

use std::sync::PoisonError;

use bytes::Bytes;
use http::Method;

use super::Transport;
use super::conversation::{RegistryTarget, accept};
use crate::error::Trouble;
use crate::exchange::{Answer, Held, Need, NeedKind, Reply};

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
    pub(super) fn push_need(&self, repository: &str, need: &Need) -> Result<Option<Reply>, Trouble> {
        let place = (repository.to_owned(), format!("{}/{}", need.kind.endpoint(), need.digest));
        if self.is_stored(&place) {
            return Ok(None);
        }
        let reply = match need.kind {
            NeedKind::Blob => {
                let opened = self.open_upload(repository)?;
                // Where no upload is opened there is nowhere to send it to.
                let Some(session) = location(&opened) else { return Ok(Some(opened)) };
                self.upload(repository, need, &session)?
            }
            NeedKind::Manifest(content_type) => {
                let target = format!("/v2/{repository}/manifests/{}", need.digest);
                let headers = [("content-type", content_type.to_owned())];
                self.transport.managed(Method::PUT, &target, &headers, need.bytes.clone())?
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
    fn upload(&self, repository: &str, need: &Need, session: &str) -> Result<Reply, Trouble> {
        let octets = ("content-type", "application/octet-stream".to_owned());
        let closing = with_digest(session, &need.digest);
        let reply = self.transport.managed(Method::PUT, &closing, std::slice::from_ref(&octets), need.bytes.clone())?;
        let refused = reply.answer().is_some_and(|answer| (400..500).contains(&answer.status));
        if !refused || need.bytes.is_empty() {
            return Ok(reply);
        }
        let opened = self.open_upload(repository)?;
        let Some(session) = location(&opened) else { return Ok(reply) };
        let range = ("content-range", format!("0-{}", need.bytes.len() - 1));
        let patched = self.transport.managed(Method::PATCH, &session, &[octets, range], need.bytes.clone())?;
        let accepted = patched.is(202) || patched.is(201);
        let Some(session) = location(&patched).filter(|_| accepted) else { return Ok(reply) };
        let closed = self.transport.managed(Method::PUT, &with_digest(&session, &need.digest), &[], Bytes::new())?;
        // Where both ways fail, the first one's answer is the finding.
        Ok(if closed.is(201) { closed } else { reply })
    }

    fn open_upload(&self, repository: &str) -> Result<Reply, Trouble> {
        self.transport.managed(Method::POST, &format!("/v2/{repository}/blobs/uploads/"), &[], Bytes::new())
    }

    /// Whether the registry says it holds what is meant to be absent.
    pub(super) fn look_for(&self, repository: &str, need: &Need) -> Result<Held, Trouble> {
        let target = format!("/v2/{repository}/{}/{}", need.kind.endpoint(), need.digest);
        let ask = |method| self.transport.managed(method, &target, &[("accept", accept())], Bytes::new());
        let head = ask(Method::HEAD)?;
        // HEAD alone does not prove presence.
        let reply = if head.is(200) { ask(Method::GET)? } else { head };
        Ok(match reply.answer().map(|answer| answer.status) {
            Some(200) => Held::Yes,
            // Some registries hide what is not there behind 403.
            Some(404 | 403) => Held::No,
            _ => Held::Unknown,
        })
    }
}

/// Where an upload goes on.
fn location(reply: &Reply) -> Option<String> {
    let answer = reply.answer().filter(|answer| answer.is_success())?;
    Some(answer.header("location")?.to_owned())
}

/// An upload's location with the digest in its query, whatever query it has already.
fn with_digest(location: &str, digest: &str) -> String {
    let separator = if location.contains('?') { '&' } else { '?' };
    format!("{location}{separator}digest={digest}")
}

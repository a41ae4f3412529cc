//! Uploads the content a push needs, once each, and checks for content that must be absent. A blob that another
//! repository holds is mounted from there where the registry does that: one request instead of two.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use ::http::Method;

use super::registry_target::{At, RegistryTarget, accept, location};
use super::{Request, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Answer, Need, NeedKind, NotFollowed, Presence, Reply};

/// How the upload of a blob began.
enum Begun {
    /// The registry mounted it: nothing is left to do.
    Stored,
    /// The URL of a session.
    Session(String),
    /// The reply without a usable session.
    Refused(Reply),
}

/// The place of content in its repository: `endpoint/digest`.
fn place_of(need: &Need) -> String {
    [need.kind.endpoint(), "/", &need.digest].concat()
}

impl<T: Transport> RegistryTarget<T> {
    /// Whether the registry acknowledged this content earlier in the run.
    pub(super) fn is_stored(&self, repository: &str, need: &Need) -> bool {
        self.known(repository, |known| known.stored.contains(&place_of(need)))
    }

    fn note_stored(&self, repository: &str, need: &Need) {
        self.known(repository, |known| known.stored.insert(place_of(need)));
        // Fresh repositories are many, and each is soon forgotten.
        if need.kind == NeedKind::Blob && repository == self.main() {
            let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
            blobs.entry(need.digest.clone()).or_insert_with(|| repository.to_owned());
        }
    }

    /// Pushes a need. `Ok(None)` if the registry acknowledged it, else the reply that refused it.
    pub(super) fn push_need(&self, at: At<'_>, need: &Need) -> Result<Option<Reply>, Trouble> {
        if self.is_stored(at.repository, need) {
            return Ok(None);
        }
        let _claim = self.claims.take([at.repository, "/", &*place_of(need)].concat());
        if self.is_stored(at.repository, need) {
            return Ok(None);
        }
        let reply = match need.kind {
            NeedKind::Blob => match self.begin(at, need)? {
                Begun::Session(session) => self.upload(at, need, &session)?,
                Begun::Refused(reply) => return Ok(Some(reply)),
                Begun::Stored => {
                    self.note_stored(at.repository, need);
                    return Ok(None);
                }
            },
            NeedKind::Manifest(content_type) => {
                let (target, headers) = (at.manifest(&need.digest), vec![("content-type", content_type.to_owned())]);
                let request = Request::new(Method::PUT, &target, at.context);
                self.managed(&Request { headers, body: need.bytes.clone(), digest: &need.digest, ..request })?.reply
            }
        };
        // Any 2xx counts as stored; the exact status is judged elsewhere.
        if reply.answer().is_some_and(Answer::is_success) {
            self.note_stored(at.repository, need);
            return Ok(None);
        }
        Ok(Some(reply))
    }

    /// Mounts a blob or opens an upload session.
    fn begin(&self, at: At<'_>, need: &Need) -> Result<Begun, Trouble> {
        if let Some(begun) = self.mount(at, need)? {
            return Ok(begun);
        }
        Ok(self.open_upload(at, need)?.map_or_else(Begun::Refused, Begun::Session))
    }

    /// Mounts a blob from the repository that it was first pushed to. `None` if there is none, or if the answer is neither 201
    /// nor a session: then the target is not asked to mount again, and the blob is uploaded as if it had not been asked.
    fn mount(&self, at: At<'_>, need: &Need) -> Result<Option<Begun>, Trouble> {
        // Registries that mount a blob may store it under its SHA-256 digest alone. Then a case would be answered
        // differently in a fresh repository.
        if !self.mounts.load(Ordering::Relaxed) || !need.digest.starts_with("sha256:") {
            return Ok(None);
        }
        let from = self.blobs.lock().unwrap_or_else(PoisonError::into_inner).get(&need.digest).cloned();
        let Some(from) = from.filter(|from| from != at.repository) else { return Ok(None) };
        let (to, digest) = (at.repository, &need.digest);
        let target = format!("/v2/{to}/blobs/uploads/?mount={digest}&from={from}");
        let reply = self.managed(&Request { digest, ..Request::new(Method::POST, &target, at.context) })?.reply;
        let begun = reply.answer().and_then(|answer| match answer.status {
            201 => Some(Begun::Stored),
            202 => self.session(&target, answer).ok().map(Begun::Session),
            _ => None,
        });
        self.mounts.fetch_and(begun.is_some(), Ordering::Relaxed);
        Ok(begun)
    }

    /// Uploads in one PUT; if that is refused, opens another session and uploads in a chunk.
    fn upload(&self, at: At<'_>, need: &Need, session: &str) -> Result<Reply, Trouble> {
        let octets = ("content-type", "application/octet-stream".to_owned());
        let closing = with_digest(session, &need.digest);
        let request = Request { digest: &need.digest, ..Request::new(Method::PUT, &closing, at.context) };
        let reply =
            self.managed(&Request { headers: vec![octets.clone()], body: need.bytes.clone(), ..request })?.reply;
        let refused = reply.answer().is_some_and(|answer| (400..500).contains(&answer.status));
        if !refused || need.bytes.is_empty() {
            return Ok(reply);
        }
        let Ok(session) = self.open_upload(at, need)? else { return Ok(reply) };
        let range = ("content-range", format!("0-{}", need.bytes.len() - 1));
        let request = Request { digest: &need.digest, ..Request::new(Method::PATCH, &session, at.context) };
        let patch = Request { headers: vec![octets, range], body: need.bytes.clone(), ..request };
        let patched = self.managed(&patch)?.reply;
        let Some(answer) = patched.answer().filter(|answer| matches!(answer.status, 201 | 202)) else {
            return Ok(reply);
        };
        let session = match self.session(&session, answer) {
            Ok(next) => next,
            // Without a `Location`, the session stays where it is.
            Err(None) => session,
            Err(Some(_)) => return Ok(reply),
        };
        let closing = with_digest(&session, &need.digest);
        let request = Request { digest: &need.digest, ..Request::new(Method::PUT, &closing, at.context) };
        let closed = self.managed(&request)?.reply;
        // If both ways fail, report the answer to the first.
        Ok(if closed.is(201) { closed } else { reply })
    }

    /// Opens an upload session: its URL, or the reply without a usable one.
    fn open_upload(&self, at: At<'_>, need: &Need) -> Result<Result<String, Reply>, Trouble> {
        let target = format!("/v2/{}/blobs/uploads/", at.repository);
        let request = Request { digest: &need.digest, ..Request::new(Method::POST, &target, at.context) };
        let reply = self.managed(&request)?.reply;
        let session = match reply.answer().filter(|answer| answer.is_success()) {
            Some(answer) => self.session(&target, answer),
            None => return Ok(Err(reply)),
        };
        Ok(session.map_err(|not_followed| not_followed.map_or(reply, Reply::NotFollowed)))
    }

    /// The session URL from the answer to a request for `asked`. `Err(None)` if the answer has no `Location`.
    fn session(&self, asked: &str, answer: &Answer) -> Result<String, Option<Box<NotFollowed>>> {
        let location = location(answer).ok_or(None)?;
        self.follow(asked, answer, &location).map_err(Some)
    }

    /// Whether a manifest is answered 404.
    pub(super) fn is_absent(&self, at: At<'_>, digest: &str) -> Result<bool, Trouble> {
        let target = at.manifest(digest);
        let request =
            Request { headers: vec![("accept", accept())], ..Request::new(Method::HEAD, &target, at.context) };
        Ok(self.managed(&request)?.reply.is(404))
    }

    /// Whether the registry holds a need that is meant to be absent.
    pub(super) fn look_for(&self, at: At<'_>, need: &Need) -> Result<Presence, Trouble> {
        let target = format!("/v2/{}/{}/{}", at.repository, need.kind.endpoint(), need.digest);
        let (headers, is_blob) = (vec![("accept", accept())], need.kind == NeedKind::Blob);
        let ask = |method| {
            let request = Request::new(method, &target, at.context);
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
            // Some registries answer 403 for missing content.
            Some(404 | 403) => Presence::No,
            _ => Presence::Unknown,
        })
    }
}

/// The URL of an upload session with the digest added to its query.
fn with_digest(location: &str, digest: &str) -> String {
    with_query(location, &format!("digest={digest}"))
}

/// A URL with this added to its query.
pub(super) fn with_query(url: &str, query: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{query}")
}

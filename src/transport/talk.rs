//! One request and its answer, independent of the transport: honours `Retry-After` and resolves `Location` and `Link`.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use ::http::{Method, Request as Exact};
use bytes::Bytes;

use super::hangs::{Hangs, LIMIT};
use super::patience::Patience;
use super::reference::{Url, encoded};
use super::registry_target::RegistryTarget;
use super::{CaseContext, Request, Sent, Transport};
use crate::error::{Trouble, TroubleKind, redacted};
use crate::exchange::{Answer, NotFollowed, Put, Reply, Transfer, Unfollowable};

/// Maximum length of a displayed reference, in characters.
const SHOWN: usize = 300;

impl<T: Transport> RegistryTarget<T> {
    /// Sends the tested request.
    pub(super) fn exact(&self, put: &Put, request: &Exact<Bytes>, of: &CaseContext) -> Result<Sent, Trouble> {
        let what = || format!("{} {}", request.method(), request.uri());
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        self.guard.admit(request.method(), target, put.digest(), request.body().len())?;
        let chunked = put.transfer == Transfer::Chunked;
        self.patiently(what, || {
            of.count_requests(1);
            self.transport.exact(request.clone(), chunked, of)
        })
    }

    /// Sends any other request.
    pub(super) fn managed(&self, request: &Request<'_>) -> Result<Sent, Trouble> {
        let target = encoded(request.target);
        let what = || format!("{} {}", request.method, redacted(&target));
        self.guard.admit(&request.method, &target, request.digest, request.body.len())?;
        let send = |request: &Request<'_>| {
            request.context.count_requests(1);
            self.transport.managed(request)
        };
        match &target {
            Cow::Borrowed(_) => self.patiently(what, || send(request)),
            Cow::Owned(target) => {
                let request = Request { target, ..request.clone() };
                self.patiently(what, || send(&request))
            }
        }
    }

    /// A GET without headers.
    pub(super) fn get(&self, target: &str, context: &CaseContext) -> Result<Reply, Trouble> {
        Ok(self.managed(&Request::new(Method::GET, target, context))?.reply)
    }

    /// Sends a request again when its answer says to wait. After a 401, the transport has sent it again already.
    fn patiently(&self, what: impl Fn() -> String, send: impl Fn() -> Result<Sent, Trouble>) -> Result<Sent, Trouble> {
        let mut patience = Patience::default();
        let mut repeated = false;
        loop {
            let sent = send()?;
            repeated |= sent.repeated;
            self.count_hang(&what, &sent.reply)?;
            let Some(pause) = sent.reply.answer().and_then(|answer| patience.due(answer)) else {
                return Ok(Sent { repeated, ..sent });
            };
            self.transport.wait(pause)?;
            repeated = true;
        }
    }

    fn count_hang(&self, what: impl Fn() -> String, reply: &Reply) -> Result<(), Trouble> {
        let Hangs { counting, in_a_row } = &self.hangs;
        if *reply != Reply::Hang {
            // Not stored if it is 0 already: that would share a cache line between all threads.
            if in_a_row.load(Ordering::Relaxed) != 0 {
                in_a_row.store(0, Ordering::Relaxed);
            }
        } else if in_a_row.fetch_add(1, Ordering::Relaxed) + 1 >= LIMIT && counting.load(Ordering::Relaxed) {
            let cause = format!("accepts connections, but {LIMIT} requests in a row timed out");
            return Err(Trouble::new(TroubleKind::TimeOut, what(), self.transport.host(), cause));
        }
        Ok(())
    }

    /// Resolves a reference in the answer to a request for `asked`: a path on the registry, or the absolute URL of another host
    /// that may be contacted.
    pub(super) fn follow(&self, asked: &str, answer: &Answer, reference: &str) -> Result<String, Box<NotFollowed>> {
        let base = Url { origin: self.transport.origin().clone(), target: asked.to_owned() };
        // `asked` may be an absolute URL from an earlier answer.
        let base = if asked.contains("://") { Url::parse(asked).unwrap_or(base) } else { base };
        let why = match base.resolve(reference) {
            Ok(url) if url.origin == *self.transport.origin() => return Ok(url.target),
            Ok(url) if self.transport.may_ask(&url.origin) => return Ok(url.to_string()),
            Ok(url) => Unfollowable::Elsewhere(elsewhere(&base, &url)),
            Err(why) => Unfollowable::Malformed(why),
        };
        Err(not_followed(answer, reference, why))
    }
}

/// A reference that was not followed, redacted and shortened for display.
pub(super) fn not_followed(answer: &Answer, reference: &str, why: Unfollowable) -> Box<NotFollowed> {
    let to = redacted(reference).chars().take(SHOWN).collect();
    Box::new(NotFollowed { answer: answer.clone(), to, why })
}

/// How messages name an origin other than `from`: by its authority, with the scheme if the schemes differ.
pub(super) fn elsewhere(from: &Url, to: &Url) -> String {
    let (from, to) = (&from.origin, &to.origin);
    if from.is_tls == to.is_tls { to.authority() } else { to.to_string() }
}

//! One request and its answer, whatever the transport: waits as the registry asks, and follows where an answer points.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use ::http::{Method, Request as Exact};
use bytes::Bytes;

use super::conversation::RegistryTarget;
use super::patience::Patience;
use super::reference::{Url, encoded};
use super::{Allowance, Request, Sent, Transport};
use crate::error::{Trouble, TroubleKind, redacted};
use crate::exchange::{Answer, NotFollowed, Reply, Unfollowable};

/// How many requests in a row may go unanswered while the target is probed.
const HANGS: u32 = 3;
/// How much of a reference is shown, in characters.
const SHOWN: usize = 300;

/// Counts unanswered requests while a target is probed: one that accepts connections and never answers is given up.
#[derive(Debug, Default)]
pub(super) struct Hangs {
    counting: AtomicBool,
    in_a_row: AtomicU32,
}

impl Hangs {
    /// Counts from now on, or no longer.
    pub fn count(&self, counting: bool) {
        self.in_a_row.store(0, Ordering::Relaxed);
        self.counting.store(counting, Ordering::Relaxed);
    }
}

impl<T: Transport> RegistryTarget<T> {
    /// Sends the tested request.
    pub(super) fn exact(&self, request: &Exact<Bytes>, chunked: bool, of: &Allowance) -> Result<Sent, Trouble> {
        let what = format!("{} {}", request.method(), request.uri());
        self.patiently(&what, || self.transport.exact(request.clone(), chunked, of))
    }

    /// Sends any other request.
    pub(super) fn managed(&self, request: &Request<'_>) -> Result<Sent, Trouble> {
        let target = encoded(request.target);
        let what = format!("{} {}", request.method, redacted(&target));
        let request = Request { target: &target, ..request.clone() };
        self.patiently(&what, || self.transport.managed(&request))
    }

    /// A GET without headers.
    pub(super) fn get(&self, target: &str, allowance: &Allowance) -> Result<Reply, Trouble> {
        Ok(self.managed(&Request::new(Method::GET, target, allowance))?.reply)
    }

    /// The only loop that sends a request again because of its answer. Credentials that have expired would be refreshed here,
    /// once, after 401.
    fn patiently(&self, what: &str, send: impl Fn() -> Result<Sent, Trouble>) -> Result<Sent, Trouble> {
        let mut patience = Patience::default();
        let mut repeated = false;
        loop {
            let sent = send()?;
            repeated |= sent.repeated;
            self.count_hang(what, &sent.reply)?;
            let Some(pause) = sent.reply.answer().and_then(|answer| patience.due(answer)) else {
                return Ok(Sent { repeated, ..sent });
            };
            self.transport.wait(pause)?;
            repeated = true;
        }
    }

    fn count_hang(&self, what: &str, reply: &Reply) -> Result<(), Trouble> {
        let Hangs { counting, in_a_row } = &self.hangs;
        if *reply != Reply::Hang {
            in_a_row.store(0, Ordering::Relaxed);
        } else if in_a_row.fetch_add(1, Ordering::Relaxed) + 1 >= HANGS && counting.load(Ordering::Relaxed) {
            let cause = format!("it accepts connections, but left {HANGS} requests in a row without an answer");
            return Err(Trouble::new(TroubleKind::TimeOut, what, self.transport.host(), cause));
        }
        Ok(())
    }

    /// Where a reference in the answer to a request for `asked` leads: a path, or the absolute URL of another host that may be
    /// asked.
    pub(super) fn follow(&self, asked: &str, answer: &Answer, reference: &str) -> Result<String, Box<NotFollowed>> {
        let base = Url { origin: self.transport.origin().clone(), target: asked.to_owned() };
        // What an earlier answer named may be a URL already.
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

/// A reference that is not followed, as it is shown.
pub(super) fn not_followed(answer: &Answer, reference: &str, why: Unfollowable) -> Box<NotFollowed> {
    let to = redacted(reference).chars().take(SHOWN).collect();
    Box::new(NotFollowed { answer: answer.clone(), to, why })
}

/// How messages name an origin that differs from `from`: by its host, and by its scheme where that is the difference.
pub(super) fn elsewhere(from: &Url, to: &Url) -> String {
    let (from, to) = (&from.origin, &to.origin);
    if from.is_tls == to.is_tls { to.authority() } else { to.to_string() }
}

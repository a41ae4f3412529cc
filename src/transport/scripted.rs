//! Follows scripts: sends their requests in order, as far as the answers before say. Does not judge the answers.

use ::http::Method;

use super::reading::{DESCRIPTOR, TAG as TAG_ENTRY, is_silent};
use super::registry_target::{At, RegistryTarget, location};
use super::upload::with_query;
use super::{Owed, Request, Sent, Transport};
use crate::error::Trouble;
use crate::exchange::{
    Address, Answer, Exchange, Observation, Probe, REPOSITORY, Reply, ScriptedRequest, Stage, TAG, Value, When,
    next_link,
};

/// What was sent and answered so far: for each request of the script where it went, and its reply.
#[derive(Default)]
struct Progress {
    sent: Vec<Option<(String, Reply)>>,
    replies: Vec<(Probe, Reply)>,
}

impl Progress {
    fn answer(&self, of: usize) -> Option<&Answer> {
        self.sent.get(of)?.as_ref()?.1.answer()
    }

    fn is_due(&self, when: &When) -> bool {
        when.holds(|of| Some(self.answer(of)?.status))
    }

    /// The headers with the values that answers gave; `None` if an answer lacks one.
    fn headers(&self, request: &ScriptedRequest) -> Option<Vec<(&'static str, String)>> {
        let value = |value: &Value| match value {
            Value::Text(text) => Some(text.clone()),
            Value::Echo { of, header } => Some(self.answer(*of)?.header(header)?.to_owned()),
        };
        request.headers.iter().map(|(name, given)| Some((*name, value(given)?))).collect()
    }
}

impl<T: Transport> RegistryTarget<T> {
    /// Sends the requests of a script; returns the replies in order.
    pub(super) fn follow_script(
        &self,
        at: At<'_>,
        exchange: &Exchange,
        script: &[ScriptedRequest],
    ) -> Result<Vec<(Probe, Reply)>, Trouble> {
        self.follow_on(at, exchange, script, Progress::default())
    }

    /// Sends the requests again that read after the last write of a script; the replies before stay.
    pub(super) fn read_script_again(
        &self,
        at: At<'_>,
        exchange: &Exchange,
        seen: &Observation,
    ) -> Result<Vec<(Probe, Reply)>, Trouble> {
        let reads = |request: &ScriptedRequest| matches!(request.method, Method::GET | Method::HEAD);
        let first = seen.script.iter().rposition(|request| !reads(request)).map_or(0, |last| last + 1);
        let is_before = |probe: &Probe| matches!(probe, Probe::Scripted { at, .. } if *at < first);
        let replies: Vec<_> = seen.replies.iter().filter(|(probe, _)| is_before(probe)).cloned().collect();
        let first_page = |index: usize| {
            let is_it = |probe: &Probe| matches!(probe, Probe::Scripted { at, page: 0, .. } if *at == index);
            replies.iter().find(|(probe, _)| is_it(probe)).map(|(_, reply)| (String::new(), reply.clone()))
        };
        let sent = (0..first).map(first_page).collect();
        self.follow_on(at, exchange, &seen.script, Progress { sent, replies })
    }

    /// Sends the requests of a script that follow those sent so far; returns all replies.
    fn follow_on(
        &self,
        at: At<'_>,
        exchange: &Exchange,
        script: &[ScriptedRequest],
        mut progress: Progress,
    ) -> Result<Vec<(Probe, Reply)>, Trouble> {
        for (index, request) in script.iter().enumerate().skip(progress.sent.len()) {
            if is_silent(&progress.replies) {
                break;
            }
            let place = if progress.is_due(&request.when) { self.place(at, request, &progress) } else { None };
            let headers = progress.headers(request);
            let probe = |page| Probe::Scripted { at: index, role: request.role, page };
            let (target, headers) = match (place, headers) {
                (Some(Ok(target)), Some(headers)) => (target, headers),
                (Some(Err(not_followed)), _) => {
                    progress.replies.push((probe(0), *not_followed));
                    progress.sent.push(None);
                    continue;
                }
                _ => {
                    progress.sent.push(None);
                    continue;
                }
            };
            let owed = owed(exchange, request, script);
            let one = |target: &str| {
                let sent = Request::new(request.method.clone(), target, at.context);
                let is_blob = matches!(request.role.stage, Stage::BlobGet | Stage::BlobHead);
                let (headers, body) = (headers.clone(), request.body.clone());
                let digest = &*request.digest;
                self.managed(&Request { headers, body, owed: owed.clone(), digest, is_blob, ..sent })
            };
            let Sent { reply, repeated } = one(&target)?;
            // What a first attempt has done is unknown, so that the answer to the second says nothing.
            if repeated && !matches!(request.method, Method::GET | Method::HEAD | Method::PUT) {
                break;
            }
            progress.replies.push((probe(0), reply.clone()));
            self.turn_pages(&target, request.pages, reply.answer(), one, |page, reply| {
                progress.replies.push((probe(page), reply));
            })?;
            progress.sent.push(Some((target, reply)));
        }
        Ok(progress.replies)
    }

    /// Where a request goes. `None` if the answer that should say it does not, or has not arrived.
    fn place(&self, at: At<'_>, request: &ScriptedRequest, progress: &Progress) -> Option<Result<String, Box<Reply>>> {
        match &request.address {
            Address::Path(path) => Some(Ok(path.replace(REPOSITORY, at.repository).replace(TAG, at.tag))),
            Address::Location { of, query } => {
                let (asked, reply) = progress.sent.get(*of)?.as_ref()?;
                let answer = reply.answer()?;
                let session = match location(answer) {
                    Some(location) => self.follow(asked, answer, &location),
                    // A session that is still open may stay where it is.
                    None if answer.status != 201 && is_session(asked) => Ok(asked.clone()),
                    None => return None,
                };
                let place = |session: String| if query.is_empty() { session } else { with_query(&session, query) };
                Some(session.map(place).map_err(|not_followed| Box::new(Reply::NotFollowed(not_followed))))
            }
        }
    }

    /// Requests the pages to which `Link` leads, up to `most` with the first. One that cannot be followed ends it.
    fn turn_pages(
        &self,
        first: &str,
        most: usize,
        answer: Option<&Answer>,
        ask: impl Fn(&str) -> Result<Sent, Trouble>,
        mut take: impl FnMut(usize, Reply),
    ) -> Result<(), Trouble> {
        let (mut asked, mut answer) = (first.to_owned(), answer.cloned());
        for page in 1..most {
            let Some(link) = answer.as_ref().and_then(next_link) else { return Ok(()) };
            let Some(before) = &answer else { return Ok(()) };
            match self.follow(&asked, before, &link) {
                Ok(next) => {
                    let reply = ask(&next)?.reply;
                    (asked, answer) = (next, reply.answer().cloned());
                    take(page, reply);
                }
                Err(not_followed) => {
                    take(page, Reply::NotFollowed(not_followed));
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Whether a URL is that of an upload session, rather than the one that opens sessions.
fn is_session(url: &str) -> bool {
    let path = url.split('?').next().unwrap_or(url);
    path.contains("/uploads/") && !path.ends_with("/uploads/")
}

/// The answer that a request can expect: a blob's bytes, or a list with what the script adds to it.
fn owed(exchange: &Exchange, request: &ScriptedRequest, script: &[ScriptedRequest]) -> Owed {
    match request.role.stage {
        Stage::TagList | Stage::Referrers => {
            let pushed = script.iter().map(|one| one.body.len() + DESCRIPTOR + TAG_ENTRY).sum::<usize>();
            Owed::Length(pushed + exchange.tested.body.len() + DESCRIPTOR)
        }
        Stage::BlobGet if exchange.upload.is_some() => Owed::Bytes(exchange.tested.body.bytes().clone()),
        _ => Owed::Nothing,
    }
}

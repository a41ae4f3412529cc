//! Reading back after a push: the manifest under each of its references, and the lists it should appear in.

use ::http::Method;

use super::registry_target::{At, RegistryTarget, accept, accept_at, location};
use super::{Owed, Request, Transport};
use crate::error::Trouble;
use crate::exchange::{Accept, Answer, By, Exchange, Probe, Question, Questions, Reply, next_link};

/// Maximum size of one entry of a tag list, in bytes.
pub(super) const TAG: usize = 160;
/// Maximum size of one descriptor in a referrers list, in bytes, excluding what it copies from the manifest.
pub(super) const DESCRIPTOR: usize = 1024;

impl<T: Transport> RegistryTarget<T> {
    /// Notes that a list of a repository may have grown by `by` bytes.
    pub(super) fn lengthen(&self, at: At<'_>, list: String, by: usize) {
        self.known(at.repository, |known| *known.lists.entry(list).or_default() += by);
    }

    /// The maximum expected length of a list.
    fn list_length(&self, at: At<'_>, list: &str) -> Owed {
        let path = list.split('?').next().unwrap_or(list);
        Owed::Length(self.known(at.repository, |known| known.lists.get(path).copied().unwrap_or_default()))
    }

    /// Reads back an accepted manifest, or looks for residue of a refused one, as far as the questions say.
    pub(super) fn read_back(
        &self,
        at: At<'_>,
        exchange: &Exchange,
        questions: Questions,
        replies: &mut Vec<(Probe, Reply)>,
    ) -> Result<(), Trouble> {
        let put = replies.iter().rev().find(|(probe, _)| *probe == Probe::Put).map(|(_, reply)| reply.clone());
        let Some(answer) = put.as_ref().and_then(Reply::answer) else { return Ok(()) };
        let (tested, accepted) = (&exchange.tested, answer.is_success());
        let by_tag = tested.reference.tag(at.tag).is_some();
        let location = location(answer).filter(|_| accepted);
        let location = match location.map(|location| self.follow(&at.push(tested), answer, &location)).transpose() {
            Ok(location) => location,
            // Visible in the answer to the push, so it is recorded whatever is asked.
            Err(not_followed) => {
                replies.push((Probe::Get(By::Location), Reply::NotFollowed(not_followed)));
                None
            }
        };
        if questions.is_empty() {
            return Ok(());
        }
        let mut places = Vec::new();
        if by_tag {
            places.push((By::Tag, at.manifest(at.tag)));
        }
        // A refused manifest is looked up by the digest of its body.
        places.push((By::Digest, at.manifest(if accepted { tested.name_by_digest() } else { tested.digest() })));
        let accepting = match &exchange.accept {
            Accept::Every => vec![("accept", accept())],
            Accept::Absent => Vec::new(),
            Accept::Value(value) => vec![("accept", value.clone())],
        };
        let ask = |method, target: &str, owed| {
            let request = Request { headers: accepting.clone(), owed, ..Request::new(method, target, at.context) };
            self.managed(&request)
        };
        let get = |target: &str| ask(Method::GET, target, Owed::Bytes(tested.body.bytes().clone()));
        for (by, target) in &places {
            if is_silent(replies) {
                return Ok(());
            }
            let mut is_there = false;
            if questions.has(Question::Head) {
                let sent = ask(Method::HEAD, target, Owed::Nothing)?;
                is_there = sent.reply.answer().is_some_and(Answer::is_success);
                replies.push((Probe::Head(*by), sent.reply));
                if is_silent(replies) {
                    return Ok(());
                }
            }
            // HEAD alone does not prove that a refused manifest exists.
            if accepted && questions.has(Question::Get) || !accepted && is_there {
                replies.push((Probe::Get(*by), get(target)?.reply));
            }
        }
        if let Some(location) = location.filter(|_| questions.has(Question::Location) && !is_silent(replies)) {
            // A Location that is the manifest's own address was just requested.
            let is_known = |(probe, _): &&(Probe, Reply)| *probe == Probe::Get(By::Digest);
            let by_digest = places.last().is_some_and(|(_, target)| *target == location);
            let known = replies.iter().find(is_known).filter(|_| by_digest).map(|(_, reply)| reply.clone());
            let reply = known.map_or_else(|| get(&location).map(|sent| sent.reply), Ok)?;
            replies.push((Probe::Get(By::Location), reply));
        }
        if let Some(subject) = exchange.subject.as_ref().filter(|_| questions.has(Question::Referrers))
            && !is_silent(replies)
        {
            self.read_list(at, &at.referrers(subject), Probe::Referrers, replies)?;
        }
        if accepted && by_tag && questions.has(Question::Tags) && !is_silent(replies) {
            self.read_list(at, &at.tag_list(), Probe::TagList, replies)?;
        }
        Ok(())
    }

    /// Requests a list. Further pages are not fetched; a `Link` that could not be followed is recorded.
    pub(super) fn read_list(
        &self,
        at: At<'_>,
        target: &str,
        probe: Probe,
        replies: &mut Vec<(Probe, Reply)>,
    ) -> Result<(), Trouble> {
        let (headers, owed) = (accept_at(probe.stage()), self.list_length(at, target));
        let request = Request { headers, owed, ..Request::new(Method::GET, target, at.context) };
        let reply = self.managed(&request)?.reply;
        let next = reply.answer().and_then(|answer| Some((answer, next_link(answer)?)));
        let not_followed = next.and_then(|(answer, link)| self.follow(target, answer, &link).err());
        let stage = probe.stage();
        replies.push((probe, reply));
        replies.extend(not_followed.map(|not| (Probe::NextPage(stage), Reply::NotFollowed(not))));
        Ok(())
    }
}

/// Whether the last two requests timed out; the rest of the case would only wait for more deadlines.
pub(super) fn is_silent(replies: &[(Probe, Reply)]) -> bool {
    matches!(replies, [.., (_, Reply::Hang), (_, Reply::Hang)])
}

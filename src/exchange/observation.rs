//! What was observed: each request's reply, and what the target held before.

use std::fmt;

use bytes::Bytes;

use super::client::ProgramRun;
use super::requests::Requests;
use super::script::{Role, Script, ScriptedRequest};
use super::stage::{By, Stage};
use super::{Ask, Facts};

/// An HTTP response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body, up to the transport's size limit.
    pub body: Bytes,
    /// Whether the body exceeded the limit.
    pub cut: bool,
    /// Whether it was reached through redirects, so that another server may have written its headers.
    pub redirected: bool,
}

impl Answer {
    /// The first value of a header, if it is visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why a `Location` or `Link` was not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfollowable {
    /// It is not an HTTP URL, for this reason.
    Malformed(String),
    /// It points to this `host`, `host:port` or `http://host`, which may not be contacted.
    Elsewhere(String),
}

/// A `Location` or `Link` that was not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFollowed {
    /// The answer that contains it.
    pub answer: Answer,
    /// Its value, redacted, at most 300 characters.
    pub to: String,
    /// Why it was not followed.
    pub why: Unfollowable,
}

impl NotFollowed {
    /// Whether the answer is a redirect of the request itself.
    pub fn is_redirect(&self) -> bool {
        (300..400).contains(&self.answer.status)
    }
}

impl fmt::Display for NotFollowed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Unfollowable::Elsewhere(host) if self.is_redirect() => write!(out, "served from {host}"),
            Unfollowable::Elsewhere(host) => write!(out, "points to {host}, which was not contacted"),
            Unfollowable::Malformed(why) if self.is_redirect() => write!(out, "redirects to `{}`: {why}", self.to),
            Unfollowable::Malformed(why) => write!(out, "points to `{}`: {why}", self.to),
        }
    }
}

/// What came back for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer.
    Answer(Answer),
    /// The connection was closed after the request was sent and before a complete answer arrived.
    Dropped(String),
    /// No answer within the deadline.
    Hang,
    /// The request had to go where an answer pointed, and that was not followed. There is no answer to judge.
    NotFollowed(Box<NotFollowed>),
}

impl Reply {
    /// The answer, if one arrived.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            _ => None,
        }
    }

    /// Whether an answer arrived with this status.
    pub fn is(&self, status: u16) -> bool {
        self.answer().is_some_and(|answer| answer.status == status)
    }
}

/// Which request a reply belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Probe {
    /// The upload of `needs[i]`; only the last request of a failed one is kept.
    Upload(usize),
    /// The tested request.
    Put,
    /// HEAD of the manifest.
    Head(By),
    /// GET of the manifest.
    Get(By),
    /// The referrers of the subject's digest.
    Referrers,
    /// The tag list.
    TagList,
    /// A follow-up request after the push.
    Ask(Ask),
    /// GET of a deleted manifest.
    Gone(By),
    /// GET of the next page of the list at this stage.
    NextPage(Stage),
    /// A request of the [script](Observation::script).
    Scripted {
        /// Its index in the script.
        at: usize,
        /// Its role.
        role: Role,
        /// The page of a list, from 0.
        page: usize,
    },
}

impl Probe {
    /// The role, if it is a request of a script.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Scripted { role, .. } => Some(*role),
            _ => None,
        }
    }

    /// The stage of its reply.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Upload(_) => Stage::BlobUpload,
            Self::Put => Stage::ManifestPut,
            Self::Head(_) => Stage::ManifestHead,
            Self::Get(_) => Stage::ManifestGet,
            Self::Referrers => Stage::Referrers,
            Self::TagList => Stage::TagList,
            Self::Ask(ask) => ask.stage(),
            Self::Gone(_) => Stage::Delete,
            Self::NextPage(stage) => *stage,
            Self::Scripted { role, .. } => role.stage,
        }
    }
}

/// What the target answered to each request of an exchange, and what it held before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What the target held when the tested request was sent.
    pub facts: Facts,
    /// The replies in the order of the requests.
    pub replies: Vec<(Probe, Reply)>,
    /// The repository pushed to.
    pub repository: String,
    /// The fresh tag used.
    pub tag: String,
    /// The tag did not exist before the push, so it must not exist after a refusal.
    pub tag_is_new: bool,
    /// No earlier push of the same body was accepted.
    pub body_is_new: bool,
    /// The repository had never been written to before this exchange.
    pub fresh_repository: bool,
    /// The requests that it took.
    pub requests: Requests,
    /// The script that was followed; empty if the case has none.
    pub script: Script,
    /// The runs of a client program under test; empty if the target is a registry.
    pub runs: Vec<ProgramRun>,
}

impl Observation {
    /// The last reply to `probe`.
    pub fn reply(&self, probe: &Probe) -> Option<&Reply> {
        self.replies.iter().rev().find(|(p, _)| p == probe).map(|(_, reply)| reply)
    }

    /// Every answer, with the request it belongs to.
    pub fn answers(&self) -> impl Iterator<Item = (&Probe, &Answer)> {
        self.replies.iter().filter_map(|(probe, reply)| Some((probe, reply.answer()?)))
    }

    /// The last answer to `probe`.
    pub fn answer(&self, probe: &Probe) -> Option<&Answer> {
        self.reply(probe)?.answer()
    }

    /// The last answer to the tested request, and its probe.
    pub fn tested(&self) -> Option<(&Probe, &Answer)> {
        self.answers().filter(|(probe, _)| self.is_tested(probe)).last()
    }

    /// Whether the tested request was answered with 2xx.
    pub fn accepted(&self) -> bool {
        self.tested().is_some_and(|(_, answer)| answer.is_success())
    }

    /// Whether each tested request that was due was answered. If the last one was not, because its `Location` was not followed or the
    /// connection dropped, the answers before it do not tell whether the content was accepted.
    pub fn is_decided(&self) -> bool {
        let answer_of = |index: usize| {
            let is_its = |probe: &Probe| matches!(probe, Probe::Scripted { at, page: 0, .. } if *at == index);
            self.answers().filter(|(probe, _)| is_its(probe)).last().map(|(_, answer)| answer.status)
        };
        let tested = self.script.iter().enumerate().filter(|(_, request)| request.is_tested);
        tested.filter(|(_, request)| request.when.holds(answer_of)).all(|(at, _)| answer_of(at).is_some())
    }

    fn is_tested(&self, probe: &Probe) -> bool {
        match probe {
            Probe::Put => true,
            Probe::Scripted { at, .. } => self.script.get(*at).is_some_and(|request| request.is_tested),
            _ => false,
        }
    }

    /// The replies to the requests of the script, in order, with the page of a list.
    pub fn scripted(&self) -> impl Iterator<Item = (&ScriptedRequest, usize, &Reply)> {
        self.replies.iter().filter_map(|(probe, reply)| match probe {
            Probe::Scripted { at, page, .. } => Some((self.script.get(*at)?, *page, reply)),
            _ => None,
        })
    }
}

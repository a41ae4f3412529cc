//! What came back: answers, which request each belongs to, and what the target held before.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;

use super::{Ask, Facts};
use crate::error::Input;

/// One answer of a server. Header names are lower-case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers as they came.
    pub headers: http::HeaderMap,
    /// The body, at most as long as the target's bound.
    pub body: Bytes,
    /// Whether the body was longer than the bound.
    pub cut: bool,
}

impl Answer {
    /// The first value of a header, where it reads as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why a request was not sent where an answer pointed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfollowable {
    /// It is no URL of HTTP; why not.
    Malformed(String),
    /// It leads to this `host` or `host:port`, or to this `http://host`, which must not be contacted.
    Elsewhere(String),
}

/// A `Location` or `Link` that was not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFollowed {
    /// The answer that has it.
    pub answer: Answer,
    /// Its value, without passwords and tokens, at most 300 characters.
    pub to: String,
    /// Why not.
    pub why: Unfollowable,
}

impl NotFollowed {
    /// Whether the answer is a redirect of the request itself.
    pub fn is_redirect(&self) -> bool {
        (300..400).contains(&self.answer.status)
    }
}

impl fmt::Display for NotFollowed {
    /// What was not asked, and why.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Unfollowable::Elsewhere(host) if self.is_redirect() => write!(out, "served from {host}"),
            Unfollowable::Elsewhere(host) => write!(out, "leads to {host}, which was not asked"),
            Unfollowable::Malformed(why) if self.is_redirect() => write!(out, "redirects to `{}`: {why}", self.to),
            Unfollowable::Malformed(why) => write!(out, "leads to `{}`: {why}", self.to),
        }
    }
}

/// What came back for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer.
    Answer(Answer),
    /// The connection was closed after the request went out, before a whole answer came.
    Dropped(String),
    /// No answer within the deadline.
    Hang,
    /// An answer pointed at where the request had to go, and that was not followed. What a host that was not asked would have
    /// answered is unknown, so this has no answer to judge.
    NotFollowed(Box<NotFollowed>),
}

impl Reply {
    /// The answer, if one came.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            _ => None,
        }
    }

    /// Whether an answer came and its status is `status`.
    pub fn is(&self, status: u16) -> bool {
        self.answer().is_some_and(|answer| answer.status == status)
    }
}

/// How a manifest is addressed on reading back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// By the tag it was pushed under.
    Tag,
    /// By the digest that it was pushed under, else that of its bytes.
    Digest,
    /// By what the answer to the push named in `Location`.
    Location,
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
    /// A question after the push.
    Ask(Ask),
    /// GET of a manifest that was deleted.
    Gone(By),
    /// GET of the next page of the list that is seen at this stage.
    NextPage(Stage),
}

impl Probe {
    /// Where its reply is seen.
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
        }
    }
}

/// Where in an exchange something was seen. The `stage` column of the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Uploading what the document points at.
    BlobUpload,
    /// The tested request.
    ManifestPut,
    /// HEAD after it.
    ManifestHead,
    /// GET after it.
    ManifestGet,
    /// The referrers list after it.
    Referrers,
    /// The tag list after it.
    TagList,
    /// What a refusal left behind.
    Residue,
    /// Deletion.
    Delete,
    /// GET of a blob.
    BlobGet,
}

impl Stage {
    /// Every stage.
    const ALL: [Self; Self::BlobGet as usize + 1] = [
        Self::BlobUpload,
        Self::ManifestPut,
        Self::ManifestHead,
        Self::ManifestGet,
        Self::Referrers,
        Self::TagList,
        Self::Residue,
        Self::Delete,
        Self::BlobGet,
    ];

    /// The stage that is written like this.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// As the corpus writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlobUpload => "blob-upload",
            Self::ManifestPut => "manifest-put",
            Self::ManifestHead => "manifest-head",
            Self::ManifestGet => "manifest-get",
            Self::Referrers => "referrers",
            Self::TagList => "tag-list",
            Self::Residue => "residue",
            Self::Delete => "delete",
            Self::BlobGet => "blob-get",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// How much is read back after the tested request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Depth {
    /// Nothing: only the answer to the push.
    Put,
    /// GET by tag and digest.
    Get,
    /// HEAD and GET by tag, digest and Location, tag list, referrers, and the state after a refusal.
    #[default]
    Full,
}

impl FromStr for Depth {
    type Err = Input;

    fn from_str(text: &str) -> Result<Self, Input> {
        match text {
            "put" => Ok(Self::Put),
            "get" => Ok(Self::Get),
            "full" => Ok(Self::Full),
            _ => Err(Input::value(format!("the depth `{text}`"), "there is no such depth", "use put, get or full")),
        }
    }
}

/// What the target answered, a request at a time, and what it held before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What it held when the tested request was sent.
    pub facts: Facts,
    /// The replies in the order of the requests.
    pub replies: Vec<(Probe, Reply)>,
    /// The repository that was pushed to.
    pub repository: String,
    /// The fresh tag that was used.
    pub tag: String,
    /// The tag was seen to be absent before the push (it is fresh), so it must be absent after a refusal.
    pub tag_is_new: bool,
    /// No push of the same body was accepted earlier in this exchange.
    pub body_is_new: bool,
    /// The repository had never been written to before this exchange.
    pub fresh_repository: bool,
}

impl Observation {
    /// The last reply to `probe`.
    pub fn reply(&self, probe: &Probe) -> Option<&Reply> {
        self.replies.iter().rev().find(|(p, _)| p == probe).map(|(_, reply)| reply)
    }

    /// Every answer that came, with the request it belongs to.
    pub fn answers(&self) -> impl Iterator<Item = (&Probe, &Answer)> {
        self.replies.iter().filter_map(|(probe, reply)| Some((probe, reply.answer()?)))
    }

    /// The last answer to `probe`.
    pub fn answer(&self, probe: &Probe) -> Option<&Answer> {
        self.reply(probe)?.answer()
    }

    /// Whether the tested request was answered with 2xx.
    pub fn accepted(&self) -> bool {
        self.answer(&Probe::Put).is_some_and(Answer::is_success)
    }
}

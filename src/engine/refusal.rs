//! How a push was refused.

use crate::compare::words_of;
use crate::exchange::{Observation, Probe, Reply, Stage};

/// How a target refused a push, or the upload of content that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The request that was refused.
    pub stage: Stage,
    /// The status of the answer, if one arrived.
    pub status: Option<u16>,
    /// The first error code; empty if absent.
    pub code: String,
    /// The server's message, or what happened instead of an answer.
    pub message: String,
}

impl Refusal {
    /// How the push, or the upload of content that it needs, was refused; `None` if it was accepted or not sent.
    pub(super) fn of(seen: &Observation) -> Option<Self> {
        // Nothing is pushed after a refused upload, and only refused uploads have a reply.
        let decides = |(probe, _): &&(Probe, Reply)| matches!(probe, Probe::Upload(_) | Probe::Put);
        let (probe, reply) = seen.replies.iter().rfind(decides)?;
        let refused = |status, code, message| Self { stage: probe.stage(), status, code, message };
        match reply {
            Reply::Answer(answer) if answer.is_success() => None,
            Reply::Answer(answer) => {
                let (code, message) = words_of(answer);
                Some(refused(Some(answer.status), code, message))
            }
            Reply::Dropped(why) => Some(refused(None, String::new(), why.clone())),
            Reply::Hang => Some(refused(None, String::new(), "no answer within the deadline".to_owned())),
            Reply::NotFollowed(not) => Some(refused(None, String::new(), not.to_string())),
        }
    }

    /// Whether it is the same but for the message, which may quote the document.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.stage, self.status, &self.code) == (other.stage, other.status, &other.code)
    }
}

//! A line of `cases.jsonl`: how one case of a run ended.

use serde::{Deserialize, Serialize};

use crate::exchange::case_id;

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseEnd {
    /// The push was answered with 2xx.
    Accepted,
    /// It was not, or the upload of its content was not, or no answer came to one of these.
    Refused,
    /// The case needs a capability that the target lacks.
    Unsupported,
    /// The target could not be reached, or denied access.
    Trouble,
}

impl CaseEnd {
    /// The name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unsupported => "unsupported",
            Self::Trouble => "trouble",
        }
    }
}

/// How one case of a run ended. Later versions only add members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    /// The target's name.
    pub target: String,
    /// The id of the shape.
    pub id: String,
    /// The shape's text.
    pub shape: String,
    /// How it ended.
    pub outcome: CaseEnd,
    /// The status of the answer to the push, or else of the refused upload.
    pub status: Option<u16>,
    /// The first error code; empty if there is none.
    pub code: String,
    /// The server's message, or what made the case untestable.
    pub message: String,
    /// `blob-upload` if that was refused, so that nothing was pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Whether the case was drawn, so that it depends on the seed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drawn: bool,
}

impl CaseLine {
    /// A case without an answer.
    pub fn new(target: &str, shape: String, outcome: CaseEnd) -> Self {
        let (target, id) = (target.to_owned(), case_id(&shape));
        let (status, code, message) = (None, String::new(), String::new());
        Self { target, id, shape, outcome, status, code, message, stage: None, drawn: false }
    }

    /// The status, the code and an unusual stage, for people.
    pub fn answer(&self) -> String {
        let status = self.status.map_or("no answer".to_owned(), |status| format!("{status:03}"));
        let code = if self.code.is_empty() { String::new() } else { format!(" {}", self.code) };
        let stage = self.stage.as_ref().map(|stage| format!(" at {stage}")).unwrap_or_default();
        format!("{status}{code}{stage}")
    }
}

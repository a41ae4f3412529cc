//! The outcome of firing one case.

use crate::compare::{Finding, Symptom, words_of};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::client::ProgramRun;
use crate::exchange::{Observation, Probe, Stage};
use crate::model::Class;

/// The target is given up after this many cases in a row that could not be tested.
pub(super) const TROUBLES: usize = 20;

/// The outcome of one case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The case was judged.
    Judged {
        /// Every departure from the expectation.
        findings: Vec<Finding>,
        /// Whether the tested request was accepted.
        accepted: bool,
        /// The rules that require or recommend accepting it.
        applicable: Vec<&'static str>,
        /// The rules that require or recommend refusing it.
        refusable: Vec<&'static str>,
        /// The stages that were answered, each once.
        answered: Vec<Stage>,
        /// Whether the body had not been pushed before.
        body_is_new: bool,
        /// How many of its requests got no answer before the deadline.
        timeouts: usize,
        /// The answer to the push.
        answer: PushAnswer,
    },
    /// The case needs a capability that the target lacks.
    Unsupported,
    /// The target could not be reached, or denied access.
    Trouble(Trouble),
}

/// The answer to the push of a case, or else to the upload that was refused before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushAnswer {
    /// Its status, if an answer arrived.
    pub status: Option<u16>,
    /// The first error code of a refusal.
    pub code: String,
    /// The server's message in a refusal.
    pub message: String,
    /// Whether the upload was refused, so that nothing was pushed.
    pub is_upload: bool,
}

impl PushAnswer {
    /// That of an observation.
    pub(super) fn of(observation: &Observation) -> Self {
        let upload = || observation.answers().filter(|(probe, _)| matches!(probe, Probe::Upload(_))).last();
        // A client program has no answer to a push.
        let is_upload = observation.runs.is_empty() && observation.reply(&Probe::Put).is_none();
        let tested = || observation.tested().map(|(_, answer)| answer);
        let answer = if is_upload {
            upload().map(|(_, answer)| answer).or_else(tested)
        } else {
            observation.answer(&Probe::Put)
        };
        let Some(answer) = answer else { return Self { is_upload, ..Self::default() } };
        let (code, message) = if answer.is_success() { Default::default() } else { words_of(answer) };
        Self { status: Some(answer.status), code, message, is_upload }
    }
}

impl Outcome {
    /// The finding with this symptom.
    pub fn finding(&self, symptom: &Symptom) -> Option<&Finding> {
        self.findings().iter().find(|finding| finding.symptom == *symptom)
    }

    /// All findings; empty if the case was not judged.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Judged { findings, .. } => findings,
            _ => &[],
        }
    }

    /// Whether the tested request was accepted.
    pub fn accepted(&self) -> bool {
        matches!(self, Self::Judged { accepted: true, .. })
    }

    /// The doubtful findings: those that may be caused by another case in flight or by a failing target.
    pub(super) fn doubts(&self) -> impl Iterator<Item = &Finding> {
        self.findings().iter().filter(|finding| is_doubtful(&finding.symptom))
    }

    /// Whether some finding is doubtful, or the case could not be tested.
    pub(super) fn is_doubtful(&self) -> bool {
        matches!(self, Self::Trouble(_)) || self.doubts().next().is_some()
    }

    /// Whether the target may have gone down: a connection failed, was dropped or timed out.
    pub(super) fn may_be_down(&self) -> bool {
        match self {
            Self::Trouble(trouble) => matches!(trouble.kind, TroubleKind::Unreachable | TroubleKind::TimeOut),
            Self::Unsupported => false,
            Self::Judged { findings, .. } => {
                findings.iter().any(|f| matches!(f.symptom.class, Class::Dropped | Class::Hang))
            }
        }
    }

    /// An upper bound on the number of consecutive requests that timed out.
    pub(super) fn silences(&self) -> usize {
        match self {
            Self::Trouble(Trouble { kind: TroubleKind::TimeOut, .. }) => 1,
            Self::Judged { timeouts, .. } => *timeouts,
            Self::Trouble(_) | Self::Unsupported => 0,
        }
    }

    /// Whether the run was stopped before the answer arrived.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(self, Self::Trouble(Trouble { kind: TroubleKind::Interrupted, .. }))
    }
}

/// Whether a symptom may be caused by another case or by a failing target. A 403 is about the content only if the same
/// credentials are accepted for the base.
pub(super) fn is_doubtful(symptom: &Symptom) -> bool {
    matches!(symptom.class, Class::Dropped | Class::Hang | Class::ServerError) || symptom.status == Some(403)
}

/// Whether the tested request was accepted; of a client program, whether it did every operation that was tested.
pub(super) fn accepted(observation: &Observation) -> bool {
    let mut tested = observation.runs.iter().filter(|run| run.is_tested()).peekable();
    observation.accepted() || (tested.peek().is_some() && tested.all(ProgramRun::is_stored))
}

/// The stages that were answered, and those of the operations that were tested, each once and in order.
pub(super) fn answered(observation: &Observation) -> Vec<Stage> {
    let mut stages = Vec::new();
    let of_runs = observation.runs.iter().filter(|run| run.is_tested()).map(|run| run.operation.stage());
    for stage in observation.answers().map(|(probe, _)| probe.stage()).chain(of_runs) {
        if !stages.contains(&stage) {
            stages.push(stage);
        }
    }
    stages
}

/// A 401 or 429 to any request is trouble: it does not depend on the content.
pub(super) fn access_trouble(observation: &Observation, target: &str) -> Option<Trouble> {
    let (probe, status) = access_denied(observation)?;
    let (attempted, cause) = (format!("{} request", probe.stage()), format!("answered {status}"));
    Some(Trouble::new(TroubleKind::of_status(status), attempted, target, cause))
}

/// The first request answered 401 or 429, which depend on credentials and request rate rather than on the content.
pub(super) fn access_denied(observation: &Observation) -> Option<(&Probe, u16)> {
    let mut answers = observation.answers().map(|(probe, answer)| (probe, answer.status));
    answers.find(|(_, status)| matches!(status, 401 | 429))
}

//! What came of firing one case.

use crate::compare::{Finding, Symptom};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Observation, Probe, Stage};
use crate::model::Class;

/// What came of one case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It could be judged.
    Judged {
        /// Every way in which it departs from the expectation.
        findings: Vec<Finding>,
        /// Whether the tested request was accepted.
        accepted: bool,
        /// The rules that require or recommend accepting it.
        applicable: Vec<&'static str>,
        /// The stages at which an answer came, each once.
        answered: Vec<Stage>,
        /// Whether the document was not there before.
        body_is_new: bool,
    },
    /// It needs a capability that the target lacks.
    Unsupported,
    /// The target could not be asked, or it did not let us in.
    Trouble(Trouble),
}

impl Outcome {
    /// The finding with this symptom.
    pub fn finding(&self, symptom: &Symptom) -> Option<&Finding> {
        self.findings().iter().find(|finding| finding.symptom == *symptom)
    }

    /// Every finding; none where nothing was judged.
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

    /// The findings that leave a doubt: whether they are this case's doing or that of another one in flight, or of a
    /// target that is failing.
    pub(super) fn doubts(&self) -> impl Iterator<Item = &Finding> {
        self.findings().iter().filter(|finding| is_doubtful(&finding.symptom))
    }

    /// Whether some finding leaves a doubt, or the target could not be asked.
    pub(super) fn is_doubtful(&self) -> bool {
        matches!(self, Self::Trouble(_)) || self.doubts().next().is_some()
    }

    /// Whether the target may have gone down: no connection, or one that ended or stayed silent.
    pub(super) fn may_be_down(&self) -> bool {
        match self {
            Self::Trouble(trouble) => matches!(trouble.kind, TroubleKind::Unreachable | TroubleKind::TimeOut),
            Self::Unsupported => false,
            Self::Judged { findings, .. } => {
                findings.iter().any(|f| matches!(f.symptom.class, Class::Dropped | Class::Hang))
            }
        }
    }

    /// How many requests in a row may have gone unanswered.
    pub(super) fn silences(&self) -> usize {
        match self {
            Self::Trouble(Trouble { kind: TroubleKind::TimeOut, .. }) => 1,
            _ => self.findings().iter().filter(|finding| finding.symptom.class == Class::Hang).count(),
        }
    }

    /// Whether the run was asked to stop before the answer came.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(self, Self::Trouble(Trouble { kind: TroubleKind::Interrupted, .. }))
    }
}

/// Whether a symptom may be another case's doing, or that of a failing target. 403 is about the content only if the same
/// credentials are accepted just before and after.
pub(super) fn is_doubtful(symptom: &Symptom) -> bool {
    matches!(symptom.class, Class::Dropped | Class::Hang | Class::ServerError) || symptom.status == Some(403)
}

/// The stages at which an answer came, each once, in the order of the requests.
pub(super) fn answered(observation: &Observation) -> Vec<Stage> {
    let mut stages = Vec::new();
    for (probe, _) in observation.answers() {
        if !stages.contains(&probe.stage()) {
            stages.push(probe.stage());
        }
    }
    stages
}

/// The request that was answered with 401 or 429: about who asks and how often, not about what is asked.
pub(super) fn who_may_not(observation: &Observation) -> Option<(&Probe, u16)> {
    let mut answers = observation.answers().map(|(probe, answer)| (probe, answer.status));
    answers.find(|(_, status)| matches!(status, 401 | 429))
}

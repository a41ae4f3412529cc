//! Fires a recorded finding again and says whether the target still shows it: what `replay` and `run --baseline` have in common.

use std::path::Path;

use super::documents::recorded;
use super::run::{lost, waiting};
use super::tell;
use crate::compare::{Finding, Symptom};
use crate::engine::{Document, Event, Replayed, Replayer, Sink};
use crate::error::{Error, Trouble};
use crate::exchange::Stage;
use crate::findings::{Record, key};
use crate::model::Class;
use crate::shape::Shape;
use crate::transport::Target;

/// A case as it was recorded.
#[derive(Debug)]
pub(super) enum RecordedCase<'r> {
    Shape(&'r Shape),
    /// A document that no shape renders.
    Document(Box<Document>),
}

impl<'r> RecordedCase<'r> {
    /// The case of a row of this corpus. The error says why it cannot be fired.
    pub fn of(corpus: &Path, row: &'r Record) -> Result<Self, String> {
        if let Some(shape) = row.shape.shape() {
            return Ok(Self::Shape(shape));
        }
        let document = recorded(corpus, row).unwrap_or_else(|| Err("this version cannot read the shape".to_owned()));
        document.map(Box::new).map(Self::Document)
    }

    /// The base of its kind, unless it is that itself.
    pub fn base(&self) -> Option<Shape> {
        match self {
            Self::Shape(shape) => Some(shape.own_base()).filter(|base| base != *shape),
            Self::Document(_) => Some(Shape::base()),
        }
    }
}

/// A finding as it was recorded.
#[derive(Debug)]
pub(super) struct Recorded<'r> {
    pub case: RecordedCase<'r>,
    /// The key, whose first word is the stage.
    pub key: &'r str,
}

/// What firing it once showed.
#[derive(Debug)]
pub(super) enum Shown {
    /// The finding.
    Same,
    /// The finding, but not when the case was repeated at once.
    Once,
    /// Not the finding, but these.
    Others(Vec<Finding>),
    /// It could not be tested: the target lacks a capability that it needs.
    Unsupported,
    /// It could not be tested.
    Trouble(Trouble),
    /// The target was given up after the case, which showed the finding or did not.
    Lost { is_shown: bool, why: String },
    /// The command was asked to stop.
    Interrupted,
}

impl Recorded<'_> {
    /// The stage at which it was observed.
    pub fn stage(&self) -> Stage {
        let name = self.key.split(' ').next().unwrap_or_default();
        Stage::named(name).unwrap_or(Stage::ManifestPut)
    }

    /// Fires the case once.
    pub fn fire(&self, replayer: &Replayer<'_>) -> Result<Shown, Error> {
        let is_shown = |findings: &[Finding]| findings.iter().any(|finding| self.is(&finding.symptom));
        let replayed = match &self.case {
            RecordedCase::Shape(shape) => replayer.fire(shape, self.stage(), &mut TellWaiting),
            RecordedCase::Document(document) => replayer.fire_document(document, self.stage(), &mut TellWaiting),
        };
        Ok(match replayed? {
            Replayed::Judged { findings, .. } if is_shown(&findings) => Shown::Same,
            Replayed::Judged { gone, .. } if gone.iter().any(|symptom| self.is(symptom)) => Shown::Once,
            Replayed::Judged { findings, .. } => Shown::Others(findings),
            Replayed::Unsupported => Shown::Unsupported,
            Replayed::Trouble(trouble) => Shown::Trouble(trouble),
            Replayed::Lost { findings, why } => Shown::Lost { is_shown: is_shown(&findings), why },
            Replayed::Interrupted => Shown::Interrupted,
        })
    }

    /// Whether a symptom of the case is the recorded one. What was late was absent when it was first requested.
    pub fn is(&self, symptom: &Symptom) -> bool {
        let late = Symptom { class: Class::Late, ..symptom.clone() };
        [symptom, &late].into_iter().any(|symptom| match &self.case {
            // The key of a finding that was not shrunk has the whole text of its case.
            RecordedCase::Shape(shape) => key(symptom, shape) == self.key || format!("{symptom} {shape}") == self.key,
            // After the symptom, the key has the place in the document of the user, which need not be this one.
            RecordedCase::Document(_) => self.key.starts_with(&format!("{symptom} body")),
        })
    }
}

/// Tells when the target is down and waited for.
pub(super) struct TellWaiting;

impl Sink for TellWaiting {
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Waiting { failing, most } => tell(waiting(target, failing, most)),
            Event::Lost(why) => tell(lost(target, why)),
            _ => {}
        }
        Ok(())
    }
}

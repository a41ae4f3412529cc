//! What is decided at the ends of blocks, in case order: what is known already, what is hunted, when a target is given up.

use super::doubt::{Believed, Loss, TROUBLES};
use super::hunt::{Hunt, Hunted, MinimalFinding};
use super::known::KnownSmallest;
use super::limits::Limits;
use super::outcome::Outcome;
use super::prober::Prober;
use super::repetition::UNSHRUNK;
use super::run::Plan;
use super::sink::{Event, Sink};
use super::summary::Summary;
use super::widespread::{Pending, Spread, Universal, Widespread};
use crate::compare::{Finding, Grade, Symptom};
use crate::error::{Error, Trouble};
use crate::render::Case;

/// The state that decisions rest on.
pub(super) struct Decisions<'a, 't> {
    prober: &'a Prober<'t>,
    jobs: usize,
    shrink: bool,
    limits: Limits<'a>,
    pub summary: Summary,
    known: KnownSmallest,
    widespread: Widespread,
    /// Findings that wait for the end of the cases, because they hold no verdict.
    notes: Vec<Pending>,
    /// Findings that the end of the run came before.
    unshrunk: Vec<Pending>,
    troubles_in_a_row: usize,
}

impl<'a, 't> Decisions<'a, 't> {
    pub fn new(prober: &'a Prober<'t>, plan: &Plan, limits: Limits<'a>) -> Self {
        Self {
            prober,
            jobs: plan.jobs,
            shrink: plan.shrink,
            limits,
            summary: Summary::default(),
            known: KnownSmallest::default(),
            widespread: Widespread::default(),
            notes: Vec::new(),
            unshrunk: Vec::new(),
            troubles_in_a_row: 0,
        }
    }

    /// The smallest cases found so far.
    pub fn known(&self) -> &KnownSmallest {
        &self.known
    }

    /// Whether the target was given up.
    pub fn has_lost_the_target(&self) -> bool {
        self.summary.lost.is_some()
    }

    fn may_send_no_more(&self) -> bool {
        self.has_lost_the_target() || self.limits.are_over()
    }

    /// Decides on a block.
    pub fn settle(&mut self, block: &[Case], believed: Believed, sink: &mut dyn Sink) -> Result<(), Error> {
        let Believed { outcomes, gone, loss } = believed;
        for (i, symptom) in gone {
            self.summary.add_unreproduced(&symptom, &block[i].shape);
        }
        for (case, outcome) in block.iter().zip(outcomes) {
            match outcome {
                None => {}
                Some(Outcome::Unsupported) => self.summary.unsupported += 1,
                Some(Outcome::Trouble(trouble)) => self.trouble(&trouble, sink)?,
                Some(outcome) => self.judged(case, &outcome, sink)?,
            }
        }
        if let Some(Loss { why, suspects }) = loss {
            for (i, finding) in suspects {
                self.found(&MinimalFinding::as_seen(&block[i].shape, finding, 0), sink)?;
            }
            self.lose(&why, sink)?;
        }
        Ok(())
    }

    fn judged(&mut self, case: &Case, outcome: &Outcome, sink: &mut dyn Sink) -> Result<(), Error> {
        self.summary.judged += 1;
        self.troubles_in_a_row = 0;
        self.summary.covered.add(&case.shape);
        for finding in self.widespread.sift(case, outcome) {
            if finding.grade == Grade::Note {
                self.notes.push(Pending { shape: case.shape.clone(), finding });
            } else {
                self.hunt_down(case, &finding, sink)?;
            }
        }
        Ok(())
    }

    fn trouble(&mut self, trouble: &Trouble, sink: &mut dyn Sink) -> Result<(), Error> {
        self.summary.trouble += 1;
        self.troubles_in_a_row += 1;
        sink.take(self.prober.target(), Event::Trouble(trouble))?;
        if self.troubles_in_a_row >= TROUBLES && !self.has_lost_the_target() {
            self.lose(&format!("{TROUBLES} cases in a row were in trouble"), sink)?;
        }
        Ok(())
    }

    /// Hunts what waited for the end of the cases: defects that may be those of every answer, then what holds no verdict.
    pub fn conclude(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let mut waiting = Vec::new();
        for Spread { universal, pending } in std::mem::take(&mut self.widespread).into_families() {
            let mut settled = Vec::new();
            for (kind, defect) in universal {
                if !self.may_send_no_more() && self.is_everywhere(&defect, sink)? {
                    settled.push(kind);
                }
            }
            let is_settled =
                |one: &Pending| settled.iter().any(|kind| kind.is_none_or(|kind| kind == one.shape.kind()));
            waiting.extend(pending.into_iter().filter(|one| !is_settled(one)));
        }
        waiting.append(&mut self.notes);
        // What has a verdict first: a run that is cut short should have it.
        waiting.sort_by_key(|pending| pending.finding.grade == Grade::Note);
        for Pending { shape, finding } in waiting {
            self.hunt_down(&Case::of(shape), &finding, sink)?;
        }
        let unshrunk = self.unshrunk();
        self.summary.found += unshrunk.len();
        sink.take(self.prober.target(), Event::Unshrunk(&unshrunk))
    }

    /// The findings that the end of the run came before, without those that contain a smaller one of the same symptom.
    fn unshrunk(&mut self) -> Vec<MinimalFinding> {
        let mut pending = std::mem::take(&mut self.unshrunk);
        pending.sort_by_cached_key(|pending| pending.shape.weight());
        let mut found = Vec::new();
        for Pending { shape, mut finding } in pending {
            if !self.known.explains(&shape, &finding.symptom) {
                self.known.add(finding.symptom.clone(), shape.clone());
                finding.note.push_str(UNSHRUNK);
                found.push(MinimalFinding::as_seen(&shape, finding, 0));
            }
        }
        found
    }

    /// Whether a defect that every answer of a sort showed does so again, on two cases. If it does, it is written.
    fn is_everywhere(&mut self, defect: &Universal, sink: &mut dyn Sink) -> Result<bool, Error> {
        let Universal { simplest, another, note } = defect;
        let (hunt, shown_by_another) = (self.hunt(), another.finding.symptom.clone());
        let another = Case::of(another.shape.clone());
        if self.prober.fire(&another, self.prober.options(&shown_by_another)).finding(&shown_by_another).is_none() {
            return Ok(false);
        }
        match hunt.as_it_is(&Case::of(simplest.shape.clone()), &simplest.finding, sink)? {
            Hunted::MinimalFinding(mut found) => {
                found.finding.note.push_str(note);
                self.known.add(simplest.finding.symptom.clone(), found.shape.clone());
                self.found(&found, sink)?;
                Ok(true)
            }
            Hunted::Lost(found, why) => {
                self.lost_while_hunting(&simplest.finding.symptom, found, &why, sink)?;
                Ok(true)
            }
            Hunted::Explained(_) | Hunted::OfHistory | Hunted::Gone => Ok(false),
        }
    }

    fn hunt(&self) -> Hunt<'a, 't> {
        let Self { prober, jobs, shrink, limits, .. } = *self;
        Hunt { prober, jobs, shrink, limits, flaky: self.summary.not_reproduced > 0 }
    }

    fn hunt_down(&mut self, case: &Case, seen: &Finding, sink: &mut dyn Sink) -> Result<(), Error> {
        let symptom = &seen.symptom;
        if self.known.explains(&case.shape, symptom) {
            return Ok(());
        }
        if self.may_send_no_more() {
            self.unshrunk.push(Pending { shape: case.shape.clone(), finding: seen.clone() });
            return Ok(());
        }
        match self.hunt().down(case, seen, sink)? {
            Hunted::MinimalFinding(found) => {
                self.known.add(symptom.clone(), found.shape.clone());
                self.found(&found, sink)
            }
            Hunted::Explained(smallest) => {
                self.known.add(symptom.clone(), smallest);
                Ok(())
            }
            Hunted::Lost(found, why) => self.lost_while_hunting(symptom, found, &why, sink),
            Hunted::OfHistory => Ok(()),
            Hunted::Gone => {
                self.summary.add_unreproduced(symptom, &case.shape);
                Ok(())
            }
        }
    }

    fn lost_while_hunting(
        &mut self,
        symptom: &Symptom,
        found: Vec<MinimalFinding>,
        why: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        for one in &found {
            self.known.add(symptom.clone(), one.shape.clone());
            self.found(one, sink)?;
        }
        self.lose(why, sink)
    }

    fn found(&mut self, found: &MinimalFinding, sink: &mut dyn Sink) -> Result<(), Error> {
        self.summary.found += 1;
        if !found.late.is_empty() {
            self.summary.late.push((found.finding.symptom.clone(), found.shape.clone(), found.late.clone()));
        }
        sink.take(self.prober.target(), Event::MinimalFinding(found))
    }

    fn lose(&mut self, why: &str, sink: &mut dyn Sink) -> Result<(), Error> {
        if !self.has_lost_the_target() {
            self.summary.lost = Some(why.to_owned());
            sink.take(self.prober.target(), Event::Lost(why))?;
        }
        Ok(())
    }
}

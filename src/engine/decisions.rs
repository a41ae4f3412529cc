//! Decisions at the end of each block, in case order: which findings are already known, which to hunt, when to give up a target.

use std::collections::HashMap;

use super::batch::ToFire;
use super::doubt::{Believed, Loss};
use super::hunter::Hunt;
use super::known::KnownSmallest;
use super::limits::Limits;
use super::minimal::{Hunted, MinimalFinding};
use super::order::is_base;
use super::outcome::Outcome;
use super::outcome::TROUBLES;
use super::pending::{Pending, PendingFindings};
use super::plan::Plan;
use super::prober::Prober;
use super::pursuits::Pursuits;
use super::repetition::UNSHRUNK;
use super::sink::{Event, Sink};
use super::summary::Summary;
use super::widespread::{Spread, Universal, Widespread};
use crate::compare::{Grade, Symptom};
use crate::error::{Error, Trouble};
use crate::render::Case;
use crate::shape::Shape;

/// The most questions of a run about how far a finding goes. Their number does not depend on which answers are known already:
/// that depends on the number of jobs.
const EXPLAIN: usize = 12;

/// The state of a run between blocks.
pub(super) struct Decisions<'a, 't> {
    prober: &'a Prober<'t>,
    jobs: usize,
    shrink: bool,
    is_shard: bool,
    limits: Limits<'a>,
    pub summary: Summary,
    pub(super) known: KnownSmallest,
    pub(super) widespread: Widespread,
    /// Notes, which are hunted last.
    pub(super) notes: PendingFindings,
    /// Findings not hunted because the run ended.
    unshrunk: Vec<Pending>,
    pub(super) troubles_in_a_row: usize,
    /// In a shard: which findings belong to which defect of the summary, by symptom and case.
    pub(super) defect_of: HashMap<(Symptom, Shape), usize>,
}

impl<'a, 't> Decisions<'a, 't> {
    pub fn new(prober: &'a Prober<'t>, plan: &Plan, limits: Limits<'a>) -> Self {
        Self {
            prober,
            jobs: plan.jobs,
            shrink: plan.shrink,
            is_shard: plan.order.shard.is_some(),
            limits,
            summary: Summary::default(),
            known: KnownSmallest::default(),
            widespread: Widespread::default(),
            notes: PendingFindings::default(),
            unshrunk: Vec::new(),
            troubles_in_a_row: 0,
            defect_of: HashMap::new(),
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

    pub(super) fn has_ended(&self) -> bool {
        self.has_lost_the_target() || self.limits.are_over()
    }

    /// Processes the outcomes of a block.
    pub fn settle(&mut self, block: &[ToFire], believed: Believed, sink: &mut dyn Sink) -> Result<(), Error> {
        let Believed { outcomes, gone, loss } = believed;
        let mut found = Vec::new();
        for (i, symptom) in gone {
            self.summary.add_unreproduced(&symptom, &block[i].case.shape);
        }
        for (case, outcome) in block.iter().zip(outcomes) {
            if is_base(&case.case.shape) {
                self.summary.bases.count(outcome.as_ref());
            }
            if let Some(outcome) = &outcome {
                self.summary.tally.count(&case.case.shape, case.is_drawn, outcome);
            }
            match outcome {
                None => {}
                Some(Outcome::Unsupported) => self.summary.unsupported += 1,
                Some(Outcome::Trouble(trouble)) => self.trouble(&trouble, sink)?,
                Some(outcome) => found.append(&mut self.judged(&case.case, &outcome)),
            }
        }
        self.hunt_all(found, sink)?;
        if let Some(Loss { why, suspects }) = loss {
            for (i, finding) in suspects {
                self.found(&MinimalFinding::as_seen(&block[i].case.shape, finding, 0), sink)?;
            }
            self.lose(&why, sink)?;
        }
        Ok(())
    }

    /// Counts a judged case and returns the findings to hunt now.
    fn judged(&mut self, case: &Case, outcome: &Outcome) -> Vec<Pending> {
        self.summary.judged += 1;
        self.troubles_in_a_row = 0;
        self.summary.covered.add(&case.shape);
        let found = self.widespread.sift(case, outcome).into_iter();
        let found = found.map(|finding| Pending { shape: case.shape.clone(), finding });
        let (notes, others): (Vec<Pending>, Vec<Pending>) =
            found.partition(|pending| pending.finding.grade == Grade::Note);
        notes.into_iter().for_each(|note| self.notes.add(note));
        others
    }

    fn trouble(&mut self, trouble: &Trouble, sink: &mut dyn Sink) -> Result<(), Error> {
        self.summary.trouble += 1;
        self.troubles_in_a_row += 1;
        sink.take(self.prober.target(), Event::Trouble(trouble))?;
        if self.troubles_in_a_row >= TROUBLES && !self.has_lost_the_target() {
            self.lose(&format!("{TROUBLES} cases in a row could not be tested"), sink)?;
        }
        Ok(())
    }

    /// Hunts the findings held back until the end of the cases: first widespread defects, then notes.
    pub fn conclude(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let mut waiting = Vec::new();
        if self.is_shard {
            self.summary.spread.answers = self.widespread.answers().collect();
        }
        for spread in std::mem::take(&mut self.widespread).into_families(self.is_shard) {
            if self.is_shard {
                waiting.extend(self.keep_for_merging(spread, sink)?);
                continue;
            }
            let Spread { universal, pending, .. } = spread;
            let mut settled = Vec::new();
            for (kind, defect) in universal {
                if !self.has_ended() && self.is_everywhere(&defect, sink)? {
                    settled.push(kind);
                }
            }
            let is_settled =
                |one: &Pending| settled.iter().any(|kind| kind.is_none_or(|kind| kind == one.shape.kind()));
            waiting.extend(pending.into_iter().filter(|one| !is_settled(one)));
        }
        waiting.extend(std::mem::take(&mut self.notes).into_pending());
        // Notes last, in case the run is cut short.
        let (notes, others) = waiting.into_iter().partition(|pending| pending.finding.grade == Grade::Note);
        self.hunt_all(others, sink)?;
        self.hunt_all(notes, sink)?;
        let unshrunk = self.unshrunk();
        self.summary.found += unshrunk.len();
        self.summary.tally.severe += unshrunk.iter().filter(|one| one.finding.grade > Grade::Note).count();
        sink.take(self.prober.target(), Event::Unshrunk(&unshrunk))
    }

    /// The findings not hunted because the run ended, except those that contain a smaller one of the same symptom.
    fn unshrunk(&mut self) -> Vec<MinimalFinding> {
        let mut pending = std::mem::take(&mut self.unshrunk);
        pending.sort_by_cached_key(|pending| pending.shape.weight());
        let mut found = Vec::new();
        for Pending { shape, mut finding } in pending {
            if !self.known.covers(&shape, &finding) {
                self.known.add(finding.symptom.clone(), shape.clone());
                finding.note.push_str(UNSHRUNK);
                found.push(MinimalFinding::as_seen(&shape, finding, 0));
            }
        }
        found
    }

    /// Reproduces a widespread defect on two cases, and reports it as one finding if that succeeds.
    fn is_everywhere(&mut self, defect: &Universal, sink: &mut dyn Sink) -> Result<bool, Error> {
        let hunted = self.reproduce(defect, sink)?;
        self.known.remember(&defect.simplest.finding.symptom, &hunted);
        match hunted {
            Hunted::Found(mut found) => {
                found.finding.note.push_str(&defect.note);
                self.found(&found, sink)?;
                Ok(true)
            }
            Hunted::Lost(found, why) => {
                self.lost_while_hunting(&found, &why, sink)?;
                Ok(true)
            }
            Hunted::Explained(_) | Hunted::NeedsHistory | Hunted::Gone => Ok(false),
        }
    }

    /// Reproduces a widespread defect on two cases.
    pub(super) fn reproduce(&self, defect: &Universal, sink: &mut dyn Sink) -> Result<Hunted, Error> {
        let Universal { simplest, another, .. } = defect;
        let (hunt, shown_by_another) = (self.hunt(), &another.finding.symptom);
        let another = self.prober.case(&another.shape);
        if self.prober.fire(&another, self.prober.options(shown_by_another)).finding(shown_by_another).is_none() {
            return Ok(Hunted::Gone);
        }
        hunt.confirm(&self.prober.case(&simplest.shape), &simplest.finding, sink)
    }

    fn hunt(&self) -> Hunt<'a, 't> {
        let Self { prober, jobs, shrink, limits, .. } = *self;
        Hunt { prober, jobs, shrink, explain: EXPLAIN, limits, flaky: self.summary.not_reproduced > 0 }
    }

    /// Hunts findings: those of different symptoms side by side, those of the same one after the other, because the first
    /// may explain the others. What is found is reported in the order of the cases.
    fn hunt_all(&mut self, found: Vec<Pending>, sink: &mut dyn Sink) -> Result<(), Error> {
        let pursuits = Pursuits::new(found, &self.known);
        let hunted = pursuits.hunt(&self.hunt(), self.has_lost_the_target(), sink)?;
        for (Pending { shape, finding }, ended) in hunted {
            let Some(hunted) = ended else {
                if !self.known.explains(&shape, &finding.symptom) {
                    self.unshrunk.push(Pending { shape, finding });
                }
                continue;
            };
            self.note_defect(&shape, &finding.symptom, &hunted);
            self.known.remember(&finding.symptom, &hunted);
            match hunted {
                Hunted::Found(found) => self.found(&found, sink)?,
                Hunted::Lost(found, why) => self.lost_while_hunting(&found, &why, sink)?,
                Hunted::Gone => self.summary.add_unreproduced(&finding.symptom, &shape),
                Hunted::Explained(_) | Hunted::NeedsHistory => {}
            }
        }
        Ok(())
    }

    pub(super) fn lost_while_hunting(
        &mut self,
        found: &[MinimalFinding],
        why: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        for one in found {
            self.found(one, sink)?;
        }
        self.lose(why, sink)
    }

    fn found(&mut self, found: &MinimalFinding, sink: &mut dyn Sink) -> Result<(), Error> {
        self.summary.found += 1;
        self.summary.tally.severe += usize::from(found.finding.grade > Grade::Note);
        if !found.late.is_empty() {
            self.summary.late.push((found.finding.symptom.clone(), found.shape.clone(), found.late.clone()));
        }
        sink.take(self.prober.target(), Event::Found(found))
    }

    fn lose(&mut self, why: &str, sink: &mut dyn Sink) -> Result<(), Error> {
        if !self.has_lost_the_target() {
            self.summary.lost = Some(why.to_owned());
            sink.take(self.prober.target(), Event::Lost(why))?;
        }
        Ok(())
    }
}

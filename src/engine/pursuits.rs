//! Hunts several findings side by side.
//!
//! A hunt depends on the known smallest cases of its symptom only, so findings of different symptoms are independent of
//! each other. A hunt that may disturb others runs alone: one that takes connections down, and one that waits for absent
//! content, which would advance the clock of an embedded registry for all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::hunter::Hunt;
use super::known::KnownSmallest;
use super::late::is_absence;
use super::minimal::Hunted;
use super::pending::Pending;
use super::sink::{Event, Sink};
use crate::compare::Symptom;
use crate::error::Error;
use crate::model::Class;
use crate::transport::{Target, side_by_side};

/// The most candidates of one hunt in flight. All after the first that shows the symptom are fired in vain.
const CANDIDATES: usize = 2;

/// The findings of one symptom, in the order of the cases.
struct Pursuit {
    symptom: Symptom,
    /// Positions among all findings.
    found: Vec<usize>,
    known: KnownSmallest,
}

/// Findings to hunt, by symptom.
pub(super) struct Pursuits {
    found: Vec<Pending>,
    pursuits: Vec<Pursuit>,
}

/// A finding and the result of its hunt; `None` if a smallest case explains it or the run ended.
type Ended = (Pending, Option<Hunted>);

impl Pursuits {
    /// Leaves out what the known smallest cases explain.
    pub fn new(found: Vec<Pending>, known: &KnownSmallest) -> Self {
        let found: Vec<Pending> = found.into_iter().filter(|one| !known.covers(&one.shape, &one.finding)).collect();
        let mut pursuits: Vec<Pursuit> = Vec::new();
        let mut by_symptom = HashMap::new();
        for (i, Pending { finding, .. }) in found.iter().enumerate() {
            let at = *by_symptom.entry(&finding.symptom).or_insert(pursuits.len());
            if at == pursuits.len() {
                let (symptom, known) = (finding.symptom.clone(), known.only(&finding.symptom));
                pursuits.push(Pursuit { symptom, found: Vec::new(), known });
            }
            pursuits[at].found.push(i);
        }
        Self { found, pursuits }
    }

    /// Hunts all of them; the results are in the order of the findings. `is_lost`: the target was given up before.
    pub fn hunt(self, hunt: &Hunt<'_, '_>, is_lost: bool, sink: &mut dyn Sink) -> Result<Vec<Ended>, Error> {
        let Self { found, pursuits } = self;
        let (alone, together): (Vec<Pursuit>, Vec<Pursuit>) =
            pursuits.into_iter().partition(|pursuit| disturbs(&pursuit.symptom));
        let is_lost = AtomicBool::new(is_lost);
        let mut hunted: Vec<Option<Hunted>> = found.iter().map(|_| None).collect();
        let hunts = hunt.jobs.min(together.len());
        // With fewer symptoms than jobs, each hunt may fire several candidates at once.
        let each = Hunt { jobs: (hunt.jobs / hunts.max(1)).clamp(1, CANDIDATES), ..*hunt };
        let together: Vec<Mutex<Pursuit>> = together.into_iter().map(Mutex::new).collect();
        let shared = Mutex::new(sink);
        let ended = side_by_side(together.len(), hunts, |at| {
            let mut pursuit = together[at].lock().unwrap_or_else(PoisonError::into_inner);
            pursuit.all(&each, &found, &is_lost, &mut SharedSink(&shared))
        });
        for one in ended {
            one?.into_iter().for_each(|(i, ended)| hunted[i] = Some(ended));
        }
        for mut pursuit in alone {
            let ended = pursuit.all(hunt, &found, &is_lost, &mut SharedSink(&shared))?;
            ended.into_iter().for_each(|(i, ended)| hunted[i] = Some(ended));
        }
        Ok(found.into_iter().zip(hunted).collect())
    }
}

impl Pursuit {
    /// Hunts the findings one after the other, until the run ends. Returns the results of those that were hunted.
    fn all(
        &mut self,
        hunt: &Hunt<'_, '_>,
        found: &[Pending],
        is_lost: &AtomicBool,
        sink: &mut dyn Sink,
    ) -> Result<Vec<(usize, Hunted)>, Error> {
        let mut ended = Vec::new();
        for i in std::mem::take(&mut self.found) {
            if is_lost.load(Ordering::SeqCst) || hunt.limits.are_over() {
                break;
            }
            let Pending { shape, finding } = &found[i];
            if let Some(hunted) = self.known.pursue(hunt, &hunt.prober.case(shape), finding, sink)? {
                if matches!(hunted, Hunted::Lost(..)) {
                    is_lost.store(true, Ordering::SeqCst);
                }
                ended.push((i, hunted));
            }
        }
        Ok(ended)
    }
}

/// Whether hunting a symptom disturbs other hunts.
fn disturbs(symptom: &Symptom) -> bool {
    matches!(symptom.class, Class::Dropped | Class::Hang) || is_absence(symptom)
}

/// A sink that several hunts share.
struct SharedSink<'s, 'a>(&'s Mutex<&'a mut dyn Sink>);

impl Sink for SharedSink<'_, '_> {
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take(target, event)
    }
}

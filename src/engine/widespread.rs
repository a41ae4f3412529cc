//! Defects that every answer of a sort shows, such as every refusal: one finding on the simplest case, not one for each
//! thing that a registry refuses.

use std::collections::{BTreeMap, HashMap};

use super::outcome::Outcome;
use crate::compare::{Finding, Symptom};
use crate::exchange::Stage;
use crate::shape::{Kind, Shape};
use crate::spec::Class;

/// A sort of answers that can share a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Sort {
    /// The refusal of a push, and what is read back after it.
    Refusal,
    /// Answers at this stage.
    At(Stage),
}

impl Sort {
    /// How a note calls them.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::At(Stage::TagList) => "tag list",
            Self::At(Stage::Referrers) => "referrers list",
            Self::At(Stage::Delete) => "deletion",
            Self::At(_) => "answer of this endpoint",
        }
    }

    /// The sorts of answers in an outcome.
    fn of(outcome: &Outcome) -> Vec<Self> {
        let Outcome::Judged { accepted, answered, .. } = outcome else { return Vec::new() };
        let mut sorts: Vec<Self> = answered.iter().filter(|stage| is_endpoint(**stage)).map(|s| Self::At(*s)).collect();
        if !accepted && answered.contains(&Stage::ManifestPut) {
            sorts.push(Self::Refusal);
        }
        sorts
    }

    /// The sort of answers that a finding is about, where there is one that all of them could share.
    fn of_finding(finding: &Finding, accepted: bool) -> Option<Self> {
        finding.symptom.duty?;
        match finding.symptom.stage {
            // What the server fails on, it fails on because of the content.
            _ if finding.symptom.class == Class::ServerError => None,
            stage if is_endpoint(stage) => Some(Self::At(stage)),
            _ if !accepted => Some(Self::Refusal),
            _ => None,
        }
    }
}

fn is_endpoint(stage: Stage) -> bool {
    matches!(stage, Stage::TagList | Stage::Referrers | Stage::Delete)
}

/// What is broken, whatever status and code the answer has that breaks it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Family {
    sort: Sort,
    stage: Stage,
    class: Class,
    duty: Option<&'static str>,
}

/// A finding that waits for the end of the cases.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub shape: Shape,
    pub finding: Finding,
}

/// A defect that every answer of a sort showed.
#[derive(Clone, Debug)]
pub(super) struct Universal {
    /// The simplest case that showed it, and what it showed.
    pub simplest: Pending,
    /// Another case, whose slots differ.
    pub another: Pending,
    /// What to add to the note.
    pub note: String,
}

/// What the answers so far showed, by the sort of answer.
#[derive(Debug, Default)]
pub(super) struct Widespread {
    answers: HashMap<(Sort, Kind), usize>,
    shown: BTreeMap<Family, Vec<Pending>>,
}

impl Widespread {
    /// Counts an outcome's answers, and takes those of its findings that every such answer could show. Gives back the rest.
    pub fn sift(&mut self, shape: &Shape, outcome: &Outcome) -> Vec<Finding> {
        for sort in Sort::of(outcome) {
            *self.answers.entry((sort, shape.kind())).or_default() += 1;
        }
        let mut rest = Vec::new();
        for finding in outcome.findings() {
            match Sort::of_finding(finding, outcome.accepted()) {
                None => rest.push(finding.clone()),
                Some(sort) => {
                    let Symptom { stage, class, duty, .. } = finding.symptom;
                    let pending = Pending { shape: shape.clone(), finding: finding.clone() };
                    self.shown.entry(Family { sort, stage, class, duty }).or_default().push(pending);
                }
            }
        }
        rest
    }

    /// The families, with what showed each, in the order of the cases.
    pub fn into_families(self) -> Vec<(Vec<Pending>, Vec<Universal>)> {
        let Self { answers, shown } = self;
        let families = shown.into_iter().map(|(family, pending)| {
            let all: usize = answers.iter().filter(|((sort, _), _)| *sort == family.sort).map(|(_, count)| count).sum();
            let mut universal: Vec<Universal> = universal(&pending, all, family.sort).into_iter().collect();
            if universal.is_empty() {
                // Perhaps every answer to a document of one kind.
                let mut kinds: Vec<Kind> = Vec::new();
                pending.iter().map(|one| one.shape.kind()).for_each(|kind| {
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                    }
                });
                for kind in kinds {
                    let of_kind: Vec<Pending> =
                        pending.iter().filter(|one| one.shape.kind() == kind).cloned().collect();
                    let all = answers.get(&(family.sort, kind)).copied().unwrap_or_default();
                    universal.extend(self::universal(&of_kind, all, family.sort));
                }
            }
            (pending, universal)
        });
        families.collect()
    }
}

/// The defect that all of `all` answers showed, if there are two cases whose slots differ.
fn universal(pending: &[Pending], all: usize, sort: Sort) -> Option<Universal> {
    let mut shapes: Vec<&Shape> = pending.iter().map(|one| &one.shape).collect();
    shapes.sort_unstable_by_key(|shape| shape.weight());
    shapes.dedup();
    if shapes.len() < all || all < 2 {
        return None;
    }
    let slots = |shape: &Shape| shape.deviating().map(|(slot, _)| slot).collect::<Vec<_>>();
    let simplest = shapes.first()?;
    let another = shapes.iter().find(|shape| slots(shape) != slots(simplest))?;
    let of = |shape: &Shape| pending.iter().find(|one| one.shape == *shape).cloned();
    let note = format!("; on every {} seen ({all} of {all})", sort.words());
    Some(Universal { simplest: of(simplest)?, another: of(another)?, note })
}

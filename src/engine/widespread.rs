//! Defects that every answer of a sort shows, such as every refusal: one finding on the simplest case, not one for each
//! thing that a registry refuses.

use std::collections::{BTreeMap, HashMap};

use super::outcome::Outcome;
use crate::compare::{Finding, Symptom};
use crate::exchange::Stage;
use crate::json;
use crate::model::Class;
use crate::render::Case;
use crate::shape::{Kind, Shape};

/// A sort of answers that can share a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum AnswerSort {
    /// The refusal of a push.
    Refusal,
    /// What is read back after a refusal, of a document that was not there before.
    AfterRefusal,
    /// The push of a body that does not begin with a JSON object.
    NoObject,
    /// Answers at this stage.
    At(Stage),
}

impl AnswerSort {
    /// How a note calls them.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::AfterRefusal => "refusal of a new document",
            Self::NoObject => "body that does not begin with a JSON object",
            Self::At(Stage::TagList) => "tag list",
            Self::At(Stage::Referrers) => "referrers list",
            Self::At(Stage::Delete) => "deletion",
            Self::At(_) => "answer of this endpoint",
        }
    }

    /// The sorts of answers in an outcome.
    fn of(case: &Case, outcome: &Outcome) -> Vec<Self> {
        let Outcome::Judged { accepted, answered, body_is_new, .. } = outcome else { return Vec::new() };
        let mut sorts: Vec<Self> = answered.iter().filter(|stage| is_endpoint(**stage)).map(|s| Self::At(*s)).collect();
        let is_pushed = answered.contains(&Stage::ManifestPut);
        sorts.extend((is_pushed && !accepted).then_some(Self::Refusal));
        sorts.extend((is_pushed && !accepted && *body_is_new).then_some(Self::AfterRefusal));
        sorts.extend((is_pushed && has_no_object(case)).then_some(Self::NoObject));
        sorts
    }

    /// The sort of answers that a finding is about, where there is one that all of them could share.
    fn of_finding(case: &Case, finding: &Finding, accepted: bool) -> Option<Self> {
        finding.symptom.duty?;
        match (finding.symptom.stage, finding.symptom.class) {
            (stage, _) if is_endpoint(stage) => Some(Self::At(stage)),
            // What the server fails on, it fails on because of the content.
            (Stage::ManifestPut, Class::ServerError) => has_no_object(case).then_some(Self::NoObject),
            (Stage::ManifestPut, _) if !accepted => Some(Self::Refusal),
            _ if !accepted => Some(Self::AfterRefusal),
            _ => None,
        }
    }
}

fn is_endpoint(stage: Stage) -> bool {
    matches!(stage, Stage::TagList | Stage::Referrers | Stage::Delete)
}

fn has_no_object(case: &Case) -> bool {
    let body = &case.exchange.tested.body;
    !json::read_first(body).is_ok_and(|(document, _)| document.root().is_object())
}

/// What is broken, whatever status and code the answer has that breaks it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Defect {
    sort: AnswerSort,
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

/// A family of findings: what showed it, and whether every answer did, or every one to a document of some kind.
#[derive(Debug)]
pub(super) struct Spread {
    pub universal: Vec<(Option<Kind>, Universal)>,
    pub pending: Vec<Pending>,
}

/// What the answers so far showed, by the sort of answer.
#[derive(Debug, Default)]
pub(super) struct Widespread {
    answers: HashMap<(AnswerSort, Kind), usize>,
    shown: BTreeMap<Defect, Vec<Pending>>,
}

impl Widespread {
    /// Counts an outcome's answers, and takes those of its findings that every such answer could show. Gives back the rest.
    pub fn sift(&mut self, case: &Case, outcome: &Outcome) -> Vec<Finding> {
        let shape = &case.shape;
        for sort in AnswerSort::of(case, outcome) {
            *self.answers.entry((sort, shape.kind())).or_default() += 1;
        }
        let mut rest = Vec::new();
        for finding in outcome.findings() {
            match AnswerSort::of_finding(case, finding, outcome.accepted()) {
                None => rest.push(finding.clone()),
                Some(sort) => {
                    let Symptom { stage, class, duty, .. } = finding.symptom;
                    let pending = Pending { shape: shape.clone(), finding: finding.clone() };
                    self.shown.entry(Defect { sort, stage, class, duty }).or_default().push(pending);
                }
            }
        }
        rest
    }

    /// The families, in an order that does not depend on the cases.
    pub fn into_families(self) -> Vec<Spread> {
        let Self { answers, shown } = self;
        let count = |sort: AnswerSort, of: &dyn Fn(Kind) -> bool| {
            answers.iter().filter(|((s, kind), _)| *s == sort && of(*kind)).map(|(_, count)| count).sum()
        };
        let families = shown.into_iter().map(|(Defect { sort, .. }, pending)| {
            let of_all = universal(&pending, count(sort, &|_| true), sort);
            if let Some(universal) = of_all {
                return Spread { universal: vec![(None, universal)], pending };
            }
            // Perhaps every answer to a document of one kind.
            let mut kinds: Vec<Kind> = Vec::new();
            pending.iter().map(|one| one.shape.kind()).for_each(|kind| {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            });
            let universal = kinds.into_iter().filter_map(|kind| {
                let of_kind: Vec<Pending> = pending.iter().filter(|one| one.shape.kind() == kind).cloned().collect();
                Some((Some(kind), universal(&of_kind, count(sort, &|one| one == kind), sort)?))
            });
            Spread { universal: universal.collect(), pending }
        });
        families.collect()
    }
}

/// The defect that all of `all` answers showed, if there are two cases whose slots differ.
fn universal(pending: &[Pending], all: usize, sort: AnswerSort) -> Option<Universal> {
    let mut shapes: Vec<&Shape> = pending.iter().map(|one| &one.shape).collect();
    let slots = |shape: &Shape| shape.deviating().map(|(slot, _)| slot).collect::<Vec<_>>();
    // Of two that weigh the same, the one whose slots come first in the table.
    shapes.sort_by_cached_key(|shape| {
        let (deviating, entries, positions, numbers, text) = shape.weight();
        (deviating, entries, positions, numbers, slots(shape), text)
    });
    shapes.dedup();
    if shapes.len() < all || all < 2 {
        return None;
    }
    let simplest = shapes.first()?;
    let another = shapes.iter().find(|shape| slots(shape) != slots(simplest))?;
    let of = |shape: &Shape| pending.iter().find(|one| one.shape == *shape).cloned();
    let note = format!("; on every {} seen ({all} of {all})", sort.words());
    Some(Universal { simplest: of(simplest)?, another: of(another)?, note })
}

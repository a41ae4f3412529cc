//! Defects shown by every answer of a group, such as every refusal: reported once on the simplest case, rather than once for
//! each kind of content that a registry refuses.

use std::collections::BTreeMap;

use super::outcome::Outcome;
use super::pending::Pending;
use super::shard_spread::CaseCount;
use super::state::{StoredAnswers, StoredShown};
use super::stored::StoredPending;
use crate::compare::{Finding, Symptom, everywhere};
use crate::exchange::Stage;
use crate::json;
use crate::model::Class;
use crate::render::Case;
use crate::shape::{Kind, Shape};

/// A group of answers that may share a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum AnswerGroup {
    /// The refusal of a push.
    Refusal,
    /// Reading back after the refusal of a new document.
    AfterRefusal,
    /// The push of a body that does not begin with a JSON object.
    NoObject,
    /// Answers at this stage.
    At(Stage),
}

impl AnswerGroup {
    /// The name of one such answer in notes.
    pub fn label(self) -> &'static str {
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

    /// A name that no other group has.
    fn id(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::AfterRefusal => "after-refusal",
            Self::NoObject => "no-object",
            Self::At(stage) => stage.as_str(),
        }
    }

    fn of_id(id: &str) -> Option<Self> {
        let named = [Self::Refusal, Self::AfterRefusal, Self::NoObject].into_iter().find(|group| group.id() == id);
        named.or_else(|| Stage::named(id).map(Self::At))
    }

    /// The groups of answers in an outcome.
    fn of(case: &Case, outcome: &Outcome) -> Vec<Self> {
        let Outcome::Judged { accepted, answered, body_is_new, .. } = outcome else { return Vec::new() };
        let mut groups: Vec<Self> =
            answered.iter().filter(|stage| is_endpoint(**stage)).map(|s| Self::At(*s)).collect();
        let is_pushed = answered.contains(&Stage::ManifestPut);
        groups.extend((is_pushed && !accepted).then_some(Self::Refusal));
        groups.extend((is_pushed && !accepted && *body_is_new).then_some(Self::AfterRefusal));
        groups.extend((is_pushed && has_no_object(case)).then_some(Self::NoObject));
        groups
    }

    /// The group of answers that could share this finding, if any.
    fn of_finding(case: &Case, finding: &Finding, accepted: bool) -> Option<Self> {
        finding.symptom.duty?;
        match (finding.symptom.stage, finding.symptom.class) {
            (stage, _) if is_endpoint(stage) => Some(Self::At(stage)),
            // Other server errors depend on the content.
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

/// A defect, regardless of the status and code of the answer that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Defect {
    pub group: AnswerGroup,
    pub stage: Stage,
    pub class: Class,
    pub duty: Option<&'static str>,
}

/// A defect shown by every answer of a group.
#[derive(Clone, Debug)]
pub(super) struct Universal {
    /// The simplest case that showed it, and what it showed.
    pub simplest: Pending,
    /// Another case, whose slots differ.
    pub another: Pending,
    /// Text to append to the note.
    pub note: String,
}

/// The findings of one defect, and whether every answer showed it, or every answer to documents of some kind.
#[derive(Debug)]
pub(super) struct Spread {
    pub defect: Defect,
    pub universal: Vec<(Option<Kind>, Universal)>,
    pub pending: Vec<Pending>,
}

/// The answers so far and their defects, by group.
#[derive(Debug, Default)]
pub(super) struct Widespread {
    answers: BTreeMap<(AnswerGroup, Kind), CaseCount>,
    shown: BTreeMap<Defect, Vec<Pending>>,
}

impl Widespread {
    /// What was counted and held back.
    pub fn store(&self) -> (Vec<StoredAnswers>, Vec<StoredShown>) {
        let answers = self.answers.iter();
        let shown = self.shown.iter();
        (
            answers
                .map(|((group, kind), count)| (group.id().to_owned(), kind.as_str().to_owned(), count.all, count.bases))
                .collect(),
            shown
                .map(|(defect, all)| (defect.group.id().to_owned(), all.iter().map(StoredPending::from).collect()))
                .collect(),
        )
    }

    /// Reads [`store`](Self::store).
    pub fn restore(answers: &[StoredAnswers], shown: &[StoredShown]) -> Option<Self> {
        let mut restored = Self::default();
        for (group, kind, all, bases) in answers {
            let count = CaseCount { all: *all, bases: *bases };
            restored.answers.insert((AnswerGroup::of_id(group)?, Kind::named(kind)?), count);
        }
        for (group, all) in shown {
            let group = AnswerGroup::of_id(group)?;
            for stored in all {
                let pending = stored.read()?;
                let Symptom { stage, class, duty, .. } = pending.finding.symptom;
                restored.shown.entry(Defect { group, stage, class, duty }).or_default().push(pending);
            }
        }
        Some(restored)
    }

    /// Counts an outcome's answers and holds back the findings that could be widespread. Returns the others.
    pub fn sift(&mut self, case: &Case, outcome: &Outcome) -> Vec<Finding> {
        let shape = &case.shape;
        for group in AnswerGroup::of(case, outcome) {
            self.answers.entry((group, shape.kind())).or_default().count(shape);
        }
        let mut rest = Vec::new();
        for finding in outcome.findings() {
            match AnswerGroup::of_finding(case, finding, outcome.accepted()) {
                None => rest.push(finding.clone()),
                Some(group) => {
                    let Symptom { stage, class, duty, .. } = finding.symptom;
                    let pending = Pending { shape: shape.clone(), finding: finding.clone() };
                    self.shown.entry(Defect { group, stage, class, duty }).or_default().push(pending);
                }
            }
        }
        rest
    }

    /// How many answers there were, by the name of one answer of their group, and by kind.
    pub fn answers(&self) -> impl Iterator<Item = (&'static str, Kind, CaseCount)> {
        self.answers.iter().map(|((group, kind), count)| (group.label(), *kind, *count))
    }

    /// The findings by defect, in an order that does not depend on the cases. In a shard, each defect is also looked for in the
    /// answers to documents of each kind if all answers of the shard showed it: those of other shards may not.
    pub fn into_families(self, is_shard: bool) -> Vec<Spread> {
        let Self { answers, shown } = self;
        let families = shown.into_iter().map(|(defect, pending)| {
            let group = defect.group;
            let count = |of: &dyn Fn(Kind) -> bool| {
                answers.iter().filter(|((s, kind), _)| *s == group && of(*kind)).map(|(_, count)| count.all).sum()
            };
            let of_all = universal(&pending, count(&|_| true), group);
            let is_of_all = of_all.is_some();
            let mut everywhere: Vec<(Option<Kind>, Universal)> = of_all.into_iter().map(|one| (None, one)).collect();
            if is_shard || !is_of_all {
                // Perhaps every answer to documents of one kind.
                let mut kinds: Vec<Kind> = Vec::new();
                pending.iter().map(|one| one.shape.kind()).for_each(|kind| {
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                    }
                });
                everywhere.extend(kinds.into_iter().filter_map(|kind| {
                    let of_kind: Vec<Pending> =
                        pending.iter().filter(|one| one.shape.kind() == kind).cloned().collect();
                    Some((Some(kind), universal(&of_kind, count(&|one| one == kind), group)?))
                }));
            }
            Spread { defect, universal: everywhere, pending }
        });
        families.collect()
    }
}

/// The defect, if all `all` answers showed it and two of the cases differ in their slots.
fn universal(pending: &[Pending], all: usize, group: AnswerGroup) -> Option<Universal> {
    let mut shapes: Vec<&Shape> = pending.iter().map(|one| &one.shape).collect();
    let slots = |shape: &Shape| shape.deviating().map(|(slot, _)| slot).collect::<Vec<_>>();
    shapes.sort_by_cached_key(|shape| shape.simplicity());
    shapes.dedup();
    if shapes.len() < all || all < 2 {
        return None;
    }
    let simplest = shapes.first()?;
    let another = shapes.iter().find(|shape| slots(shape) != slots(simplest))?;
    let of = |shape: &Shape| pending.iter().find(|one| one.shape == *shape).cloned();
    let note = everywhere(group.label(), all);
    Some(Universal { simplest: of(simplest)?, another: of(another)?, note })
}

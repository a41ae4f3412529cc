//! How far defects spread in a shard, as the member `spread` of `run.json`, and what that means for all shards together.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::lines::{json_of, record_of};
use crate::compare::everywhere;
use crate::findings::Record;

/// A number of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cases {
    /// All of them.
    pub all: usize,
    /// Those that are bases, which every shard fires.
    pub bases: usize,
}

/// Numbers of cases by kind.
pub type ByKind = BTreeMap<String, Cases>;

/// The answers of a shard, and the defects that every one of them may share with those of the other shards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// By the name of one answer of a group.
    pub answers: BTreeMap<String, ByKind>,
    /// The defects.
    pub defects: Vec<Defect>,
}

/// A defect that every answer of a group may show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defect {
    /// The name of one answer of the group, the stage, the class, and the rule that is broken.
    pub name: [String; 4],
    /// Different cases whose answers show it.
    pub shown: ByKind,
    /// The kinds of the cases and the keys of the rows that were reported for it.
    pub found: Vec<(String, String)>,
    /// The row to report instead if every answer, or every answer to documents of this kind, shows it in all shards.
    pub instead: Vec<(Option<String>, Record)>,
}

/// A defect that every answer of a group, or every answer to documents of a kind, shows in all shards.
pub(super) struct Settled<'s> {
    name: &'s [String; 4],
    kind: Option<&'s str>,
    /// The row that reports it.
    pub row: Record,
}

/// The defects of one target that a run without shards reports once.
pub(super) fn settled<'s>(spreads: &[&'s Spread]) -> Vec<Settled<'s>> {
    let mut all = Vec::new();
    let mut defects: BTreeMap<&[String; 4], Vec<&Defect>> = BTreeMap::new();
    for defect in spreads.iter().flat_map(|spread| &spread.defects) {
        defects.entry(&defect.name).or_default().push(defect);
    }
    for (name, defects) in defects {
        let answers = sum(spreads.iter().filter_map(|spread| spread.answers.get(&name[0])));
        let shown = sum(defects.iter().map(|defect| &defect.shown));
        let count = |of: &BTreeMap<&str, usize>, kind: Option<&str>| -> usize {
            of.iter().filter(|(one, _)| kind.is_none_or(|kind| kind == **one)).map(|(_, count)| count).sum()
        };
        let of = |kind: Option<&'s str>| {
            let of_kind = defects.iter().flat_map(|defect| &defect.instead).filter(|(of, _)| of.as_deref() == kind);
            let rows = of_kind.map(|(_, record)| record).filter(|_| count(&answers, kind) == count(&shown, kind));
            let mut row = rows.min_by_key(|row| row.shape.shape().map(|shape| shape.simplicity()))?.clone();
            row.note.push_str(&everywhere(&name[0], count(&answers, kind)));
            Some(Settled { name, kind, row })
        };
        match of(None) {
            Some(settled) => all.push(settled),
            None => all.extend(shown.keys().filter_map(|kind| of(Some(kind)))),
        }
    }
    all
}

impl Spread {
    /// The keys of the rows that a shard reported for these defects.
    pub(super) fn keys_of<'s>(&'s self, settled: &'s [Settled<'_>]) -> impl Iterator<Item = &'s str> {
        settled.iter().flat_map(move |Settled { name, kind, .. }| {
            let found =
                self.defects.iter().filter(move |defect| defect.name == **name).flat_map(|defect| &defect.found);
            found.filter(move |(of, _)| kind.is_none_or(|kind| kind == of)).map(|(_, key)| key.as_str())
        })
    }
}

/// The sums by kind. The bases, which every shard fires, count once.
fn sum<'c>(counts: impl Iterator<Item = &'c ByKind>) -> BTreeMap<&'c str, usize> {
    let (mut sums, mut bases) = (BTreeMap::new(), BTreeMap::new());
    for (kind, count) in counts.flatten() {
        *sums.entry(kind.as_str()).or_default() += count.all - count.bases.min(count.all);
        let most = bases.entry(kind.as_str()).or_insert(0);
        *most = count.bases.max(*most);
    }
    for (kind, count) in bases {
        *sums.entry(kind).or_default() += count;
    }
    sums
}

fn json_of_kinds(counts: &ByKind) -> Value {
    counts
        .iter()
        .map(|(kind, count)| (kind.clone(), json!([count.all, count.bases])))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn kinds_of(value: &Value) -> Option<ByKind> {
    let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let one = |(kind, counts): (&String, &Value)| {
        Some((kind.clone(), Cases { all: number(&counts[0])?, bases: number(&counts[1])? }))
    };
    value.as_object()?.iter().map(one).collect()
}

impl Spread {
    /// The member `spread` of `run.json`.
    pub(super) fn json(&self) -> Value {
        let answers = self.answers.iter().map(|(group, counts)| (group.clone(), json_of_kinds(counts)));
        json!({
            "answers": answers.collect::<serde_json::Map<_, _>>(),
            "defects": self.defects.iter().map(Defect::json).collect::<Vec<_>>(),
        })
    }

    /// Reads [`json`](Self::json); `None` if it has another form.
    pub(super) fn of_json(value: &Value) -> Option<Self> {
        let answers = value["answers"].as_object()?.iter();
        Some(Self {
            answers: answers.map(|(group, counts)| Some((group.clone(), kinds_of(counts)?))).collect::<Option<_>>()?,
            defects: value["defects"].as_array()?.iter().map(Defect::of_json).collect::<Option<_>>()?,
        })
    }
}

impl Defect {
    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "shown": json_of_kinds(&self.shown),
            "found": self.found,
            "instead": self.instead.iter().map(|(kind, record)| json!([kind, json_of(record)])).collect::<Vec<_>>(),
        })
    }

    fn of_json(value: &Value) -> Option<Self> {
        let instead = |one: &Value| {
            let kind = if one[0].is_null() { None } else { Some(one[0].as_str()?.to_owned()) };
            Some((kind, record_of(&one[1]).ok()?))
        };
        Some(Self {
            name: serde_json::from_value(value["name"].clone()).ok()?,
            shown: kinds_of(&value["shown"])?,
            found: serde_json::from_value(value["found"].clone()).ok()?,
            instead: value["instead"].as_array()?.iter().map(instead).collect::<Option<_>>()?,
        })
    }
}

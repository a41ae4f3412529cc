//! The shapes that a rule applies to: examples for `rules ID`, counts for `--coverage`.

use crate::exchange::Facts;
use crate::generate::{bases, exhaustive};
use crate::model::{Binds, Content, Rule, Source, Versions, decide_found, report, rules};
use crate::render::render;
use crate::shape::{Shape, SlotId, space};

/// How a rule applies to all shapes with at most one deviation, and, if that covers too little, with two.
#[derive(Clone, Debug, Default)]
pub(super) struct ExampleCount {
    /// Number of shapes that it does not apply to. For a rule on authors, these keep it.
    pub silent: usize,
    /// Number of shapes that it applies to. For a rule on authors, these break it.
    pub applies: usize,
    /// The first shape that it does not apply to, preferably of the same kind as `breaks`.
    pub keeps: Option<Shape>,
    /// The first shape that it applies to, preferably sent with its own type and breaking no other rule on authors; the
    /// place in the document, and the message.
    pub breaks: Option<(Shape, String, String)>,
    /// What `breaks` is preferred for.
    merit: Merit,
}

/// Why one example is better than another: the first difference decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Merit {
    /// Whether the shape is sent with the media type of its kind.
    is_sent_as_itself: bool,
    /// Whether it breaks no other rule on authors.
    is_alone: bool,
    /// Whether no member is repeated or out of place, which takes longer to see.
    is_plain: bool,
}

impl Merit {
    const BEST: Self = Self { is_sent_as_itself: true, is_alone: true, is_plain: true };

    fn of(rule: Rule, content: &Content<'_>, shape: &Shape) -> Self {
        let breaches = decide_found(content, Vec::new()).breaches;
        let mut others =
            breaches.iter().filter(|breach| breach.rule.binds == Binds::Author && breach.rule.id != rule.id);
        let is_plain = shape.deviating().all(|(slot, _)| !space().slot(slot).name.starts_with("confusion"));
        Self { is_sent_as_itself: is_sent_as_itself(shape), is_alone: others.next().is_none(), is_plain }
    }
}

/// Whether a rule is on requests and their content. The others are on answers, which shapes do not determine.
pub(super) fn is_on_content(rule: Rule) -> bool {
    rule.on_content().is_some()
}

/// Whether runs use the rule. Docker's rules are for found documents, so many concern what no shape has.
fn is_for_runs(rule: Rule) -> bool {
    rule.clause.document != Source::Docker
}

/// The counts of these rules, in the same order.
pub(super) fn tally(chosen: &[Rule]) -> Vec<ExampleCount> {
    let mut tallies: Vec<_> =
        chosen.iter().map(|rule| (*rule, rule.newest_versions(), ExampleCount::default())).collect();
    exhaustive(1).for_each(|shape| add(&mut tallies, &shape));
    tallies.iter_mut().filter(|(_, _, tally)| tally.applies == 0).for_each(look_in_older_versions);
    // A few rules concern two members at once.
    let mut pairs = exhaustive(2).filter(|shape| shape.deviations() == 2);
    let is_vacuous = |(rule, _, tally): &(Rule, Versions, ExampleCount)| {
        is_for_runs(*rule) && (tally.applies == 0 || tally.silent == 0)
    };
    while tallies.iter().any(is_vacuous) {
        let Some(shape) = pairs.next() else { break };
        let vacuous = tallies.iter_mut().filter(|row| is_vacuous(row));
        vacuous.for_each(|one| add(std::slice::from_mut(one), &shape));
    }
    tallies.iter_mut().for_each(|(rule, versions, tally)| keep_of_its_kind(*rule, *versions, tally));
    tallies.into_iter().map(|(_, _, tally)| tally).collect()
}

/// Counts the shapes in the newest versions in which a rule speaks, if it leaves that to another rule in newer ones.
fn look_in_older_versions(row: &mut (Rule, Versions, ExampleCount)) {
    let rule = row.0;
    for older in
        Versions::ALL.into_iter().filter(|versions| rule.holds_in(*versions) && *versions != rule.newest_versions())
    {
        let mut counted = (rule, older, ExampleCount::default());
        exhaustive(1).for_each(|shape| add(std::slice::from_mut(&mut counted), &shape));
        if counted.2.applies > 0 {
            *row = counted;
            return;
        }
    }
}

/// Prefers the base of the kind that breaks the rule as the shape that keeps it: the rule ignores other kinds.
fn keep_of_its_kind(rule: Rule, versions: Versions, tally: &mut ExampleCount) {
    let Some((breaks, ..)) = &tally.breaks else { return };
    let kind = |shape: &Shape| shape.deviating().find(|(slot, _)| *slot == SlotId::KIND).map(|(_, choice)| choice);
    let Some(base) = bases().into_iter().find(|base| kind(base) == kind(breaks)) else { return };
    let exchange = render(&base);
    if !report(rule, &Content::new(&exchange, &Facts::as_meant(&exchange), versions)).applies {
        tally.keeps = Some(base);
    }
}

/// Whether a shape is sent with the media type of its kind.
fn is_sent_as_itself(shape: &Shape) -> bool {
    shape.deviating().all(|(slot, _)| space().slot(slot).name != "content-type")
}

/// Counts a shape for each rule, in its versions.
fn add(tallies: &mut [(Rule, Versions, ExampleCount)], shape: &Shape) {
    let exchange = render(shape);
    let facts = Facts::as_meant(&exchange);
    for set in Versions::ALL {
        if !tallies.iter().any(|(_, versions, _)| *versions == set) {
            continue;
        }
        let content = Content::new(&exchange, &facts, set);
        let of_set = tallies.iter_mut().filter(|(_, versions, _)| *versions == set);
        of_set.for_each(|(rule, _, tally)| count(*rule, &content, shape, tally));
    }
}

fn count(rule: Rule, content: &Content<'_>, shape: &Shape, tally: &mut ExampleCount) {
    match report(rule, content).places.into_iter().next() {
        None => {
            tally.silent += 1;
            tally.keeps.get_or_insert_with(|| shape.clone());
        }
        Some((place, message)) => {
            tally.applies += 1;
            if tally.merit == Merit::BEST {
                return;
            }
            let merit = Merit::of(rule, content, shape);
            if tally.breaks.is_none() || merit > tally.merit {
                tally.breaks = Some((shape.clone(), place, message.into_owned()));
                tally.merit = merit;
            }
        }
    }
}

/// All rules on content that runs use.
pub(super) fn on_content() -> Vec<Rule> {
    rules().filter(|rule| is_on_content(*rule) && is_for_runs(*rule)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a single deviation can break a rule and no other, the example is such a one.
    #[test]
    fn an_example_breaks_no_other_rule_if_it_can() {
        for (id, shape) in [
            ("descriptor-media-type-is-a-media-type", "config.mediaType=absent"),
            ("descriptor-digest-is-a-digest", "config.digest=absent"),
        ] {
            let rule = rules().find(|rule| rule.id == id).unwrap();
            let found = tally(&[rule]).pop().unwrap();
            assert_eq!(found.breaks.unwrap().0.to_string(), shape, "{id}");
        }
    }
}

//! Which shapes a rule speaks of and which it is silent on: the examples of `rules ID`, the table of `--coverage`.

use crate::exchange::{Exchange, Facts};
use crate::generate::exhaustive;
use crate::render::render;
use crate::shape::Shape;
use crate::spec::{Check, Rule, Versions, report, rules};

/// What a rule did over all shapes with at most one deviation.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// How many it is silent on: they keep it, or it does not speak of them.
    pub silent: usize,
    /// How many it speaks of: where it binds the author they break it.
    pub speaks: usize,
    /// The first of those that it is silent on.
    pub keeps: Option<Shape>,
    /// The first of those that it speaks of, and where and what it says.
    pub breaks: Option<(Shape, String, String)>,
}

/// Whether a rule is on the request and its content; the others are on answers, which no shape shows.
pub(super) fn is_on_content(rule: &Rule) -> bool {
    !matches!(rule.check, Check::Answer(..))
}

/// The tally of each of these rules, in their order.
pub(super) fn tally(chosen: &[&'static Rule], versions: Versions) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); chosen.len()];
    for shape in exhaustive(1) {
        let exchange = render(&shape);
        let facts = Facts::as_meant(&exchange);
        for (rule, tally) in chosen.iter().zip(&mut tallies) {
            add(rule, tally, &shape, &exchange, &facts, versions);
        }
    }
    tallies
}

fn add(rule: &Rule, tally: &mut Tally, shape: &Shape, exchange: &Exchange, facts: &Facts, versions: Versions) {
    match report(rule, exchange, facts, versions).places.into_iter().next() {
        None => {
            tally.silent += 1;
            tally.keeps.get_or_insert_with(|| shape.clone());
        }
        Some((place, message)) => {
            tally.speaks += 1;
            tally.breaks.get_or_insert_with(|| (shape.clone(), place, message));
        }
    }
}

/// All rules on content.
pub(super) fn on_content() -> Vec<&'static Rule> {
    rules().filter(|rule| is_on_content(rule)).collect()
}

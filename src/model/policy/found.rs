//! The judgement on a document that was found rather than pushed: Docker's rules and those on layouts count, too.

use crate::model::document::content::Content;
use crate::model::policy::judge::{breaches_of, decide};
use crate::model::policy::judgement::{Breach, Expect, Judgement};
use crate::model::rule::Level;
use crate::model::rules::image::layer::TAR_LAYER;
use crate::model::rules::pages::docker_rules;

/// Judges a found document: as [`decide`], and a Docker manifest or list by Docker's rules. `differences` are where the content
/// of its layout differs from what it says; those of rules that the versions lack are ignored.
pub fn decide_found(content: &Content<'_>, differences: Vec<Breach>) -> Judgement {
    let mut judgement = decide(content);
    let docker = docker_rules().map(|rule| (rule.check, &rule.info));
    judgement.breaches.extend(docker.flat_map(|(check, rule)| breaches_of(rule, check, content)));
    let differences: Vec<_> = differences.into_iter().filter(|one| one.rule.holds_in(content.versions)).collect();
    // A difference has the type of a tar layer's content, which the model's own breach lacks.
    let is_replaced = |own: &Breach| {
        let of_same = |one: &Breach| one.rule.id == TAR_LAYER.id && one.place.starts_with(&own.place);
        own.rule.id == TAR_LAYER.id && differences.iter().any(of_same)
    };
    judgement.breaches.retain(|own| !is_replaced(own));
    // As for other MUSTs on authors: no rule requires a registry to accept or refuse the document, unless one does already.
    let is_refused = matches!(judgement.expect, Expect::MustReject | Expect::ShouldReject);
    let mut broken = differences.iter().map(|one| one.rule).filter(|rule| rule.level == Level::Must).peekable();
    if broken.peek().is_some() && !is_refused {
        let mut rules = if judgement.expect == Expect::Unspecified { judgement.rules } else { Vec::new() };
        for rule in broken {
            if !rules.iter().any(|known| known.id == rule.id) {
                rules.push(rule);
            }
        }
        let (codes, recommends, breaches) = (&[][..], Vec::new(), judgement.breaches);
        judgement = Judgement { expect: Expect::Unspecified, codes, rules, recommends, why: None, breaches };
    }
    judgement.breaches.extend(differences);
    judgement
}

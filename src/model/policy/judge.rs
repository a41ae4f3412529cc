//! The policy: what the model lets a party do with an exchange. The only place that decides it.
//!
//! A MUST on an author is not a MUST to reject, and no sentence obliges a registry to take every valid manifest.

use std::sync::OnceLock;

use crate::exchange::{Exchange, Facts};
use crate::model::document::content::{Content, DocumentKind};
use crate::model::policy::contradictions::contradictions;
use crate::model::policy::judgement::{Breach, Expect, Judgement, Party};
use crate::model::rule::{Binds, Consequence, ContentRule, Level, Report, Rule, RuleInfo};
use crate::model::rules::pages::{RulesOfPage, pages};
use crate::model::versions::Versions;

/// What `party` may do with the tested request, given what it held. Pure.
pub fn judge(exchange: &Exchange, facts: &Facts, party: Party, versions: Versions) -> Judgement {
    let Party::Registry = party;
    decide(&Content::new(exchange, facts, versions))
}

/// What one rule finds in the tested request, with every place: where the content breaks a rule on the author, or where a
/// rule on the registry applies to it. Empty for a rule on answers.
pub fn report(rule: Rule, content: &Content<'_>) -> Report {
    let mut report = Report::in_full();
    if let Rule::Content(rule) = rule {
        (rule.check)(content, &mut report);
    }
    report
}

/// The judgement on content that was read; see [`judge`].
pub fn decide(content: &Content<'_>) -> Judgement {
    let mut breaches = Vec::new();
    let (mut takes, mut refuses, mut allows): (Vec<&RuleInfo>, Vec<_>, Vec<_>) = (Vec::new(), Vec::new(), Vec::new());
    let mut report = Report::in_full();
    for page in on_content(content.versions).iter().filter(|page| (page.concerns)(content)) {
        for (check, rule) in &page.authors {
            check(content, &mut report);
            if report.applies {
                let places = std::mem::replace(&mut report, Report::in_full()).into_places();
                breaches.extend(places.into_iter().map(|(place, message)| Breach { rule, place, message }));
            }
        }
        takes.extend(applying(&page.takes, content));
        refuses.extend(applying(&page.refuses, content));
        allows.extend(applying(&page.allows, content));
    }
    let verdict = verdict(content, &breaches, takes, &refuses, &allows);
    Judgement { breaches, ..verdict }
}

type OnContent = fn(&Content<'_>, &mut Report);

/// The rules of a page on content, told apart by what follows from them.
struct Sorted {
    concerns: fn(&Content<'_>) -> bool,
    authors: Vec<(OnContent, &'static RuleInfo)>,
    takes: Vec<(OnContent, &'static RuleInfo)>,
    refuses: Vec<(OnContent, WithCodes)>,
    allows: Vec<(OnContent, WithCodes)>,
}

impl Sorted {
    fn new(page: RulesOfPage, versions: Versions) -> Self {
        let (authors, takes, refuses, allows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut sorted = Self { concerns: page.concerns, authors, takes, refuses, allows };
        for ContentRule { info, consequence, check } in page.content.iter().filter(|rule| rule.info.holds_in(versions))
        {
            match consequence {
                Consequence::Breach => sorted.authors.push((*check, info)),
                Consequence::Accept => sorted.takes.push((*check, info)),
                Consequence::Refuse(codes) => sorted.refuses.push((*check, (info, *codes))),
                Consequence::Allow(codes) => sorted.allows.push((*check, (info, *codes))),
            }
        }
        sorted
    }

    fn is_empty(&self) -> bool {
        self.authors.is_empty() && self.takes.is_empty() && self.refuses.is_empty() && self.allows.is_empty()
    }
}

/// The rules on content that hold in these versions, page by page, worked out once for each set.
fn on_content(versions: Versions) -> &'static [Sorted] {
    static SETS: [OnceLock<Vec<Sorted>>; Versions::ALL.len()] = [const { OnceLock::new() }; Versions::ALL.len()];
    let set = Versions::ALL.iter().position(|set| *set == versions).unwrap_or(0);
    let sorted = || pages().into_iter().map(|page| Sorted::new(page, versions));
    SETS[set].get_or_init(|| sorted().filter(|page| !page.is_empty()).collect())
}

/// Those of these rules that speak of the content.
fn applying<T: Copy>(rules: &[(OnContent, T)], content: &Content<'_>) -> impl Iterator<Item = T> {
    rules
        .iter()
        .filter(|(check, _)| {
            let mut report = Report::in_short();
            check(content, &mut report);
            report.applies
        })
        .map(|(_, rule)| *rule)
}

/// A rule that speaks of the content, and the codes of a refusal that it allows or asks for.
type WithCodes = (&'static RuleInfo, &'static [&'static str]);

/// The order of reasons: the policy itself. Leaves the breaches out.
fn verdict(
    content: &Content<'_>,
    breaches: &[Breach],
    mut takes: Vec<&'static RuleInfo>,
    refuses: &[WithCodes],
    allows: &[WithCodes],
) -> Judgement {
    let says = |expect, codes, rules| {
        let (recommends, breaches) = (Vec::new(), Vec::new());
        Judgement { expect, codes, rules, recommends, why: None, breaches }
    };
    // A duty to refuse comes first: it does not depend on what else is wrong with the content.
    if let Some((rule, codes)) = refuses.iter().max_by_key(|(rule, _)| rule.level) {
        let expect = if rule.level == Level::Must { Expect::MustReject } else { Expect::ShouldReject };
        return says(expect, codes, vec![rule]);
    }
    let mut broken: Vec<&RuleInfo> = Vec::new();
    for breach in breaches.iter().filter(|breach| breach.rule.level == Level::Must) {
        if breach.rule.binds == Binds::Author && !broken.iter().any(|rule| rule.id == breach.rule.id) {
            broken.push(breach.rule);
        }
    }
    if !broken.is_empty() || content.sort() == DocumentKind::Foreign {
        return says(Expect::Unspecified, &[], broken);
    }
    let contradiction = contradictions(content).next();
    // Where a refusal is allowed for another reason, it says nothing about a contradiction; and where there is more
    // than one reason, no code can be asked for.
    if !allows.is_empty() {
        let codes = if allows.len() == 1 && contradiction.is_none() { allows[0].1 } else { &[] };
        return says(Expect::MayReject, codes, allows.iter().map(|(rule, _)| *rule).collect());
    }
    if contradiction.is_some() {
        return Judgement { why: contradiction, ..says(Expect::Ambiguous, &[], Vec::new()) };
    }
    let musts: Vec<_> = takes.iter().copied().filter(|rule| rule.level == Level::Must).collect();
    if musts.is_empty() {
        return says(Expect::ShouldAccept, &[], takes);
    }
    takes.retain(|rule| rule.level == Level::Should);
    Judgement { recommends: takes, ..says(Expect::MustAccept, &[], musts) }
}

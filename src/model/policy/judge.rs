//! The policy: derives the expectation for an exchange from the rules that its content breaks or that apply to it.
//!
//! A MUST on the author is not a MUST to refuse, and no sentence requires a registry to accept every valid manifest.

use std::sync::OnceLock;

use crate::model::document::content::{Content, DocumentKind};
use crate::model::policy::contradictions::contradictions;
use crate::model::policy::judgement::{Breach, Expect, Judgement};
use crate::model::rule::{Binds, Consequence, ContentRule, Level, Report, Rule, RuleInfo};
use crate::model::rules::pages::{RulesOfPage, pages};
use crate::model::versions::Versions;

/// Checks a single rule: where the content breaks a rule on the author, or where a rule on the registry applies.
///
/// Empty for rules on answers. Does not check whether the rule holds in the content's versions.
pub fn report(rule: Rule, content: &Content<'_>) -> Report {
    let mut report = Report::with_places();
    if let Rule::Content(rule) = rule {
        (rule.check)(content, &mut report);
    }
    report
}

/// Judges parsed content for a registry; see [`judge`](crate::model::judge).
pub fn decide(content: &Content<'_>) -> Judgement {
    let mut breaches = Vec::new();
    let (mut accepts, mut refuses, mut allows): (Vec<&RuleInfo>, Vec<_>, Vec<_>) = (Vec::new(), Vec::new(), Vec::new());
    for page in on_content(content.versions).iter().filter(|page| (page.concerns)(content)) {
        for (check, rule) in &page.authors {
            breaches.extend(breaches_of(rule, *check, content));
        }
        accepts.extend(applying(&page.accepts, content));
        refuses.extend(applying(&page.refuses, content));
        allows.extend(applying(&page.allows, content));
    }
    let verdict = verdict(content, &breaches, accepts, &refuses, &allows);
    Judgement { breaches, ..verdict }
}

type OnContent = fn(&Content<'_>, &mut Report);

/// The places where the content breaks a rule on its author.
pub(super) fn breaches_of(
    rule: &'static RuleInfo,
    check: OnContent,
    content: &Content<'_>,
) -> impl Iterator<Item = Breach> {
    let mut report = Report::with_places();
    check(content, &mut report);
    report.into_places().into_iter().map(move |(place, message)| Breach { rule, place, message })
}

/// The content rules of a page, grouped by consequence.
struct PageRules {
    concerns: fn(&Content<'_>) -> bool,
    authors: Vec<(OnContent, &'static RuleInfo)>,
    accepts: Vec<(OnContent, &'static RuleInfo)>,
    refuses: Vec<(OnContent, WithCodes)>,
    allows: Vec<(OnContent, WithCodes)>,
}

impl PageRules {
    fn new(page: RulesOfPage, versions: Versions) -> Self {
        let (authors, accepts, refuses, allows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut rules = Self { concerns: page.concerns, authors, accepts, refuses, allows };
        for ContentRule { info, consequence, check } in page.content.iter().filter(|rule| rule.info.holds_in(versions))
        {
            match consequence {
                Consequence::Breach => rules.authors.push((*check, info)),
                Consequence::Accept => rules.accepts.push((*check, info)),
                Consequence::Refuse(codes) => rules.refuses.push((*check, (info, *codes))),
                Consequence::Allow(codes) => rules.allows.push((*check, (info, *codes))),
            }
        }
        rules
    }

    fn is_empty(&self) -> bool {
        self.authors.is_empty() && self.accepts.is_empty() && self.refuses.is_empty() && self.allows.is_empty()
    }
}

/// The content rules that hold in these versions, by page; computed once for each pair of versions.
fn on_content(versions: Versions) -> &'static [PageRules] {
    static SETS: [OnceLock<Vec<PageRules>>; Versions::ALL.len()] = [const { OnceLock::new() }; Versions::ALL.len()];
    let rules = || pages().into_iter().map(|page| PageRules::new(page, versions));
    SETS[versions.index()].get_or_init(|| rules().filter(|page| !page.is_empty()).collect())
}

/// The rules that apply to the content.
fn applying<T: Copy>(rules: &[(OnContent, T)], content: &Content<'_>) -> impl Iterator<Item = T> {
    rules
        .iter()
        .filter(|(check, _)| {
            let mut report = Report::without_places();
            check(content, &mut report);
            report.applies
        })
        .map(|(_, rule)| *rule)
}

/// A rule that requires or allows a refusal, and the codes of that refusal.
type WithCodes = (&'static RuleInfo, &'static [&'static str]);

/// Derives the judgement, without breaches. The order of the cases is the policy.
fn verdict(
    content: &Content<'_>,
    breaches: &[Breach],
    mut accepts: Vec<&'static RuleInfo>,
    refuses: &[WithCodes],
    allows: &[WithCodes],
) -> Judgement {
    let judgement = |expect, codes, rules| {
        let (recommends, breaches) = (Vec::new(), Vec::new());
        Judgement { expect, codes, rules, recommends, why: None, breaches }
    };
    // A required refusal comes first, since it does not depend on anything else in the content.
    if let Some((rule, codes)) = refuses.iter().max_by_key(|(rule, _)| rule.level) {
        let expect = if rule.level == Level::Must { Expect::MustReject } else { Expect::ShouldReject };
        return judgement(expect, codes, vec![rule]);
    }
    let mut broken: Vec<&RuleInfo> = Vec::new();
    for breach in breaches.iter().filter(|breach| breach.rule.level == Level::Must) {
        if breach.rule.binds == Binds::Author && !broken.iter().any(|rule| rule.id == breach.rule.id) {
            broken.push(breach.rule);
        }
    }
    if !broken.is_empty() || content.kind() == DocumentKind::Foreign {
        return judgement(Expect::Unspecified, &[], broken);
    }
    let contradiction = contradictions(content).next();
    // If a refusal is allowed for another reason, it does not show how the target resolves a contradiction. With more
    // than one reason, no code can be required.
    if !allows.is_empty() {
        let codes = if allows.len() == 1 && contradiction.is_none() { allows[0].1 } else { &[] };
        return judgement(Expect::MayReject, codes, allows.iter().map(|(rule, _)| *rule).collect());
    }
    if contradiction.is_some() {
        return Judgement { why: contradiction, ..judgement(Expect::Ambiguous, &[], Vec::new()) };
    }
    let musts: Vec<_> = accepts.iter().copied().filter(|rule| rule.level == Level::Must).collect();
    if musts.is_empty() {
        return judgement(Expect::ShouldAccept, &[], accepts);
    }
    accepts.retain(|rule| rule.level == Level::Should);
    Judgement { recommends: accepts, ..judgement(Expect::MustAccept, &[], musts) }
}

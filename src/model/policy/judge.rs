//! The policy: what the model lets a party do with an exchange. The only place that decides it.
//!
//! A MUST on an author is not a MUST to reject, and no sentence obliges a registry to take every valid manifest.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use crate::exchange::{Exchange, Facts};
use crate::model::document::content::{Content, DocumentKind};
use crate::model::policy::contradictions::contradictions;
use crate::model::rule::{Binds, Check, Level, Report, Rule};
use crate::model::rules::pages::{OfPage, pages};
use crate::model::versions::Versions;

/// Who is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// A registry, which stores.
    Registry,
}

/// What a party may do, without reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expect {
    /// A MUST that binds the party names this content.
    MustAccept,
    /// Valid content with everything it points at, or content that a SHOULD speaks for.
    ShouldAccept,
    /// The specification allows a refusal and may say how it must look.
    MayReject,
    /// The content breaks an author's MUST and no duty of the party follows.
    Unspecified,
    /// A SHOULD of the party asks for a refusal.
    ShouldReject,
    /// A MUST of the party asks for a refusal.
    MustReject,
    /// Documents, versions or schema contradict each other.
    Ambiguous,
}

impl Expect {
    /// As the corpus writes it, without codes and reasons.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MustAccept => "must-accept",
            Self::ShouldAccept => "should-accept",
            Self::MayReject => "may-reject",
            Self::Unspecified => "unspecified",
            Self::ShouldReject => "should-reject",
            Self::MustReject => "must-reject",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// Whether refusing it is against the specification.
    pub fn is_accept(self) -> bool {
        matches!(self, Self::MustAccept | Self::ShouldAccept)
    }

    /// How good: 0 is best. What the marks `valid` and `invalid` of menus go by.
    pub fn rank(self) -> u8 {
        match self {
            Self::MustAccept => 0,
            Self::ShouldAccept => 1,
            _ => 2,
        }
    }
}

/// One place where the content breaks what binds its author.
#[derive(Clone, Debug)]
pub struct Breach {
    /// The rule.
    pub rule: &'static Rule,
    /// A JSON Pointer, or `header:NAME`, `reference`.
    pub place: String,
    /// For the author: what to write instead.
    pub message: Cow<'static, str>,
}

/// What the party may do, and why.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What it may do.
    pub expect: Expect,
    /// The codes that a refusal must or should have; none: any.
    pub codes: &'static [&'static str],
    /// The rules that say so.
    pub rules: Vec<&'static Rule>,
    /// Where it must be accepted, the SHOULDs that speak for it as well.
    pub recommends: Vec<&'static Rule>,
    /// What contradicts what, where the expectation is ambiguous.
    pub why: Option<&'static str>,
    /// Everything in the content that breaks an author's rule, SHOULDs included.
    pub breaches: Vec<Breach>,
}

impl fmt::Display for Judgement {
    /// As the `expect` column has it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.expect.as_str())?;
        match (self.why, self.codes) {
            (Some(why), _) => write!(out, "({why})"),
            (None, []) => Ok(()),
            (None, codes) => write!(out, "({})", codes.join(" ")),
        }
    }
}

/// What `party` may do with the tested request, given what it held. Pure.
pub fn judge(exchange: &Exchange, facts: &Facts, party: Party, versions: Versions) -> Judgement {
    let Party::Registry = party;
    decide(&Content::new(exchange, facts, versions))
}

/// What one rule finds in the tested request, in full: for a rule that binds the author where it is broken, for one that
/// binds the registry where it speaks of the content. Nothing for a rule on answers.
pub fn report(rule: &Rule, content: &Content<'_>) -> Report {
    let mut report = Report::in_full();
    match rule.check {
        Check::Content(check) | Check::Takes(check) | Check::Refuses(_, check) | Check::Allows(_, check) => {
            check(content, &mut report);
        }
        Check::Answer(..) => {}
    }
    report
}

/// The judgement on content that was read; see [`judge`].
pub fn decide(content: &Content<'_>) -> Judgement {
    let mut breaches = Vec::new();
    let (mut takes, mut refuses, mut allows): (Vec<&Rule>, Vec<_>, Vec<_>) = (Vec::new(), Vec::new(), Vec::new());
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
    authors: Vec<(OnContent, &'static Rule)>,
    takes: Vec<(OnContent, &'static Rule)>,
    refuses: Vec<(OnContent, WithCodes)>,
    allows: Vec<(OnContent, WithCodes)>,
}

impl Sorted {
    fn new((rules, concerns): OfPage, versions: Versions) -> Self {
        let (authors, takes, refuses, allows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut page = Self { concerns, authors, takes, refuses, allows };
        for rule in rules.iter().filter(|rule| rule.holds_in(versions)) {
            match rule.check {
                Check::Content(check) => page.authors.push((check, rule)),
                Check::Takes(check) => page.takes.push((check, rule)),
                Check::Refuses(codes, check) => page.refuses.push((check, (rule, codes))),
                Check::Allows(codes, check) => page.allows.push((check, (rule, codes))),
                Check::Answer(..) => {}
            }
        }
        page
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
type WithCodes = (&'static Rule, &'static [&'static str]);

/// The order of reasons: the policy itself. Leaves the breaches out.
fn verdict(
    content: &Content<'_>,
    breaches: &[Breach],
    mut takes: Vec<&'static Rule>,
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
    let mut broken: Vec<&Rule> = Vec::new();
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

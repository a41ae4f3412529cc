//! The table of clauses: every sentence with a key word in the pinned documents, with the rules that judge it or the
//! reason why none does. The table contains hashes and paraphrases; [`Clauses::verify`] needs the documents.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use crate::error::Input;
use crate::model::rule::{Rule, RuleInfo, Source};
use crate::model::rules::pages::{rule, rules};
use crate::model::traceability::sentences::{Sentence, hash, sentences};
use crate::model::versions::{Version, Versions};

const TABLE: &str = include_str!("../../../corpus/clauses.csv");
/// The pages of image-spec on manifests.
const IMAGE_PAGES: [&str; 7] = [
    "manifest.md",
    "image-index.md",
    "descriptor.md",
    "annotations.md",
    "media-types.md",
    "considerations.md",
    "artifact.md",
];
/// Values of `judged_by` other than rules; they require a reason.
const WITHOUT_RULE: [&str; 3] = ["implied", "client-only", "not-a-manifest"];

/// A page of a pinned document.
#[derive(Clone, Debug)]
pub struct Page {
    /// `image-spec` or `distribution-spec`.
    pub document: String,
    /// The document's version.
    pub version: Version,
    /// The file name.
    pub page: String,
    /// The content of the file.
    pub text: String,
}

/// One row of the table.
#[derive(Clone, Debug, serde::Deserialize)]
pub(super) struct ClauseRow {
    pub document: String,
    pub page: String,
    pub section: String,
    pub sentence: String,
    versions: String,
    pub key_words: String,
    pub judged_by: String,
    pub reason: String,
}

/// Counts for one version of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Key words in its pages.
    pub key_words: usize,
    /// Sentences with a key word.
    pub sentences: usize,
    /// Sentences that rules judge.
    pub judged: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key_words, sentences, judged } = self;
        write!(out, "{key_words} key words in {sentences} sentences, {judged} sentences judged by rules")
    }
}

/// The table of clauses.
#[derive(Clone, Debug)]
pub struct Clauses {
    rows: Vec<ClauseRow>,
}

/// The key of a row: document, page, section, hash of the sentence.
type ClauseKey = (String, String, String, String);

impl Clauses {
    /// The table of this version of the model.
    ///
    /// # Errors
    ///
    /// As [`Clauses::read`].
    pub fn own() -> Result<Self, Input> {
        Self::read(TABLE)
    }

    /// Reads a table from CSV.
    ///
    /// # Errors
    ///
    /// The first malformed line.
    pub fn read(csv: &str) -> Result<Self, Input> {
        let invalid =
            |error: csv::Error| Input::value("invalid table of clauses", error.to_string(), "correct that line");
        let rows = csv::Reader::from_reader(csv.as_bytes()).into_deserialize().collect::<Result<_, _>>();
        Ok(Self { rows: rows.map_err(invalid)? })
    }

    pub(super) fn rows(&self) -> &[ClauseRow] {
        &self.rows
    }

    /// Compares the table with the pages of the specifications. Returns the problems, one line each, and the counts for
    /// each version of each document.
    pub fn verify(&self, pages: &[Page]) -> (Vec<String>, BTreeMap<(String, Version), Tally>) {
        let mut problems = Vec::new();
        let mut tallies: BTreeMap<(String, Version), Tally> = BTreeMap::new();
        let mut found: HashSet<(ClauseKey, Version)> = HashSet::new();
        let rows: BTreeMap<ClauseKey, &ClauseRow> = self.rows.iter().map(|row| (row.place(), row)).collect();
        let is_pinned = |page: &&Page| page.document != "image-spec" || IMAGE_PAGES.contains(&page.page.as_str());
        for page in pages.iter().filter(is_pinned) {
            let tally = tallies.entry((page.document.clone(), page.version)).or_default();
            for sentence in sentences(&page.text) {
                let words = sentence.key_words();
                if words.is_empty() {
                    continue;
                }
                tally.key_words += words.len();
                tally.sentences += 1;
                let hash = hash(&sentence.text);
                let place = (page.document.clone(), page.page.clone(), sentence.section.clone(), hash.clone());
                let at = format!("{} {}, {} line {}", page.document, page.version, page.page, sentence.line);
                let Some(row) = rows.get(&place).filter(|row| row.has(page.version)) else {
                    problems.push(format!(
                        "{at}: no row has sentence {hash} of #{} ({})",
                        sentence.section,
                        words.join(" ")
                    ));
                    continue;
                };
                let mut distinct = words;
                distinct.sort();
                distinct.dedup();
                if row.key_words != distinct.join(" ") {
                    problems.push(format!(
                        "{at}: row {hash} has key words {}, expected {}",
                        row.key_words,
                        distinct.join(" ")
                    ));
                }
                tally.judged += usize::from(row.is_judged());
                found.insert((place, page.version));
            }
        }
        for row in &self.rows {
            row.verify(&mut problems);
            for version in row.versions().into_iter().flatten() {
                let is_there = pages.iter().any(|page| page.document == row.document && page.version == version);
                if is_there && !found.contains(&(row.place(), version)) {
                    problems.push(format!(
                        "row {}: {} of {} {version} has no such sentence",
                        row.sentence, row.page, row.document
                    ));
                }
            }
        }
        let mut pinned: Vec<_> =
            self.rows.iter().flat_map(|row| row.versions().into_iter().flatten().map(|v| (&row.document, v))).collect();
        pinned.sort();
        pinned.dedup();
        for (document, version) in pinned {
            if !pages.iter().any(|page| page.document == *document && page.version == version) {
                problems.push(format!("rows refer to {document} {version}, but no page of it was given"));
            }
        }
        rules().for_each(|rule| self.verify_rule(rule.info(), pages, &mut problems));
        (problems, tallies)
    }

    /// Checks that a rule's sentence is on its page, and that a row names the rule if the sentence has a key word. If
    /// an older version or the main branch states the rule differently, a row of that version must name it.
    fn verify_rule(&self, rule: &'static RuleInfo, pages: &[Page], problems: &mut Vec<String>) {
        let document = rule.clause.document.as_str();
        // The rule must hold in every version that has its sentence.
        let is_same_page = |page: &&Page| page.document == document && page.page == rule.clause.page;
        for page in pages.iter().filter(is_same_page).filter(|page| !holds_with(rule, document, page.version)) {
            let has_it = |own: Sentence| hash(&own.text) == rule.clause.sentence && own.section == rule.clause.section;
            if sentences(&page.text).any(has_it) {
                let version = page.version;
                problems.push(format!(
                    "rule {}: {document} {version} has its sentence, but its span leaves it out",
                    rule.id
                ));
            }
        }
        let named = |row: &&ClauseRow| row.page == rule.clause.page && row.rule_ids().any(|id| id == rule.id);
        for (i, version) in versions_of(rule).into_iter().enumerate() {
            let own =
                |page: &&Page| page.document == document && page.version == version && page.page == rule.clause.page;
            let Some(page) = pages.iter().find(own) else {
                // For release candidates, only pages that the release lacks are pinned.
                if i == 0 {
                    let page = rule.clause.page;
                    problems.push(format!("rule {}: {page} of {document} {version} is missing", rule.id));
                }
                continue;
            };
            let Some(sentence) = sentences(&page.text).find(|sentence| hash(&sentence.text) == rule.clause.sentence)
            else {
                if i == 0 || !self.rows.iter().filter(named).any(|row| row.has(version)) {
                    let page = &page.page;
                    problems.push(format!("rule {}: its sentence is not in {page} of {document} {version}", rule.id));
                }
                continue;
            };
            let needs_row = !sentence.key_words().is_empty()
                && (document != "image-spec" || IMAGE_PAGES.contains(&rule.clause.page));
            if needs_row && !self.rows.iter().filter(named).any(|row| row.sentence == rule.clause.sentence) {
                problems.push(format!("rule {}: no row of its sentence {} names it", rule.id, rule.clause.sentence));
            }
        }
    }
}

/// The versions of its document in which a rule holds, newest first and unreleased last; empty for RFCs and Docker's pages.
fn versions_of(rule: &RuleInfo) -> Vec<Version> {
    let of_document: fn(Versions) -> Version = match rule.clause.document {
        Source::ImageSpec => |versions| versions.image,
        Source::DistributionSpec => |versions| versions.distribution,
        Source::Http | Source::Json | Source::Docker => return Vec::new(),
    };
    let mut held: Vec<_> = Versions::ALL.into_iter().filter(|set| rule.holds_in(*set)).map(of_document).collect();
    // A rule cites the sentence of the newest release that has it.
    held.sort_by_key(|version| (*version == Version::DEV, Reverse(*version)));
    held.dedup();
    held
}

/// Whether a rule holds in a pair of versions that contains this version of this document.
fn holds_with(rule: &RuleInfo, document: &str, version: Version) -> bool {
    let of_document = |set: Versions| if document == "image-spec" { set.image } else { set.distribution };
    Versions::ALL.into_iter().any(|set| of_document(set) == version && rule.holds_in(set))
}

impl ClauseRow {
    fn place(&self) -> ClauseKey {
        (self.document.clone(), self.page.clone(), self.section.clone(), self.sentence.clone())
    }

    fn versions(&self) -> Result<Vec<Version>, Input> {
        self.versions.split(' ').map(str::parse).collect()
    }

    pub(super) fn has(&self, version: Version) -> bool {
        self.versions().is_ok_and(|versions| versions.contains(&version))
    }

    pub(super) fn is_judged(&self) -> bool {
        !WITHOUT_RULE.contains(&self.judged_by.as_str())
    }

    pub(super) fn rule_ids(&self) -> impl Iterator<Item = &str> {
        self.judged_by.split(' ').filter(|_| self.is_judged())
    }

    /// Checks the row without the specifications.
    fn verify(&self, problems: &mut Vec<String>) {
        let mut add = |what: String| problems.push(format!("row {} of {}: {what}", self.sentence, self.page));
        let versions = match self.versions() {
            Ok(versions) => versions,
            Err(error) => return add(error.to_string()),
        };
        if !self.is_judged() {
            if self.reason.is_empty() {
                add(format!("{} without a reason", self.judged_by));
            }
            return;
        }
        let judging: Vec<&RuleInfo> = self.rule_ids().filter_map(rule).map(Rule::info).collect();
        for id in self.rule_ids().filter(|id| rule(id).is_none()) {
            add(format!("unknown rule `{id}`"));
        }
        for rule in judging {
            for version in versions.iter().filter(|version| !holds_with(rule, &self.document, **version)) {
                add(format!("{} does not hold in {version}", rule.id));
            }
        }
    }
}

//! The table of clauses beside the specifications: every sentence with a key word is accounted for.

use std::path::{Path, PathBuf};

use manifuzz::model::{Clauses, Page, Tally};

const TABLE: &str = include_str!("../../corpus/clauses.csv");

fn specs() -> Option<PathBuf> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/specs");
    if specs.is_dir() {
        return Some(specs);
    }
    println!("skipped: there are no specifications at {}", specs.display());
    None
}

fn pages() -> Option<Vec<Page>> {
    let mut pages = Vec::new();
    for folder in std::fs::read_dir(specs()?).unwrap().map(|entry| entry.unwrap().path()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let main = || name.strip_suffix("-main").map(|document| (document, "dev"));
        let Some((document, version)) = name.rsplit_once("-v").or_else(main) else { continue };
        for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|end| end == "md") {
                let page = file.file_name().unwrap().to_str().unwrap().to_owned();
                let text = std::fs::read_to_string(&file).unwrap();
                pages.push(Page { document: document.to_owned(), version: version.parse().unwrap(), page, text });
            }
        }
    }
    Some(pages)
}

fn wrong(table: &str, pages: &[Page]) -> Vec<String> {
    Clauses::read(table).unwrap().verify(pages).0
}

#[test]
fn every_sentence_with_a_key_word_has_its_row() {
    let Some(pages) = pages() else { return };
    let (wrong, tallies) = Clauses::own().unwrap().verify(&pages);
    assert!(wrong.is_empty(), "{wrong:#?}");
    let count = |document: &str| {
        let tally = tallies.get(&(document.to_owned(), "1.1.1".parse().unwrap()));
        tally.cloned().unwrap_or_else(Tally::default).key_words
    };
    assert_eq!((count("image-spec"), count("distribution-spec")), (156, 202));
}

#[test]
fn a_row_that_is_removed_is_missed() {
    removed_rows_are_missed(70);
}

#[test]
#[ignore = "slow: verifies the table some hundred times"]
fn every_seventh_row_that_is_removed_is_missed() {
    removed_rows_are_missed(7);
}

fn removed_rows_are_missed(step: usize) {
    let Some(pages) = pages() else { return };
    let lines: Vec<&str> = TABLE.lines().collect();
    for removed in (1..lines.len()).step_by(step) {
        let table: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != removed).map(|(_, line)| *line).collect();
        let hash = lines[removed].split(',').nth(3).unwrap();
        let wrong = wrong(&table.join("\n"), &pages);
        assert!(wrong.iter().any(|line| line.contains(hash)), "{}: {wrong:?}", lines[removed]);
    }
}

#[test]
fn a_rule_that_loses_its_row_is_missed() {
    let Some(pages) = pages() else { return };
    for rule in ["push-keeps-exact-bytes", "manifest-schema-version-is-2", "referrers-of-nobody-are-an-empty-list"] {
        let lines = TABLE.lines().map(|line| match line.contains(&format!(",{rule},")) {
            true => line.replace(&format!(",{rule},"), ",implied,for no good reason"),
            false => line.to_owned(),
        });
        let wrong = wrong(&lines.collect::<Vec<_>>().join("\n"), &pages);
        assert!(wrong.iter().any(|line| line.starts_with(&format!("rule {rule}:"))), "{rule}: {wrong:?}");
    }
    let unknown = wrong(&TABLE.replace(",push-keeps-exact-bytes,", ",no-such-rule,"), &pages);
    assert!(unknown.iter().any(|line| line.contains("unknown rule `no-such-rule`")), "{unknown:?}");
}

#[test]
fn a_rule_is_credited_with_no_version_that_it_does_not_have() {
    let Some(pages) = pages() else { return };
    let wrong_of = |from: &str, to: &str| {
        assert!(TABLE.contains(from), "{from}");
        wrong(&TABLE.replace(from, to), &pages)
    };
    // The sentence is in every version of image-spec, but the rule came with version 1.1 of distribution-spec.
    let found = wrong_of(
        "4cc2e539ccc6fd17,1.0.1 1.0.2 1.1.0 1.1.1 dev,MUST,implied,",
        "4cc2e539ccc6fd17,1.0.1 1.0.2 1.1.0 1.1.1 dev,MUST,registry-refuses-another-bodys-digest,",
    );
    for version in ["1.0.1", "1.0.2"] {
        let expected = format!("registry-refuses-another-bodys-digest does not hold in {version}");
        assert!(found.iter().any(|line| line.ends_with(&expected)), "{found:?}");
    }
    // Every rule of a row must hold, not just one.
    let found = wrong_of(",missing-manifest-answers-404,", ",missing-manifest-answers-404 referrers-answer-200,");
    assert!(found.iter().any(|line| line.ends_with("referrers-answer-200 does not hold in 1.0.1")), "{found:?}");
}

/// A rule is missed in an older version that has its sentence already.
#[test]
fn a_rule_holds_wherever_its_sentence_is() {
    let Some(mut pages) = pages() else { return };
    let sentence = "If manifest deletion is disabled, the registry MUST respond with either a `400 Bad Request` or a `405 Method Not Allowed`.";
    let old = pages.iter_mut().find(|page| page.page == "spec.md" && page.version.to_string() == "1.1.0").unwrap();
    old.text = old.text.replace("##### Deleting Manifests\n", &format!("##### Deleting Manifests\n\n{sentence}\n"));
    let expected = "rule disabled-delete-of-manifests-answers-400-or-405: distribution-spec 1.1.0 has its sentence";
    let wrong = wrong(TABLE, &pages);
    assert!(wrong.iter().any(|line| line.starts_with(expected)), "{wrong:?}");
}

#[test]
fn a_sentence_that_changes_is_missed_where_it_was_and_where_it_is() {
    let Some(mut pages) = pages() else { return };
    let page = pages.iter_mut().find(|page| page.page == "manifest.md" && page.version.to_string() == "1.1.1").unwrap();
    page.text = page.text.replace("Each item in the array MUST be", "Each item of the array MUST be");
    let wrong = wrong(TABLE, &pages);
    assert!(wrong.iter().any(|line| line.contains("no row has sentence")), "{wrong:?}");
    assert!(wrong.iter().any(|line| line.contains("has no such sentence")), "{wrong:?}");
    assert!(wrong.iter().any(|line| line.starts_with("rule manifest-layers-are-descriptors:")), "{wrong:?}");
}

/// Nothing of a specification's text stands in the project: no run of eight words of a sentence with a key word.
#[test]
fn the_table_quotes_no_sentence_of_a_specification() {
    let Some(pages) = pages() else { return };
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
    };
    let table = format!(" {} ", words(TABLE).join(" "));
    for page in &pages {
        for sentence in manifuzz::model::sentences(&page.text).filter(|sentence| !sentence.key_words().is_empty()) {
            for run in words(&sentence.text).windows(8) {
                assert!(!table.contains(&format!(" {} ", run.join(" "))), "{}: {run:?}", page.page);
            }
        }
    }
}

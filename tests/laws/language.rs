//! The wording of sources, messages and pages: plain engineering English, without the phrases below.

use std::path::{Path, PathBuf};

/// Phrases and what to write instead. Each is matched in lower case and anywhere in a line.
const PHRASES: &[(&str, &str)] = &[
    (" is no ", "is not a, is invalid, is absent"),
    (" are no ", "are not, are absent"),
    (" of its own", "own, separate"),
    (" of their own", "own, separate"),
    ("nobody ", "no one in particular: name the subject"),
    ("whoever", "name the subject"),
    ("by birth", "by construction"),
    ("the whole of it", "all of it"),
    ("where there is none", "if absent"),
    ("there is none of", "unknown, expected one of"),
    ("a sort of", "a kind of"),
];

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The line in lower case, without hyphenated tokens (rule ids, quirk names and entries of shapes are fixed) and byte
/// strings (content that is sent). "There is no" and "is
/// no longer" are plain English.
fn prose(line: &str) -> String {
    let line = line.split("b\"").enumerate().map(|(i, part)| match part.split_once('"') {
        Some((_, after)) if i > 0 => after,
        _ => part,
    });
    let line = line.collect::<String>();
    let is_id = |token: &&str| token.trim_matches(|c: char| !c.is_alphanumeric()).contains('-');
    let words = line.split_whitespace().filter(|token| !is_id(token));
    let text = format!(" {} ", words.collect::<Vec<_>>().join(" ").to_lowercase());
    ["there is no ", "there are no ", " is no longer", " are no longer", " are no more"]
        .iter()
        .fold(text, |text, plain| text.replace(plain, " "))
}

fn phrases_in(text: &str) -> Vec<(usize, &'static str, &'static str)> {
    let lines = text.lines().enumerate().map(|(i, line)| (i + 1, prose(line)));
    lines
        .flat_map(|(number, line)| {
            let found = PHRASES.iter().filter(move |(phrase, _)| line.contains(phrase));
            found.map(move |(phrase, instead)| (number, *phrase, *instead))
        })
        .collect()
}

#[test]
fn sources_and_readme_hold_no_phrase_of_the_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("README.md")];
    sources(&root.join("src"), &mut files);
    assert!(files.len() > 50, "{} files", files.len());
    let mut found = String::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        for (line, phrase, instead) in phrases_in(&text) {
            let place = file.strip_prefix(root).unwrap().display();
            found.push_str(&format!("\n{place}:{line}: `{}`; write: {instead}", phrase.trim()));
        }
    }
    assert!(found.is_empty(), "{} phrases:{found}", found.lines().count() - 1);
}

#[test]
fn a_phrase_is_found_in_prose_and_not_in_an_id() {
    assert_eq!(phrases_in("/// It is no shape, whoever\n/// drew it.").len(), 2);
    assert_eq!(phrases_in("(\"referrers-of-nobody-are-an-empty-list\", \"text.value=by-birth\")"), []);
    assert_eq!(phrases_in("a value that is none"), []);
    assert_eq!(phrases_in("there is no slot; sha256(b\"what nobody pushed\")"), []);
}

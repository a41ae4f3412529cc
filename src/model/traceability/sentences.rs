//! Sentences of a specification page, their key words and hashes. Rules refer to sentences by hash, so the project
//! contains no text of the specifications.

use crate::exchange::sha256;

/// A sentence of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The anchor of its section; empty before the first heading.
    pub section: String,
    /// The number of its first line, from 1.
    pub line: usize,
    /// Its text, with normalised white space and without list and quote markers.
    pub text: String,
}

impl Sentence {
    /// Its RFC 2119 key words in order, negations as `MUST-NOT`. SHALL is excluded: the pinned documents only define
    /// it.
    pub fn key_words(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let words: Vec<&str> = self.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
        for (i, word) in words.iter().enumerate() {
            let after = words.get(i + 1).copied();
            match *word {
                "MUST" | "SHOULD" if after == Some("NOT") => found.push(format!("{word}-NOT")),
                "RECOMMENDED" if i > 0 && words[i - 1] == "NOT" => found.push("NOT-RECOMMENDED".to_owned()),
                "MUST" | "SHOULD" | "MAY" | "REQUIRED" | "OPTIONAL" | "RECOMMENDED" => found.push((*word).to_owned()),
                _ => {}
            }
        }
        found
    }
}

/// The sentences of a Markdown page. A sentence ends at `.`, `:` or `;` before white space, and at the end of a line.
pub fn sentences(markdown: &str) -> impl Iterator<Item = Sentence> + '_ {
    let mut section = String::new();
    markdown.lines().enumerate().flat_map(move |(i, line)| {
        let line = line.trim();
        if line.starts_with('#') && line.trim_start_matches('#').starts_with(' ') {
            section = anchor(line.trim_start_matches('#').trim());
        }
        let line = line.trim_start_matches(['-', '*', '>', ' ']).trim_start();
        let line = match line.split_once(". ") {
            Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty() => rest,
            _ => line,
        };
        let mut found = Vec::new();
        let mut text = String::new();
        for word in line.split_whitespace() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
            if word.ends_with(['.', ':', ';']) {
                found.push(std::mem::take(&mut text));
            }
        }
        if !text.is_empty() {
            found.push(text);
        }
        let section = section.clone();
        found.into_iter().map(move |text| Sentence { section: section.clone(), line: i + 1, text })
    })
}

/// The anchor of a heading: lower case, spaces as dashes, only letters, digits and dashes.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept: String = lower.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-')).collect();
    kept.trim().replace(' ', "-")
}

/// The first 16 hex digits of the SHA-256 of a sentence with normalised white space.
pub fn hash(sentence: &str) -> String {
    sha256(sentence.as_bytes())[7..23].to_owned()
}

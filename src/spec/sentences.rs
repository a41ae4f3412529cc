//! Sentences of a specification's page and their hashes: how a rule names its sentence without holding it.

use crate::exchange::sha256;

/// The sentences of a Markdown page, white space normalised, list markers and block quotes taken off.
/// A sentence ends at `.`, `:` or `;` before white space, and at the end of a line.
pub fn sentences(markdown: &str) -> impl Iterator<Item = String> + '_ {
    markdown.lines().flat_map(|line| {
        let line = line.trim().trim_start_matches(['-', '*', '>', ' ']).trim_start();
        let line = match line.split_once(". ") {
            Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty() => rest,
            _ => line,
        };
        let mut found = Vec::new();
        let mut sentence = String::new();
        for word in line.split_whitespace() {
            if !sentence.is_empty() {
                sentence.push(' ');
            }
            sentence.push_str(word);
            if word.ends_with(['.', ':', ';']) {
                found.push(std::mem::take(&mut sentence));
            }
        }
        if !sentence.is_empty() {
            found.push(sentence);
        }
        found
    })
}

/// The first 16 hex digits of the SHA-256 of a sentence whose white space is normalised.
pub fn hash(sentence: &str) -> String {
    sha256(sentence.as_bytes())[7..23].to_owned()
}

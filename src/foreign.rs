//! Escapes untrusted text (of a server, a corpus, a document, an argument) where it enters a finding or a message, so that it
//! cannot control the terminal or mislead the reader with invisible characters.
//!
//! Backslashes are not escaped, so escaping is idempotent; the result is for display and cannot be unescaped.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Escapes invisible characters as in `\u{202e}`: C0, DEL and C1 controls, bidirectional formatting, zero-width characters,
/// line and paragraph separators, tags. Newline, carriage return and tab become `\n`, `\r` and `\t`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push(&mut out, c));
    Cow::Owned(out)
}

/// [`Escapes`](escaped) the text and truncates it to at most `most` characters, ending with `…`. Escapes are not split.
pub fn bounded(text: &str, most: usize) -> String {
    let mut out = String::new();
    // The length in characters so far, and where to cut if the text turns out to be too long.
    let (mut length, mut cut) = (0, 0);
    for c in text.chars() {
        let before = out.len();
        push(&mut out, c);
        // Escapes are ASCII, so bytes are characters.
        length += if is_invisible(c) { out.len() - before } else { 1 };
        if length > most {
            out.truncate(cut);
            out.extend(Some('…').filter(|_| most > 0));
            return out;
        }
        if length < most {
            cut = out.len();
        }
    }
    out
}

/// Writes invisible characters in JSON strings as JSON escapes. The value is unchanged.
pub fn json_escaped(json: &str) -> Cow<'_, str> {
    // JSON requires controls below U+0020 to be escaped in strings; outside they are white space.
    let is_raw = |c: char| is_invisible(c) && c >= '\u{7f}';
    if !json.contains(is_raw) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_raw(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn push(out: &mut String, c: char) {
    match c {
        '\n' | '\r' | '\t' => out.extend(c.escape_default()),
        c if is_invisible(c) => out.extend(c.escape_unicode()),
        c => out.push(c),
    }
}

/// Controls, separators, and Unicode's default-ignorable characters.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_escaped() {
        for (text, is) in [
            ("plain, Größe 世界 🦀 \\ \\u{202e}", "plain, Größe 世界 🦀 \\ \\u{202e}"),
            ("a\u{1b}[2J\u{0}\u{7f}", "a\\u{1b}[2J\\u{0}\\u{7f}"),
            ("x\n\r\ty", "x\\n\\r\\ty"),
            ("\u{9b}31m\u{85}", "\\u{9b}31m\\u{85}"),
            ("\u{202e}\u{2066}\u{200f}\u{61c}", "\\u{202e}\\u{2066}\\u{200f}\\u{61c}"),
            ("\u{200b}\u{200d}\u{2060}\u{feff}", "\\u{200b}\\u{200d}\\u{2060}\\u{feff}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{e0041}\u{e007f}", "\\u{e0041}\\u{e007f}"),
        ] {
            assert_eq!(escaped(text), is);
            assert_eq!(escaped(&escaped(text)), is, "idempotent");
        }
        assert!(matches!(escaped("nothing to do"), Cow::Borrowed(_)));
    }

    #[test]
    fn truncation_does_not_split_escapes() {
        assert_eq!(bounded("abc", 3), "abc");
        assert_eq!(bounded("abcd", 3), "ab…");
        assert_eq!(bounded("äöüß", 3), "äö…");
        assert_eq!(bounded("ab\u{202e}", 10), "ab\\u{202e}");
        for most in 3..10 {
            assert_eq!(bounded("ab\u{202e}", most), "ab…", "{most}");
        }
        assert_eq!(bounded("ab\u{202e}c", 10), "ab…");
        assert_eq!(bounded("abc", 0), "");
        for most in 0..40 {
            let text = bounded("\u{1b}a\u{e0041}\n世\u{85}bcdefghijklmnop", most);
            assert!(text.chars().count() <= most && bounded(&text, most) == text, "{most}: {text}");
        }
    }

    #[test]
    fn escaped_json_has_the_same_value() {
        let value = serde_json::json!({ "a\u{202e}\u{7f}": "\u{85}\u{e0041}\u{feff}\u{2028}\u{1b}\n", "b": "ü" });
        for json in [value.to_string(), format!("{value:#}\n")] {
            let escaped = json_escaped(&json);
            assert!(!escaped.contains(|c| is_invisible(c) && c != '\n'), "{escaped}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).expect("JSON"), value);
        }
    }
}

//! Text of others: of a server, a corpus, a document, an argument. Escaped once, where it enters a finding or a message,
//! so that no terminal obeys it and no reader is misled by what cannot be seen.
//!
//! A backslash in the text is left alone, so escaping twice changes nothing; the result is for reading, and is never
//! turned back. Open to all.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every invisible character written as `\u{202e}`: C0, DEL and C1 controls, what changes the direction of
/// the text, what has no width, line and paragraph separators, tags. A newline, a return and a tab are `\n`, `\r`, `\t`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push(&mut out, c));
    Cow::Owned(out)
}

/// The text [`escaped`], and cut to at most `most` characters; a cut text ends with `…`. No escape is cut in two.
pub fn bounded(text: &str, most: usize) -> String {
    let mut out = String::new();
    // The length in characters so far, and where the text is cut if it turns out to be too long.
    let (mut length, mut cut) = (0, 0);
    for c in text.chars() {
        let before = out.len();
        push(&mut out, c);
        // What is pushed for an invisible character is ASCII.
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

/// JSON with every invisible character of its strings in JSON's own escapes: it reads back as the same.
pub fn json_escaped(json: &str) -> Cow<'_, str> {
    // Controls below U+0080 but DEL are escaped by JSON itself; outside of strings they are white space.
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

/// Controls, separators, and what Unicode calls ignorable by default: it is not shown, or changes what is.
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
    fn what_cannot_be_seen_is_written_out() {
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
            assert_eq!(escaped(&escaped(text)), is, "twice is as once");
        }
        assert!(matches!(escaped("nothing to do"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_cut_never_leaves_half_an_escape() {
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
    fn json_reads_back_as_it_was() {
        let value = serde_json::json!({ "a\u{202e}\u{7f}": "\u{85}\u{e0041}\u{feff}\u{2028}\u{1b}\n", "b": "ü" });
        for json in [value.to_string(), format!("{value:#}\n")] {
            let escaped = json_escaped(&json);
            assert!(!escaped.contains(|c| is_invisible(c) && c != '\n'), "{escaped}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).expect("JSON"), value);
        }
    }
}

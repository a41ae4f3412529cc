//! Foreign text in Markdown: it neither formats, nor links, nor notifies people on GitHub.

use crate::foreign::escaped;

/// Text outside of code.
pub(super) fn escape(text: &str) -> String {
    let line = text.replace(char::is_control, " ");
    let mut out = String::with_capacity(line.len());
    for c in escaped(&line).chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            c => out.push(c),
        }
    }
    out
}

/// A code span, with a fence longer than any in the text.
pub(super) fn code(text: &str) -> String {
    let text = escaped(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_neither_formats_nor_notifies() {
        assert_eq!(escape("<b>@octocat|`x`\n[a](b)"), "&lt;b&gt;&#64;octocat\\|\\`x\\` \\[a\\](b)");
        assert_eq!(escape("a\u{202e}&#64;b"), "a\\\\u{202e}&amp;\\#64;b");
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b\n```"), "```` a``b\\n``` ````");
    }
}

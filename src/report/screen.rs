//! What tables may use of the place to which they are printed: its width, and colours.

use std::borrow::Cow;

use console::{Style, Term, measure_text_width, truncate_str};

use crate::compare::Grade;

/// The width of a terminal of unknown width, in columns.
const DEFAULT_WIDTH: usize = 80;

/// The place to which a table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// In columns; `None` if nothing needs to be cut.
    pub(super) width: Option<usize>,
    pub(super) has_colours: bool,
}

impl Screen {
    /// Standard output. Only a terminal has a width and colours, and no colours if `NO_COLOR` is set.
    pub fn stdout() -> Self {
        let terminal = Term::stdout();
        if !terminal.features().is_attended() {
            return Self { width: None, has_colours: false };
        }
        // In a container, the width may be 0.
        let width = terminal.size_checked().map(|(_, columns)| usize::from(columns)).filter(|width| *width > 0);
        Self { width: Some(width.unwrap_or(DEFAULT_WIDTH)), has_colours: console::colors_enabled() }
    }

    /// The columns that are left after an indentation.
    pub(super) fn room(self, indentation: usize) -> usize {
        self.width.map_or(usize::MAX, |width| width.saturating_sub(indentation))
    }

    /// A grade, in its colour.
    pub(super) fn grade(self, grade: Grade) -> String {
        let style = match grade {
            Grade::Violation => Style::new().red().bold(),
            Grade::Warning => Style::new().yellow().bold(),
            Grade::Note => Style::new().cyan(),
        };
        self.styled(&style, grade.as_str())
    }

    /// Text that matters.
    pub(super) fn strong(self, text: &str) -> String {
        self.styled(&Style::new().bold(), text)
    }

    /// Text that matters less.
    pub(super) fn faint(self, text: &str) -> String {
        self.styled(&Style::new().dim(), text)
    }

    fn styled(self, style: &Style, text: &str) -> String {
        style.clone().force_styling(self.has_colours).apply_to(text).to_string()
    }
}

/// The text, or its beginning and `…` if it needs more columns than these.
pub(super) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if columns == 0 { Cow::Borrowed("") } else { truncate_str(text, columns, "…") }
}

/// The columns that a text needs.
pub(super) fn columns(text: &str) -> usize {
    measure_text_width(text)
}

/// The text as lines of at most so many columns, broken between words. Longer words are cut.
pub(super) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().map(|word| cut(word, most)) {
        match lines.last_mut() {
            Some(line) if columns(line).saturating_add(1 + columns(&word)) <= most => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word.into_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_and_wrapped_by_columns_not_characters() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("登録簿登録簿", 6), "登録…");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(wrapped("any malformed digest", 13), ["any malformed", "digest"]);
        assert_eq!(wrapped("supercalifragilistic a", 5), ["supe…", "a"]);
        assert_eq!(wrapped("any malformed digest", usize::MAX), ["any malformed digest"]);
    }
}

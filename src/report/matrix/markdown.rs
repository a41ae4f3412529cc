//! The table as Markdown.

use std::fmt::Write as _;

use super::cells::Matrix;
use super::{footnotes, sign, words};
use crate::report::markdown_text::escape;

/// The table with targets as rows and flavours as columns, followed by footnotes and the evidence of each row.
pub fn matrix_markdown(matrix: &Matrix) -> String {
    let mut out = String::new();
    let mut row = |cells: &[String]| {
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    };
    let heads = std::iter::once("target".to_owned()).chain(matrix.flavours.iter().map(|name| escape(name)));
    row(&heads.collect::<Vec<_>>());
    row(&vec!["---".to_owned(); matrix.flavours.len() + 1]);
    let remarks = matrix.remarks();
    for line in &matrix.lines {
        let cells = line.cells.iter().map(|cell| {
            let marks: String = footnotes(&remarks, &line.target, cell).iter().map(|at| format!(" [{at}]")).collect();
            format!("{} {}{marks}", sign(cell), escape(&words(cell))).trim_end().to_owned()
        });
        row(&std::iter::once(escape(&line.head())).chain(cells).collect::<Vec<_>>());
    }
    out.push('\n');
    for (at, (target, text)) in remarks.iter().enumerate() {
        let _ = writeln!(out, "{}. {}: {}", at + 1, escape(target), escape(text));
    }
    out.push('\n');
    for line in &matrix.lines {
        let _ = writeln!(out, "- {}: {}, {}", escape(&line.head()), escape(&line.date), escape(&line.source));
    }
    out
}

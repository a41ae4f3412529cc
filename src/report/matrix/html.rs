//! The table as a self-contained HTML page.

use maud::{DOCTYPE, html};

use super::cells::{CellOutcome, Matrix};
use super::{footnotes, sign, words};

const STYLE: &str = "body{font:14px system-ui,sans-serif;margin:2em}table{border-collapse:collapse}\
th,td{border:1px solid #ccc;padding:.4em .6em;vertical-align:top;text-align:left;max-width:18em}\
.accepted{background:#e7f6e7}.rejected{background:#fbe6e6}.not-tested{background:#eee}\
.uncertain{background-image:repeating-linear-gradient(45deg,transparent 0 6px,#0001 6px 9px)}";

/// The HTML page. The template escapes all text.
pub fn matrix_html(matrix: &Matrix) -> String {
    let remarks = matrix.remarks();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "How registries handle manifests" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                table {
                    thead { tr { th { "target" } @for name in &matrix.flavours { th { (name) } } } }
                    tbody {
                        @for line in &matrix.lines {
                            tr {
                                th { (line.head()) }
                                @for cell in &line.cells {
                                    td class=(class(cell.outcome, cell.uncertain.is_some())) title=(cell.shape) {
                                        (sign(cell)) " " (words(cell))
                                        @for at in footnotes(&remarks, &line.target, cell) {
                                            " " sup { a href=(format!("#note-{at}")) { (at) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                ol {
                    @for (at, (target, text)) in remarks.iter().enumerate() {
                        li id=(format!("note-{}", at + 1)) { (target) ": " (text) }
                    }
                }
                ul { @for line in &matrix.lines { li { (line.head()) ": " (line.date) ", " (line.source) } } }
            }
        }
    };
    page.into_string()
}

fn class(outcome: CellOutcome, is_uncertain: bool) -> String {
    format!("{}{}", outcome.as_str(), if is_uncertain { " uncertain" } else { "" })
}

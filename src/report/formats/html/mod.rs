//! `html`: a page to explore, in one file that loads nothing from the network.
//!
//! The findings are data in the page. `report.js` lists them, filters them and shows a case; it enters all text as text. The
//! other sections are made here.

mod coverage;
mod curve;
mod data;
mod flavours;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::coverage::{rules, slots};
use self::curve::curve;
use self::data::data;
use self::flavours::matrix;
use super::document::Document;
use crate::compare::Grade;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");
/// Forbids everything from elsewhere.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'";

/// The report as an HTML page.
pub(super) fn html(document: &Document<'_>) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                link rel="icon" href="data:,";
                title { "manifuzz: " (counts(document)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#list" { "Skip to the findings" }
                (header(document))
                main {
                    (tiles(document))
                    (findings())
                    (run_sections(document))
                }
                dialog id="case" aria-labelledby="case-title" {}
                script type="application/json" id="data" { (PreEscaped(for_script(&data(document).to_string()))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// JSON that no HTML parser takes for markup: `<` occurs only in strings.
fn for_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

fn counts(document: &Document<'_>) -> String {
    let of = |grade, name: &str| match document.run.count(grade) {
        1 => format!("1 {name}"),
        n => format!("{n} {name}s"),
    };
    let grades = [(Grade::Violation, "violation"), (Grade::Warning, "warning"), (Grade::Note, "note")];
    grades.map(|(grade, name)| of(grade, name)).join(", ")
}

fn header(document: &Document<'_>) -> Markup {
    let run = document.run;
    let names: Vec<&str> = document.targets().into_iter().map(|(name, _)| name).collect();
    let about = match document.is_run {
        true => format!("{}, seed {}, specifications {}, manifuzz {}", run.day, run.seed, run.spec, run.tool_version),
        false => format!("from {}, manifuzz {}", document.places.file, run.tool_version),
    };
    html! {
        header {
            div {
                h1 { "manifuzz " span class="light" { "on " (shortened(&names)) } }
                p class="muted" { (about) }
            }
            button id="theme" type="button" { "Theme: auto" }
        }
        nav aria-label="Sections" {
            a href="#findings" { "Findings" }
            @if document.is_run {
                a href="#matrix" { "Matrix" }
                a href="#rules" { "Rules" }
                a href="#slots" { "Slots" }
                a href="#curve" { "Findings over time" }
            }
        }
    }
}

fn shortened(names: &[&str]) -> String {
    match names {
        [] => "no target".to_owned(),
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        few => few.join(", "),
    }
}

/// The counts at the top.
fn tiles(document: &Document<'_>) -> Markup {
    let run = document.run;
    let ended = run.ended();
    html! {
        section class="tiles" aria-label="Counts" {
            @for (grade, name) in [(Grade::Violation, "violations"), (Grade::Warning, "warnings"), (Grade::Note, "notes")] {
                div class=(format!("tile {grade}")) { b { (run.count(grade)) } span { (name) } }
            }
            @if document.is_run {
                div class="tile" { b { (ended.judged) } span { "cases judged" } }
                div class="tile" { b { (ended.unsupported) } span { "unsupported" } }
                div class="tile" { b { (ended.trouble) } span { "untestable" } }
            }
        }
        @for target in run.targets.iter().filter(|_| document.is_run) {
            @if let Some(error) = &target.error { p class="alert" { b { (target.name) ": not tested. " } (error) } }
            @for note in &target.notes { p class="alert" { b { (target.name) ": " } (note) } }
        }
    }
}

/// The place of the list, which the script fills.
fn findings() -> Markup {
    html! {
        section id="findings" {
            h2 { "Findings" }
            noscript { p class="alert" { "The list of findings needs JavaScript, which runs only in this page." } }
            form class="tools" role="search" {
                label class="search" { span { "Search" } input id="q" type="search" placeholder="shape, rule, message … ( / )" autocomplete="off"; }
                @for (id, name) in [("group", "Group by"), ("grade", "Grade"), ("target", "Target"), ("class", "Class"), ("rule", "Rule"), ("slot", "Slot")] {
                    label { span { (name) } select id=(id) {} }
                }
                button id="reset" type="button" { "Reset" }
            }
            p id="count" class="muted" role="status" {}
            div id="list" role="tree" tabindex="0" aria-label="Findings; arrow keys move, Enter opens" {}
        }
    }
}

/// The sections that need the counts of a run.
fn run_sections(document: &Document<'_>) -> Markup {
    if !document.is_run {
        return html! {
            section {
                h2 { "Coverage" }
                p class="muted" {
                    "This report was made from a corpus, which holds findings only. The matrix of flavours, the coverage by rule "
                    "and by slot, and the curve of findings over time need a run: manifuzz run --report html=FILE, or manifuzz "
                    "report on a folder that run --results wrote."
                }
            }
        };
    }
    let targets = &document.run.targets;
    html! {
        section id="matrix" { h2 { "Matrix" } (matrix(targets)) }
        section id="rules" { h2 { "Coverage by rule" } (rules(targets)) }
        section id="slots" { h2 { "Coverage by slot" } (slots(targets)) }
        section id="curve" { h2 { "Findings over time" } (curve(targets)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_page_ends_its_scripts_or_styles_early() {
        assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("<!--"));
        assert!(!STYLE.contains("</"));
        assert_eq!(for_script("{\"a\":\"</script><!--\"}"), "{\"a\":\"\\u003c/script>\\u003c!--\"}");
    }
}

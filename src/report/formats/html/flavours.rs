//! The matrix as a picture: how each target answered each flavour.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::report::run_report::TargetReport;
use crate::report::tally::FlavourEnd;

/// Flavours as rows and targets as columns; each cell has a colour, a pattern and a text.
pub(super) fn matrix(targets: &[TargetReport]) -> Markup {
    let names: BTreeSet<&str> =
        targets.iter().flat_map(|target| &target.flavours).map(|end| end.flavour.as_str()).collect();
    if names.is_empty() {
        return html! { p class="muted" { "This run fired no flavours." } };
    }
    let fired: Vec<&TargetReport> = targets.iter().filter(|target| !target.flavours.is_empty()).collect();
    let end = |target: &TargetReport, name: &str| target.flavours.iter().find(|end| end.flavour == name).cloned();
    html! {
        p class="legend" {
            span class="cell accepted" { "✓ accepted" }
            span class="cell refused" { "✕ refused" }
            span class="cell untested" { "– not tested" }
        }
        div class="scroll" tabindex="0" role="region" aria-label="Matrix of flavours and targets" {
            table class="matrix" {
                thead { tr { th scope="col" { "flavour" } @for target in &fired { th scope="col" { (target.name) } } } }
                tbody {
                    @for name in &names {
                        tr {
                            th scope="row" { (name) }
                            @for target in &fired { (cell(end(target, name))) }
                        }
                    }
                }
            }
        }
    }
}

fn cell(end: Option<FlavourEnd>) -> Markup {
    let status = end.as_ref().and_then(|end| end.status).map(|status| format!(" {status}")).unwrap_or_default();
    let (class, sign, label) = match end.and_then(|end| end.accepted) {
        Some(true) => ("accepted", "✓", "accepted"),
        Some(false) => ("refused", "✕", "refused"),
        None => ("untested", "–", "not tested"),
    };
    html! { td class=(format!("cell {class}")) title=(format!("{label}{status}")) { (sign) (status) } }
}

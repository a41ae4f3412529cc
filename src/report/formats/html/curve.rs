//! Cases against findings over time, as a picture.

use maud::{Markup, html};

use crate::report::run_report::TargetReport;

/// The size of the picture and of its margin, in its own units.
const WIDTH: usize = 800;
const HEIGHT: usize = 260;
const MARGIN: usize = 44;
/// How many lines can be told apart.
const MOST: usize = 8;

/// For each target, how many violations and warnings were recorded after how many cases.
pub(super) fn curve(targets: &[TargetReport]) -> Markup {
    let mut shown: Vec<&TargetReport> = targets.iter().filter(|target| !target.points.is_empty()).collect();
    if shown.is_empty() {
        return html! { p class="muted" { "The order of the findings is not known: they were merged from shards, or by an older version." } };
    }
    shown.sort_by_key(|target| std::cmp::Reverse(target.points.last().map(|last| last.1)));
    let left_out = shown.len().saturating_sub(MOST);
    shown.truncate(MOST);
    let points = || shown.iter().flat_map(|target| &target.points);
    let most_cases = points().map(|point| point.0).max().unwrap_or(0).max(1);
    let most_findings = points().map(|point| point.1).max().unwrap_or(0).max(1);
    let x = |cases: usize| MARGIN + cases * (WIDTH - 2 * MARGIN) / most_cases;
    let y = |findings: usize| HEIGHT - MARGIN - findings * (HEIGHT - 2 * MARGIN) / most_findings;
    let path = |target: &TargetReport| {
        let mut path = format!("M{} {}", x(0), y(0));
        for (cases, findings) in &target.points {
            // Findings are recorded at the ends of blocks, so the line goes by steps.
            path.push_str(&format!("H{}V{}", x(*cases), y(*findings)));
        }
        path
    };
    let label = format!("at most {most_findings} violations and warnings, after at most {most_cases} cases");
    html! {
        p class="muted" { "Violations and warnings, each counted when it is recorded. Notes are shrunk at the end of a run and are not counted here." }
        div class="scroll" tabindex="0" role="region" aria-label="Findings over time" {
            svg class="curve" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(label) {
                @for part in 0..=4 {
                    @let at = most_findings * part / 4;
                    line class="grid" x1=(MARGIN) x2=(WIDTH - MARGIN) y1=(y(at)) y2=(y(at)) {}
                    text x=(MARGIN - 6) y=(y(at) + 4) text-anchor="end" { (at) }
                    @let cases = most_cases * part / 4;
                    text x=(x(cases)) y=(HEIGHT - MARGIN + 18) text-anchor="middle" { (cases) }
                }
                text class="axis" x=(WIDTH / 2) y=(HEIGHT - 6) text-anchor="middle" { "cases" }
                text class="axis" x=(MARGIN) y="20" text-anchor="middle" { "findings" }
                @for (at, target) in shown.iter().enumerate() { path class=(format!("line line-{at}")) d=(path(target)) {} }
            }
        }
        ul class="legend" {
            @for (at, target) in shown.iter().enumerate() {
                @let (cases, findings) = target.points.last().copied().unwrap_or_default();
                li {
                    svg class="key" viewBox="0 0 30 10" aria-hidden="true" { path class=(format!("line line-{at}")) d="M0 5H30" {} }
                    (target.name) ": " (findings) " in " (cases) " cases"
                }
            }
        }
        @if left_out > 0 { p class="muted" { "Not drawn: " (left_out) " targets with fewer findings." } }
    }
}

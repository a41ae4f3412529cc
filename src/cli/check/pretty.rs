//! The verdict as a compiler prints it: each finding with its place in the document.

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{AnnotationKind, Group, Level as Severity, Origin, Snippet, Title};

use super::excerpt::{Excerpt, excerpt};
use super::verdict::{CheckLine, NOT_JUDGED};
use crate::foreign::escaped;
use crate::model::Level;

/// The verdict, findings and notes on a document.
pub(super) fn text(verdict: &CheckLine<'_>) -> String {
    let renderer = if console::colors_enabled() { Renderer::styled() } else { Renderer::plain() };
    let file = if verdict.file == "-" { "<stdin>" } else { verdict.file };
    let file = escaped(file);
    let mut parts = vec![headline(verdict, &file)];
    for breach in &verdict.judgement.breaches {
        let severity = match breach.rule.level {
            Level::Must => Severity::ERROR,
            Level::Should => Severity::WARNING,
            Level::May => Severity::NOTE,
        };
        // Messages end with what to do.
        let (what, advice) = breach.message.rsplit_once("; ").unwrap_or((&breach.message, ""));
        let message = Message { severity, id: Some(breach.rule.id), what, advice };
        parts.push(message.render(&renderer, &file, verdict.body, &breach.place));
    }
    for remark in &verdict.remarks {
        let message = Message { severity: Severity::NOTE, id: None, what: &remark.message, advice: "" };
        parts.push(message.render(&renderer, &file, verdict.body, &remark.place));
    }
    // The verdict already names the one that decides it. What is not judged is not measured by the specifications.
    for why in verdict.open.iter().filter(|why| verdict.judgement.why != Some(**why) && verdict.valid.is_some()) {
        parts.push(format!("note: the specifications disagree: {}", escaped(why)));
    }
    parts.join("\n")
}

/// The verdict in one line.
fn headline(verdict: &CheckLine<'_>, file: &str) -> String {
    let kind = escaped(verdict.kind);
    let Some(valid) = verdict.valid else { return format!("{file}: {kind}, {NOT_JUDGED}") };
    let by = if verdict.is_docker { " by Docker's published description" } else { "" };
    let valid = if valid { "valid" } else { "invalid" };
    format!("{file}: {kind}, {valid}{by}; expected of a registry: {}", escaped(&verdict.judgement.to_string()))
}

/// The title with the line and column, the excerpt, and the advice under the marked place.
fn with_excerpt<'t>(title: Title<'t>, found: &'t Excerpt, file: &'t str, advice: &'t str) -> Group<'t> {
    let marked = AnnotationKind::Primary.span(found.span.clone());
    let marked = if advice.is_empty() { marked } else { marked.label(advice) };
    let snippet = Snippet::source(&found.text).line_start(found.line).fold(false).annotation(marked);
    title.element(Origin::path(file).line(found.line).char_column(found.column)).element(snippet)
}

/// A finding or a note.
struct Message<'m> {
    severity: Severity<'static>,
    id: Option<&'static str>,
    what: &'m str,
    advice: &'m str,
}

impl Message<'_> {
    fn render(&self, renderer: &Renderer, file: &str, body: &[u8], place: &str) -> String {
        let title = self.severity.clone().primary_title(escaped(self.what));
        let title = match self.id {
            Some(id) => title.id(id),
            None => title,
        };
        let (advice, place_text) = (escaped(self.advice), escaped(place));
        let found = excerpt(body, place);
        let group = match &found {
            Some(found) => with_excerpt(title, found, file, &advice),
            None => {
                let group = Group::with_title(title).element(Origin::path(file));
                if advice.is_empty() { group } else { group.element(Severity::HELP.message(&*advice)) }
            }
        };
        let at = Severity::NOTE.with_name("at");
        let group = if place.is_empty() { group } else { group.element(at.message(&*place_text)) };
        renderer.render(&[group])
    }
}

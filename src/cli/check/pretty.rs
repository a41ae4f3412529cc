//! The verdict as a compiler prints it: each finding with its place in the document.

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level as Severity, Snippet};

use super::excerpt::{Excerpt, Excerpts};
use super::verdict::CheckLine;
use crate::foreign::escaped;
use crate::model::Level;

/// The verdict, findings and notes on a document.
pub(super) fn text(verdict: &CheckLine<'_>) -> String {
    let renderer = if console::colors_enabled() { Renderer::styled() } else { Renderer::plain() };
    let file = if verdict.file == "-" { "<stdin>" } else { verdict.file };
    let file = escaped(file);
    let excerpts = Excerpts::new(verdict.body);
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
        parts.push(message.render(&renderer, &file, &excerpts, &breach.place));
    }
    for remark in &verdict.remarks {
        let message = Message { severity: Severity::NOTE, id: None, what: &remark.message, advice: "" };
        parts.push(message.render(&renderer, &file, &excerpts, &remark.place));
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
    let Some(valid) = verdict.valid else { return format!("{file}: {kind}, {}", verdict.not_judged) };
    let by = if verdict.is_docker { " by Docker's published description" } else { "" };
    let valid = if valid { "valid" } else { "invalid" };
    format!("{file}: {kind}, {valid}{by}; expected of a registry: {}", escaped(&verdict.judgement.to_string()))
}

/// A finding or a note.
struct Message<'m> {
    severity: Severity<'static>,
    id: Option<&'static str>,
    what: &'m str,
    advice: &'m str,
}

impl Message<'_> {
    fn render(&self, renderer: &Renderer, file: &str, excerpts: &Excerpts<'_>, place: &str) -> String {
        let title = self.severity.clone().primary_title(escaped(self.what));
        let title = match self.id {
            Some(id) => title.id(id),
            None => title,
        };
        let (advice, pointer, found) = (escaped(self.advice), escaped(place), excerpts.at(place));
        let mut group = Group::with_title(title);
        if let Some(found) = &found {
            group = group.element(marked(found, &advice));
        } else if !advice.is_empty() {
            group = group.element(Severity::HELP.message(&*advice));
        }
        if !place.is_empty() {
            group = group.element(Severity::NOTE.with_name("at").message(&*pointer));
        }
        let text = renderer.render(&[group]);
        // The library counts columns in the excerpt, which may be the end of a long line.
        let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let arrow = console::style("-->").blue().bold();
        let margin =
            found.as_ref().map_or(1, |found| (found.line + found.text.matches('\n').count()).to_string().len());
        let position = found.map_or_else(String::new, |found| format!(":{}:{}", found.line, found.column));
        let end = if rest.is_empty() { "" } else { "\n" };
        format!("{title}\n{:margin$}{arrow} {file}{position}{end}{rest}", "")
    }
}

/// The excerpt, with the advice under the marked place.
fn marked<'f>(found: &'f Excerpt, advice: &'f str) -> Snippet<'f, Annotation<'f>> {
    let place = AnnotationKind::Primary.span(found.span.clone());
    let place = if advice.is_empty() { place } else { place.label(advice) };
    Snippet::source(&found.text).line_start(found.line).fold(false).annotation(place)
}

//! `manifuzz check`: an offline verdict on documents, wherever they come from.

mod layout;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use super::{BAD_INPUT, FOUND, Output, tell};
use crate::error::{Error, Input};
use crate::exchange::{Exchange, Facts, Need, Presence};
use crate::foreign::{escaped, json_escaped};
use crate::model::{Binds, Breach, Content, Judgement, Level, Versions, contradictions, decide, describe};

/// Judge documents offline: any bytes, `-` for stdin, or the folder of an OCI image layout
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Files, `-`, or folders that hold an OCI image layout
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The Content-Type that a document would be pushed with; without it, what the document says it is
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Versions of the specifications to judge by: 1.1, 1.1.0, 1.1.0-rc2, 1.0 or 1.0.1
    #[arg(long, default_value = "1.1")]
    spec: String,
    #[command(flatten)]
    output: Output,
}

/// A document, and what is known of what it points at.
struct CheckedFile {
    file: String,
    /// What a descriptor that points at it says it is.
    said: Option<String>,
    body: Bytes,
    needs: Vec<Need>,
    /// Whether what else it points at is there.
    others: Presence,
    /// Whether a layout says what it is.
    is_of_layout: bool,
}

/// Something that is wrong with a layout rather than with a document in it.
struct Problem {
    what: String,
    /// The exit code, if nothing worse comes.
    code: u8,
}

impl Problem {
    /// Content that is elsewhere, which a layout may do.
    fn missing(what: String) -> Self {
        Self { what, code: 0 }
    }

    /// Content that is not what its descriptor says.
    fn wrong(what: String) -> Self {
        Self { what, code: FOUND }
    }

    /// Content that nobody can judge.
    fn unreadable(what: String) -> Self {
        Self { what, code: BAD_INPUT }
    }
}

impl Check {
    pub(super) fn run(self) -> Result<u8, Error> {
        let versions: Versions = self.spec.parse()?;
        if self.files.iter().filter(|file| file.as_os_str() == "-").count() > 1 {
            return Err(Input::value("`-`", "standard input can be read once only", "name it once").into());
        }
        // Read first: where a file cannot be read, nothing is said of the others as if it were all.
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        for file in &self.files {
            if file.is_dir() {
                let (documents, of_layout) = layout::read(file)?;
                found.extend(documents);
                problems.extend(of_layout);
            } else {
                found.push(read(file)?);
            }
        }
        let mut broken = false;
        for document in found {
            let header = self.content_type.clone().filter(|_| !document.is_of_layout);
            let is_pushed = header.is_some();
            let said = document.said.or(header);
            let (content_type, kind) = describe(said, &document.body);
            let exchange = Exchange::of_document(content_type, document.body, document.needs);
            let facts = Facts { others: document.others, ..Facts::all_there(&exchange) };
            let content = if is_pushed { Content::new } else { Content::of_found }(&exchange, &facts, versions);
            let judgement = decide(&content);
            let verdict = CheckLine {
                file: &document.file,
                kind,
                valid: is_valid(&judgement),
                is_known: content.is_known(),
                open: contradictions(&content).collect(),
                judgement: &judgement,
            };
            broken |= !verdict.valid;
            Output::print(&if self.output.is_pretty() { verdict.pretty() } else { verdict.line() })?;
        }
        problems.iter().for_each(|problem| tell(&problem.what));
        let worst = problems.iter().map(|problem| problem.code).max().unwrap_or(0);
        Ok(worst.max(if broken { FOUND } else { 0 }))
    }
}

/// What is said of a document.
struct CheckLine<'a> {
    file: &'a str,
    kind: &'a str,
    valid: bool,
    /// Whether it is a document that these versions have, so that there was something to judge.
    is_known: bool,
    judgement: &'a Judgement,
    /// What the specifications leave open about it, whatever else is wrong with it.
    open: Vec<&'static str>,
}

/// Whether no MUST on the author is broken.
fn is_valid(judgement: &Judgement) -> bool {
    !judgement.breaches.iter().any(|breach| breach.rule.level == Level::Must && breach.rule.binds == Binds::Author)
}

fn read(file: &Path) -> Result<CheckedFile, Input> {
    let body = if file.as_os_str() == "-" {
        let mut body = Vec::new();
        let advice = "give the document on standard input";
        std::io::stdin().read_to_end(&mut body).map_err(|cause| Input::file("read", file, cause, advice))?;
        body
    } else {
        let advice = "name files that can be read, or `-` for standard input";
        std::fs::read(file).map_err(|cause| Input::file("read", file, cause, advice))?
    };
    let file = file.display().to_string();
    Ok(CheckedFile {
        file,
        said: None,
        body: Bytes::from(body),
        needs: Vec::new(),
        others: Presence::Yes,
        is_of_layout: false,
    })
}

impl CheckLine<'_> {
    fn line(&self) -> String {
        let finding = |breach: &Breach| {
            let (rule, level) = (breach.rule.id, breach.rule.level.as_str());
            json!({ "rule": rule, "level": level, "pointer": breach.place, "message": escaped(&breach.message) })
        };
        let findings: Vec<_> = self.judgement.breaches.iter().map(finding).collect();
        let (expect, open) = (self.judgement.to_string(), &self.open);
        let line = json!({
            "file": self.file, "kind": self.kind, "valid": self.valid, "expect": expect, "findings": findings, "open": open,
            "judged": self.is_known || !self.valid
        });
        // A file's name and a pointer are for programs, which read them as they are.
        json_escaped(&line.to_string()).into_owned()
    }

    fn pretty(&self) -> String {
        let valid = match (self.valid, self.is_known) {
            (true, true) => "valid",
            (true, false) => "not judged, these versions have no such document",
            (false, _) => "not valid",
        };
        let mut lines = vec![format!("{}: {}, {valid}; a registry: {}", self.file, self.kind, self.judgement)];
        for breach in &self.judgement.breaches {
            let place = if breach.place.is_empty() { "the document" } else { &breach.place };
            let (level, message, rule) = (breach.rule.level.as_str(), &breach.message, breach.rule.id);
            lines.push(format!("  {level} {place}: {message} ({rule})"));
        }
        // The first one stands behind the verdict where nothing else decides it.
        for why in self.open.iter().filter(|why| self.judgement.why != Some(**why)) {
            lines.push(format!("  open: {why}"));
        }
        lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("\n")
    }
}

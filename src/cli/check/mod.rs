//! `manifuzz check`: an offline verdict on documents of any origin.

mod layout;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use super::flags::{SpecFlag, epilogue};
use super::{BAD_INPUT, FOUND, Output, tell};
use crate::error::{Error, Input};
use crate::exchange::{Exchange, Facts, Need, Presence};
use crate::foreign::{escaped, json_escaped};
use crate::model::{Binds, Breach, Content, Judgement, Level, contradictions, decide, describe};

/// Judge manifests offline: files, stdin, or OCI image layouts
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz check manifest.json --content-type application/vnd.oci.image.manifest.v1+json",
    &[(0, "no document breaks a MUST"), (FOUND, "a document breaks a MUST, or a layout is invalid")],
))]
pub(super) struct CheckCommand {
    /// Files, `-` for stdin, or directories with an OCI image layout
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Judge the documents as if pushed with this Content-Type [default: derived from each document]
    #[arg(long, value_name = "TYPE", help_heading = "Verdict")]
    content_type: Option<String>,
    #[command(flatten)]
    spec: SpecFlag,
    #[command(flatten)]
    output: Output,
}

/// A document, and what is known of the content it refers to.
struct CheckedFile {
    file: String,
    /// The media type in the descriptor that refers to it.
    declared_type: Option<String>,
    body: Bytes,
    needs: Vec<Need>,
    /// Whether all other content that it refers to is there.
    others: Presence,
    /// Whether it is part of a layout.
    is_of_layout: bool,
}

/// A problem of a layout, not of a document in it.
struct Problem {
    what: String,
    /// The exit code, unless there is a worse problem.
    code: u8,
}

impl Problem {
    /// Missing content, which a layout permits.
    fn missing(what: String) -> Self {
        Self { what, code: 0 }
    }

    /// Content that differs from its descriptor.
    fn wrong(what: String) -> Self {
        Self { what, code: FOUND }
    }

    /// Content that cannot be read.
    fn unreadable(what: String) -> Self {
        Self { what, code: BAD_INPUT }
    }
}

impl CheckCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let versions = self.spec.spec;
        if self.files.iter().filter(|file| file.as_os_str() == "-").count() > 1 {
            return Err(Input::value("`-`", "standard input can be read only once", "name it once").into());
        }
        // Read everything first, so that an unreadable file leaves no partial output.
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
            let declared_type = document.declared_type.or(header);
            let (content_type, kind) = describe(declared_type, &document.body);
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

/// The verdict on a document.
struct CheckLine<'a> {
    file: &'a str,
    kind: &'a str,
    valid: bool,
    /// Whether these versions define this kind of document.
    is_known: bool,
    judgement: &'a Judgement,
    /// Contradictions of the specifications that concern it.
    open: Vec<&'static str>,
}

/// Whether no MUST on the author is broken.
fn is_valid(judgement: &Judgement) -> bool {
    !judgement.breaches.iter().any(|breach| breach.rule.level == Level::Must && breach.rule.binds == Binds::Author)
}

fn read(file: &Path) -> Result<CheckedFile, Input> {
    let body = if file.as_os_str() == "-" {
        let mut body = Vec::new();
        let advice = "pass the document on standard input";
        std::io::stdin().read_to_end(&mut body).map_err(|cause| Input::file("read", file, cause, advice))?;
        body
    } else {
        let advice = "pass readable files, or `-` for stdin";
        std::fs::read(file).map_err(|cause| Input::file("read", file, cause, advice))?
    };
    let file = file.display().to_string();
    Ok(CheckedFile {
        file,
        declared_type: None,
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
        // Escaped as JSON: programs read the file name and the pointers verbatim.
        json_escaped(&line.to_string()).into_owned()
    }

    fn pretty(&self) -> String {
        let valid = match (self.valid, self.is_known) {
            (true, true) => "valid",
            (true, false) => "not judged: these versions do not define this kind of document",
            (false, _) => "invalid",
        };
        let file = if self.file == "-" { "<stdin>" } else { self.file };
        let mut lines = vec![format!("{file}: {}, {valid}; expected of a registry: {}", self.kind, self.judgement)];
        for breach in &self.judgement.breaches {
            let place = if breach.place.is_empty() { "(document root)" } else { &breach.place };
            let severity = match breach.rule.level {
                Level::Must => "error",
                Level::Should => "warning",
                Level::May => "note",
            };
            lines.push(format!("  {severity}[{}] {place}: {}", breach.rule.id, breach.message));
        }
        // The verdict already names the one that decides it.
        for why in self.open.iter().filter(|why| self.judgement.why != Some(**why)) {
            lines.push(format!("  note: the specifications disagree: {why}"));
        }
        lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("\n")
    }
}

//! `manifuzz check`: an offline verdict on documents of any origin.

mod checked;
mod excerpt;
mod layout;
mod other;
mod pretty;
mod verdict;

use std::borrow::Cow;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use self::checked::{CheckedFile, Problem, ProblemKind};
use self::other::Other;
use self::verdict::CheckLine;
use super::flags::{SpecFlag, epilogue};
use super::{BAD_INPUT, FOUND, Output, tell};
use crate::error::{Error, Input};
use crate::exchange::{Exchange, Facts, Presence};
use crate::model::{Breach, Content, Versions, contradictions, decide_found, describe, remarks, type_by_members};

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

impl CheckCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        if self.files.iter().filter(|file| file.as_os_str() == "-").count() > 1 {
            return Err(Input::value("`-`", "standard input can be read only once", "name it once").into());
        }
        let mut worst = 0;
        for file in &self.files {
            let read = if file.is_dir() {
                layout::read(file)
            } else {
                read(file).map(|document| (vec![document], Vec::new()))
            };
            // One unreadable file does not keep the others from their verdict.
            let (documents, problems) =
                read.unwrap_or_else(|error| (Vec::new(), vec![Problem::unreadable(format!("error: {error}"))]));
            for document in documents {
                worst = worst.max(self.judge(document)?);
            }
            worst = worst.max(self.tell_problems(file, &problems)?);
        }
        Ok(worst)
    }

    /// Says what is wrong with a layout itself; as JSON, breaches also get a line of the form of a document's. Returns the exit code
    /// that the problems call for.
    fn tell_problems(&self, layout: &Path, problems: &[Problem]) -> Result<u8, Error> {
        let mut worst = 0;
        let mut breaches = Vec::new();
        for Problem { what, kind } in problems {
            tell(what);
            worst = worst.max(match kind {
                ProblemKind::Missing => 0,
                ProblemKind::Breach(_) => FOUND,
                ProblemKind::Unreadable => BAD_INPUT,
            });
            if let ProblemKind::Breach(rule) = kind {
                breaches.push(Breach { rule: rule.info(), place: String::new(), message: what.clone().into() });
            }
        }
        if !breaches.is_empty() && !self.output.is_pretty() {
            Output::print(&verdict::layout_line(&layout.display().to_string(), breaches))?;
        }
        Ok(worst)
    }

    /// Judges a document and prints the verdict. Returns the exit code that it calls for.
    fn judge(&self, document: CheckedFile) -> Result<u8, Error> {
        let versions: Versions = self.spec.spec;
        let header = self.content_type.clone().filter(|_| !document.is_of_layout);
        let is_pushed = header.is_some();
        let declared = document.declared_type.or(header);
        let declared = declared.or_else(|| type_by_members(&document.body).map(str::to_owned));
        let (content_type, kind) = describe(declared, &document.body);
        // A type that was given or declared says that the document is meant as a manifest.
        let other = Other::of(&document.body).filter(|_| !is_pushed && !document.is_of_layout);
        let kind = match other {
            Some(other) => other.kind.into(),
            None => verdict::kind_name(kind, content_type.as_deref(), &document.body),
        };
        let exchange = Exchange::of_document(content_type, document.body, document.needs);
        let facts = Facts { others: document.others, ..Facts::all_there(&exchange) };
        let content = if is_pushed { Content::new } else { Content::of_found }(&exchange, &facts, versions);
        let mut judgement = decide_found(&content, document.differences);
        if other.is_some() {
            judgement.breaches.clear();
        }
        let is_docker = content.docker_twin().is_some();
        let valid = verdict::validity(&judgement, other.is_none() && (content.is_known() || is_docker));
        let not_judged = match (valid, other) {
            (Some(_), _) => Cow::default(),
            (None, Some(other)) => other.note.into(),
            (None, None) => verdict::not_judged(&kind, &exchange.tested.body),
        };
        let verdict = CheckLine {
            file: &document.file,
            body: &exchange.tested.body,
            kind: &kind,
            valid,
            not_judged,
            is_docker,
            open: contradictions(&content).collect(),
            remarks: remarks(&content),
            judgement: &judgement,
        };
        Output::print(&if self.output.is_pretty() { pretty::text(&verdict) } else { verdict.line() })?;
        Ok(if verdict.valid == Some(false) { FOUND } else { 0 })
    }
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
    Ok(CheckedFile {
        file: file.display().to_string(),
        declared_type: None,
        body: Bytes::from(body),
        needs: Vec::new(),
        others: Presence::Yes,
        is_of_layout: false,
        differences: Vec::new(),
    })
}

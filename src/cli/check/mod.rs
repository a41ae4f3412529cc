//! `manifuzz check`: an offline verdict on documents, wherever they come from.

mod layout;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use super::{FOUND, Output};
use crate::error::{Error, Input};
use crate::exchange::{Exchange, Facts, Need};
use crate::spec::{Binds, Breach, Content, Judgement, Level, Party, Versions, contradictions, describe, judge};

/// Judge documents offline: any bytes, `-` for stdin, or the folder of an OCI image layout
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// Files, `-`, or folders that hold an OCI image layout
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The Content-Type that a document would be pushed with; without it, what the document says it is
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Versions of the specifications to judge by: 1.1 or 1.0
    #[arg(long, default_value = "1.1")]
    spec: String,
    #[command(flatten)]
    output: Output,
}

/// A document, and what is known of what it points at.
struct Found {
    file: String,
    /// What a descriptor that points at it says it is.
    said: Option<String>,
    body: Bytes,
    needs: Vec<Need>,
}

impl Check {
    pub(super) fn run(self) -> Result<u8, Error> {
        let versions: Versions = self.spec.parse()?;
        // Read first: where a file cannot be read, nothing is said of the others as if it were all.
        let mut found = Vec::new();
        for file in &self.files {
            found.extend(read(file)?);
        }
        let mut broken = false;
        for document in found {
            let said = self.content_type.clone().or(document.said);
            let (content_type, kind) = describe(said, &document.body);
            let exchange = Exchange::of_document(content_type, document.body, document.needs);
            let facts = Facts::all_there(&exchange);
            let judgement = judge(&exchange, &facts, Party::Registry, versions);
            let verdict = Verdict {
                file: &document.file,
                kind,
                valid: is_valid(&judgement),
                open: contradictions(&Content::new(&exchange, &facts, versions)).collect(),
                judgement: &judgement,
            };
            broken |= !verdict.valid;
            Output::print(&if self.output.is_pretty() { verdict.pretty() } else { verdict.line() })?;
        }
        Ok(if broken { FOUND } else { 0 })
    }
}

/// What is said of a document.
struct Verdict<'a> {
    file: &'a str,
    kind: &'a str,
    valid: bool,
    judgement: &'a Judgement,
    /// What the specifications leave open about it, whatever else is wrong with it.
    open: Vec<&'static str>,
}

/// Whether no MUST on the author is broken.
fn is_valid(judgement: &Judgement) -> bool {
    !judgement.breaches.iter().any(|breach| breach.rule.level == Level::Must && breach.rule.binds == Binds::Author)
}

fn read(file: &Path) -> Result<Vec<Found>, Input> {
    if file.as_os_str() == "-" {
        let mut body = Vec::new();
        std::io::stdin()
            .read_to_end(&mut body)
            .map_err(|cause| Input::file("read", file, cause, "give the document on standard input"))?;
        return Ok(vec![Found { file: "-".to_owned(), said: None, body: Bytes::from(body), needs: Vec::new() }]);
    }
    if file.is_dir() {
        return layout::read(file);
    }
    let body = std::fs::read(file)
        .map_err(|cause| Input::file("read", file, cause, "name files that can be read, or `-` for standard input"))?;
    Ok(vec![Found { file: file.display().to_string(), said: None, body: Bytes::from(body), needs: Vec::new() }])
}

impl Verdict<'_> {
    fn line(&self) -> String {
        let finding = |breach: &Breach| {
            let (rule, level) = (breach.rule.id, breach.rule.level.as_str());
            json!({ "rule": rule, "level": level, "pointer": breach.place, "message": breach.message })
        };
        let findings: Vec<_> = self.judgement.breaches.iter().map(finding).collect();
        let (expect, open) = (self.judgement.to_string(), &self.open);
        json!({
            "file": self.file, "kind": self.kind, "valid": self.valid, "expect": expect, "findings": findings, "open": open
        })
        .to_string()
    }

    fn pretty(&self) -> String {
        let (file, kind, valid) = (self.file, self.kind, if self.valid { "valid" } else { "not valid" });
        let mut text = format!("{file}: {kind}, {valid}; a registry: {}", self.judgement);
        for breach in &self.judgement.breaches {
            let place = if breach.place.is_empty() { "the document" } else { &breach.place };
            let (level, message, rule) = (breach.rule.level.as_str(), &breach.message, breach.rule.id);
            text.push_str(&format!("\n  {level} {place}: {message} ({rule})"));
        }
        // The first one stands behind the verdict where nothing else decides it.
        for why in self.open.iter().filter(|why| self.judgement.why != Some(**why)) {
            text.push_str(&format!("\n  open: {why}"));
        }
        text
    }
}

//! `manifuzz check`: an offline verdict on documents, wherever they come from.

mod layout;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use super::{FOUND, Output};
use crate::error::{Error, Input};
use crate::exchange::{Exchange, Facts, Need};
use crate::spec::{Binds, Judgement, Level, Party, Versions, describe, judge};

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
            let judgement = judge(&exchange, &Facts::all_there(&exchange), Party::Registry, versions);
            let valid = is_valid(&judgement);
            broken |= !valid;
            Output::print(&if self.output.is_pretty() {
                pretty(&document.file, kind, valid, &judgement)
            } else {
                line(&document.file, kind, valid, &judgement)
            })?;
        }
        Ok(if broken { FOUND } else { 0 })
    }
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

fn line(file: &str, kind: &str, valid: bool, judgement: &Judgement) -> String {
    let finding = |breach: &crate::spec::Breach| {
        let (rule, level) = (breach.rule.id, breach.rule.level.as_str());
        json!({ "rule": rule, "level": level, "pointer": breach.place, "message": breach.message })
    };
    let findings: Vec<_> = judgement.breaches.iter().map(finding).collect();
    json!({ "file": file, "kind": kind, "valid": valid, "expect": judgement.to_string(), "findings": findings })
        .to_string()
}

fn pretty(file: &str, kind: &str, valid: bool, judgement: &Judgement) -> String {
    let mut text = format!("{file}: {kind}, {}; a registry: {judgement}", if valid { "valid" } else { "not valid" });
    for breach in &judgement.breaches {
        let place = if breach.place.is_empty() { "the document" } else { &breach.place };
        text.push_str(&format!("\n  {} {place}: {} ({})", breach.rule.level.as_str(), breach.message, breach.rule.id));
    }
    text
}

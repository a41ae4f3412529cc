//! `manifuzz corpus import`: files as rows: inputs of fuzzers, and manifests.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::flags::{CorpusFlag, example_and_codes};
use crate::cli::tell;
use crate::engine::Schedule;
use crate::error::{Error, Input};
use crate::exchange::{Exchange, Facts, sha256};
use crate::findings::{CaseText, Context, Corpus, Import, RowChange, today, write_body};
use crate::generate::flavours;
use crate::json;
use crate::model::{Party, Versions, judge};
use crate::render::render;
use crate::shape::Shape;

/// Maximum length of a file, in bytes.
const LONGEST: u64 = 64 << 20;

/// Add files to the corpus: seeds and artefacts of fuzzers, and manifests
///
/// A file with the text of a shape becomes a row with that shape. Any other file is a manifest: a row with the simplest case that renders
/// to exactly its bytes, if one of the cases does with which every run starts, or else with the shape `body=sha256:HEX`; its bytes are
/// then kept in the directory `bodies` next to the corpus. Nothing was observed yet, so the rows have the target `import` and the class
/// `imported`; `replay` and `shrink` fire them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes(
    "manifuzz corpus import fuzz/artifacts/fire manifest.json",
    &[(0, "success")],
))]
pub(super) struct ImportCommand {
    /// Files, or directories of files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    corpus: CorpusFlag,
}

impl ImportCommand {
    pub fn run(self) -> Result<u8, Error> {
        let path = &self.corpus.corpus;
        let mut corpus = Corpus::open(path).map_err(|error| error.advising(", with --corpus"))?;
        let rendered = rendered();
        let context = Context { seed: 0, day: today(), tool_version: env!("CARGO_PKG_VERSION") };
        let (mut shapes, mut bodies, mut there) = (0, 0, 0);
        for file in files(&self.files)? {
            let content = read(&file)?;
            let shape = match shape_of(&content) {
                Text::Shape(shape) => Some(shape),
                Text::Unreadable(why) => {
                    tell(format_args!("warning: {}: {why}; the file is skipped", file.display()));
                    continue;
                }
                Text::Document => rendered.get(&sha256(&content)).cloned(),
            };
            let record = match &shape {
                Some(shape) => judged(Import::of_shape(shape), &context),
                None => {
                    write_body(path, &content)?;
                    judged(Import::of_document(content_type(&content), content), &context)
                }
            };
            let is_new = corpus.merge(record) == RowChange::Added;
            *(if !is_new {
                &mut there
            } else if shape.is_some() {
                &mut shapes
            } else {
                &mut bodies
            }) += 1;
        }
        corpus.save()?;
        tell(format_args!(
            "{shapes} shapes and {bodies} documents added to {}, {there} were there already",
            path.display()
        ));
        Ok(0)
    }
}

/// The record of an import, with what is expected of a registry.
fn judged(import: Import, context: &Context<'_>) -> crate::findings::Record {
    let exchange: &Exchange = &import.exchange;
    let judgement = judge(exchange, &Facts::as_meant(exchange), Party::Registry, Versions::V1_1);
    let rules = judgement.rules.iter().map(|rule| rule.id.to_owned()).collect();
    import.record(Versions::V1_1.name, judgement.to_string(), rules, context)
}

/// What a file is.
enum Text {
    Shape(Shape),
    /// The text of a shape that this version cannot read, and why.
    Unreadable(String),
    Document,
}

fn shape_of(content: &[u8]) -> Text {
    let Ok(text) = std::str::from_utf8(content) else { return Text::Document };
    let text = text.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_part = |part: &str| {
        part.split_once('=').is_some_and(|(slot, entry)| {
            slot.starts_with(|c: char| c.is_ascii_lowercase()) && slot.chars().all(is_name) && !entry.is_empty()
        })
    };
    match text.parse::<Shape>() {
        Ok(shape) if !text.is_empty() => Text::Shape(shape),
        Err(error) if text.lines().count() == 1 && text.split(';').all(is_part) => Text::Unreadable(error.to_string()),
        _ => Text::Document,
    }
}

/// The simplest of the cases of every run that renders to each body, by digest.
fn rendered() -> HashMap<String, Shape> {
    let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
    let mut fixed: Vec<Shape> = Schedule { flavours, ..Schedule::default() }.fixed().collect();
    fixed.retain(|shape| !shape.is_large());
    fixed.sort_by_cached_key(|shape| {
        let text = CaseText::from(shape);
        let (deviations, length, text) = text.size();
        (deviations, length, text.to_owned())
    });
    let mut by_digest = HashMap::new();
    for shape in fixed {
        by_digest.entry(render(&shape).tested.digest().to_owned()).or_insert(shape);
    }
    by_digest
}

/// The type that a document says it has, or that of an image manifest.
fn content_type(content: &[u8]) -> String {
    let said = json::read(content).ok().and_then(|document| {
        Some(document.root().get("mediaType")?.text()?.into_owned())
            .filter(|text| text.contains('/') && text.is_ascii())
    });
    said.unwrap_or_else(|| crate::exchange::IMAGE_MANIFEST.to_owned())
}

/// The files, and those of directories, in order.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Input> {
    let mut files = Vec::new();
    for path in paths {
        let fail = |cause| Input::file("read", path, cause, "name files, or directories of files");
        if !fs::metadata(path).map_err(fail)?.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            if path.is_file() {
                inside.push(path);
            }
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>, Input> {
    let fail = |cause| Input::file("read", path, cause, "name files, or directories of files");
    let length = fs::metadata(path).map_err(fail)?.len();
    if length > LONGEST {
        let what = format!("cannot import {}", path.display());
        return Err(Input::value(what, format!("it has {length} bytes"), format!("import at most {LONGEST} bytes")));
    }
    fs::read(path).map_err(fail)
}

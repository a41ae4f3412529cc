//! `manifuzz corpus export`: cases as seeds of fuzzers.

use std::path::{Path, PathBuf};

use crate::cli::documents::bytes;
use crate::cli::flags::example_and_codes;
use crate::cli::tell;
use crate::engine::Schedule;
use crate::error::{Error, Input};
use crate::findings::{Corpus, Record, body_digest};
use crate::generate::flavours;
use crate::report::write_seeds;

/// Write the cases with which every run starts, and those of a corpus, one file for each
///
/// The former are the base of each kind, the flavours, and each entry alone. A file is named by the id of the shape and has its text
/// as content, which is the input of the fuzz target `fire`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes("manifuzz corpus export --fuzz fuzz/corpus/fire", &[(0, "success")]))]
pub(super) struct ExportCommand {
    /// Directory to write the files into, which is created if necessary
    #[arg(long, value_name = "DIR")]
    fuzz: PathBuf,
    /// Also write the cases of this corpus
    #[arg(long, value_name = "FILE")]
    corpus: Option<PathBuf>,
    /// Directory for the documents of the corpus that no shape renders, which are inputs of the fuzz target `judge_bytes`
    #[arg(long, value_name = "DIR", requires = "corpus")]
    bodies: Option<PathBuf>,
}

impl ExportCommand {
    pub fn run(self) -> Result<u8, Error> {
        let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
        let fixed = Schedule { flavours, ..Schedule::default() }.fixed().map(|shape| shape.to_string());
        let corpus = self.corpus.as_deref().map(Corpus::read_only).transpose()?;
        let rows: Vec<&Record> = corpus.as_ref().map(Corpus::records).unwrap_or_default();
        let of_rows = rows.iter().filter(|row| row.shape.shape().is_some()).map(|row| row.shape.to_string());
        let count = write_seeds(&self.fuzz, fixed.chain(of_rows))?;
        tell(format_args!("{count} shapes written to {}", self.fuzz.display()));
        let documents: Vec<(&str, &&Record)> =
            rows.iter().filter_map(|row| Some((body_digest(row.shape.as_str())?, row))).collect();
        let others = rows.iter().filter(|row| row.shape.shape().is_none()).count() - documents.len();
        if others > 0 {
            tell(format_args!("warning: {others} rows have shapes that this version cannot read; they are left out"));
        }
        match (&self.bodies, &self.corpus) {
            (Some(directory), Some(corpus)) => {
                for (digest, row) in &documents {
                    write_document(directory, &bytes(corpus, digest, &row.body_base64)?, digest)?;
                }
                tell(format_args!("{} documents written to {}", documents.len(), directory.display()));
            }
            _ if documents.is_empty() => {}
            _ => tell(format_args!("{} documents are left out; --bodies DIR writes them", documents.len())),
        }
        Ok(0)
    }
}

fn write_document(directory: &Path, body: &[u8], digest: &str) -> Result<(), Input> {
    let advice = "choose a writable directory with enough free space";
    std::fs::create_dir_all(directory).map_err(|cause| Input::file("create", directory, cause, advice))?;
    let path = directory.join(digest.trim_start_matches("sha256:"));
    std::fs::write(&path, body).map_err(|cause| Input::file("write", &path, cause, advice))
}

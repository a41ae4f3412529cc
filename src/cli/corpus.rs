//! `manifuzz corpus`: corpora of fuzzers.

use std::path::PathBuf;

use clap::Subcommand;

use super::flags::example_and_codes;
use super::tell;
use crate::engine::Schedule;
use crate::error::Error;
use crate::generate::flavours;
use crate::report::write_seeds;

/// Write seeds for a fuzzer
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes("manifuzz corpus export --fuzz fuzz/corpus/fire", &[(0, "success")]))]
pub(super) struct CorpusCommand {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Export(ExportCommand),
}

/// Write the cases with which every run starts, one file for each
///
/// These are the base of each kind, the flavours, and each entry alone. A file is named by the id of the shape and has its text
/// as content, which is the input of the fuzz target `fire`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes("manifuzz corpus export --fuzz fuzz/corpus/fire", &[(0, "success")]))]
struct ExportCommand {
    /// Directory to write the files into, which is created if necessary
    #[arg(long, value_name = "DIR")]
    fuzz: PathBuf,
}

impl CorpusCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        match self.command {
            Action::Export(ExportCommand { fuzz }) => {
                let flavours = flavours().iter().map(|flavour| flavour.shape.clone()).collect();
                let fixed = Schedule { flavours, ..Schedule::default() }.fixed();
                let count = write_seeds(&fuzz, fixed.map(|shape| shape.to_string()))?;
                tell(format_args!("{count} shapes written to {}", fuzz.display()));
                Ok(0)
            }
        }
    }
}

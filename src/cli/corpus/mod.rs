//! `manifuzz corpus`: checks a corpus, shows its rows, and moves cases between it and fuzzers.

mod export;
mod import;
mod show;
mod verify;

use clap::Subcommand;

use super::flags::example_and_codes;
use crate::error::Error;

/// Check, show, import and export cases
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes("manifuzz corpus verify manifuzz-cases.csv", &[(0, "success")]))]
pub(super) struct CorpusCommand {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Verify(verify::VerifyCommand),
    Show(show::ShowCommand),
    Import(import::ImportCommand),
    Export(export::ExportCommand),
}

impl CorpusCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        match self.command {
            Action::Verify(verify) => verify.run(),
            Action::Show(show) => show.run(),
            Action::Import(import) => import.run(),
            Action::Export(export) => export.run(),
        }
    }
}

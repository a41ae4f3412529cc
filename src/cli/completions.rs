//! `manifuzz completions`: scripts with which shells complete commands and flags.

use clap::Command;
use clap_complete::{Shell, generate};

use super::Output;
use super::flags::epilogue;
use crate::error::Error;

/// Print the script that completes commands and flags in a shell
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz completions bash > ~/.local/share/bash-completion/completions/manifuzz",
    &[(0, "success")],
))]
pub(super) struct CompletionsCommand {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl CompletionsCommand {
    /// Prints the script for this command line.
    pub(super) fn run(self, mut command: Command) -> Result<u8, Error> {
        let name = command.get_name().to_owned();
        let mut script = Vec::new();
        generate(self.shell, &mut command, name, &mut script);
        Output::print(String::from_utf8_lossy(&script).trim_end())?;
        Ok(0)
    }
}

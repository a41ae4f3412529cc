//! `manifuzz man`: the manual, as roff, made from the help of the commands.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Command;
use clap_mangen::{Man, generate_to};

use super::flags::epilogue;
use super::{Output, tell};
use crate::error::{Error, Input};

/// Print the manual page, or write that of each command
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue("manifuzz man --out ~/.local/share/man/man1", &[(0, "success")]))]
pub(super) struct ManCommand {
    /// Directory to write a page for each command into, which is created if necessary
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
}

impl ManCommand {
    /// Prints or writes the pages of this command line.
    pub(super) fn run(self, command: Command) -> Result<u8, Error> {
        let Some(directory) = self.out else {
            let mut page = Vec::new();
            let rendered = Man::new(command.disable_help_subcommand(true)).render(&mut page);
            rendered.map_err(|cause| failed("render the manual for", Path::new("standard output"), cause))?;
            Output::print(String::from_utf8_lossy(&page).trim_end())?;
            return Ok(0);
        };
        fs::create_dir_all(&directory).map_err(|cause| failed("create", &directory, cause))?;
        generate_to(command, &directory).map_err(|cause| failed("write the manual to", &directory, cause))?;
        tell(format_args!(
            "the manual is written to {}; read it with `man {}`",
            directory.display(),
            directory.join("manifuzz.1").display()
        ));
        Ok(0)
    }
}

fn failed(action: &'static str, path: &Path, cause: io::Error) -> Input {
    Input::file(action, path, cause, "name a writable directory")
}

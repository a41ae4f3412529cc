//! What commands print: results to stdout, everything else to stderr.

use std::fmt;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;

use clap::ValueEnum;

use crate::error::{Error, Input};
use crate::foreign::escaped;

/// The format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Pretty,
    /// One JSON object per line
    Json,
}

/// How a command prints its results.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(super) struct Output {
    /// Output format [default: pretty on a terminal, json otherwise]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl Output {
    pub fn is_pretty(self) -> bool {
        match self.format {
            Some(format) => format == Format::Pretty,
            None => std::io::stdout().is_terminal(),
        }
    }

    /// Prints this and a newline to stdout.
    pub fn print(text: &str) -> Result<(), Error> {
        writeln!(std::io::stdout().lock(), "{text}").map_err(|cause| match cause.kind() {
            ErrorKind::BrokenPipe => Error::Unread,
            _ => {
                let advice = "output is incomplete; free disk space or redirect it";
                Input::file("write to", Path::new("standard output"), cause, advice).into()
            }
        })
    }
}

/// Prints a line to stderr, invisible characters escaped. Ignores errors: stderr may be closed.
pub(super) fn tell(text: impl fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{}", escaped(&text.to_string()));
}

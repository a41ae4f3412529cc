//! The command line, one file a subcommand. Parses, opens, prints; decides nothing about manifests.

mod advice;
mod check;
mod drawing;
mod flavours;
mod generate;
mod interrupt;
mod matrix;
mod profiles;
mod rules;
mod run;
mod serve;
mod shrink;
mod slots;
mod targets;
mod time;

use std::fmt;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::error::{Error, Input};
use crate::foreign::escaped;

/// Finds out what container registries and clients really do with OCI manifests.
#[derive(Debug, Parser)]
#[command(name = "manifuzz", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Matrix(matrix::MatrixCommand),
    Shrink(shrink::Shrink),
    Serve(serve::Serve),
    Check(check::Check),
    Gen(generate::Gen),
    Flavours(flavours::Flavours),
    Slots(slots::Slots),
    Rules(rules::Rules),
    Profiles(profiles::Profiles),
    Quirks(profiles::Quirks),
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Pretty,
    /// A JSON object a line.
    Json,
}

/// What every command that prints results takes.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Output {
    /// How results are printed; pretty on a terminal, JSON lines otherwise
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl Output {
    fn is_pretty(self) -> bool {
        match self.format {
            Some(format) => format == Format::Pretty,
            None => std::io::stdout().is_terminal(),
        }
    }

    /// Prints lines.
    fn print(text: &str) -> Result<(), Error> {
        writeln!(std::io::stdout().lock(), "{text}").map_err(|cause| match cause.kind() {
            ErrorKind::BrokenPipe => Error::Unread,
            _ => {
                let advice = "what was printed is not all: send it to where there is room";
                Input::file("write to", Path::new("standard output"), cause, advice).into()
            }
        })
    }
}

/// Prints a line to standard error, with whatever others wrote in it escaped. A closed standard error is ignored.
fn tell(text: impl fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{}", escaped(&text.to_string()));
}

/// Exit codes: findings, bad input, untestable target, a bug of ours, interrupted, nobody reads.
const FOUND: u8 = 1;
const BAD_INPUT: u8 = 2;
const UNTESTABLE: u8 = 3;
const BUG: u8 = 101;
const INTERRUPTED: u8 = 130;
const UNREAD: u8 = 141;

/// The arguments of this process; ends it where they cannot be used.
fn parsed() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|error| {
        // clap quotes an argument as it is.
        let visible = std::env::args_os().map(|argument| escaped(&argument.to_string_lossy()).into_owned());
        Arguments::try_parse_from(visible).err().unwrap_or(error).exit()
    })
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = parsed();
    let done = match arguments.command {
        None => Output::print(&Arguments::command().render_long_help().to_string()).map(|()| 0),
        Some(Command::Run(run)) => run.run(),
        Some(Command::Matrix(matrix)) => matrix.run(),
        Some(Command::Shrink(shrink)) => shrink.run(),
        Some(Command::Serve(serve)) => serve.run(),
        Some(Command::Check(check)) => check.run(),
        Some(Command::Gen(generate)) => generate.run(),
        Some(Command::Flavours(flavours)) => flavours.run(),
        Some(Command::Slots(slots)) => slots.run(),
        Some(Command::Rules(rules)) => rules.run(),
        Some(Command::Profiles(profiles)) => profiles.run(),
        Some(Command::Quirks(quirks)) => quirks.run(),
    };
    ExitCode::from(done.unwrap_or_else(|error| {
        let code = match error {
            Error::Unread => return UNREAD,
            Error::Input(_) => BAD_INPUT,
            Error::Trouble(_) => UNTESTABLE,
            Error::Bug(_) => BUG,
        };
        tell(format_args!("error: {}", advice::said(&error)));
        code
    }))
}

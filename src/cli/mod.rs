//! The command line, one file per command. Parses, opens and prints; decides nothing about manifests.

mod advice;
mod baseline;
mod check;
mod cleanup;
mod client_commands;
mod clients;
mod completions;
mod corpus;
mod diff;
mod documents;
mod drawing;
mod exit;
mod flags;
mod flavours;
mod generate;
mod interrupt;
mod isolation;
mod limits;
mod man;
mod matrix;
mod merge;
mod output;
mod packets;
mod profiles;
mod refire;
mod replay;
mod report;
mod report_files;
mod repro;
mod rules;
mod run;
mod serve;
mod shrink;
mod slots;
mod targets;
mod values;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

pub(in crate::cli) use self::exit::{BAD_INPUT, BUG, FOUND, INTERRUPTED, UNREAD, UNTESTABLE};
use self::flags::epilogue;
pub(in crate::cli) use self::output::{Output, tell};
use self::values::without_password;
use crate::error::Error;
use crate::foreign::escaped;

/// Property-based fuzzer and executable conformance model for OCI registries
#[derive(Debug, Parser)]
#[command(name = "manifuzz", version, about, after_long_help = epilogue(
    "manifuzz run http://127.0.0.1:5000/some/repo",
    &[
        (0, "success"),
        (FOUND, "findings at or above --fail-on, or a broken MUST"),
        (UNTESTABLE, "no case, or fewer than half of those sent, could be judged"),
        (INTERRUPTED, "interrupted by a signal"),
    ],
))]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunCommand),
    Merge(merge::MergeCommand),
    Diff(diff::DiffCommand),
    Report(report::ReportCommand),
    Matrix(matrix::MatrixCommand),
    Clients(clients::ClientsCommand),
    Shrink(shrink::ShrinkCommand),
    Replay(replay::ReplayCommand),
    Baseline(baseline::BaselineCommand),
    Repro(repro::ReproCommand),
    Limits(limits::LimitsCommand),
    Serve(serve::ServeCommand),
    Targets(targets::TargetsCommand),
    Check(check::CheckCommand),
    Gen(generate::GenCommand),
    Cleanup(cleanup::CleanupCommand),
    Corpus(corpus::CorpusCommand),
    Flavours(flavours::FlavoursCommand),
    Slots(slots::SlotsCommand),
    Rules(rules::RulesCommand),
    Profiles(profiles::ProfilesCommand),
    Quirks(profiles::QuirksCommand),
    Completions(completions::CompletionsCommand),
    Man(man::ManCommand),
}

/// The arguments of this process. Exits with 2 if they are invalid, or with 0 after printing help.
fn parsed() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|error| {
        // clap quotes arguments verbatim, so the message is made from harmless ones.
        let harmless = std::env::args_os().map(|argument| without_password(&escaped(&argument.to_string_lossy())));
        Arguments::try_parse_from(harmless).err().unwrap_or(error).exit()
    })
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = parsed();
    isolation::isolate_for_clients();
    let done = match arguments.command {
        None => Output::print(&Arguments::command().render_long_help().to_string()).map(|()| 0),
        Some(Command::Run(run)) => run.run(),
        Some(Command::Merge(merge)) => merge.run(),
        Some(Command::Diff(diff)) => diff.run(),
        Some(Command::Report(report)) => report.run(),
        Some(Command::Matrix(matrix)) => matrix.run(),
        Some(Command::Clients(clients)) => clients.run(),
        Some(Command::Shrink(shrink)) => shrink.run(),
        Some(Command::Replay(replay)) => replay.run(),
        Some(Command::Baseline(baseline)) => baseline.run(),
        Some(Command::Repro(repro)) => repro.run(),
        Some(Command::Limits(limits)) => limits.run(),
        Some(Command::Serve(serve)) => serve.run(),
        Some(Command::Targets(targets)) => targets.run(),
        Some(Command::Check(check)) => check.run(),
        Some(Command::Gen(generate)) => generate.run(),
        Some(Command::Cleanup(cleanup)) => cleanup.run(),
        Some(Command::Corpus(corpus)) => corpus.run(),
        Some(Command::Flavours(flavours)) => flavours.run(),
        Some(Command::Slots(slots)) => slots.run(),
        Some(Command::Rules(rules)) => rules.run(),
        Some(Command::Profiles(profiles)) => profiles.run(),
        Some(Command::Quirks(quirks)) => quirks.run(),
        Some(Command::Completions(completions)) => completions.run(Arguments::command()),
        Some(Command::Man(man)) => man.run(Arguments::command()),
    };
    ExitCode::from(done.unwrap_or_else(|error| {
        let code = match error {
            Error::Unread => return UNREAD,
            Error::Input(_) => BAD_INPUT,
            Error::Trouble(_) => UNTESTABLE,
            Error::Bug(_) => BUG,
        };
        tell(format_args!("error: {}", advice::message(&error)));
        code
    }))
}

//! `issue.md` of a client program: the finding as a text to paste into an issue.

use std::fmt::Write as _;

use super::ClientCommands;
use crate::compare::Class;
use crate::foreign::escaped;
use crate::report::markdown_text::{code, escape};
use crate::report::packet::Parts;
use crate::report::packet::issue::{accepted, document, expected, extent, heading};
use crate::report::packet::shell::quoted;

pub(super) fn issue(parts: &Parts<'_>, commands: &ClientCommands) -> String {
    let record = parts.record;
    let mut text = heading(parts, "Client");
    text.push_str("\n## What was served\n");
    document(&mut text, parts);
    let answers = record.shape.shape().into_iter().flat_map(|shape| shape.answers());
    let answers: Vec<String> = answers
        .map(|(slot, entry)| format!("- {}: {}", code(&format!("{}={}", slot.name, entry.name)), escape(entry.about)))
        .collect();
    if !answers.is_empty() {
        let _ = write!(text, "\nThe registry answered rightly but for this:\n\n{}\n", answers.join("\n"));
    }
    let line: Vec<String> = commands.run.iter().map(|argument| quoted(&filled(argument, &commands.program))).collect();
    let _ = write!(text, "\n## What was run\n\n```sh\n{}\n```\n", escaped(&line.join(" ")));
    expected(&mut text, parts, &format!("The {}", record.stage));
    let _ = write!(
        text,
        "\n## What came\n\n{}.\nThe program ended with {}.\n",
        escape(&record.note),
        ending(&record.error_code)
    );
    if !record.error_message.is_empty() {
        let _ = writeln!(text, "The last line of its standard error: {}", code(&record.error_message));
    }
    extent(&mut text, parts);
    // What the program took is not told from the nearest case by being accepted.
    if matches!(record.class, Class::ClientFailsOnValid | Class::ClientCrash | Class::ClientHang) {
        accepted(&mut text, parts);
    }
    text.push_str(
        "\n## To reproduce\n\n```sh\nsh repro.sh\n```\n\nIt serves the case with `manifuzz serve` and runs the program. It exits with 0 if the \
         finding shows, with 1 if it does not, and with 2 if it could not be tried.\n\nThere is no `traffic.har`: `repro.sh` prints \
         what the program says, and with `KEEP=yes` it keeps the list of the requests that arrived.\n",
    );
    text
}

/// A command line for readers: the program's name, and the other placeholders in capitals.
fn filled(argument: &str, program: &str) -> String {
    let mut text = argument.replace("{program}", program);
    for name in ["registry", "repository", "tag", "digest", "subject", "to", "out", "home", "layout", "state"] {
        text = text.replace(&format!("{{{name}}}"), &name.to_uppercase());
    }
    text
}

/// How a program ended, in words.
fn ending(text: &str) -> String {
    match text.split_once(':') {
        Some(("exit", status)) => format!("the exit code {}", escape(status)),
        Some(("signal", signal)) => format!("the signal {}", escape(signal)),
        _ => "its time limit".to_owned(),
    }
}

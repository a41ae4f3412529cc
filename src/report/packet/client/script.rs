//! `repro.sh`: serves the case with `manifuzz serve --shape`, runs the client program, and compares how it ended.

use std::fmt::Write as _;

use super::ClientCommands;
use crate::compare::Class;
use crate::findings::Record;
use crate::foreign::escaped;
use crate::report::packet::shell::quoted;

/// What every script does before it runs the program.
const START: &str = include_str!("start.sh");

/// The placeholders of adapters, and the shell's variables that stand for them.
const PLACEHOLDERS: [(&str, &str); 11] = [
    ("{program}", "program"),
    ("{registry}", "registry"),
    ("{repository}", "repository"),
    ("{tag}", "tag"),
    ("{digest}", "digest"),
    ("{subject}", "subject"),
    ("{to}", "to"),
    ("{out}", "out"),
    ("{home}", "home"),
    ("{layout}", "layout"),
    ("{state}", "state"),
];

/// What a script can see of a finding.
enum Sight {
    /// A shell's condition that holds if the finding shows.
    Whole(String),
    /// How the program ended, which is a part of it.
    Ending(String),
}

pub(super) fn script(record: &Record, commands: &ClientCommands) -> String {
    let sight = sight(record);
    let mut text = format!(
        "#!/bin/sh\n\
         # {class} at {stage}: {note}\n\
         # Case {id}: {shape}\n\
         #\n\
         # sh repro.sh: serves the case with `manifuzz serve` on a port of this machine, and runs {program}.\n\
         # Exit code: 0 if the finding shows, 1 if it does not, 2 if it could not be tried.\n\
         # MANIFUZZ and PROGRAM name other programs; KEEP=yes keeps the folder with what the program wrote.\n\
         # It can reach other hosts. `unshare --net` (as root, and then `ip link set lo up`) prevents that.\n",
        class = record.class.as_str(),
        stage = record.stage,
        note = escaped(&record.note),
        id = record.shape.id(),
        shape = escaped(record.shape.as_str()),
        program = escaped(&commands.program),
    );
    if let Sight::Ending(_) = sight {
        text.push_str("#\n# Only how the program ends is compared: a shell cannot see the rest of what was found.\n");
    }
    let _ = write!(
        text,
        "\nprogram=${{PROGRAM:-{}}}\nshape={}\nseconds={}\n",
        quoted(&commands.program),
        quoted(record.shape.as_str()),
        commands.seconds.max(1)
    );
    text.push_str(START);
    environment(&mut text, commands);
    if let Some((run, ready)) = &commands.daemon {
        let _ = write!(
            text,
            "\n# The daemon.\nalone {} >\"$work/daemon\" 2>&1 &\ndaemon=$!\nready() {{ run {} >\"$work/said\" 2>&1; }}\nawait ready\n",
            words(run),
            words(ready)
        );
    }
    for command in &commands.setup {
        let _ =
            write!(text, "\nrun {} >\"$work/said\" 2>&1 || untried \"a command before it failed\"\n", words(command));
    }
    let (Sight::Whole(condition) | Sight::Ending(condition)) = sight;
    let _ = write!(
        text,
        "\n# The command that shows the finding.\nrun {} >\"$work/said\" 2>\"$work/errors\"\nended=$?\n\
         tail -n 5 \"$work/errors\" >&2\necho \"$program ended with $ended\"\n\
         if {condition}; then\n    echo {}\n    exit 0\nfi\necho \"not shown\"\nexit 1\n",
        words(&commands.run),
        quoted(&format!("shown: {}", escaped(&record.note))),
    );
    text
}

/// The variables and files that the program needs.
fn environment(text: &mut String, commands: &ClientCommands) {
    for (path, content) in &commands.files {
        let path = format!("{{home}}/{path}");
        let _ = write!(text, "mkdir -p \"$(dirname {})\"\nprintf %s {} >{}\n", word(&path), word(content), word(&path));
    }
    let variables: Vec<String> =
        commands.environment.iter().map(|(name, value)| format!(" {}={}", quoted(name), word(value))).collect();
    let _ = write!(
        text,
        "alone() {{\n    cd \"$out\" && exec env -i PATH=\"$PATH\" HOME=\"$home\" TMPDIR=\"$temporary\" XDG_RUNTIME_DIR=\"$temporary\" \\\n        \
         REGISTRY_AUTH_FILE=\"$home/.docker/config.json\"{} \"$@\"\n}}\nrun() {{ (alone timeout \"$seconds\" \"$@\"); }}\n",
        variables.concat()
    );
}

/// What a shell can see of a finding. A command that `timeout` ends has the status 124, one that a signal ends 128 and more.
fn sight(record: &Record) -> Sight {
    let code = record.error_code.as_str();
    let number = |text: &str| text.parse::<i64>().ok();
    let status = match code.split_once(':') {
        Some(("exit", status)) => number(status),
        Some(("signal", signal)) => number(signal).map(|signal| 128 + signal),
        _ => Some(124),
    };
    let ending = format!("[ \"$ended\" -eq {} ]", status.unwrap_or(124));
    match record.class {
        Class::ClientLeaksCredentials => {
            Sight::Whole("grep -q '^request .* elsewhere with credentials$' \"$work/served\"".to_owned())
        }
        Class::ClientCrash | Class::ClientHang | Class::ClientFailsOnValid => Sight::Whole(ending),
        _ => Sight::Ending(ending),
    }
}

/// A command line as words of the shell.
fn words(command: &[String]) -> String {
    command.iter().map(|argument| word(argument)).collect::<Vec<_>>().join(" ")
}

/// Text with placeholders, as one word. Other braces stay.
fn word(text: &str) -> String {
    let mut word = String::new();
    let mut rest = text;
    loop {
        let found = PLACEHOLDERS.iter().filter_map(|(name, variable)| Some((rest.find(name)?, *name, *variable)));
        let Some((at, name, variable)) = found.min() else { break };
        if at > 0 {
            word.push_str(&quoted(&rest[..at]));
        }
        let _ = write!(word, "\"${variable}\"");
        rest = &rest[at + name.len()..];
    }
    if !rest.is_empty() || word.is_empty() {
        word.push_str(&quoted(rest));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_variables_and_other_braces_stay() {
        assert_eq!(word("docker://{registry}/{repository}:{tag}"), "docker://\"$registry\"/\"$repository\":\"$tag\"");
        assert_eq!(word("{{.X}} {out}"), "'{{.X}} '\"$out\"");
        assert_eq!(word(""), "''");
        assert_eq!(word("it's"), r"'it'\''s'");
    }
}

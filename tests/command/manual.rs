//! `completions` and `man`: made from the same definitions as the help.

use std::process::Command;

use crate::command::{if_installed, run};

fn stdout<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> String {
    let (output, _folder) = run(arguments);
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that `--help` lists.
fn commands() -> Vec<String> {
    let help = stdout(["--help"]);
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = list.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() > 10 && ["completions", "man"].iter().all(|name| names.iter().any(|one| one == name)));
    names
}

#[test]
fn every_shell_gets_a_script_with_all_commands_and_flags() {
    let commands = commands();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(["completions", shell]);
        for command in &commands {
            assert!(script.contains(command.as_str()), "{command} is not in that of {shell}");
        }
        // fish names flags without hyphens.
        assert!(script.contains("fail-on") && script.contains("violation"), "{shell}");
    }
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let script = stdout(["completions", "bash"]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifuzz.bash"), script).unwrap();
    let completed = |words: &str, current: &str, previous: &str| {
        let count = words.split(' ').count() - 1;
        let line = format!(
            ". ./manifuzz.bash; COMP_WORDS=({words}); COMP_CWORD={count}; _manifuzz manifuzz '{current}' '{previous}'; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash").args(["--norc", "-c", &line]).current_dir(&folder).output();
        let output = if_installed("bash", output)?;
        let text = String::from_utf8(output.stdout).unwrap();
        Some(text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    };
    let Some(commands) = completed("manifuzz ma", "ma", "manifuzz") else { return };
    assert_eq!(commands, ["matrix", "man"]);
    assert_eq!(completed("manifuzz run --not", "--not", "run").unwrap(), ["--notes"]);
    assert_eq!(completed("manifuzz run --fail-on v", "v", "--fail-on").unwrap(), ["violation"]);
}

#[test]
fn every_command_has_a_page_and_the_main_page_lists_them() {
    let (output, folder) = run(["man", "--out", "man/man1"]);
    assert_eq!(output.status.code(), Some(0));
    let page = |name: &str| {
        let path = folder.path().join("man/man1").join(format!("{name}.1"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let main = page("manifuzz");
    assert_eq!(main.trim_end(), stdout(["man"]).trim_end());
    for command in commands() {
        assert!(main.contains(&format!("manifuzz\\-{command}(1)")), "{command} is not listed");
        let own = page(&format!("manifuzz-{command}"));
        assert!(own.contains(&format!(".TH manifuzz-{command} 1")) && own.contains(".SH SYNOPSIS"), "{own}");
    }
    // Commands below commands, with their flags.
    assert!(page("manifuzz-targets-doctor").contains(".SH SYNOPSIS"));
    assert!(page("manifuzz-run").contains("\\-\\-fail\\-on"));
}

#[test]
fn a_manual_that_cannot_be_written_is_an_error() {
    let (output, _folder) = run(["man", "--out", "/proc/none/man1"]);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("/proc/none/man1") && err.contains("name a writable directory"), "{err}");
}

//! Adapters: how a client program is called for each operation, and what its answers mean. Each is a TOML file, ours and
//! those of users alike.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::filling::{PLACEHOLDERS, unknown_placeholder};
use super::sandbox::Limits;
use crate::exchange::client::Operation;

/// A command and its arguments, with placeholders.
pub type Words = Vec<String>;

/// How a client program is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adapter {
    /// The client's name, as in `client:NAME`: that of the file.
    #[serde(skip)]
    pub name: String,
    /// The program: a name on PATH, or an absolute path.
    program: String,
    /// The command that prints the version.
    pub version: Words,
    /// What the program is, in a phrase.
    #[serde(default)]
    pub about: String,
    /// Variables that the program needs beyond those of every run.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files below `{home}` that the program needs, with placeholders in their content.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Commands that log in at the registry, for a program that reads neither of Docker's and Podman's auth files.
    #[serde(default)]
    pub login: Vec<Words>,
    pull: Option<Task>,
    copy: Option<Task>,
    push: Option<Task>,
    list: Option<Task>,
    tags: Option<Task>,
    /// What its output means.
    #[serde(default)]
    pub outcomes: Outcomes,
    /// A daemon that the program needs.
    pub daemon: Option<Daemon>,
    /// Limits of one run.
    #[serde(default)]
    limits: LimitRow,
}

/// How one operation is done.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Commands before it. If one fails, the operation is not tested.
    #[serde(default)]
    pub setup: Vec<Words>,
    /// The command under test.
    pub run: Words,
    /// The folder below `{out}` that is an OCI layout afterwards, if there is one.
    pub keeps: Option<String>,
    /// What standard output has.
    pub prints: Option<Prints>,
    /// Whether the program makes a manifest anew rather than pushing the bytes that it read.
    #[serde(default)]
    pub rebuilds: bool,
}

/// What a program prints.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Prints {
    /// The digests of what it found.
    Digests,
    /// The tags that it found.
    Tags,
}

/// Parts of standard error that decide the outcome.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcomes {
    /// The program crashed.
    #[serde(default)]
    pub crashed: Vec<String>,
    /// The program says that it does not do this, so nothing is judged.
    #[serde(default)]
    pub unsupported: Vec<String>,
}

/// A daemon.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Daemon {
    /// The command that starts it and stays.
    pub run: Words,
    /// A command that succeeds once it is ready.
    pub ready: Words,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitRow {
    seconds: Option<u64>,
    memory: Option<String>,
    disk: Option<String>,
    processes: Option<u32>,
}

/// What the standard error of every crashed program has.
const CRASHED: [&str; 6] =
    ["panic:", "runtime error:", "fatal error:", "SIGSEGV", "stack overflow", "Traceback (most recent call last)"];

const SECONDS: u64 = 30;
const MEMORY: u64 = 4 << 30;
const DISK: u64 = 1 << 29;
const PROCESSES: u32 = 256;

impl Adapter {
    /// The program: that of the variable `MANIFUZZ_CLIENT_NAME`, else that of the file.
    pub fn program(&self) -> String {
        let name = self.name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let given = std::env::var(format!("MANIFUZZ_CLIENT_{name}")).ok().filter(|program| !program.is_empty());
        given.unwrap_or_else(|| self.program.clone())
    }

    /// Reads an adapter.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let adapter: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map(|before| format!("line {}: ", before.matches('\n').count() + 1));
            format!("{}{}", line.unwrap_or_default(), error.message().trim().replace('\n', " "))
        })?;
        let adapter = Self { name: name.to_owned(), ..adapter };
        adapter.check()?;
        Ok(adapter)
    }

    fn check(&self) -> Result<(), String> {
        if Operation::ALL.iter().all(|operation| self.task(*operation).is_none()) {
            return Err("it has none of the tables pull, copy, push, list and tags".to_owned());
        }
        for words in self.commands() {
            if words.is_empty() {
                return Err("a command has no words".to_owned());
            }
            if let Some(unknown) = words.iter().find_map(|word| unknown_placeholder(word)) {
                let known = PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", ");
                return Err(format!("unknown placeholder `{{{unknown}}}`; expected one of {known}"));
            }
        }
        for path in self.files.keys().chain(self.tasks().filter_map(|task| task.keeps.as_ref())) {
            if std::path::Path::new(path).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
                return Err(format!("`{path}` is not a path below the folder"));
            }
        }
        bytes(self.limits.memory.as_ref(), "memory", MEMORY)?;
        bytes(self.limits.disk.as_ref(), "disk", DISK)?;
        Ok(())
    }

    fn tasks(&self) -> impl Iterator<Item = &Task> {
        Operation::ALL.into_iter().filter_map(|operation| self.task(operation))
    }

    fn commands(&self) -> impl Iterator<Item = &Words> {
        let of_tasks = self.tasks().flat_map(|task| task.setup.iter().chain([&task.run]));
        let daemon = self.daemon.iter().flat_map(|daemon| [&daemon.run, &daemon.ready]);
        of_tasks.chain(daemon).chain(&self.login).chain([&self.version])
    }

    /// How the operation is done; `None` if the program does not do it.
    pub fn task(&self, operation: Operation) -> Option<&Task> {
        match operation {
            Operation::Pull => self.pull.as_ref(),
            Operation::Copy => self.copy.as_ref(),
            Operation::Push => self.push.as_ref(),
            Operation::List => self.list.as_ref(),
            Operation::Tags => self.tags.as_ref(),
        }
    }

    /// The limits of one run.
    pub fn limits(&self) -> Limits {
        let or_usual = |text: Option<&String>, usual| bytes(text, "", usual).unwrap_or(usual);
        Limits {
            time: Duration::from_secs(self.limits.seconds.unwrap_or(SECONDS)),
            memory: or_usual(self.limits.memory.as_ref(), MEMORY),
            disk: or_usual(self.limits.disk.as_ref(), DISK),
            processes: self.limits.processes.unwrap_or(PROCESSES),
        }
    }

    /// Whether this standard error is that of a crash.
    pub fn has_crashed(&self, error_output: &str) -> bool {
        let own = self.outcomes.crashed.iter().map(String::as_str);
        CRASHED.into_iter().chain(own).any(|part| error_output.contains(part))
    }

    /// Whether the program says that it does not do this.
    pub fn is_unsupported(&self, error_output: &str) -> bool {
        self.outcomes.unsupported.iter().any(|part| error_output.contains(part))
    }
}

/// A number of bytes such as `512M`, or `usual` without a text.
fn bytes(text: Option<&String>, what: &str, usual: u64) -> Result<u64, String> {
    let Some(text) = text else { return Ok(usual) };
    let (digits, factor) = match text.as_bytes().last() {
        Some(b'M') => (&text[..text.len() - 1], 1 << 20),
        Some(b'G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text.as_str(), 1),
    };
    let number: Option<u64> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(factor))
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| format!("limits.{what}: `{text}` is not a number of bytes such as \"512M\" or \"1G\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_is_read_whole_or_rejected_with_the_reason() {
        let text = r#"
            program = "tool"
            version = ["{program}", "version", "--format", "{{.VCSTag}}"]
            [pull]
            run = ["{program}", "pull", "{registry}/{repository}:{tag}"]
            [limits]
            seconds = 7
            memory = "2M"
        "#;
        let adapter = Adapter::parse("tool", text).expect("valid");
        assert_eq!(
            (adapter.limits().time.as_secs(), adapter.limits().memory, adapter.limits().disk),
            (7, 2 << 20, DISK)
        );
        assert!(adapter.task(Operation::Pull).is_some() && adapter.task(Operation::Push).is_none());
        assert!(adapter.has_crashed("panic: oh") && !adapter.has_crashed("error: oh"));
        for (old, new, why) in [
            ("[pull]", "[fetch]", "line 4: unknown field `fetch`"),
            ("{registry}", "{host}", "{host}"),
            ("seconds = 7", "minutes = 7", "minutes"),
            ("\"2M\"", "\"much\"", "memory"),
            ("\"{program}\", \"pull\", \"{registry}/{repository}:{tag}\"", "", "no words"),
        ] {
            let error = Adapter::parse("tool", &text.replace(old, new)).expect_err(new);
            assert!(error.contains(why), "{new}: {error}");
        }
    }
}

//! The command lines of a client program for a packet, from its adapter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::findings::Record;
use crate::report::ClientCommands;

/// The folder with adapters of the user's own.
const FOLDER: &str = "MANIFUZZ_CLIENTS";
/// How long a command may take if the adapter does not say.
const SECONDS: u64 = 20;

/// The part of an adapter that a packet needs.
#[derive(Debug, Deserialize)]
struct Adapter {
    program: String,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    daemon: Option<Daemon>,
    #[serde(default)]
    limits: Limits,
    #[serde(flatten)]
    operations: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
struct Daemon {
    run: Vec<String>,
    ready: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Limits {
    seconds: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    #[serde(default)]
    setup: Vec<Vec<String>>,
    run: Vec<String>,
}

/// The command lines that show the finding of a row, whose target is `client:NAME` or `client:PATH.toml`. The error says why there
/// are none.
pub(super) fn client_commands(record: &Record) -> Result<ClientCommands, String> {
    let name = record.target.strip_prefix("client:").unwrap_or(&record.target);
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    let path = path_of(name, folder.as_deref());
    let text = std::fs::read_to_string(&path).map_err(|cause| {
        format!("cannot read the adapter {}: {cause}; name the folder with it in {FOLDER}", path.display())
    })?;
    of_adapter(&text, record.stage.as_str()).map_err(|why| format!("the adapter {}: {why}", path.display()))
}

fn path_of(name: &str, folder: Option<&Path>) -> PathBuf {
    let is_path = name.ends_with(".toml");
    if is_path { PathBuf::from(name) } else { folder.unwrap_or(Path::new("clients")).join(format!("{name}.toml")) }
}

fn of_adapter(text: &str, stage: &str) -> Result<ClientCommands, String> {
    let adapter: Adapter = toml::from_str(text).map_err(|error| error.to_string())?;
    // Both kinds of list are of this stage.
    let names = if stage == "list" { &["list", "tags"][..] } else { &[stage][..] };
    let found = names.iter().find_map(|name| adapter.operations.get(*name));
    let found = found.ok_or_else(|| format!("it does not say how to {stage}"))?;
    let Operation { setup, run } = found.clone().try_into().map_err(|error: toml::de::Error| error.to_string())?;
    Ok(ClientCommands {
        program: adapter.program,
        environment: adapter.environment.into_iter().collect(),
        files: adapter.files.into_iter().collect(),
        daemon: adapter.daemon.map(|daemon| (daemon.run, daemon.ready)),
        setup,
        run,
        seconds: adapter.limits.seconds.unwrap_or(SECONDS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADAPTER: &str = r#"
program = "fake"
[environment]
A = "{home}"
[pull]
setup = [["{program}", "login"]]
run = ["{program}", "pull", "{registry}"]
[limits]
seconds = 5
"#;

    #[test]
    fn the_commands_of_a_stage_come_from_its_operation() {
        let commands = of_adapter(ADAPTER, "pull").expect("an adapter");
        assert_eq!((commands.program.as_str(), commands.seconds, commands.setup.len()), ("fake", 5, 1));
        assert_eq!(commands.run, ["{program}", "pull", "{registry}"]);
        assert!(of_adapter(ADAPTER, "push").is_err_and(|why| why.contains("push")));
    }
}

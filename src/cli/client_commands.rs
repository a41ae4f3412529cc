//! The command lines of a client program for a packet, from its adapter.

use crate::consumers::clients::{Adapter, shipped};
use crate::exchange::client::Operation;
use crate::findings::Record;
use crate::report::ClientCommands;

/// The command lines that show the finding of a row, whose target is `client:NAME`: by the adapter of that name among `given`, or by
/// the one that `client:NAME` means, or else by the only one given. The error says why there are none.
pub(super) fn client_commands(record: &Record, given: &[&Adapter]) -> Result<ClientCommands, String> {
    let name = record.target.strip_prefix("client:").unwrap_or(&record.target);
    let stage = record.stage.as_str();
    if let Some(adapter) = given.iter().find(|adapter| adapter.name == name) {
        return of_adapter(adapter, stage);
    }
    match (shipped::adapter(name), given) {
        (Ok(adapter), _) => of_adapter(&adapter, stage),
        // The target has another --name.
        (Err(_), [only]) => of_adapter(only, stage),
        (Err(error), _) => Err(error.to_string()),
    }
}

fn of_adapter(adapter: &Adapter, stage: &str) -> Result<ClientCommands, String> {
    let is_at = |operation: &Operation| operation.stage().as_str() == stage;
    let task = Operation::ALL.into_iter().filter(is_at).find_map(|operation| adapter.task(operation));
    let task = task.ok_or_else(|| format!("the adapter {} does not say how to {stage}", adapter.name))?;
    let pairs = |map: &std::collections::BTreeMap<String, String>| {
        map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    Ok(ClientCommands {
        program: adapter.program(),
        environment: pairs(&adapter.environment),
        files: pairs(&adapter.files),
        daemon: adapter.daemon.as_ref().map(|daemon| (daemon.run.clone(), daemon.ready.clone())),
        setup: adapter.login.iter().chain(&task.setup).cloned().collect(),
        run: task.run.clone(),
        seconds: adapter.limits().time.as_secs(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADAPTER: &str = r#"
program = "fake"
version = ["{program}", "version"]
login = [["{program}", "login"]]
[environment]
A = "{home}"
[pull]
run = ["{program}", "pull", "{registry}"]
[tags]
run = ["{program}", "tags", "{registry}"]
[limits]
seconds = 5
"#;

    #[test]
    fn the_commands_of_a_stage_come_from_its_operation() {
        let adapter = Adapter::parse("fake", ADAPTER).expect("an adapter");
        let commands = of_adapter(&adapter, "pull").expect("it pulls");
        assert_eq!((commands.program.as_str(), commands.seconds, commands.setup.len()), ("fake", 5, 1));
        assert_eq!(commands.run, ["{program}", "pull", "{registry}"]);
        assert_eq!(of_adapter(&adapter, "list").expect("it lists").run[1], "tags");
        assert!(of_adapter(&adapter, "push").is_err_and(|why| why.contains("push")));
    }
}

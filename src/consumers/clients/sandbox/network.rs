//! A network that reaches nothing: the current program continues in a network namespace with loopback alone.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use crate::foreign::{bounded, escaped};

/// An address of the namespace that is not loopback to clients, for a token service without TLS.
pub const PLAIN_HTTP_ADDRESS: &str = "10.99.99.99";
/// The address under which clouds serve instance metadata, also of the namespace.
pub const PRIVATE_ADDRESS: &str = "169.254.169.254";

/// Set in the program that continues.
const MARKER: &str = "MANIFUZZ_NETWORK_ISOLATED";
/// The longest reason.
const REASON: usize = 200;

/// Whether programs reach only what this program serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// They do.
    Isolated,
    /// They reach the network of this machine, because the system does not allow otherwise; with the reason.
    NotIsolated(String),
}

/// Replaces this program by itself, with the same arguments, in a network namespace, and returns there. Must be called
/// before anything else that has an effect. Where the system refuses, the program goes on as it is.
pub fn isolate() -> Network {
    if std::env::var_os(MARKER).is_some() {
        return match interfaces().as_slice() {
            [only] if only == "lo" => Network::Isolated,
            others => Network::NotIsolated(format!(
                "{MARKER} is set, but there are network interfaces beside loopback: {}",
                others.join(", ")
            )),
        };
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(cause) => return Network::NotIsolated(format!("the path of this program is unknown: {cause}")),
    };
    let mut refusal = String::new();
    for user in [None, Some("--map-root-user")] {
        let namespace = |rest: Vec<OsString>| {
            let mut command = Command::new("unshare");
            command.args(user).args(["--net", "sh", "-c", &script()]).args(rest).env(MARKER, "1");
            command
        };
        match tried(namespace(vec!["true".into()])) {
            Ok(()) => {
                let line = std::iter::once(program.into_os_string()).chain(std::env::args_os().skip(1)).collect();
                // It only returns if it fails.
                let cause = namespace(line).exec();
                return Network::NotIsolated(format!("unshare: {cause}"));
            }
            Err(reason) if refusal.is_empty() => refusal = reason,
            Err(_) => {}
        }
    }
    Network::NotIsolated(refusal)
}

/// Starts loopback and its additional addresses, and continues with the arguments. Administrators' tools may be missing
/// from a user's `PATH`.
fn script() -> String {
    format!(
        "(PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && ip addr add {PLAIN_HTTP_ADDRESS}/32 dev lo && \
         ip addr add {PRIVATE_ADDRESS}/32 dev lo) && exec \"$0\" \"$@\""
    )
}

/// Runs a command; why it failed.
fn tried(mut command: Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|cause| format!("unshare: {cause}"))?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    let last = message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("unshare failed");
    Err(bounded(&escaped(last), REASON))
}

/// The names of this program's network interfaces.
fn interfaces() -> Vec<String> {
    let text = fs::read_to_string("/proc/self/net/dev").unwrap_or_default();
    text.lines().filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned())).collect()
}

//! Whether client programs run in a network that reaches nothing, which is decided once, before anything else.

use std::sync::OnceLock;

use super::tell;

/// Set if an argument named a client program.
static ISOLATED: OnceLock<bool> = OnceLock::new();

/// Continues in a separate network if the arguments name a client program. Must come before anything that has an effect: this
/// program may be replaced by itself.
pub(super) fn isolate_for_clients() {
    let lossy = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let mut arguments = lossy.peekable();
    let is_command = arguments.peek().is_some_and(|first| first == "clients");
    if !is_command && !arguments.any(|argument| argument.starts_with("client:") || argument.contains("=client:")) {
        return;
    }
    let isolated = isolate();
    if let Err(why) = &isolated {
        tell(format_args!(
            "warning: network not isolated: {why}; client programs can reach other hosts, and cases that need private addresses are not tested"
        ));
    }
    let _ = ISOLATED.set(isolated.is_ok());
}

/// The error says why the network is that of this machine.
#[cfg(unix)]
fn isolate() -> Result<(), String> {
    use crate::consumers::clients::sandbox::{Network, isolate};
    match isolate() {
        Network::Isolated => Ok(()),
        Network::NotIsolated(why) => Err(why),
    }
}

#[cfg(not(unix))]
fn isolate() -> Result<(), String> {
    Err("namespaces need Linux".to_owned())
}

/// Whether client programs reach nothing but what this program serves.
pub(super) fn is_isolated() -> bool {
    ISOLATED.get().copied().unwrap_or_default()
}

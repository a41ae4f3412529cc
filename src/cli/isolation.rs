//! Whether client programs run in a network that reaches nothing, which is decided once, before anything else.

use std::sync::OnceLock;

use super::tell;

/// The network of client programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ClientNetwork {
    /// It reaches nothing but what this program serves.
    Isolated,
    /// It is that of this machine, for this reason.
    Shared(String),
}

impl ClientNetwork {
    /// Whether it reaches nothing else.
    pub fn is_isolated(&self) -> bool {
        *self == Self::Isolated
    }
}

static NETWORK: OnceLock<ClientNetwork> = OnceLock::new();

/// Continues in a separate network if the arguments name a client program. Must come before anything that has an effect: this
/// program may be replaced by itself.
pub(super) fn isolate_for_clients() {
    let lossy = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let mut arguments = lossy.peekable();
    let is_command = arguments.peek().is_some_and(|first| first == "clients");
    if !is_command && !arguments.any(|argument| argument.starts_with("client:") || argument.contains("=client:")) {
        return;
    }
    let network = isolated();
    if let ClientNetwork::Shared(why) = &network {
        tell(format_args!(
            "warning: network not isolated: {why}; client programs can reach other hosts, and cases that need private addresses are not tested"
        ));
    }
    let _ = NETWORK.set(network);
}

#[cfg(unix)]
fn isolated() -> ClientNetwork {
    use crate::consumers::clients::sandbox::{Network, isolate};
    match isolate() {
        Network::Isolated => ClientNetwork::Isolated,
        Network::NotIsolated(why) => ClientNetwork::Shared(why),
    }
}

#[cfg(not(unix))]
fn isolated() -> ClientNetwork {
    ClientNetwork::Shared("namespaces need Linux".to_owned())
}

/// The network of client programs. That of this machine if no argument named one.
pub(super) fn network() -> ClientNetwork {
    NETWORK.get().cloned().unwrap_or_else(|| ClientNetwork::Shared("no client program was named".to_owned()))
}

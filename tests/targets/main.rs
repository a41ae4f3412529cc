//! Registries over HTTP: servers that misbehave, and real servers and clients.

#[path = "../support/command.rs"]
mod command;
#[path = "../support/registry.rs"]
mod registry;

mod faulty;
mod serving;

#[cfg(target_os = "linux")]
mod bounds;
mod docker_registry;
#[cfg(unix)]
mod ending;
mod hosts;
mod http;
mod named;
mod probing;
mod restarts;
mod retries;
#[cfg(unix)]
mod safety;
#[cfg(unix)]
mod servers;
mod skopeo;
mod uploads;

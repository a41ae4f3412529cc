//! Registries over HTTP: servers that misbehave, and real servers and clients.

#[path = "../support/command.rs"]
mod command;
#[path = "../support/conformance.rs"]
mod conformance_table;
#[path = "../support/registry.rs"]
mod registry;

mod faulty;
mod guarded;
mod secure;
mod serving;

mod authentication;
#[cfg(target_os = "linux")]
mod bounds;
#[cfg(unix)]
mod conformance;
mod credentials;
mod docker_registry;
mod documents;
#[cfg(unix)]
mod ending;
mod hostile;
mod hosts;
mod http;
mod named;
mod packets;
mod points;
mod probing;
mod proxy;
mod raw_bytes;
mod reading;
mod restarts;
mod retries;
#[cfg(unix)]
mod safety;
mod secrecy;
#[cfg(unix)]
mod servers;
mod skopeo;
mod tls;
mod token_services;
mod uploads;

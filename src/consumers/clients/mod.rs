//! Client programs under test: adapters say how each is called, a server answers them, a sandbox bounds them, and a target
//! makes an observation of what they did.

pub mod adapter;
mod filling;
mod keeping;
mod last_line;
mod listing;
mod operating;
#[cfg(unix)]
pub mod sandbox;
pub mod server;
mod session;
pub mod shipped;
mod target;
mod version;

pub use adapter::Adapter;
pub use target::{ClientOptions, ClientTarget};

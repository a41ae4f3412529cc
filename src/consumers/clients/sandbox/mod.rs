//! Runs programs that are given hostile content: isolated from the network, bounded in time, memory, disk and processes,
//! and in a folder whose surroundings are watched.
//!
//! [`isolate`] continues the current program in a network namespace. [`run`] runs one command until it ends or takes more
//! than its [`Limits`], and then ends every process that it started. [`Folder`] is what the command may write to, and finds
//! what it wrote elsewhere. [`Daemon`] is a program that runs in the background of several commands.

mod command;
mod containment;
mod daemon;
mod environment;
mod folder;
mod gauge;
mod means;
mod namespace;
mod network;
mod output;
mod process;
mod removal;
mod running;
mod surroundings;
mod tree;

pub use command::{Command, Ended, Limits, is_installed};
pub use daemon::Daemon;
pub use environment::{Credentials, environment, furnish};
pub use folder::Folder;
pub use means::Means;
pub use network::{Network, PLAIN_HTTP_ADDRESS, PRIVATE_ADDRESS, isolate};
pub use output::{ERROR_OUTPUT, OUTPUT};
pub use removal::Scratch;
pub use running::{run, run_by};

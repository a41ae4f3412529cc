//! The command line: its texts, exit codes, and the files it reads and writes.

#[path = "../support/command.rs"]
mod command;
#[path = "../support/registry.rs"]
mod registry;

mod checking;
mod reporting;

mod browser;
mod check;
mod cli;
#[cfg(unix)]
mod cover;
mod foreign;
mod layout;
mod layout_check;
mod matrix;
#[cfg(unix)]
mod places;
mod rejudged;
mod reports;
mod results;
mod resume;
mod shards;
mod texts;

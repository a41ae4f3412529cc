//! The command line: its texts, exit codes, and the files it reads and writes.

#[path = "../support/command.rs"]
mod command;
#[path = "../support/registry.rs"]
mod registry;

mod checking;

mod check;
mod cli;
#[cfg(unix)]
mod cover;
mod foreign;
mod layout;
mod layout_check;
mod manual;
mod matrix;
#[cfg(unix)]
mod places;
mod rejudged;
mod results;
mod resume;
mod screen;
mod shards;
mod texts;

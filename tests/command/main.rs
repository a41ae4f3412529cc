//! The command line: its texts, exit codes, and the files it reads and writes.

#[path = "../support/command.rs"]
mod command;
#[path = "../support/registry.rs"]
mod registry;

mod checking;
mod reporting;

mod baseline;
mod browser;
mod check;
mod cli;
mod corpora;
#[cfg(unix)]
mod cover;
mod diff;
mod documents;
mod foreign;
mod in_the_wild;
mod layout;
mod layout_check;
mod layout_content;
mod manual;
mod matrix;
mod packets;
#[cfg(unix)]
mod places;
mod rejudged;
mod replay;
mod reports;
mod results;
mod resume;
mod screen;
mod shards;
mod texts;

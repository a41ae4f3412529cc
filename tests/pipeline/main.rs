//! The whole pipeline in process: planted defects and what a run finds of them.

#[path = "../support/registry.rs"]
mod registry;

mod planting;

mod clean;
mod documents;
mod dozens;
mod groups;
mod kills;
mod limits;
mod noise;
mod requests;
mod rows;
mod run;
mod triggers;
mod versions;

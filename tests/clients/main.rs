//! Client programs under test, and the sandbox in which they run.
#![cfg(unix)]

mod daemons;
mod marked;
mod network;
mod programs;
mod sandbox;

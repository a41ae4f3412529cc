//! Client programs under test.

pub mod server;

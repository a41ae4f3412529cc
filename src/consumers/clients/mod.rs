//! Client programs under test: how they are run, what they are served, and what is seen of them.

#[cfg(unix)]
pub mod sandbox;

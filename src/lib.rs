//! manifuzz finds out what container registries and clients really do with OCI manifests.

pub mod error;
pub mod exchange;

pub mod shape;
pub mod generate;
pub mod json; pub mod render;

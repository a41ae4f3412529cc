//! Laws of the parts that talk to no target: shapes, JSON, rendering, generation, shrinking and the corpus; and of the
//! sources themselves.

#[path = "../support/registry.rs"]
mod registry;

mod arrays;
mod bytes;
mod clients;
mod corpus;
#[cfg(feature = "proptest")]
mod descents;
#[cfg(all(feature = "arbitrary", feature = "proptest"))]
mod drivers;
mod extents;
mod flavours;
mod imports;
mod json;
mod language;
mod library;
mod metamorphic;
mod shrink;
mod shrink_document;
mod space;

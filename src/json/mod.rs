//! JSON as it is written: a lossless, iterative reader into a flat arena of source spans, a writer of documents
//! that no serialiser would write, JSON Pointer, and the difference of two documents.
//!
//! Keeps what other readers lose: repeated members, order, the text of numbers, raw bytes, positions, any depth.
//! Decides nothing about manifests. Imports nothing of ours; everybody but `shape` and `generate` may import it.

mod arena;
mod difference;
mod lex;
mod node;
mod plain;
mod pointer;
mod read;
mod repeated;
mod restyle;
mod scalar;
mod unescape;
mod write;

pub use difference::difference;
pub use node::{Document, Node, Traits, ValueKind};
pub use pointer::find;
pub use read::{SyntaxError, read, read_answer, read_bounded, read_first};
pub use repeated::first_repeated;
pub use restyle::{Escaping, MemberOrder, Spacing, Style, restyle};
pub use unescape::Short;
pub use write::{Value, write};

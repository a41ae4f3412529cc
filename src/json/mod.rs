//! Lossless JSON: an iterative reader into a flat arena of source spans, a writer that can produce invalid documents,
//! JSON Pointer, and the difference of two documents.
//!
//! Keeps what other readers lose: repeated members, order, the spelling of numbers, raw bytes, positions. Depth is
//! unlimited. Knows nothing of manifests. Imports no other module.

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
mod whole;
mod write;

pub use arena::ValueKind;
pub use difference::difference;
pub use node::{Document, Node, Traits};
pub use pointer::find;
pub use read::{ANSWER_LIMIT, SyntaxError, read, read_answer, read_bounded, read_first};
pub use repeated::first_repeated;
pub use restyle::{Escaping, MemberOrder, Spacing, Style, restyle};
pub use unescape::Short;
pub use write::{Value, write};

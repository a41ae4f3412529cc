//! Documents that no shape renders to, such as a user's own manifest: pushed with the content that they reference, judged like
//! any case, and shrunk by [`shrink::document`](crate::shrink::document) to what the target objects to.

mod contents;
mod exchange;
mod familiar;
mod known_shape;
mod pursuit;
mod report;
mod runner;
mod sought;

pub use contents::Contents;
pub use exchange::Document;
pub use known_shape::known_shape;
pub use report::{BrokenRule, DocumentReason, DocumentReport, DocumentVerdict, MinimalDocumentFinding, NotGiven};
pub use runner::{DocumentRunner, push_document};

//! A request on its way, before the headers are added.

use ::http::Method;

use crate::transport::{CaseContext, Origin, Owed};

/// Names a request in a message.
pub(super) type What<'a> = dyn Fn() -> String + 'a;

/// A request to send.
#[derive(Clone, Copy)]
pub(super) struct ToSend<'a> {
    pub what: &'a What<'a>,
    pub method: &'a Method,
    pub origin: &'a Origin,
    pub target: &'a str,
    pub owed: &'a Owed,
    pub context: &'a CaseContext,
    /// Whether every byte counts.
    pub is_exact: bool,
}

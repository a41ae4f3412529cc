//! Failures before the right answer: the first request for each address.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::reply::Reply;
use super::wire::Request;
use crate::exchange::client::Status;

/// The most addresses that fail: every further one works.
const ADDRESSES: usize = 4096;

/// The addresses that have failed.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<HashSet<String>>);

impl Failures {
    /// The failure that a request gets instead of its answer.
    pub fn failure(&self, status: Status, request: &Request) -> Option<Reply> {
        if !matches!(status, Status::TooManyOnce | Status::ErrorOnce) {
            return None;
        }
        let mut failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= ADDRESSES || !failed.insert(request.path().to_owned()) {
            return None;
        }
        Some(if status == Status::ErrorOnce {
            Reply::error(500, "UNKNOWN", "the server failed this once")
        } else {
            let mut reply = Reply::error(429, "TOOMANYREQUESTS", "too many requests");
            reply.set("Retry-After", Some("1"));
            reply
        })
    }

    /// Starts again.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

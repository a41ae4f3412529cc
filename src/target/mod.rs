//! FIRE: sends an exchange to a target and brings back what was observed.
//!
//! [`Target`] is what the loop sees: synchronous, a job is a thread. [`Transport`] is how one request reaches
//! a registry: in process ([`embedded`]) or over HTTP ([`http`]); [`conversation`] is the same for both.
//! Decides nothing about right or wrong. May import exchange, json, registry.

mod asking;
pub mod conversation;
pub mod embedded;
#[cfg(feature = "live")]
pub mod http;
mod open;
mod upload;

use bytes::Bytes;

pub use open::{Opening, embedded, open};

use crate::error::Trouble;
use crate::exchange::{Capabilities, Depth, Exchange, Observation, Reply};

/// Where a case is fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The repository that the user named.
    Main,
    /// A repository below it that was never written to.
    Fresh,
}

/// Something that manifests are sent to.
pub trait Target: Send + Sync {
    /// The `target` column.
    fn name(&self) -> &str;

    /// The `target_version` column; empty where it cannot be known.
    fn version(&self) -> String;

    /// Probes what the target can do, with `base`, which must be accepted for the answer to mean anything.
    fn capabilities(&self, base: &Exchange) -> Result<Capabilities, Trouble>;

    /// Sends the whole exchange and reads back as far as `depth` says.
    fn fire(&self, exchange: &Exchange, place: Place, depth: Depth) -> Result<Observation, Trouble>;

    /// How many requests were sent so far.
    fn requests(&self) -> u64;

    /// Waits so long.
    fn wait(&self, time: std::time::Duration) {
        std::thread::sleep(time);
    }

    /// The bound on requests a second, if there is one.
    fn rate(&self) -> Option<f64> {
        None
    }
}

/// How one request reaches a registry. Neither method judges an answer.
pub trait Transport: Send + Sync {
    /// Sends exactly this: no redirects, no retries, no decompression, no header that is not in `request`
    /// but `Host`, the one that tells the body's length, and credentials. `request.uri()` is a path.
    fn exact(&self, request: ::http::Request<Bytes>, chunked: bool) -> Result<Reply, Trouble>;

    /// Sends this as a well-behaved client does: follows redirects without credentials across hosts, waits
    /// as `Retry-After` says. `target` is a path, or the absolute URL that an earlier answer named.
    fn managed(
        &self,
        method: ::http::Method,
        target: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Reply, Trouble>;

    /// How many requests were sent so far.
    fn requests(&self) -> u64;

    /// For messages: the host, or the profile.
    fn host(&self) -> &str;

    /// The bound on requests a second, if there is one.
    fn rate(&self) -> Option<f64> {
        None
    }
}

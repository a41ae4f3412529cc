//! The flags that say how targets are talked to; shared by every command that talks to one.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::interrupt::Interrupt;
use crate::error::{Error, Input};
use crate::foreign::escaped;
use crate::registry::profiles;
use crate::transport::http::{HttpOptions, Rate};
use crate::transport::{Opening, Target, open};

/// How targets are talked to.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct TargetFlags {
    /// The name that the corpus has for the target, in the place of an address that may change
    #[arg(long)]
    pub name: Option<String>,
    /// A host, or host and port, that may be written to although it is not on loopback; may be given several times
    #[arg(long = "allow-host", value_name = "HOST[:PORT]")]
    pub allow_hosts: Vec<String>,
    /// A host, or host and port, that blobs may be fetched from where the registry redirects there; may be given several times
    #[arg(long, value_name = "HOST[:PORT]")]
    pub follow_redirects: Vec<String>,
    /// Requests in a time, such as 5/s or 100/m; without it 5/s off loopback, and no bound on loopback
    #[arg(long)]
    pub rate: Option<String>,
}

impl TargetFlags {
    /// How targets are opened; every wait ends when `interrupt` says so.
    pub fn opening(&self, interrupt: &Interrupt) -> Result<Opening, Input> {
        let rate = self.rate.as_deref().map(str::parse::<Rate>).transpose()?;
        let (allow_hosts, follow_redirects) = (self.allow_hosts.clone(), self.follow_redirects.clone());
        let stop = Arc::clone(interrupt.stop());
        let http = HttpOptions { rate, allow_hosts, follow_redirects, stop, ..HttpOptions::default() };
        let name = self.name.as_deref().map(|name| escaped(name).into_owned());
        Ok(Opening { name, nonce: nonce(), http })
    }
}

/// The registries of the table of image-spec#1025, embedded: what is taken where no target is named.
pub(super) fn of_the_table() -> Vec<String> {
    profiles().filter(|profile| profile.seed).map(|profile| format!("embedded:{}", profile.name)).collect()
}

/// Opens each; reads every address before anything is sent to any of them.
pub(super) fn open_all(texts: &[String], opening: &Opening) -> Result<Vec<Box<dyn Target>>, Error> {
    if opening.name.is_some() && texts.len() > 1 {
        let why = "it names one target, and several are given";
        return Err(Input::value("--name", why, "run them one by one").into());
    }
    texts.iter().map(|text| open(text, opening)).collect()
}

/// Letters and digits that no other run has: the time in nanoseconds.
pub(super) fn nonce() -> String {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("{nanos:x}")
}

//! The flags that say how targets are talked to; shared by every command that talks to one.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Input;
use crate::target::Opening;
use crate::target::http::{HttpOptions, Rate};

/// How targets are talked to.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct TargetFlags {
    /// The name that the corpus has for the target, in the place of an address that may change
    #[arg(long)]
    pub name: Option<String>,
    /// A host that may be written to although it is not on loopback; may be given several times
    #[arg(long = "allow-host", value_name = "HOST")]
    pub allow_hosts: Vec<String>,
    /// Requests in a time, such as 5/s or 100/m; without it 5/s off loopback, and no bound on loopback
    #[arg(long)]
    pub rate: Option<String>,
}

impl TargetFlags {
    pub fn opening(&self) -> Result<Opening, Input> {
        let rate = self.rate.as_deref().map(str::parse::<Rate>).transpose()?;
        let http = HttpOptions { rate, allow_hosts: self.allow_hosts.clone(), ..HttpOptions::default() };
        Ok(Opening { name: self.name.clone(), nonce: nonce(), http })
    }
}

/// Letters and digits that no other run has: the time in nanoseconds.
pub(super) fn nonce() -> String {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("{nanos:x}")
}

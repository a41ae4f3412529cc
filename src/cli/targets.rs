//! Targets and the flags on how to talk to them, shared by every command that talks to a target.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::interrupt::Interrupt;
use super::values::{ParsedBy, Rejected, host, is_embedded, profile, rate};
use crate::error::{Error, Input};
use crate::foreign::escaped;
use crate::registry::{Profile, profiles};
use crate::transport::http::{Address, HttpOptions, Rate};
use crate::transport::{Opening, Target, embedded, open_address};

/// A target as an argument names it.
#[derive(Clone, Debug)]
pub(super) enum TargetArgument {
    /// `embedded:PROFILE`
    Embedded(Profile),
    /// `http://HOST:PORT/REPOSITORY`
    Http(Address),
}

impl TargetArgument {
    /// Reads the argument; contacts nothing.
    pub fn parse(text: &str) -> Result<Self, Rejected> {
        if is_embedded(text) {
            let name = text.trim_start_matches("embedded:");
            return profile(name).map(Self::Embedded).map_err(|rejected| rejected.after("embedded:"));
        }
        let Some((_, rest)) = text.split_once("://") else {
            return Err(Rejected::new("expected embedded:PROFILE or http://HOST:PORT/REPOSITORY"));
        };
        let address = Address::parse(text)?;
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        if let Some(name) = path.strip_prefix("v2/") {
            let name = Some(name.trim_end_matches('/')).filter(|name| !name.is_empty()).unwrap_or("REPOSITORY");
            let right = format!("{}://{}/{name}", address.scheme, address.authority);
            return Err(Rejected::new(format!("the path starts with `v2/`; name the repository alone: `{right}`")));
        }
        Ok(Self::Http(address))
    }

    /// The profile of an embedded registry.
    pub fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Embedded(profile) => Some(profile),
            Self::Http(_) => None,
        }
    }

    /// Opens the target. Nothing is sent before the first case.
    pub fn open(&self, opening: &Opening) -> Result<Box<dyn Target>, Error> {
        match self {
            Self::Embedded(profile) => Ok(embedded(profile, opening)),
            Self::Http(address) => open_address(address, opening),
        }
    }
}

/// The targets of a command that takes several.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct TargetList {
    /// Registries: `embedded:PROFILE` or `http://HOST:PORT/REPOSITORY` [default: the ten embedded profiles of the 2023 table]
    #[arg(value_name = "TARGET", value_parser = ParsedBy(TargetArgument::parse))]
    targets: Vec<TargetArgument>,
}

impl TargetList {
    /// Whether none is named.
    pub fn is_default(&self) -> bool {
        self.targets.is_empty()
    }

    /// The targets; if none is named, the registries of the table of image-spec#1025, embedded.
    pub fn named_or_default(&self) -> Vec<TargetArgument> {
        if !self.is_default() {
            return self.targets.clone();
        }
        profiles().filter(|profile| profile.seed).map(TargetArgument::Embedded).collect()
    }
}

/// How to talk to targets.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetFlags {
    /// Name of the target in the output, in place of its address
    #[arg(long)]
    name: Option<String>,
    /// Allow pushing to this host although it is not loopback; repeatable
    #[arg(long = "allow-host", value_name = "HOST[:PORT]", value_parser = ParsedBy(host))]
    allow_hosts: Vec<String>,
    /// Follow redirects of blob reads to this host; repeatable
    #[arg(long, value_name = "HOST[:PORT]", value_parser = ParsedBy(host))]
    follow_redirects: Vec<String>,
    /// Limit the rate of requests, e.g. to 5/s or 100/m [default: 5/s; unlimited on loopback]
    #[arg(long, value_parser = ParsedBy(rate))]
    rate: Option<Rate>,
}

impl TargetFlags {
    /// How to open targets. An interrupt ends every wait.
    pub fn opening(&self, interrupt: &Interrupt) -> Opening {
        let (allow_hosts, follow_redirects) = (self.allow_hosts.clone(), self.follow_redirects.clone());
        let stop = Arc::clone(interrupt.stop());
        let http = HttpOptions { rate: self.rate, allow_hosts, follow_redirects, stop, ..HttpOptions::default() };
        let name = self.name.as_deref().map(|name| escaped(name).into_owned());
        Opening { name, nonce: nonce(), http }
    }

    /// Rejects one name for several targets.
    pub fn check_name(&self, targets: usize) -> Result<(), Input> {
        if self.name.is_none() || targets <= 1 {
            return Ok(());
        }
        Err(Input::value("--name", "it names one target, but several are given", "run them one by one"))
    }
}

/// Opens every target. Checks all addresses before anything is sent to any of them.
pub(super) fn open_all(targets: &[TargetArgument], opening: &Opening) -> Result<Vec<Box<dyn Target>>, Error> {
    targets.iter().map(|target| target.open(opening)).collect()
}

/// Letters and digits that differ in every run: the time in nanoseconds.
pub(super) fn nonce() -> String {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("{nanos:x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_paths_are_rejected_with_the_repository_alone() {
        let why = |text: &str| TargetArgument::parse(text).unwrap_err().to_string();
        assert!(why("http://127.0.0.1:5000/v2/fuzz").ends_with("`http://127.0.0.1:5000/fuzz`"));
        assert!(why("http://127.0.0.1:5000/v2/").ends_with("`http://127.0.0.1:5000/REPOSITORY`"));
        assert!(TargetArgument::parse("http://127.0.0.1:5000/v2").is_ok(), "a repository may be named v2");
    }
}

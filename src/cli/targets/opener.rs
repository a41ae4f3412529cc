//! Opens targets.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::access::Access;
use super::argument::TargetArgument;
use super::file::{Policy, TargetFile};
use crate::cli::isolation;
use crate::consumers::clients::{Adapter, ClientOptions, ClientTarget};
use crate::error::{Error, Input};
use crate::transport::http::{Address, check_allowed};
use crate::transport::{Opening, Target, embedded, open_address};

/// Opens targets as the flags and the file of targets say.
#[derive(Debug)]
pub(in crate::cli) struct Opener {
    /// The options of every target.
    pub opening: Opening,
    pub(super) access: Access,
    pub(super) file: TargetFile,
}

impl Opener {
    /// Opens a target. Nothing is sent before the first case.
    pub fn open(&self, target: &TargetArgument) -> Result<Box<dyn Target>, Error> {
        let (address, named) = match target {
            TargetArgument::Embedded(profile) => return Ok(embedded(profile, &self.opening)),
            TargetArgument::Client(adapter) => return Ok(Box::new(self.client(adapter))),
            TargetArgument::Http(address) => (address.clone(), None),
            TargetArgument::Named(name) => {
                let named = self.file.named(name)?;
                (named.address.clone(), Some(named))
            }
        };
        let mut opening = self.opening.clone();
        // First, so that no credentials are looked for if it is not allowed.
        check_allowed(&address, &opening.http.allow_hosts)?;
        opening.http.credentials = self.access.credentials(&address, named)?;
        if let Some(named) = named {
            opening.name = opening.name.or_else(|| Some(named.name.clone()));
            opening.http.rate = opening.http.rate.or(named.rate);
            opening.capabilities.clone_from(&named.capabilities);
            opening.commands = named.commands.clone();
        }
        open_address(&address, &opening)
    }

    fn client(&self, adapter: &Adapter) -> ClientTarget {
        let name = self.opening.name.clone().unwrap_or_else(|| format!("client:{}", adapter.name));
        let (is_isolated, stop) = (isolation::is_isolated(), Arc::clone(&self.opening.http.stop));
        ClientTarget::new(adapter.clone(), ClientOptions { name, is_isolated, stop })
    }

    /// Rejects registries over the network next to client programs, whose network reaches nothing.
    fn check_mixture(&self, targets: &[TargetArgument]) -> Result<(), Input> {
        if targets.iter().any(TargetArgument::is_client) && targets.iter().any(TargetArgument::is_live) {
            let why = "client programs are isolated from the network that the registries are on";
            return Err(Input::value(
                "client programs and registries over HTTP",
                why,
                "test them by separate commands",
            ));
        }
        Ok(())
    }

    /// Checks that all targets exist and may be contacted.
    pub fn check(&self, targets: &[TargetArgument]) -> Result<(), Error> {
        self.access.check(targets.iter().filter(|target| target.is_live()).count())?;
        self.check_mixture(targets)?;
        for target in targets {
            if let Some(address) = self.address(target)? {
                check_allowed(&address, &self.opening.http.allow_hosts)?;
            }
        }
        Ok(())
    }

    /// Opens every target. Checks all addresses before anything is sent to any of them.
    pub fn open_all(&self, targets: &[TargetArgument]) -> Result<Vec<Box<dyn Target>>, Error> {
        self.check(targets)?;
        targets.iter().map(|target| self.open(target)).collect()
    }

    /// The address of a target over HTTP.
    pub fn address(&self, target: &TargetArgument) -> Result<Option<Address>, Input> {
        Ok(match target {
            TargetArgument::Embedded(_) | TargetArgument::Client(_) => None,
            TargetArgument::Http(address) => Some(address.clone()),
            TargetArgument::Named(name) => Some(self.file.named(name)?.address.clone()),
        })
    }

    /// The policies of a target, which say what it refuses on purpose.
    pub fn policies(&self, target: &TargetArgument) -> Result<Vec<Policy>, Input> {
        match target {
            TargetArgument::Named(name) => Ok(self.file.named(name)?.policies.clone()),
            _ => Ok(Vec::new()),
        }
    }
}

/// Letters and digits that differ in every run: the time in nanoseconds.
pub(in crate::cli) fn nonce() -> String {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("{nanos:x}")
}

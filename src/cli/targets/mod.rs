//! Targets and the flags on how to talk to them, shared by every command that talks to a target.

mod access;
mod doctor;
mod file;
mod flags;

use std::time::{SystemTime, UNIX_EPOCH};

use self::access::Access;
use self::file::TargetFile;
use super::values::{ParsedBy, Rejected, is_embedded, profile};
use crate::error::{Error, Input};
use crate::registry::{Profile, profiles};
use crate::transport::http::{Address, check_allowed};
use crate::transport::{Opening, Target, embedded, open_address};

pub(super) use self::doctor::TargetsCommand;
pub(super) use self::file::Policy;
pub(super) use self::flags::TargetFlags;

/// A target as an argument names it.
#[derive(Clone, Debug)]
pub(super) enum TargetArgument {
    /// `embedded:PROFILE`
    Embedded(Profile),
    /// `http://HOST:PORT/REPOSITORY`
    Http(Address),
    /// A target of the file of targets.
    Named(String),
}

impl TargetArgument {
    /// Reads the argument; contacts nothing.
    pub fn parse(text: &str) -> Result<Self, Rejected> {
        if is_embedded(text) {
            let name = text.trim_start_matches("embedded:");
            return profile(name).map(Self::Embedded).map_err(|rejected| rejected.after("embedded:"));
        }
        let Some((_, rest)) = text.split_once("://") else {
            let is_name = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
            return if is_name {
                Ok(Self::Named(text.to_owned()))
            } else {
                Err(Rejected::new("expected embedded:PROFILE, http://HOST:PORT/REPOSITORY, or a name in targets.toml"))
            };
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
            Self::Http(_) | Self::Named(_) => None,
        }
    }
}

/// The targets of a command that takes several.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct TargetList {
    /// Registries: `embedded:PROFILE`, `http://HOST:PORT/REPOSITORY` or a name in targets.toml [default: the ten embedded profiles of the 2023 table]
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

/// Opens targets as the flags and the file of targets say.
#[derive(Debug)]
pub(super) struct Opener {
    /// The options of every target.
    pub opening: Opening,
    access: Access,
    file: TargetFile,
}

impl Opener {
    /// Opens a target. Nothing is sent before the first case.
    pub fn open(&self, target: &TargetArgument) -> Result<Box<dyn Target>, Error> {
        let (address, named) = match target {
            TargetArgument::Embedded(profile) => return Ok(embedded(profile, &self.opening)),
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

    /// Checks that all targets exist and may be contacted.
    pub fn check(&self, targets: &[TargetArgument]) -> Result<(), Error> {
        self.access.check(targets.iter().filter(|target| target.profile().is_none()).count())?;
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
            TargetArgument::Embedded(_) => None,
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

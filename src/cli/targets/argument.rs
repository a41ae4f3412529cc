//! Targets as arguments name them.

use crate::cli::values::{ParsedBy, Rejected, is_embedded, profile};
use crate::consumers::clients::{Adapter, shipped};
use crate::registry::{Profile, profiles};
use crate::transport::http::Address;

/// A target as an argument names it.
#[derive(Clone, Debug)]
pub(in crate::cli) enum TargetArgument {
    /// `embedded:PROFILE`
    Embedded(Profile),
    /// `http://HOST:PORT/REPOSITORY`
    Http(Address),
    /// A target of the file of targets.
    Named(String),
    /// `client:NAME`: a client program, by its adapter.
    Client(Box<Adapter>),
}

impl TargetArgument {
    /// Reads the argument; contacts nothing.
    pub fn parse(text: &str) -> Result<Self, Rejected> {
        if is_embedded(text) {
            let name = text.trim_start_matches("embedded:");
            return profile(name).map(Self::Embedded).map_err(|rejected| rejected.after("embedded:"));
        }
        if let Some(name) = text.strip_prefix("client:") {
            let adapter = shipped::adapter(name).map_err(|error| Rejected::new(error.to_string()))?;
            return Ok(Self::Client(Box::new(adapter)));
        }
        let Some((_, rest)) = text.split_once("://") else {
            let is_name = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
            return if is_name {
                Ok(Self::Named(text.to_owned()))
            } else {
                Err(Rejected::new(
                    "expected embedded:PROFILE, http://HOST:PORT/REPOSITORY, client:NAME, or a name in targets.toml",
                ))
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
            Self::Http(_) | Self::Named(_) | Self::Client(_) => None,
        }
    }

    /// Whether it is reached over the network.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Http(_) | Self::Named(_))
    }

    /// The adapter of a client program.
    pub fn client(&self) -> Option<&Adapter> {
        match self {
            Self::Client(adapter) => Some(adapter),
            Self::Embedded(_) | Self::Http(_) | Self::Named(_) => None,
        }
    }

    /// Whether it is a client program.
    pub fn is_client(&self) -> bool {
        self.client().is_some()
    }
}

/// The targets of a command that takes several.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct TargetList {
    /// Targets: `embedded:PROFILE`, `http://HOST:PORT/REPOSITORY`, `client:NAME` or a name in targets.toml [default: the ten embedded profiles of the 2023 table]
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

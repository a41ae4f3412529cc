//! Opens targets from the strings users write.

use std::sync::Arc;

use super::embedded::EmbeddedTransport;
#[cfg(feature = "live")]
use super::fresh::FreshRepositories;
#[cfg(feature = "live")]
use super::guard::Guard;
use super::ledger::Ledger;
#[cfg(feature = "live")]
use super::prefix::Prefix;
use super::registry_target::RegistryTarget;
use super::trace::Trace;
use super::{Commands, Target};
use crate::error::{Error, Input, redacted};
use crate::exchange::Capabilities;
use crate::registry::Profile;

/// Options for opening a target.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Value of the `target` column; `None` uses the address, which may change between runs.
    pub name: Option<String>,
    /// Unique to this run and part of every fresh tag and repository name. Lower-case letters and digits.
    pub nonce: String,
    /// Records the writes to registries over HTTP.
    pub ledger: Option<Arc<Ledger>>,
    /// Receives the requests and answers of cases in trouble.
    pub trace: Option<Arc<Trace>>,
    /// What the target can do; `None` if that is to be probed.
    pub capabilities: Option<Capabilities>,
    /// Commands for a development server.
    pub commands: Commands,
    /// Existing repositories to use where a new one is needed; empty if the registry makes them.
    pub fresh: Vec<String>,
    /// Whether paths may lead out of the repository under test.
    pub allow_escape: bool,
    /// Limits for registries over HTTP.
    #[cfg(feature = "live")]
    pub http: super::http::HttpOptions,
}

/// Opens `embedded:PROFILE` or `embedded:PROFILE+QUIRK` or, with the feature `live`, a URL such as `http://HOST:PORT/REPOSITORY`.
///
/// Sends no request; see [`Target::ping`].
///
/// # Errors
///
/// [`Error::Input`] if the string is neither, the profile or a quirk is unknown, or the host is neither loopback nor in
/// `opening.http.allow_hosts`. [`Error::Trouble`] if the HTTP client cannot be set up.
///
/// # Examples
///
/// ```
/// use manifuzz::transport::{Opening, open};
///
/// let target = open("embedded:clean", &Opening { nonce: "run1".to_owned(), ..Opening::default() })?;
/// assert_eq!(target.name(), "embedded:clean");
/// # Ok::<(), manifuzz::error::Error>(())
/// ```
pub fn open(text: &str, opening: &Opening) -> Result<Box<dyn Target>, Error> {
    // Profile names contain neither `:` nor `/`; a string that does may be a URL with a password and must be redacted.
    if let Some(name) = text.strip_prefix("embedded:").filter(|name| !name.contains([':', '/'])) {
        return Ok(embedded(&Profile::named(name)?, opening));
    }
    #[cfg(feature = "live")]
    if text.contains("://") {
        return open_address(&super::http::Address::parse(text)?, opening);
    }
    let advice = "expected embedded:PROFILE or http://HOST:PORT/REPOSITORY";
    Err(Input::value(format!("invalid target `{}`", redacted(text)), "neither a profile nor a URL", advice).into())
}

/// Opens a registry over HTTP; connects with the first request.
///
/// # Errors
///
/// [`Input::NotAllowed`] if its host is neither loopback nor allowed, or trouble if connections cannot be prepared.
#[cfg(feature = "live")]
pub fn open_address(address: &super::http::Address, opening: &Opening) -> Result<Box<dyn Target>, Error> {
    use super::http::{HttpTransport, check_allowed};
    check_allowed(address, &opening.http.allow_hosts)?;
    let transport = HttpTransport::new(address, opening.http.clone())?;
    let name = opening.name.clone().unwrap_or_else(|| format!("{}/{}", address.authority, address.repository));
    let (repository, nonce) = (address.repository.clone(), opening.nonce.clone());
    let ledger = opening.ledger.clone().map(|ledger| (ledger, nonce.clone(), address.url()));
    let names = std::iter::once(&repository).chain(&opening.fresh).cloned();
    let prefix = (!opening.allow_escape).then(|| Prefix::of(names));
    let guard = Guard::new(prefix, ledger);
    let target = RegistryTarget::new(name, String::new(), repository, nonce, transport);
    let target = target.traced(opening.trace.clone()).guarded(guard);
    let target = target.with(opening.commands.clone(), opening.capabilities.clone());
    Ok(Box::new(target.with_fresh(FreshRepositories::new(opening.fresh.clone()))))
}

/// Opens an empty in-process registry that behaves as `profile` describes.
pub fn embedded(profile: &Profile, opening: &Opening) -> Box<dyn Target> {
    let name = opening.name.clone().unwrap_or_else(|| format!("embedded:{}", profile.name));
    let transport = EmbeddedTransport::new(profile);
    let target = RegistryTarget::new(name, profile.date.clone(), "manifuzz".into(), opening.nonce.clone(), transport);
    Box::new(target.traced(opening.trace.clone()))
}

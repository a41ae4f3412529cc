//! From what people write for a target to the target.

use super::Target;
use super::conversation::RegistryTarget;
use super::embedded::EmbeddedTransport;
use crate::error::{Error, Input, redacted};
use crate::registry::Profile;

/// How targets are opened.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// The `target` column, in the place of an address that may change.
    pub name: Option<String>,
    /// Of this run alone: it is part of every fresh tag and repository. Lower-case letters and digits.
    pub nonce: String,
    /// Bounds for registries over HTTP.
    #[cfg(feature = "live")]
    pub http: super::http::HttpOptions,
}

/// Opens `embedded:PROFILE` or `embedded:PROFILE+QUIRK`, or with the feature `live` an address such as `http://HOST:PORT/REPOSITORY`.
pub fn open(text: &str, opening: &Opening) -> Result<Box<dyn Target>, Error> {
    // The name of a profile has neither; what has may be a URL with a password.
    if let Some(name) = text.strip_prefix("embedded:").filter(|name| !name.contains([':', '/'])) {
        return Ok(embedded(&Profile::named(name)?, opening));
    }
    #[cfg(feature = "live")]
    if text.contains("://") {
        use super::http::{Address, HttpTransport, check_allowed};
        let address = Address::parse(text)?;
        check_allowed(&address, &opening.http.allow_hosts)?;
        let transport = HttpTransport::new(&address, opening.http.clone())?;
        let name = opening.name.clone().unwrap_or_else(|| format!("{}/{}", address.authority, address.repository));
        let target = RegistryTarget::new(name, String::new(), address.repository, opening.nonce.clone(), transport);
        return Ok(Box::new(target));
    }
    let advice = "write embedded:PROFILE or http://HOST:PORT/REPOSITORY";
    Err(Input::value(format!("the target `{}`", redacted(text)), "it is neither a profile nor an address", advice)
        .into())
}

/// The embedded registry under a profile.
pub fn embedded(profile: &Profile, opening: &Opening) -> Box<dyn Target> {
    let name = opening.name.clone().unwrap_or_else(|| format!("embedded:{}", profile.name));
    let transport = EmbeddedTransport::new(profile);
    let target = RegistryTarget::new(name, profile.date.clone(), "manifuzz".into(), opening.nonce.clone(), transport);
    Box::new(target)
}

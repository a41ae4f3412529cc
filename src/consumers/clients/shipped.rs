//! The adapters that come with manifuzz, and those of users.

use std::path::Path;

use super::Adapter;
use crate::error::Input;

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        /// Names and texts of the adapters that come with manifuzz, in the order of the alphabet.
        const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/", $name, ".toml")))),*];
    };
}

shipped!["buildah", "cosign", "crane", "ctr", "docker", "helm", "oras", "podman", "regctl", "skopeo", "umoci"];

/// The variable that names a folder with adapters of the user.
const FOLDER: &str = "MANIFUZZ_CLIENTS";

/// The names of the adapters that come with manifuzz.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The adapter of `client:TEXT`: the name of a shipped one, or of a file in the folder that `MANIFUZZ_CLIENTS` names, or the path of
/// a file that ends in `.toml`.
///
/// # Errors
///
/// If the name is unknown, or the file cannot be read or is not an adapter.
pub fn adapter(text: &str) -> Result<Adapter, Input> {
    if let Some((name, text)) = SHIPPED.iter().find(|(name, _)| *name == text) {
        return parsed(name, text, name);
    }
    let own = std::env::var_os(FOLDER).map(|folder| Path::new(&folder).join(format!("{text}.toml")));
    let own = own.filter(|path| path.is_file());
    let path = own.as_deref().unwrap_or(Path::new(text));
    if path.extension().is_none_or(|end| end != "toml") {
        let known: Vec<&str> = names().collect();
        let why = format!("there is no adapter of this name, only {}", known.join(", "));
        let advice = format!("name one of these or the path of a .toml file, or set {FOLDER} to the folder with it");
        return Err(Input::value(format!("client:{text}"), why, advice));
    }
    let advice = "name a readable adapter, such as client:./mine.toml";
    let content = std::fs::read_to_string(path).map_err(|cause| Input::file("read", path, cause, advice))?;
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    parsed(&name, &content, text)
}

fn parsed(name: &str, text: &str, what: &str) -> Result<Adapter, Input> {
    let advice = "docs/clients-adapters.md describes the file";
    Adapter::parse(name, text).map_err(|why| Input::value(format!("the adapter {what}"), why, advice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::client::Operation;

    #[test]
    fn every_shipped_adapter_is_read_and_pulls_or_pushes() {
        for name in names() {
            let adapter = adapter(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            let does = |operation| adapter.task(operation).is_some();
            assert!(does(Operation::Pull) || does(Operation::Push) || does(Operation::Copy), "{name}");
            assert!(!adapter.about.is_empty(), "{name}");
        }
    }
}

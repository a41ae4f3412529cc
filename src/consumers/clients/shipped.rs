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

/// The adapter of `client:TEXT`: the name of a file in the folder that `MANIFUZZ_CLIENTS` names, or else of a shipped one, or the
/// path of a file that ends in `.toml`.
///
/// # Errors
///
/// If the name is unknown, or the file cannot be read or is not an adapter.
pub fn adapter(text: &str) -> Result<Adapter, Input> {
    find(text, std::env::var_os(FOLDER).as_deref().map(Path::new))
}

fn find(text: &str, folder: Option<&Path>) -> Result<Adapter, Input> {
    let own = folder.map(|folder| folder.join(format!("{text}.toml"))).filter(|path| path.is_file());
    let shipped = SHIPPED.iter().find(|(name, _)| *name == text).filter(|_| own.is_none());
    if let Some((name, text)) = shipped {
        return parsed(name, text, name);
    }
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
    fn an_adapter_of_the_users_folder_comes_before_a_shipped_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = "program = \"own\"\nversion = [\"own\"]\n[pull]\nrun = [\"own\"]\n";
        std::fs::write(folder.path().join("crane.toml"), text).unwrap();
        let about = |name| find(name, Some(folder.path())).unwrap().about;
        assert_eq!(about("crane"), "");
        assert_eq!(about("oras"), adapter("oras").unwrap().about);
    }

    #[test]
    fn every_shipped_adapter_is_read_and_pulls_or_pushes() {
        for name in names() {
            let adapter = adapter(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            let does = |operation| adapter.task(operation).is_some();
            assert!(does(Operation::Pull) || does(Operation::Push) || does(Operation::Copy), "{name}");
            assert!(!adapter.about.is_empty(), "{name}");
        }
    }

    #[test]
    fn shipped_adapters_tell_a_crash_and_what_is_not_supported_from_a_refusal() {
        for (name, message, is_crash, is_unsupported) in [
            ("ctr", "rpc error: code = Unavailable desc = error reading from server: EOF", true, false),
            ("ctr", "rpc error: code = Unavailable desc = ref x locked for 174.7ms (since", false, false),
            ("ctr", "ctr: mismatched image rootfs and manifest layers", false, true),
            ("docker", "http: panic serving @: runtime error: invalid memory address", true, false),
            ("crane", "SSRF protection: redirect from \"127.0.0.1\" to private/link-local host", false, true),
            ("umoci", "get blob: compute blob path: unsupported algorithm: \"sha512\"", false, true),
            ("skopeo", "Digest did not match, expected sha256:0, got sha256:1", false, false),
        ] {
            let adapter = adapter(name).unwrap();
            assert_eq!(
                (adapter.has_crashed(message), adapter.is_unsupported(message)),
                (is_crash, is_unsupported),
                "{name}: {message}"
            );
        }
    }
}

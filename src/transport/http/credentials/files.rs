//! Reads the files in which Docker and Podman keep credentials: `config.json` and `auth.json`.
//!
//! Not by a library: those that exist run helpers without a time limit, put what a helper prints into their errors, and do not
//! look for the longest matching path, as Podman does.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::Deserialize;

use super::helper;
use super::{Credentials, Secret};
use crate::error::Input;

/// The parts of such a file that hold credentials.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AuthFile {
    auths: HashMap<String, Auth>,
    cred_helpers: HashMap<String, String>,
    creds_store: String,
}

/// The entry of a registry.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Auth {
    /// `USER:PASSWORD` in base64.
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
    registrytoken: String,
}

/// The credentials for a repository of a host in the files of Docker and Podman, `None` if there are none. The first that has
/// some is used: the variable `DOCKER_AUTH_CONFIG`, then the files named by `REGISTRY_AUTH_FILE`, `DOCKER_CONFIG` and
/// `XDG_RUNTIME_DIR`, then those below the home directory.
///
/// # Errors
///
/// [`Input`] if a file with credentials cannot be read, or a helper that it names fails. No message contains a secret or what a
/// helper printed.
pub fn of_files(
    host: &str,
    repository: &str,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<Credentials>, Input> {
    let keys = keys(host, repository);
    if let Some(text) = environment("DOCKER_AUTH_CONFIG") {
        let found = parse(text.as_encoded_bytes(), Path::new("$DOCKER_AUTH_CONFIG"))?.find(&keys)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    for path in paths(environment) {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(cause) => {
                return Err(Input::file("read", &path, cause, "make it readable, or give a user name and a password"));
            }
        };
        let found = parse(&bytes, &path)?.find(&keys)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The files, in the order in which they are read.
fn paths(environment: &dyn Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let below = |variable: &str, rest: &str| Some(PathBuf::from(environment(variable)?).join(rest));
    let config = below("XDG_CONFIG_HOME", "containers/auth.json");
    [
        environment("REGISTRY_AUTH_FILE").map(PathBuf::from),
        below("DOCKER_CONFIG", "config.json"),
        below("XDG_RUNTIME_DIR", "containers/auth.json"),
        config.or_else(|| below("HOME", ".config/containers/auth.json")),
        below("HOME", ".docker/config.json"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The keys that can hold credentials for a repository, the most specific first.
fn keys(host: &str, repository: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut path = format!("{host}/{repository}");
    loop {
        keys.push(path.clone());
        let Some(slash) = path.rfind('/') else { break };
        path.truncate(slash);
    }
    // Docker's name for its own registry.
    if matches!(host, "registry-1.docker.io" | "docker.io" | "index.docker.io") {
        keys.extend(["index.docker.io/v1", "index.docker.io", "docker.io"].map(str::to_owned));
    }
    keys
}

/// A key of a file without what older versions of Docker wrote around the host.
fn plain(key: &str) -> &str {
    let key = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let key = key.trim_end_matches('/');
    key.strip_suffix("/v2").unwrap_or(key)
}

fn parse(bytes: &[u8], path: &Path) -> Result<AuthFile, Input> {
    // The error of the parser could quote a secret.
    serde_json::from_slice(bytes).map_err(|error| {
        let what = format!("cannot read credentials from {}", path.display());
        let why = format!("not the JSON of an auth file (line {}, column {})", error.line(), error.column());
        Input::value(what, why, "mend the file, or log in again")
    })
}

impl AuthFile {
    fn find(&self, keys: &[String]) -> Result<Option<Credentials>, Input> {
        for key in keys {
            let helper = self.cred_helpers.iter().find(|(name, _)| plain(name) == key);
            if let Some((name, helper)) = helper
                && let Some(found) = helper::ask(helper, name)?
            {
                return Ok(Some(found));
            }
            let entry = self.auths.iter().find(|(name, _)| plain(name) == key);
            if let Some(found) = entry.and_then(|(_, auth)| auth.credentials()) {
                return Ok(Some(found));
            }
            // A store has what an entry without secrets announces, and may have more.
            if !self.creds_store.is_empty() && (entry.is_some() || !key.contains('/')) {
                let name = entry.map_or(key, |(name, _)| name);
                if let Some(found) = helper::ask(&self.creds_store, name)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }
}

impl Auth {
    fn credentials(&self) -> Option<Credentials> {
        if !self.identitytoken.is_empty() {
            return Some(Credentials::IdentityToken(Secret::new(&*self.identitytoken)));
        }
        if !self.registrytoken.is_empty() {
            return Some(Credentials::RegistryToken(Secret::new(&*self.registrytoken)));
        }
        if !self.username.is_empty() {
            return Some(Credentials::password(&*self.username, Secret::new(&*self.password)));
        }
        let decoded = STANDARD.decode(&self.auth).or_else(|_| STANDARD_NO_PAD.decode(&self.auth)).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        // Docker pads with NUL.
        let (username, password) = text.trim_end_matches('\0').split_once(':')?;
        Some(Credentials::password(username, Secret::new(password)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(file: &str, host: &str, repository: &str) -> Option<Credentials> {
        let environment = |name: &str| (name == "DOCKER_AUTH_CONFIG").then(|| OsString::from(file));
        of_files(host, repository, &environment).expect("readable")
    }

    fn user(of: Option<Credentials>) -> Option<(String, String)> {
        match of? {
            Credentials::Password { username, password } => Some((username, password.expose().to_owned())),
            _ => None,
        }
    }

    #[test]
    fn the_longest_path_wins() {
        let file =
            r#"{"auths":{"a.invalid":{"auth":"YTox"},"a.invalid/x":{"auth":"Yjoy"},"b.invalid":{"auth":"Yzoz"}}}"#;
        let of = |repository| user(find(file, "a.invalid", repository)).map(|(name, _)| name);
        assert_eq!(of("x/y").as_deref(), Some("b"));
        assert_eq!(of("xy").as_deref(), Some("a"));
        assert!(find(file, "c.invalid", "x").is_none());
    }

    #[test]
    fn every_form_of_an_entry_is_read() {
        let host = |entry: &str| {
            find(&format!(r#"{{"auths":{{"https://a.invalid:5000/v2/":{entry}}}}}"#), "a.invalid:5000", "r")
        };
        let colons = STANDARD.encode("_json_key:{\"a\":\n\"b:c\"}");
        assert_eq!(
            user(host(&format!(r#"{{"auth":"{colons}"}}"#))),
            Some(("_json_key".into(), "{\"a\":\n\"b:c\"}".into()))
        );
        assert_eq!(user(host(r#"{"username":"a","password":"b"}"#)), Some(("a".into(), "b".into())));
        assert!(host(r#"{"auth":"YTox","identitytoken":"t"}"#) == Some(Credentials::IdentityToken(Secret::new("t"))));
        assert!(host(r#"{"registrytoken":"t"}"#) == Some(Credentials::RegistryToken(Secret::new("t"))));
        assert!(host("{}").is_none() && host(r#"{"auth":"%"}"#).is_none());
    }

    #[test]
    fn a_damaged_file_is_named_without_its_text() {
        let environment = |name: &str| (name == "DOCKER_AUTH_CONFIG").then(|| OsString::from("{\"auths\": hunter2"));
        let error = of_files("a.invalid", "r", &environment).expect_err("not JSON").to_string();
        assert!(error.contains("DOCKER_AUTH_CONFIG") && !error.contains("hunter2"), "{error}");
    }
}

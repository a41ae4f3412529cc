//! What a program finds in its environment and its home folder. Nothing but `PATH` comes from the user's own.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::error::{Trouble, TroubleKind};

/// The folders below the home folder, with the variables that name them.
const FOLDERS: [(&str, &str); 7] = [
    ("TMPDIR", "tmp"),
    ("XDG_CACHE_HOME", ".cache"),
    ("XDG_CONFIG_HOME", ".config"),
    ("XDG_DATA_HOME", ".local/share"),
    ("XDG_STATE_HOME", ".local/state"),
    ("XDG_RUNTIME_DIR", "runtime"),
    ("DOCKER_CONFIG", ".docker"),
];
/// The auth file of Docker's programs, and that of programs that read `REGISTRY_AUTH_FILE`. Both have the same form.
const AUTH_FILES: [&str; 2] = [".docker/config.json", "auth.json"];
/// Where programs are searched if manifuzz itself has no `PATH`.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Hosts that are reached without the proxy.
const DIRECT: &str = "127.0.0.0/8,127.0.0.1,localhost";

/// A user name and a password for a registry.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'a> {
    /// `HOST:PORT`.
    pub registry: &'a str,
    /// The user.
    pub username: &'a str,
    /// The password.
    pub password: &'a str,
}

/// The environment of a program with this home folder. If the network is not isolated, `proxy` is the port on loopback
/// where requests to other hosts are recorded.
pub fn environment(home: &Path, proxy: Option<u16>) -> Vec<(String, String)> {
    let below = |name: &str| home.join(name).to_string_lossy().into_owned();
    let mut variables = vec![
        ("HOME", home.to_string_lossy().into_owned()),
        ("PATH", std::env::var("PATH").unwrap_or_else(|_| PATH.to_owned())),
        ("LANG", "C".to_owned()),
        ("REGISTRY_AUTH_FILE", below(AUTH_FILES[1])),
    ];
    variables.extend(FOLDERS.map(|(name, folder)| (name, below(folder))));
    if let Some(port) = proxy {
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
            variables.push((name, format!("http://127.0.0.1:{port}")));
        }
        variables.extend(["NO_PROXY", "no_proxy"].map(|name| (name, DIRECT.to_owned())));
    }
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Makes the folders that [`environment`] names and the auth files, which have no entry without `credentials`: a file that
/// is named and does not exist is an error for some programs.
pub fn furnish(home: &Path, credentials: Option<Credentials<'_>>) -> Result<(), Trouble> {
    let attempted = || format!("furnish the home folder {}", home.display());
    write(home, credentials)
        .map_err(|cause| Trouble::new(TroubleKind::Command, attempted(), "this machine", cause.to_string()))
}

fn write(home: &Path, credentials: Option<Credentials<'_>>) -> io::Result<()> {
    for (_, folder) in FOLDERS {
        fs::create_dir_all(home.join(folder))?;
    }
    fs::set_permissions(home.join("runtime"), Permissions::from_mode(0o700))?;
    let mut auths = serde_json::Map::new();
    if let Some(Credentials { registry, username, password }) = credentials {
        let auth = STANDARD.encode(format!("{username}:{password}"));
        auths.insert(registry.to_owned(), json!({ "auth": auth }));
    }
    for file in AUTH_FILES {
        let path = home.join(file);
        fs::write(&path, json!({ "auths": auths }).to_string())?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_environment_is_below_the_home_folder_and_exists() {
        let folder = tempfile::tempdir().unwrap();
        furnish(folder.path(), None).unwrap();
        let variables = environment(folder.path(), None);
        for (name, value) in variables.iter().filter(|(name, _)| !["PATH", "LANG"].contains(&name.as_str())) {
            let path = Path::new(value);
            assert!(path.starts_with(folder.path()) && path.exists(), "{name}={value}");
        }
        assert!(!variables.iter().any(|(name, _)| name.to_lowercase().contains("proxy")));
    }

    #[test]
    fn both_auth_files_hold_the_credentials_of_the_registry_alone() {
        let folder = tempfile::tempdir().unwrap();
        let credentials = Credentials { registry: "127.0.0.1:5000", username: "fuzz", password: "secret" };
        furnish(folder.path(), Some(credentials)).unwrap();
        for file in AUTH_FILES {
            let text = fs::read_to_string(folder.path().join(file)).unwrap();
            assert_eq!(text, r#"{"auths":{"127.0.0.1:5000":{"auth":"ZnV6ejpzZWNyZXQ="}}}"#);
        }
    }

    #[test]
    fn a_proxy_is_used_for_all_hosts_but_loopback() {
        let variables = environment(Path::new("/home"), Some(8080));
        let value = |name: &str| variables.iter().find(|(key, _)| key == name).unwrap().1.as_str();
        assert_eq!(value("HTTPS_PROXY"), "http://127.0.0.1:8080");
        assert!(value("NO_PROXY").starts_with("127.0.0.0/8,"));
    }
}

//! The embedded registry as a server for real clients: skopeo copies an image in and out, byte for byte.

use crate::command::{self, if_installed};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use manifuzz::registry::{Params, Profile, profiles, quirks};

/// A server that ends with its test.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command::manifuzz()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect("an address").to_owned();
        Self { child, address }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn skopeo(arguments: &[&str]) -> Option<Output> {
    if_installed("skopeo", Command::new("skopeo").arg("--insecure-policy").args(arguments).output())
}

/// A layout with these shapes, each under its id.
fn layout(folder: &Path, filter: &str) -> Vec<String> {
    let output = command::manifuzz()
        .args(["gen", "--deviations", "1", "--filter", filter, "--layout", "--format", "json", "--out"])
        .arg(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let index: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
    let names = index["manifests"].as_array().unwrap().iter();
    names.map(|m| m["annotations"]["org.opencontainers.image.ref.name"].as_str().unwrap().to_owned()).collect()
}

fn blobs(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder.join("blobs/sha256")).unwrap().map(Result::unwrap);
    files.map(|f| (f.file_name().into_string().unwrap(), std::fs::read(f.path()).unwrap())).collect()
}

#[test]
fn skopeo_copies_in_and_out_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (source, back) = (folder.path().join("source"), folder.path().join("back"));
    // The base is first: an image with a config and a layer.
    let base = layout(&source, "annotations").remove(0);
    for profile in ["clean", "distribution", "quay", "artifactory"] {
        let served = Served::start(&["--profile", profile]);
        let at = format!("docker://{}/some/repo:t", served.address);
        let from = format!("oci:{}:{base}", source.display());
        let Some(pushed) = skopeo(&["copy", "--all", "--preserve-digests", "--dest-tls-verify=false", &from, &at])
        else {
            return;
        };
        assert!(pushed.status.success(), "{profile}: {pushed:?}");
        let to = format!("oci:{}:t", back.display());
        let pulled = skopeo(&["copy", "--all", "--preserve-digests", "--src-tls-verify=false", &at, &to]).unwrap();
        assert!(pulled.status.success(), "{profile}: {pulled:?}");
        let (source, back_again) = (blobs(&source), blobs(&back));
        assert!(back_again.len() >= 3, "{profile}: a manifest, a config and a layer");
        for (digest, bytes) in back_again {
            assert_eq!(source.get(&digest), Some(&bytes), "{profile}: {digest}");
        }
        std::fs::remove_dir_all(&back).unwrap();
    }
}

#[test]
fn skopeo_meets_a_planted_quirk() {
    let folder = tempfile::tempdir().unwrap();
    let base = layout(folder.path(), "annotations").remove(0);
    let served = Served::start(&["--profile", "clean", "--quirk", "blob-pull-returns-other-bytes"]);
    let at = format!("docker://{}/some/repo:t", served.address);
    let from = format!("oci:{}:{base}", folder.path().display());
    let Some(pushed) = skopeo(&["copy", "--dest-tls-verify=false", &from, &at]) else { return };
    assert!(pushed.status.success(), "{pushed:?}");
    let to = format!("oci:{}:t", folder.path().join("back").display());
    let pulled = skopeo(&["copy", "--src-tls-verify=false", &at, &to]).unwrap();
    assert!(!pulled.status.success(), "skopeo looks at what it gets");
}

#[test]
fn serve_takes_the_name_of_every_profile_and_every_quirk() {
    for profile in profiles() {
        assert!(Profile::named(&profile.name).is_ok(), "{}", profile.name);
    }
    for quirk in quirks() {
        assert!(Profile::clean().plant(quirk.name, Params::default()).is_ok());
        assert!(Profile::named(&format!("clean+{}", quirk.name)).is_ok(), "{}", quirk.name);
    }
}

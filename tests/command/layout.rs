//! What `gen` writes: an OCI image layout that a real client reads, and loose files.
//!
//! Needs skopeo on the PATH (Debian's package) for the first; says so and passes where it is missing, unless
//! `MANIFUZZ_REQUIRE_SERVERS` is set.

use crate::command::{self, if_installed};
use std::path::Path;
use std::process::{Command, Output};

use manifuzz::exchange::case_id;
use manifuzz::exchange::sha256;
use manifuzz::render::render;
use manifuzz::shape::Shape;

fn generate(folder: &Path, more: &[&str]) -> Output {
    let output = command::manifuzz().arg("gen").args(more).arg("--out").arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn a_layout_is_read_by_skopeo() {
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().join("layout");
    generate(&layout, &["--deviations", "1", "--filter", "annotations,text", "--layout"]);
    for text in ["base", "annotations=one", "kind=index"] {
        let source = format!("oci:{}:{}", layout.display(), case_id(text));
        let raw = Command::new("skopeo").args(["inspect", "--raw", &source]).output();
        let Some(raw) = if_installed("skopeo", raw) else { return };
        assert!(raw.status.success(), "{text}: {}", String::from_utf8_lossy(&raw.stderr));
        assert_eq!(raw.stdout, render(&text.parse::<Shape>().unwrap()).tested.body[..], "{text}");
    }
    let copy = Command::new("skopeo")
        .args(["copy", "--preserve-digests", &format!("oci:{}:{}", layout.display(), case_id("base"))])
        .arg(format!("dir:{}", folder.path().join("copy").display()))
        .output()
        .unwrap();
    assert!(copy.status.success(), "{}", String::from_utf8_lossy(&copy.stderr));
    let copied = std::fs::read(folder.path().join("copy/manifest.json")).unwrap();
    assert_eq!(copied, render(&Shape::base()).tested.body[..]);
}

#[test]
fn loose_files_hold_every_body_and_its_content() {
    let folder = tempfile::tempdir().unwrap();
    generate(folder.path(), &["--deviations", "1", "--filter", "layers*", "--cases", "100"]);
    let list = std::fs::read_to_string(folder.path().join("cases.jsonl")).unwrap();
    let mut cases = 0;
    for line in list.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let body = std::fs::read(folder.path().join("bodies").join(case["id"].as_str().unwrap())).unwrap();
        assert_eq!(sha256(&body), case["body_sha256"]);
        for need in case["needs"].as_array().unwrap().iter().filter(|need| need["state"] == "present") {
            let path = need["digest"].as_str().unwrap().replace(':', "/");
            let content = std::fs::read(folder.path().join("blobs").join(path)).unwrap();
            assert_eq!(content.len() as u64, need["size"].as_u64().unwrap());
        }
        cases += 1;
    }
    assert_eq!(cases, 100);
}

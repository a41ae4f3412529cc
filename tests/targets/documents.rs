//! A user's own manifest, and limits, at a real docker-registry. Skipped like the tests of `docker_registry`.

use crate::command::{self, stderr};
use crate::docker_registry::start;
use crate::serving::measuring;

use manifuzz::exchange::{IMAGE_MANIFEST, sha256};
use serde_json::{Value, json};

#[test]
fn a_real_registry_refuses_the_layer_with_urls_of_a_users_image() {
    let Some(registry) = start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let config = br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#;
    std::fs::write(folder.path().join("config"), config).unwrap();
    let mut layers = Vec::new();
    let mut blobs = vec!["--blob".to_owned(), "config".to_owned()];
    for i in 0..12 {
        let (name, content) = (format!("layer-{i}"), format!("the content of layer {i}"));
        std::fs::write(folder.path().join(&name), &content).unwrap();
        blobs.extend(["--blob".to_owned(), name]);
        let media_type = "application/vnd.oci.image.layer.v1.tar+gzip";
        let mut layer = json!({ "mediaType": media_type, "digest": sha256(content.as_bytes()), "size": content.len() });
        if i == 7 {
            layer["urls"] = json!(["https://example.com/layer"]);
        }
        layers.push(layer);
    }
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": IMAGE_MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": sha256(config),
            "size": config.len(),
        },
        "layers": layers,
        "annotations": { "org.opencontainers.image.created": "2026-01-02T03:04:05Z" },
    });
    std::fs::write(folder.path().join("mine.json"), manifest.to_string()).unwrap();
    let output = command::manifuzz()
        .current_dir(&folder)
        .args(["shrink", "--manifest", "mine.json", "--format", "json", "--target"])
        .arg(format!("http://{}/some/repo", registry.address))
        .args(&blobs)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let out = String::from_utf8(output.stdout.clone()).unwrap();
    let verdict: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!((&verdict["outcome"], &verdict["status"]), (&json!("rejected"), &json!(500)), "{verdict}");
    assert_eq!(verdict["reason"]["place"], "/layers/7/urls/0", "one URL is enough: {verdict}");
    assert!(verdict["reason"]["probes"].as_u64().unwrap() < 100, "{verdict}");
    assert!(stderr(&output).contains("removed"), "what was pushed is removed: {}", stderr(&output));
}

#[test]
fn limits_of_a_real_registry_are_exact() {
    let Some(registry) = start() else { return };
    let _measuring = measuring();
    let folder = tempfile::tempdir().unwrap();
    let output = command::manifuzz()
        .current_dir(&folder)
        .args(["limits", "--format", "json", "--max-bytes", "100M", "--target"])
        .arg(format!("http://{}/some/repo", registry.address))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let out = String::from_utf8(output.stdout.clone()).unwrap();
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let named = |name: &str| lines.iter().find(|line| line["limit"] == name).unwrap();
    let size = named("manifest-size");
    assert_eq!((&size["largest_accepted"], &size["end"]), (&json!(4_194_304), &json!("exact")), "{size}");
    let tag = named("tag-length");
    assert_eq!((&tag["largest_accepted"], &tag["smallest_refused"]), (&json!(128), &json!(129)), "{tag}");
}

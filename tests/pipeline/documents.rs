//! Realistic manifests of users: whether the registry takes them, and the exact place of what it objects to.

use crate::registry::{planted, target};
use bytes::Bytes;
use manifuzz::compare::Class;
use manifuzz::engine::{Contents, Document, DocumentReport, DocumentRunner, DocumentVerdict, Refusal};
use manifuzz::exchange::{Depth, IMAGE_INDEX, IMAGE_MANIFEST, sha256};
use manifuzz::model::Versions;
use manifuzz::registry::Profile;
use serde_json::{Value, json};

/// Makes documents with the content that they reference.
#[derive(Default)]
struct Maker(Contents);

impl Maker {
    fn descriptor(&mut self, media_type: &str, content: &[u8]) -> Value {
        self.0.add(Bytes::copy_from_slice(content));
        json!({ "mediaType": media_type, "digest": sha256(content), "size": content.len() })
    }

    fn document(self, value: &Value) -> Document {
        Document::new(None, serde_json::to_vec_pretty(value).unwrap().into(), self.0)
    }
}

fn run(profile: &Profile, document: &Document) -> DocumentReport {
    let target = target(profile);
    let runner = DocumentRunner::new(target.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    runner.run_silently(document).unwrap()
}

/// A chart as `helm push` writes it.
fn helm_chart() -> Document {
    let mut maker = Maker::default();
    let config = br#"{"name":"web","version":"0.1.0","description":"A chart","apiVersion":"v2","type":"application"}"#;
    let config = maker.descriptor("application/vnd.cncf.helm.config.v1+json", config);
    let chart = maker.descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", b"\x1f\x8bchart");
    let value = json!({
        "schemaVersion": 2,
        "config": config,
        "layers": [chart],
        "annotations": {
            "org.opencontainers.image.title": "web",
            "org.opencontainers.image.version": "0.1.0",
            "org.opencontainers.image.created": "2026-01-02T03:04:05Z",
        },
    });
    maker.document(&value)
}

const CONFIG: &[u8] =
    br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}}"#;

fn cosign_signature() -> Document {
    let mut maker = Maker::default();
    let config = maker.descriptor("application/vnd.oci.image.config.v1+json", CONFIG);
    let mut layer = maker.descriptor("application/vnd.dev.cosign.simplesigning.v1+json", br#"{"critical":{}}"#);
    layer["annotations"] =
        json!({ "dev.cosignproject.cosign/signature": "MEUCIQDx", "dev.sigstore.cosign/bundle": "{}" });
    let value = json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "config": config, "layers": [layer] });
    maker.document(&value)
}

fn image_with_layers(count: usize, change: impl Fn(usize, &mut Value)) -> Document {
    let mut maker = Maker::default();
    let config = maker.descriptor("application/vnd.oci.image.config.v1+json", CONFIG);
    let layers: Vec<Value> = (0..count)
        .map(|i| {
            let content = format!("layer {i}");
            let mut layer = maker.descriptor("application/vnd.oci.image.layer.v1.tar+gzip", content.as_bytes());
            change(i, &mut layer);
            layer
        })
        .collect();
    let value = json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "config": config, "layers": layers });
    maker.document(&value)
}

/// An index as BuildKit writes it: two platforms, each with an attestation.
fn index_with_attestations() -> Document {
    let mut maker = Maker::default();
    let config = maker.descriptor("application/vnd.oci.image.config.v1+json", CONFIG);
    let mut manifests = Vec::new();
    for architecture in ["amd64", "arm64"] {
        let layer = maker.descriptor("application/vnd.oci.image.layer.v1.tar+gzip", architecture.as_bytes());
        let image = json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "config": config, "layers": [layer] });
        let mut image = maker.descriptor(IMAGE_MANIFEST, image.to_string().as_bytes());
        image["platform"] = json!({ "architecture": architecture, "os": "linux" });
        let statement =
            maker.descriptor("application/vnd.in-toto+json", format!("{{\"of\":\"{architecture}\"}}").as_bytes());
        let attestation =
            json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "config": config, "layers": [statement] });
        let mut attestation = maker.descriptor(IMAGE_MANIFEST, attestation.to_string().as_bytes());
        attestation["platform"] = json!({ "architecture": "unknown", "os": "unknown" });
        attestation["annotations"] = json!({
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": image["digest"],
        });
        manifests.extend([image, attestation]);
    }
    maker.document(&json!({ "schemaVersion": 2, "mediaType": IMAGE_INDEX, "manifests": manifests }))
}

/// The place of the reason of the refusal, in the user's document.
fn place(report: &DocumentReport) -> Option<&str> {
    let found = report.findings.iter().find(|one| one.finding.symptom.class == Class::RejectsValid);
    let reason = found.map(|one| &one.reason).or(report.refusal.as_ref())?;
    let smallest = String::from_utf8_lossy(&reason.smallest.tested.body);
    assert!(reason.is_minimal && reason.reproduced >= 3, "{} probes: {smallest}", reason.probes);
    assert!(reason.witness.is_some(), "{smallest}");
    reason.place.as_deref()
}

#[test]
fn a_clean_registry_takes_them_all_and_nothing_is_found() {
    let documents = [helm_chart(), cosign_signature(), image_with_layers(30, |_, _| {}), index_with_attestations()];
    for document in documents {
        let report = run(&Profile::clean(), &document);
        assert_eq!(report.verdict, DocumentVerdict::Accepted, "{report:?}");
        assert!(report.findings.is_empty() && report.refusal.is_none() && report.not_given.is_empty(), "{report:?}");
    }
}

#[test]
fn the_reason_of_a_refusal_is_exact() {
    let with_urls = image_with_layers(30, |i, layer| {
        if i == 17 {
            layer["urls"] = json!(["https://example.com/layer"]);
        }
    });
    let with_zstd = image_with_layers(30, |i, layer| {
        if i == 29 {
            layer["mediaType"] = json!("application/vnd.oci.image.layer.v1.tar+zstd");
        }
    });
    let cases = [
        ("refuses-unknown-config-type", helm_chart(), "/config/mediaType"),
        ("refuses-unknown-layer-type", helm_chart(), "/layers/0/mediaType"),
        ("refuses-annotations", helm_chart(), "/annotations"),
        ("refuses-layer-annotations", cosign_signature(), "/layers/0/annotations"),
        ("refuses-layer-urls", with_urls, "/layers/17/urls"),
        ("refuses-zstd-layer", with_zstd, "/layers/29/mediaType"),
    ];
    for (quirk, document, expected) in cases {
        let report = run(&planted(&[quirk]), &document);
        assert!(
            matches!(report.verdict, DocumentVerdict::Refused(Refusal { status: Some(400), .. })),
            "{quirk}: {report:?}"
        );
        assert_eq!(place(&report), Some(expected), "{quirk}");
        assert_eq!(report.findings.len(), 1, "{quirk}: {:?}", report.findings);
    }
}

/// Each of 101 layers would have to be left out again to know that none can be: that is more than the budget has left.
#[test]
fn too_many_layers_are_blamed_on_the_list_within_the_budget() {
    let report = run(&planted(&["refuses-above-100-layers"]), &image_with_layers(160, |_, _| {}));
    let reason = &report.findings[0].reason;
    assert_eq!(reason.place.as_deref(), Some("/layers"));
    let smallest: Value = serde_json::from_slice(&reason.smallest.tested.body).unwrap();
    assert_eq!(smallest["layers"].as_array().unwrap().len(), 101);
    assert!(reason.probes <= 205, "{} probes", reason.probes);
}

#[test]
fn the_smallest_document_keeps_what_makes_it_valid() {
    let report = run(&planted(&["refuses-unknown-config-type"]), &helm_chart());
    let smallest: Value = serde_json::from_slice(&report.findings[0].reason.smallest.tested.body).unwrap();
    assert_eq!(smallest["config"]["mediaType"], "application/vnd.cncf.helm.config.v1+json");
    assert!(smallest.get("annotations").is_none(), "{smallest}");
    assert_eq!(smallest["layers"].as_array().map(Vec::len), Some(1), "without layers it is another question");
}

#[test]
fn an_index_is_pushed_after_its_children_and_blamed_for_one() {
    let profile = planted(&["refuses-child-without-platform"]);
    let document = index_with_attestations();
    assert_eq!(run(&profile, &document).verdict, DocumentVerdict::Accepted);
    let mut value: Value = serde_json::from_slice(&document.body).unwrap();
    value["manifests"][2].as_object_mut().unwrap().remove("platform");
    let document = Document { body: value.to_string().into(), ..document };
    let report = run(&profile, &document);
    assert_eq!(report.findings.len(), 1, "{report:?}");
    assert_eq!(place(&report), Some("/manifests/2"));
}

#[test]
fn a_refusal_that_is_allowed_has_a_reason_too() {
    let mut value: Value = serde_json::from_slice(&helm_chart().body).unwrap();
    value["schemaVersion"] = json!(1);
    let document = Document { body: value.to_string().into(), ..helm_chart() };
    let report = run(&Profile::clean(), &document);
    assert!(report.broken.iter().any(|broken| broken.place == "/schemaVersion"), "{:?}", report.broken);
    assert!(
        matches!(report.verdict, DocumentVerdict::Refused(_)) && report.findings.is_empty(),
        "{:?}",
        report.verdict
    );
    assert_eq!(place(&report), Some("/schemaVersion"));
}

#[test]
fn content_that_was_not_given_is_named_and_its_absence_is_the_reason() {
    let document = image_with_layers(5, |_, _| {});
    let mut contents = Contents::default();
    contents.add(Bytes::from_static(CONFIG));
    for i in [0, 1, 3, 4] {
        contents.add(format!("layer {i}").into());
    }
    let document = Document { contents, ..document };
    let report = run(&Profile::clean(), &document);
    let not_given: Vec<&str> = report.not_given.iter().map(|one| &*one.path).collect();
    assert_eq!(not_given, ["layers.2"]);
    assert!(matches!(report.verdict, DocumentVerdict::Refused(_)), "{report:?}");
    assert!(report.findings.is_empty(), "a registry may refuse it: {:?}", report.findings);
    assert_eq!(place(&report), Some("/layers/2"));
}

#[test]
fn a_defect_that_every_push_shows_is_not_blamed_on_the_document() {
    let report = run(&planted(&["push-lacks-location"]), &helm_chart());
    assert_eq!(report.verdict, DocumentVerdict::Accepted);
    assert!(report.findings.is_empty() && !report.everywhere.is_empty(), "{report:?}");
}

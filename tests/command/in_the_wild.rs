//! `check` on what people have: manifests as the usual tools write them, and every word that is said about each.
//!
//! The law: nothing is said that the author of such a document could not act on. A `note` says what a document is and asks
//! for nothing.

use std::collections::BTreeMap;

use crate::checking::check;
use manifuzz::exchange::{DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, sha256};
use serde_json::{Value, json};

const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const DOCKER_GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const IN_TOTO: &str = "application/vnd.in-toto+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const SOCI_1: &str = "application/vnd.amazon.soci.index.v1+json";
const SOCI_2: &str = "application/vnd.amazon.soci.index.v2+json";

/// A descriptor of some content.
fn of(media_type: &str) -> Value {
    json!({ "mediaType": media_type, "digest": sha256(media_type.as_bytes()), "size": 1234 })
}

/// A descriptor of `{}`.
fn braces(media_type: &str) -> Value {
    json!({ "mediaType": media_type, "digest": sha256(b"{}"), "size": 2 })
}

/// A value with more members.
fn and(mut value: Value, more: Value) -> Value {
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

fn annotated(value: Value, annotations: Value) -> Value {
    and(value, json!({ "annotations": annotations }))
}

fn titled(media_type: &str, title: &str) -> Value {
    annotated(of(media_type), json!({ "org.opencontainers.image.title": title }))
}

fn manifest(config: Value, layers: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "config": config, "layers": layers })
}

/// An artifact with the empty descriptor as its config.
fn artifact(artifact_type: &str, layers: &[Value]) -> Value {
    let config = and(braces(EMPTY), json!({ "data": "e30=" }));
    and(manifest(config, layers), json!({ "artifactType": artifact_type }))
}

fn referrer(value: Value) -> Value {
    and(value, json!({ "subject": of(IMAGE_MANIFEST) }))
}

fn index(manifests: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": IMAGE_INDEX, "manifests": manifests })
}

fn docker(config: &str, layers: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": DOCKER_MANIFEST, "config": of(config), "layers": layers })
}

fn list(manifests: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": manifests })
}

fn on(child: Value, os: &str, architecture: &str) -> Value {
    and(child, json!({ "platform": { "architecture": architecture, "os": os } }))
}

/// An attestation as BuildKit lists it.
fn attestation(media_type: &str) -> Value {
    let annotations =
        json!({ "vnd.docker.reference.digest": sha256(b"x"), "vnd.docker.reference.type": "attestation-manifest" });
    on(annotated(of(media_type), annotations), "unknown", "unknown")
}

fn without(mut value: Value, member: &str) -> Value {
    value.as_object_mut().unwrap().remove(member);
    value
}

/// A tool, what it writes, and what is said: level, rule and pointer, or `note` and pointer.
type Row = (&'static str, Value, &'static [&'static str]);

fn images() -> Vec<Row> {
    let gzip = || of(GZIP);
    let in_toto = || annotated(of(IN_TOTO), json!({ "in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2" }));
    let snapshots = json!({ "containerd.io/snapshot/stargz/toc.digest": sha256(b"toc"), "io.containers.estargz.uncompressed-size": "4096" });
    let chunked = json!({
        "io.github.containers.zstd-chunked.manifest-checksum": sha256(b"toc"),
        "io.github.containers.zstd-chunked.manifest-position": "4096:512:1024:1",
        "io.github.containers.zstd-chunked.tarsplit-position": "4600:512:1024",
    });
    let nydus = json!({ "containerd.io/snapshot/nydus-blob": "true", "containerd.io/snapshot/nydus-fs-version": "6" });
    let bootstrap =
        json!({ "containerd.io/snapshot/nydus-bootstrap": "true", "containerd.io/snapshot/nydus-rootfs": "" });
    let base_name = |name: &str| json!({ "org.opencontainers.image.base.name": name });
    vec![
        (
            "buildx: index with attestations",
            index(&[
                on(of(IMAGE_MANIFEST), "linux", "amd64"),
                on(of(IMAGE_MANIFEST), "linux", "arm64"),
                attestation(IMAGE_MANIFEST),
                attestation(IMAGE_MANIFEST),
            ]),
            &["note /manifests/2"],
        ),
        ("buildx: attestation", manifest(of(IMAGE_CONFIG), &[in_toto(), in_toto()]), &["note /layers/0/mediaType"]),
        (
            "buildx: attestation as an artifact",
            referrer(artifact("application/vnd.docker.attestation.manifest.v1+json", &[in_toto()])),
            &["note /layers/0/mediaType"],
        ),
        (
            "buildx: base image scratch",
            annotated(manifest(of(IMAGE_CONFIG), &[gzip()]), base_name("scratch")),
            &["should annotation-base-name-has-a-registry /annotations/org.opencontainers.image.base.name"],
        ),
        (
            "official images: short base name",
            annotated(manifest(of(IMAGE_CONFIG), &[gzip()]), base_name("alpine:3.18")),
            &["should annotation-base-name-has-a-registry /annotations/org.opencontainers.image.base.name"],
        ),
        ("podman: image", manifest(of(IMAGE_CONFIG), &[gzip(), gzip()]), &[]),
        ("podman: zstd:chunked", manifest(of(IMAGE_CONFIG), &[annotated(of(ZSTD), chunked)]), &[]),
        (
            "buildah: image without mediaType",
            without(manifest(of(IMAGE_CONFIG), &[gzip()]), "mediaType"),
            &["should manifest-says-its-media-type "],
        ),
        ("buildkit: eStargz", manifest(of(IMAGE_CONFIG), &[annotated(gzip(), snapshots)]), &[]),
        (
            "bootc",
            annotated(
                manifest(of(IMAGE_CONFIG), &[gzip(), of(ZSTD)]),
                json!({ "containers.bootc": "1", "ostree.bootable": "true" }),
            ),
            &[],
        ),
        (
            "nydus",
            manifest(
                of(IMAGE_CONFIG),
                &[annotated(of("application/vnd.oci.image.layer.nydus.blob.v1"), nydus), annotated(gzip(), bootstrap)],
            ),
            &["note /layers/0/mediaType"],
        ),
        (
            "ocicrypt",
            manifest(of(IMAGE_CONFIG), &[of("application/vnd.oci.image.layer.v1.tar+gzip+encrypted")]),
            &["note /layers/0/mediaType"],
        ),
        (
            "docker build: FROM scratch without layers",
            manifest(of(IMAGE_CONFIG), &[]),
            &["should manifest-has-a-layer /layers"],
        ),
        ("crossplane", manifest(of(IMAGE_CONFIG), &[annotated(gzip(), json!({ "io.crossplane.xpkg": "base" }))]), &[]),
        (
            "homebrew: index",
            without(
                index(&[annotated(
                    and(
                        of(IMAGE_MANIFEST),
                        json!({ "platform": { "architecture": "arm64", "os": "darwin", "os.version": "macOS 14.5" } }),
                    ),
                    json!({ "org.opencontainers.image.ref.name": "1.7.1.arm64_sonoma", "sh.brew.bottle.digest": "00", "sh.brew.tab": "{}" }),
                )]),
                "mediaType",
            ),
            &["should index-says-its-media-type "],
        ),
        (
            "homebrew: bottle",
            without(manifest(of(IMAGE_CONFIG), &[titled(GZIP, "jq--1.7.1.arm64_sonoma.bottle.tar.gz")]), "mediaType"),
            &["should manifest-says-its-media-type "],
        ),
        (
            "docker: wasm platform",
            index(&[on(of(IMAGE_MANIFEST), "wasi", "wasm")]),
            &["should index-platform-os-is-gos /manifests/0/platform/os"],
        ),
        (
            "ctr export: index.json of a Docker image",
            index(&[annotated(
                of(DOCKER_LIST),
                json!({ "io.containerd.image.name": "docker.io/library/alpine:3", "org.opencontainers.image.ref.name": "3" }),
            )]),
            &["should index-child-types-are-portable /manifests/0/mediaType"],
        ),
        (
            "skopeo copy: index.json",
            index(&[annotated(of(IMAGE_MANIFEST), json!({ "org.opencontainers.image.ref.name": "latest" }))]),
            &["should descriptor-of-an-image-names-its-platform /manifests/0"],
        ),
        (
            "SOCI v2: index",
            index(&[
                annotated(
                    on(of(IMAGE_MANIFEST), "linux", "amd64"),
                    json!({ "com.amazon.soci.index-digest": sha256(b"i") }),
                ),
                annotated(
                    on(and(of(IMAGE_MANIFEST), json!({ "artifactType": SOCI_2 })), "linux", "amd64"),
                    json!({ "com.amazon.soci.image-manifest-digest": sha256(b"m") }),
                ),
            ]),
            &[],
        ),
    ]
}

fn artifacts() -> Vec<Row> {
    let chart = || of("application/vnd.cncf.helm.chart.content.v1.tar+gzip");
    let helm = || of("application/vnd.cncf.helm.config.v1+json");
    let signing = "application/vnd.dev.cosign.simplesigning.v1+json";
    let signature = || {
        annotated(
            of(signing),
            json!({ "dev.cosignproject.cosign/signature": "MEUC", "dev.sigstore.cosign/certificate": "-----BEGIN" }),
        )
    };
    let predicate =
        || json!({ "dev.cosignproject.cosign/signature": "", "predicateType": "https://slsa.dev/provenance/v1" });
    let bundle = json!({
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1",
        "org.opencontainers.image.created": "2025-10-01T00:00:00Z",
    });
    let ztoc = || {
        annotated(
            of("application/octet-stream"),
            json!({ "com.amazon.soci.image-layer-digest": sha256(b"l"), "com.amazon.soci.image-layer-mediaType": GZIP }),
        )
    };
    let wasm = |config: &str, layer: &str| manifest(of(config), &[of(layer)]);
    vec![
        ("cosign: signature", manifest(of(IMAGE_CONFIG), &[signature()]), &["note /layers/0/mediaType"]),
        (
            "cosign: attestation",
            manifest(of(IMAGE_CONFIG), &[annotated(of("application/vnd.dsse.envelope.v1+json"), predicate())]),
            &[
                "should annotation-keys-begin-with-a-domain /layers/0/annotations/predicateType",
                "note /layers/0/mediaType",
            ],
        ),
        ("cosign: SBOM", manifest(of(IMAGE_CONFIG), &[of("text/spdx+json")]), &["note /layers/0/mediaType"]),
        (
            "cosign: signature as a referrer",
            referrer(manifest(of("application/vnd.dev.cosign.artifact.sig.v1+json"), &[signature()])),
            &["note /layers/0/mediaType"],
        ),
        ("cosign: bundle", annotated(referrer(artifact(BUNDLE, &[of(BUNDLE)])), bundle), &[]),
        ("GitHub: attestation", referrer(artifact(BUNDLE, &[of(BUNDLE)])), &[]),
        ("helm: chart", manifest(helm(), &[chart()]), &[]),
        (
            "helm: chart with provenance",
            annotated(
                manifest(helm(), &[chart(), of("application/vnd.cncf.helm.chart.provenance.v1.prov")]),
                json!({ "org.opencontainers.image.title": "app", "org.opencontainers.image.version": "1.0.0" }),
            ),
            &[],
        ),
        (
            "helm 3.8: chart",
            without(manifest(helm(), &[chart()]), "mediaType"),
            &["should manifest-says-its-media-type "],
        ),
        ("oras 1.0", manifest(braces("application/vnd.unknown.config.v1+json"), &[titled("text/plain", "a.txt")]), &[]),
        ("oras 1.1", artifact("application/vnd.unknown.artifact.v1", &[titled("text/plain", "a.txt")]), &[]),
        ("oras attach: only annotations", referrer(artifact("example/doc", &[braces(EMPTY)])), &[]),
        (
            "flux",
            manifest(
                of("application/vnd.cncf.flux.config.v1+json"),
                &[of("application/vnd.cncf.flux.content.v1.tar+gzip")],
            ),
            &[],
        ),
        (
            "notation",
            annotated(
                referrer(manifest(braces("application/vnd.cncf.notary.signature"), &[of("application/jose+json")])),
                json!({ "io.cncf.notary.x509chain.thumbprint#S256": "[]" }),
            ),
            &[],
        ),
        ("SOCI v1", referrer(manifest(braces(SOCI_1), &[ztoc()])), &[]),
        ("SOCI v2", manifest(braces(SOCI_2), &[ztoc(), ztoc()]), &[]),
        ("wasm: CNCF", wasm("application/vnd.wasm.config.v0+json", "application/wasm"), &[]),
        (
            "wasm: kubewarden",
            wasm("application/vnd.wasm.config.v1+json", "application/vnd.wasm.content.layer.v1+wasm"),
            &[],
        ),
        (
            "devcontainers: feature",
            annotated(
                manifest(
                    braces("application/vnd.devcontainers"),
                    &[titled("application/vnd.devcontainers.layer.v1+tar", "devcontainer-feature-go.tgz")],
                ),
                json!({ "dev.containers.metadata": "{}", "com.github.package.type": "devcontainer_feature" }),
            ),
            &[],
        ),
        (
            "devcontainers: collection",
            annotated(
                manifest(
                    json!({ "mediaType": "application/vnd.devcontainers", "digest": sha256(b""), "size": 0 }),
                    &[titled("application/vnd.devcontainers.collection.layer.v1+json", "devcontainer-collection.json")],
                ),
                json!({ "com.github.package.type": "devcontainer_collection" }),
            ),
            &[],
        ),
        (
            "falco: rules",
            manifest(
                of("application/vnd.cncf.falco.rulesfile.config.v1+json"),
                &[titled("application/vnd.cncf.falco.rulesfile.layer.v1+tar.gz", "rules.tar.gz")],
            ),
            &[],
        ),
        ("OPA: bundle", manifest(braces(IMAGE_CONFIG), &[titled(GZIP, "bundle.tar.gz")]), &[]),
        (
            "conftest: policy",
            manifest(
                braces("application/vnd.cncf.openpolicyagent.config.v1+json"),
                &[titled("application/vnd.cncf.openpolicyagent.policy.layer.v1+rego", "policy.rego")],
            ),
            &[],
        ),
        (
            "Singularity",
            manifest(
                of("application/vnd.sylabs.sif.config.v1+json"),
                &[titled("application/vnd.sylabs.sif.layer.v1.sif", "image.sif")],
            ),
            &[],
        ),
        (
            "trivy: database",
            annotated(
                manifest(
                    braces("application/vnd.aquasec.trivy.config.v1+json"),
                    &[titled("application/vnd.aquasec.trivy.db.layer.v1.tar+gzip", "db.tar.gz")],
                ),
                json!({ "org.opencontainers.image.created": "2025-10-01T00:00:00Z" }),
            ),
            &[],
        ),
        ("OpenTofu: provider", artifact("application/vnd.opentofu.providerpkg", &[of("archive/zip")]), &[]),
        (
            "docker compose publish",
            artifact(
                "application/vnd.docker.compose.project",
                &[annotated(
                    of("application/vnd.docker.compose.file+yaml"),
                    json!({ "com.docker.compose.version": "2.34.0" }),
                )],
            ),
            &[],
        ),
        (
            "docker model",
            manifest(
                of("application/vnd.docker.ai.model.config.v0.1+json"),
                &[of("application/vnd.docker.ai.gguf.v3"), of("application/vnd.docker.ai.license")],
            ),
            &[],
        ),
        (
            "KitOps",
            manifest(
                of("application/vnd.kitops.modelkit.config.v1+json"),
                &[of("application/vnd.kitops.modelkit.model.v1.tar")],
            ),
            &[],
        ),
        (
            "hand-made: JSON in an image",
            manifest(of(IMAGE_CONFIG), &[of("application/vnd.acme.report+json")]),
            &["should manifest-layer-types-are-portable /config/mediaType"],
        ),
    ]
}

fn of_docker() -> Vec<Row> {
    let gzip = || of(DOCKER_GZIP);
    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let history = json!([{ "v1Compatibility": "{\"id\":\"e45a5af57b00\"}" }]);
    let tekton = json!({ "dev.tekton.image.apiVersion": "v1", "dev.tekton.image.kind": "task", "dev.tekton.image.name": "init" });
    vec![
        ("docker push", docker(DOCKER_CONFIG, &[gzip(), gzip()]), &[]),
        ("kaniko", docker(DOCKER_CONFIG, &[gzip()]), &[]),
        ("docker: plugin", docker("application/vnd.docker.plugin.v1+json", &[gzip()]), &[]),
        (
            "docker: Windows base image",
            docker(
                DOCKER_CONFIG,
                &[
                    and(of(foreign), json!({ "urls": ["https://mcr.microsoft.com/v2/windows/blobs/sha256:00"] })),
                    gzip(),
                ],
            ),
            &[],
        ),
        (
            "buildkit: zstd in Docker's types",
            docker(DOCKER_CONFIG, &[of("application/vnd.docker.image.rootfs.diff.tar.zstd")]),
            &[],
        ),
        ("tkn bundle push", docker(DOCKER_CONFIG, &[annotated(gzip(), tekton)]), &[]),
        ("imgpkg", docker(DOCKER_CONFIG, &[gzip()]), &[]),
        (
            "ollama",
            docker(
                DOCKER_CONFIG,
                &[
                    of("application/vnd.ollama.image.model"),
                    of("application/vnd.ollama.image.template"),
                    of("application/vnd.ollama.image.license"),
                ],
            ),
            &["note /layers/0/mediaType"],
        ),
        (
            "docker manifest create",
            list(&[
                and(
                    of(DOCKER_MANIFEST),
                    json!({ "platform": { "architecture": "arm", "os": "linux", "variant": "v7" } }),
                ),
                and(
                    of(DOCKER_MANIFEST),
                    json!({ "platform": { "architecture": "amd64", "os": "windows", "os.version": "10.0.20348.1" } }),
                ),
            ]),
            &[],
        ),
        (
            "buildx: list with attestations",
            list(&[on(of(DOCKER_MANIFEST), "linux", "amd64"), attestation(DOCKER_MANIFEST)]),
            &["note /manifests/1"],
        ),
        (
            "docker manifest create: an OCI image",
            list(&[on(of(IMAGE_MANIFEST), "linux", "amd64")]),
            &["should docker-list-child-types-are-dockers /manifests/0/mediaType"],
        ),
        (
            "OCI layers in a Docker manifest",
            docker(DOCKER_CONFIG, &[gzip(), of(GZIP)]),
            &["should docker-manifest-layer-types-are-dockers /layers/1/mediaType"],
        ),
        (
            "docker 1.9: schema 1",
            json!({ "schemaVersion": 1, "name": "a/b", "tag": "latest", "architecture": "amd64", "fsLayers": [{ "blobSum": sha256(b"l") }], "history": history, "signatures": [] }),
            &["note "],
        ),
        (
            "docker save: manifest.json",
            json!([{ "Config": "00.json", "RepoTags": ["a:1"], "Layers": ["00/layer.tar"] }]),
            &["note "],
        ),
        (
            "docker save: configuration",
            json!({ "architecture": "amd64", "os": "linux", "config": {}, "rootfs": { "type": "layers", "diff_ids": [] } }),
            &["note "],
        ),
        ("oci-layout", json!({ "imageLayoutVersion": "1.0.0" }), &["note "]),
        (
            "ORAS artifact manifest",
            json!({ "mediaType": "application/vnd.cncf.oras.artifact.manifest.v1+json", "artifactType": "a/b", "blobs": [] }),
            &["note "],
        ),
        (
            "in-toto statement",
            json!({ "_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "https://slsa.dev/provenance/v1", "predicate": {} }),
            &["note "],
        ),
        ("a kind of document of another tool", json!({ "mediaType": "application/vnd.acme.sbom+json" }), &["note "]),
    ]
}

/// What is said of each document.
fn said(rows: &[Row]) -> BTreeMap<&'static str, (Value, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let file = |i: usize| folder.path().join(format!("{i}.json")).display().to_string();
    for (i, (_, document, _)) in rows.iter().enumerate() {
        std::fs::write(file(i), document.to_string()).unwrap();
    }
    let files: Vec<_> = (0..rows.len()).map(file).collect();
    let (_, lines, err) = check(&files.iter().map(String::as_str).collect::<Vec<_>>(), b"");
    assert_eq!((lines.len(), &*err), (rows.len(), ""));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let words = |line: &Value| {
        let finding = |it: &Value| format!("{} {} {}", text(&it["level"]), text(&it["rule"]), text(&it["pointer"]));
        let findings = line["findings"].as_array().unwrap().iter().map(finding);
        let notes = line["notes"].as_array().unwrap().iter().map(|it| format!("note {}", text(&it["pointer"])));
        findings.chain(notes).collect::<Vec<_>>()
    };
    rows.iter().zip(lines).map(|((name, ..), line)| (*name, (line.clone(), words(&line)))).collect()
}

#[test]
fn nothing_is_said_that_authors_could_not_act_on() {
    let rows: Vec<Row> = images().into_iter().chain(artifacts()).chain(of_docker()).collect();
    assert!(rows.len() >= 60, "{}", rows.len());
    let said = said(&rows);
    assert_eq!(said.len(), rows.len(), "each has its own name");
    for (name, document, expected) in &rows {
        let (line, words) = &said[name];
        assert_eq!(words, expected, "{name}: {document}\n{line}");
        assert_ne!(line["valid"], false, "{name}");
    }
}

#[test]
fn what_is_not_judged_is_neither_valid_nor_invalid() {
    let said = said(&of_docker());
    for (name, kind) in [
        ("docker 1.9: schema 1", "docker-schema-1"),
        ("docker save: manifest.json", "docker-save"),
        ("docker save: configuration", "image-config"),
        ("oci-layout", "oci-layout"),
        ("ORAS artifact manifest", "application/vnd.cncf.oras.artifact.manifest.v1+json"),
        ("in-toto statement", "unknown"),
        ("a kind of document of another tool", "application/vnd.acme.sbom+json"),
    ] {
        let (line, _) = &said[name];
        assert_eq!(
            (&line["kind"], &line["valid"], &line["judged"]),
            (&json!(kind), &Value::Null, &json!(false)),
            "{line}"
        );
        // Nobody knows what an unknown document is; of the others it is known that nothing is specified.
        let expect = if kind == "unknown" { "ambiguous(" } else { "unspecified" };
        assert!(line["expect"].as_str().unwrap().starts_with(expect), "{line}");
    }
    let (line, _) = &said["docker push"];
    assert_eq!((&line["kind"], &line["valid"], &line["judged"]), (&json!("docker-image"), &json!(true), &json!(true)));
    assert_eq!(line["expect"], "unspecified");
}

/// Sizes, digests and types: whatever is wrong with an OCI document is wrong with its Docker twin.
#[test]
fn a_docker_document_is_told_at_least_what_its_oci_twin_is() {
    let types = [
        (DOCKER_MANIFEST, IMAGE_MANIFEST),
        (DOCKER_LIST, IMAGE_INDEX),
        (DOCKER_CONFIG, IMAGE_CONFIG),
        (DOCKER_GZIP, GZIP),
    ];
    let image = docker(DOCKER_CONFIG, &[of(DOCKER_GZIP), of(DOCKER_GZIP)]).to_string();
    let manifests = list(&[on(of(DOCKER_MANIFEST), "linux", "amd64")]).to_string();
    let size = r#""size":1234"#;
    let digest = sha256(DOCKER_GZIP.as_bytes());
    let child = sha256(DOCKER_MANIFEST.as_bytes());
    let changes: &[(&str, &str, &str)] = &[
        (&image, size, r#""size":-1.5"#),
        (&image, size, r#""size":"1234""#),
        (&image, size, r#""size":0"#),
        (&image, size, r#""x":0"#),
        (&image, &digest, "sha256:ABC"),
        (&image, &digest, "no digest"),
        (&image, &digest, &sha256(b"{}")),
        (&image, r#""digest""#, r#""x""#),
        (&image, r#""schemaVersion":2"#, r#""schemaVersion":1"#),
        (&image, r#""schemaVersion":2"#, r#""x":2"#),
        (&image, r#""config":{"#, r#""config":[],"x":{"#),
        (&image, r#""config":{"#, r#""x":{"#),
        (&image, r#""layers":["#, r#""layers":[1,"#),
        (&image, r#""layers":["#, r#""layers":{},"x":["#),
        (&image, DOCKER_GZIP, "a layer"),
        (&image, DOCKER_GZIP, "application/vnd.acme.layer"),
        (&manifests, size, r#""size":9223372036854775808"#),
        (&manifests, &child, "sha512:00"),
        (&manifests, r#""manifests":"#, r#""x":"#),
        (&manifests, r#""os":"linux""#, r#""os":"Linux""#),
        (&manifests, r#""os":"linux""#, r#""os":"""#),
        (&manifests, r#""os":"linux""#, r#""x":"linux""#),
        (&manifests, r#""platform":"#, r#""x":"#),
        (&manifests, r#""manifests":["#, r#""manifests":[null,"#),
    ];
    let pointers = |document: &str| {
        let (_, lines, _) = check(&["-"], document.as_bytes());
        let findings = lines[0]["findings"].as_array().unwrap().iter();
        // Docker's documents have no artifactType.
        let of_docker = findings.clone().filter(|it| it["rule"].as_str().unwrap().starts_with("docker-"));
        assert!(of_docker.clone().all(|it| !it["message"].as_str().unwrap().contains("artifactType")), "{}", lines[0]);
        let sources =
            findings.map(|it| (it["pointer"].as_str().unwrap().to_owned(), it["rule"].as_str().unwrap().to_owned()));
        sources.collect::<Vec<_>>()
    };
    for (document, from, to) in changes {
        assert!(document.contains(from), "{from}");
        let changed = document.replacen(from, to, if from.contains("schemaVersion") { 1 } else { usize::MAX });
        let twin = types.iter().fold(changed.clone(), |text, (docker, oci)| text.replace(docker, oci));
        let (of_docker, of_oci) = (pointers(&changed), pointers(&twin));
        assert!(!of_oci.is_empty(), "{twin}");
        for (pointer, rule) in of_oci.iter().filter(|(pointer, _)| pointer != "/config/mediaType") {
            assert!(
                of_docker.iter().any(|(own, _)| own == pointer),
                "{rule} at {pointer}: {changed} has {of_docker:?}"
            );
        }
        assert!(of_docker.iter().all(|(_, rule)| rule.starts_with("docker-")), "{of_docker:?}");
    }
}

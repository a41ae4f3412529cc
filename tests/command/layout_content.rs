//! `check` of a layout: the content of layers against their types and `diff_ids`, manifests against their descriptors, and
//! referrers tags against what they list.

use std::io::Write as _;
use std::path::Path;

use crate::checking::check;
use flate2::Compression;
use flate2::write::GzEncoder;
use manifuzz::exchange::{IMAGE_INDEX, IMAGE_MANIFEST, sha256};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const TAR: &str = "application/vnd.oci.image.layer.v1.tar";
const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
const DOCKER: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const DOCKER_GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// A layout that is being written.
struct Layout {
    folder: tempfile::TempDir,
    manifests: Vec<Value>,
}

impl Layout {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("blobs/sha256")).unwrap();
        std::fs::write(folder.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        Self { folder, manifests: Vec::new() }
    }

    /// Stores content; its descriptor.
    fn put(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = sha256(bytes);
        std::fs::write(self.folder.path().join("blobs").join(digest.replace(':', "/")), bytes).unwrap();
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    }

    /// Stores a manifest and lists it in `index.json` with these further members; its descriptor.
    fn list(&mut self, manifest: &Value, more: Value) -> Value {
        let media_type = manifest["mediaType"].as_str().unwrap_or(IMAGE_MANIFEST);
        let descriptor = self.put(media_type, manifest.to_string().as_bytes());
        let mut listed = descriptor.clone();
        listed.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.manifests.push(listed);
        descriptor
    }

    /// The findings of `check`, as level, rule and pointer; and the messages.
    fn findings(&self) -> (Option<i32>, Vec<String>, Vec<String>) {
        let index = json!({ "schemaVersion": 2, "mediaType": IMAGE_INDEX, "manifests": self.manifests });
        std::fs::write(self.folder.path().join("index.json"), index.to_string()).unwrap();
        let (code, rows, err) = check(&[self.folder.path().to_str().unwrap()], b"");
        assert_eq!(err, "");
        // As for every broken MUST of an author, nothing is expected of a registry.
        for row in rows.iter().filter(|row| row["valid"] == false) {
            assert_eq!(row["expect"], "unspecified", "{row}");
        }
        let all: Vec<&Value> = rows.iter().flat_map(|row| row["findings"].as_array().unwrap()).collect();
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let name = |it: &&Value| format!("{} {} {}", text(&it["level"]), text(&it["rule"]), text(&it["pointer"]));
        (code, all.iter().map(name).collect(), all.iter().map(|it| text(&it["message"])).collect())
    }
}

/// A tar archive with one file.
fn tar(text: &str) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..5].copy_from_slice(b"a.txt");
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
    header[156] = b'0';
    header[257..263].copy_from_slice(b"ustar\0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ');
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut content = text.as_bytes().to_vec();
    content.resize(text.len().next_multiple_of(512), 0);
    [header, content, vec![0; 1024]].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn platform() -> Value {
    json!({ "platform": { "architecture": "amd64", "os": "linux" } })
}

/// The findings on an image with these layers, as media type and content, and these `diff_ids`.
fn image(layers: &[(&str, Vec<u8>)], diff_ids: &[String]) -> (Option<i32>, Vec<String>, Vec<String>) {
    let mut layout = Layout::new();
    let is_dockers = layers[0].0.contains("docker");
    let (own, of_config) = if is_dockers { (DOCKER, DOCKER_CONFIG) } else { (IMAGE_MANIFEST, CONFIG) };
    let config =
        json!({ "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": diff_ids } });
    let config = layout.put(of_config, config.to_string().as_bytes());
    let layers: Vec<_> = layers.iter().map(|(media_type, bytes)| layout.put(media_type, bytes)).collect();
    layout.list(&json!({ "schemaVersion": 2, "mediaType": own, "config": config, "layers": layers }), platform());
    layout.findings()
}

#[test]
fn a_layer_is_what_its_type_says() {
    let id = [sha256(&tar("a"))];
    let docker_index = "should index-child-types-are-portable /manifests/0/mediaType";
    let table: &[(&str, Vec<u8>, &str, &str)] = &[
        (TAR, tar("a"), "", ""),
        (GZIP, gzip(&tar("a")), "", ""),
        // Parts that can be read alone, as eStargz has.
        (GZIP, [gzip(&tar("a")[..512]), gzip(&tar("a")[512..])].concat(), "", ""),
        (ZSTD, zstd(&tar("a")), "", ""),
        (ZSTD, [zstd(&tar("a")), vec![0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]].concat(), "", ""),
        (GZIP, tar("a"), "must layout-gzip-layer-is-gzip", TAR),
        (GZIP, zstd(&tar("a")), "must layout-gzip-layer-is-gzip", ZSTD),
        (ZSTD, gzip(&tar("a")), "must layout-zstd-layer-is-zstd", GZIP),
        (TAR, gzip(&tar("a")), "must manifest-tar-layer-is-a-tar", GZIP),
        (TAR, b"{}".to_vec(), "must manifest-tar-layer-is-a-tar", "neither a tar archive"),
        (GZIP, gzip(b"some text"), "must layout-gzip-layer-is-gzip", "does not unpack to a tar archive"),
        (GZIP, gzip(&tar("a"))[..40].to_vec(), "must layout-gzip-layer-is-gzip", "damaged"),
        (ZSTD, zstd(&tar("a"))[..20].to_vec(), "must layout-zstd-layer-is-zstd", "damaged"),
        (DOCKER_GZIP, gzip(&tar("a")), "", ""),
        (DOCKER_GZIP, tar("a"), "should layout-docker-layer-has-its-type", "diff.tar\""),
    ];
    for (media_type, bytes, expected, said) in table {
        let (code, found, messages) = image(&[(media_type, bytes.clone())], &id);
        let found: Vec<_> = found.into_iter().filter(|it| it != docker_index).collect();
        let expected_all: Vec<String> =
            (!expected.is_empty()).then(|| format!("{expected} /layers/0/mediaType")).into_iter().collect();
        assert_eq!(found, expected_all, "{media_type}: {messages:?}");
        assert_eq!(code, Some(i32::from(expected.starts_with("must"))), "{media_type}: {messages:?}");
        assert!(messages.iter().any(|it| it.contains(said)) || said.is_empty(), "{media_type}: {messages:?}");
    }
}

/// As `oras push` writes files that were given without a type.
#[test]
fn the_layer_of_an_artifact_needs_another_type_and_no_other_config() {
    let mut layout = Layout::new();
    let (empty, layer) = (layout.put("application/vnd.oci.empty.v1+json", b"{}"), layout.put(TAR, b"some text"));
    layout.list(&json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "artifactType": "a/b", "config": empty, "layers": [layer] }), json!({}));
    let (code, found, messages) = layout.findings();
    assert_eq!((code, found), (Some(1), vec!["must manifest-tar-layer-is-a-tar /layers/0/mediaType".to_owned()]));
    assert!(messages[0].ends_with("; set \"mediaType\" to the content's own type"), "{messages:?}");
}

#[test]
fn diff_ids_are_the_hashes_of_the_unpacked_layers() {
    let (a, b) = (sha256(&tar("a")), sha256(&tar("b")));
    let layers = || [(GZIP, gzip(&tar("a"))), (TAR, tar("b"))];
    assert_eq!(image(&layers(), &[a.clone(), b.clone()]).1, [""; 0]);
    let rule = "must layout-diff-ids-are-the-layers";
    let (code, found, messages) = image(&layers(), &[b.clone(), a.clone()]);
    assert_eq!((code, found), (Some(1), vec![format!("{rule} /layers/0"), format!("{rule} /layers/1")]));
    assert!(messages[0].contains(&a) && messages[0].contains(&b), "{messages:?}");
    let (_, found, messages) = image(&layers(), std::slice::from_ref(&a));
    assert_eq!(found, [format!("{rule} /config")]);
    assert!(messages[0].contains("has 1 diff_ids for 2 layers"), "{messages:?}");
    let (code, found, _) = image(&[(DOCKER_GZIP, gzip(&tar("a")))], &[b]);
    assert_eq!((code, found[1].as_str()), (Some(0), "should layout-docker-diff-ids-are-the-layers /layers/0"));
    // In attestations of BuildKit and other artifacts, the layers are not file systems.
    assert_eq!(image(&[("application/vnd.in-toto+json", b"{}".to_vec())], &[a]).1, [""; 0]);
}

#[test]
fn where_descriptor_and_content_disagree_the_descriptor_is_at_fault() {
    let mut layout = Layout::new();
    let empty = layout.put("application/vnd.oci.empty.v1+json", b"{}");
    let artifact = json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "artifactType": "a/b", "config": empty, "layers": [empty] });
    layout.list(&artifact, json!({ "mediaType": IMAGE_INDEX }));
    layout.list(&artifact, json!({ "artifactType": "c/d" }));
    layout.list(&artifact, json!({ "artifactType": "application/vnd.oci.empty.v1+json" }));
    // A mark by which a tool finds its own manifest.
    layout.list(&artifact, json!({ "artifactType": "application/vnd.nydus.image.manifest.v1+json" }));
    let untyped = json!({ "schemaVersion": 2, "manifests": [] });
    layout.list(&untyped, platform());
    let (code, found, messages) = layout.findings();
    assert_eq!(
        found,
        [
            "must layout-descriptor-has-its-contents-type /manifests/0/mediaType",
            "should layout-descriptor-has-its-contents-artifact-type /manifests/1/artifactType",
            "must layout-descriptor-has-its-contents-type /manifests/4/mediaType",
            "should index-says-its-media-type ",
        ]
    );
    assert!(code == Some(1) && messages[0].ends_with(&format!("set it to \"{IMAGE_MANIFEST}\"")), "{messages:?}");
    assert!(messages[1].ends_with("set it to \"a/b\"") && messages[2].contains(IMAGE_INDEX), "{messages:?}");
}

/// An image in an index names its platform, an artifact does not. Only its content tells what has an image's config type.
#[test]
fn artifacts_are_told_from_images_by_their_content() {
    let config = json!({ "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": [sha256(&tar("a"))] } });
    for (config, layer, is_image) in [
        (config.to_string(), (TAR, tar("a")), true),
        (config.to_string(), ("application/vnd.dev.cosign.simplesigning.v1+json", b"{}".to_vec()), false),
        ("{}".to_owned(), (GZIP, gzip(&tar("a"))), false),
    ] {
        let mut layout = Layout::new();
        let (config, layer) = (layout.put(CONFIG, config.as_bytes()), layout.put(layer.0, &layer.1));
        layout.list(
            &json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "config": config, "layers": [layer] }),
            json!({}),
        );
        let (_, found, _) = layout.findings();
        let asks = found.iter().any(|it| it.starts_with("should descriptor-of-an-image-names-its-platform"));
        assert_eq!(asks, is_image, "{config}: {found:?}");
    }
}

#[test]
fn a_referrers_tag_lists_the_referrers_of_its_digest() {
    let mut layout = Layout::new();
    let empty = layout.put("application/vnd.oci.empty.v1+json", b"{}");
    let subject = layout.list(
        &json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "artifactType": "a/b", "config": empty, "layers": [empty] }),
        json!({}),
    );
    let referrer = |of: &Value, annotations: Value| {
        let manifest = json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "artifactType": "c/d", "config": empty,
            "layers": [empty], "subject": of, "annotations": annotations });
        layout.put(IMAGE_MANIFEST, manifest.to_string().as_bytes())
    };
    let with = |descriptor: &Value, more: Value| {
        let mut descriptor = descriptor.clone();
        descriptor.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        descriptor
    };
    let (plain, noted) = (referrer(&subject, json!({})), referrer(&subject, json!({ "a.b": "1" })));
    let other = referrer(&empty, json!({}));
    let listed = [
        with(&plain, json!({ "artifactType": "c/d" })),
        with(&plain, json!({ "artifactType": "c/d" })),
        with(&noted, json!({ "artifactType": "c/d", "annotations": { "a.b": "2" } })),
        with(&other, json!({ "artifactType": "c/d" })),
        with(&noted, json!({})),
    ];
    let tag = subject["digest"].as_str().unwrap().replace(':', "-");
    let name = |tag: &str| json!({ "annotations": { "org.opencontainers.image.ref.name": tag } });
    let index = |manifests: &[Value]| json!({ "schemaVersion": 2, "mediaType": IMAGE_INDEX, "manifests": manifests });

    layout.list(&index(&listed[..1]), name(&tag));
    assert_eq!(layout.findings().1, [""; 0]);
    layout.manifests.pop();
    layout.list(&index(&listed[..4]), name(&tag));
    let (code, found, messages) = layout.findings();
    assert_eq!(
        found,
        [
            "should layout-referrers-tag-lists-each-once /manifests/1/digest",
            "must layout-referrers-tag-copies-annotations /manifests/2",
            "should layout-referrers-tag-lists-referrers /manifests/3/digest",
        ],
        "{messages:?}"
    );
    assert_eq!(code, Some(1));
    layout.manifests.pop();
    layout.list(&index(&listed[4..]), name(&tag));
    assert_eq!(
        layout.findings().1,
        [
            "must layout-referrers-tag-copies-artifact-types /manifests/0",
            "must layout-referrers-tag-copies-annotations /manifests/0"
        ]
    );
    // The tag of a cosign signature is another one.
    layout.manifests.pop();
    layout.list(&index(&listed[4..]), name(&format!("{tag}.sig")));
    assert_eq!(layout.findings().1, [""; 0]);
    layout.manifests.pop();
    layout.manifests[0]["annotations"] = json!({ "org.opencontainers.image.ref.name": tag });
    let (_, found, messages) = layout.findings();
    assert_eq!(found, ["should layout-referrers-tag-lists-referrers /manifests/0"], "{messages:?}");
}

/// Each unreadable file gets its error, the others their verdict.
#[test]
fn a_file_that_cannot_be_read_does_not_silence_the_others() {
    let mut layout = Layout::new();
    let empty = layout.put("application/vnd.oci.empty.v1+json", b"{}");
    let artifact = json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "artifactType": "a/b", "config": empty, "layers": [empty] });
    layout.list(&artifact, json!({}));
    layout.findings();
    let other = tempfile::tempdir().unwrap();
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let files = ["/none/such.json".to_owned(), path(other.path()), path(layout.folder.path()), "-".to_owned()];
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let (code, rows, err) = check(&files, br#"{"schemaVersion":2,"manifests":[]}"#);
    assert_eq!((code, rows.len()), (Some(2), 3), "{err}");
    assert!(rows[0]["file"].as_str().unwrap().ends_with("index.json") && rows[2]["file"] == "-", "{rows:?}");
    assert_eq!(err.matches("error: cannot read").count(), 2, "{err}");
}

#[test]
fn a_layer_that_another_program_compressed_is_said_to_be() {
    for (program, start) in [("xz", &b"\xfd7zXZ\0"[..]), ("bzip2", b"BZh91AY"), ("lz4", b"\x04\x22\x4d\x18")] {
        let content = [start, &[7; 600]].concat();
        let (code, findings, messages) = image(&[(GZIP, content)], &[sha256(b"")]);
        assert_eq!(
            (code, &*findings),
            (Some(1), &["must layout-gzip-layer-is-gzip /layers/0/mediaType".to_owned()][..])
        );
        assert!(
            messages[0].contains(&format!("is compressed with {program}, which no layer type names")),
            "{messages:?}"
        );
    }
}

#[test]
fn a_diff_id_is_a_digest() {
    let hash = &sha256(&tar("a"))["sha256:".len()..];
    for id in [hash.to_owned(), format!("SHA256:{hash}")] {
        let (code, findings, messages) = image(&[(TAR, tar("a"))], &[id]);
        assert_eq!((code, &*findings), (Some(1), &["must layout-diff-ids-are-the-layers /layers/0".to_owned()][..]));
        assert!(messages[0].contains("is not a digest; write the SHA-256"), "{messages:?}");
    }
}

/// Of properties that may be left out, null is allowed.
#[test]
fn the_properties_of_an_image_configuration_have_their_form() {
    let said = |property: Value| {
        let mut layout = Layout::new();
        let diff_ids = [sha256(&tar("a"))];
        let mut config =
            json!({ "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": diff_ids } });
        config.as_object_mut().unwrap().extend(property.as_object().unwrap().clone());
        let (config, layer) = (layout.put(CONFIG, config.to_string().as_bytes()), layout.put(TAR, &tar("a")));
        let manifest = json!({ "schemaVersion": 2, "mediaType": IMAGE_MANIFEST, "config": config, "layers": [layer] });
        layout.list(&manifest, platform());
        layout.findings().2
    };
    for right in [
        json!({ "config": null, "history": null }),
        json!({ "config": { "Env": null, "Cmd": null, "Labels": {}, "ExposedPorts": { "80/tcp": {} }, "Healthcheck": 1 } }),
        json!({ "config": { "Env": ["A=b"], "User": "", "Labels": { "a": "b" } }, "history": [{ "created": "x" }] }),
    ] {
        assert_eq!(said(right.clone()), Vec::<String>::new(), "{right}");
    }
    for (wrong, flaw) in [
        (json!({ "config": { "Labels": { "a": 1 } } }), "config.Labels is not an object whose values are strings"),
        (json!({ "config": { "Labels": [] } }), "config.Labels is not an object whose values are strings"),
        (json!({ "config": { "Env": "A=b" } }), "config.Env is not an array of strings"),
        (json!({ "config": { "ExposedPorts": ["80"] } }), "config.ExposedPorts is not an object"),
        (json!({ "config": { "User": 0 } }), "config.User is not a string"),
        (json!({ "config": [] }), "config is not an object"),
        (json!({ "history": {} }), "history is not an array of objects"),
        (json!({ "variant": 8 }), "variant is not a string"),
    ] {
        let said = said(wrong.clone());
        assert!(said.len() == 1 && said[0].contains(flaw), "{wrong}: {said:?}");
    }
}

/// Names that begin as image-spec's do are image-spec's, so that a slip of the pen keeps no rule from being applied.
#[test]
fn a_manifest_whose_media_type_is_misspelt_is_judged() {
    let typo = "application/vnd.oci.image.manifest.v1";
    let mut layout = Layout::new();
    let config = layout.put("a/b", b"x");
    layout.list(&json!({ "schemaVersion": 1, "mediaType": typo, "config": config, "layers": [config] }), platform());
    let (code, findings, _) = layout.findings();
    let rules: Vec<_> = findings.iter().map(|finding| finding.split(' ').nth(1).unwrap()).collect();
    assert_eq!(code, Some(1));
    for rule in
        ["layout-descriptor-has-its-contents-type", "manifest-media-type-is-its-own", "manifest-schema-version-is-2"]
    {
        assert!(rules.contains(&rule), "{rules:?}");
    }
}

#[test]
fn a_layer_is_a_whole_archive_with_each_path_once() {
    let (once, twice) = (tar("a"), [&tar("a")[..1024], &tar("b")].concat());
    let found = |media_type: &str, content: &[u8], archive: &[u8]| {
        let (_, findings, messages) = image(&[(media_type, content.to_vec())], &[sha256(archive)]);
        findings.into_iter().zip(messages).map(|(finding, message)| format!("{finding}: {message}")).collect::<Vec<_>>()
    };
    assert_eq!(found(GZIP, &gzip(&once), &once), Vec::<String>::new());
    for (media_type, content) in [(TAR, twice.clone()), (GZIP, gzip(&twice)), (ZSTD, zstd(&twice))] {
        let said = found(media_type, &content, &twice);
        assert!(said.len() == 1 && said[0].starts_with("must layout-layer-has-each-path-once /layers/0: "), "{said:?}");
    }
    // Docker's description of layers does not say so.
    assert!(found(DOCKER_GZIP, &gzip(&twice), &twice).iter().all(|said| !said.contains("layout-layer")));
    let cut = &tar(&"a".repeat(2000))[..1500];
    for (media_type, content) in [(GZIP, gzip(cut)), (ZSTD, zstd(cut))] {
        let said = found(media_type, &content, cut);
        assert!(
            said.len() == 1 && said[0].contains("the tar archive is not whole (it ends within an entry)"),
            "{said:?}"
        );
    }
}

//! Documents whose defect lies in the text of a number, in two places at once, or in a sentence that only some versions
//! have: what the model says of each, by version.

use manifuzz::exchange::{Exchange, Facts, IMAGE_MANIFEST, sha256, sha512};
use manifuzz::model::{Content, Versions, contradictions, decide};

const CONFIG: &str = r#"{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"DIGEST-1","size":7}"#;
const LAYER: &str = r#"{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"DIGEST-2","size":1536}"#;

/// A valid image manifest in which these members replace those of the same name, or are added.
fn image(members: &[(&str, &str)]) -> String {
    let layers = format!("[{LAYER}]");
    let own = format!("\"{IMAGE_MANIFEST}\"");
    let usual = [("schemaVersion", "2"), ("mediaType", &*own), ("config", CONFIG), ("layers", &*layers)];
    let is_given = |name: &str| members.iter().any(|(other, _)| *other == name);
    let all = usual.into_iter().filter(|(name, _)| !is_given(name)).chain(members.iter().copied());
    let all: Vec<String> =
        all.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("\"{name}\":{value}")).collect();
    let text = format!("{{{}}}", all.join(","));
    (1..=2).fold(text, |text, i| text.replace(&format!("DIGEST-{i}"), &sha256(format!("content {i}").as_bytes())))
}

/// The expectation, and the broken rules with their places.
fn said(body: &str, versions: Versions) -> (String, Vec<String>) {
    let exchange = Exchange::of_document(Some(IMAGE_MANIFEST.to_owned()), body.as_bytes().to_vec().into(), Vec::new());
    let facts = Facts::all_there(&exchange);
    let judgement = decide(&Content::of_found(&exchange, &facts, versions));
    let breaches =
        judgement.breaches.iter().map(|breach| format!("{} {}", breach.rule.id, breach.place).trim_end().to_owned());
    (judgement.expect.as_str().to_owned(), breaches.collect())
}

fn breaks(members: &[(&str, &str)], versions: Versions, expect: &str, broken: &[&str]) {
    let body = image(members);
    assert_eq!(said(&body, versions), (expect.to_owned(), broken.iter().map(ToString::to_string).collect()), "{body}");
}

fn layer(digest: &str, size: &str) -> String {
    LAYER.replace("DIGEST-2", digest).replace("1536", size)
}

#[test]
fn the_usual_document_breaks_nothing() {
    for versions in Versions::ALL {
        breaks(&[], versions, "should-accept", &[]);
    }
}

#[test]
fn size_0_is_that_of_nothing_alone() {
    const SIZE: &str = "descriptor-size-is-the-contents /layers/0/size";
    const ALGORITHM: &str = "descriptor-digest-uses-sha256 /layers/0/digest";
    let of = |digest: &str, size: &str, expect: &str, broken: &[&str]| {
        breaks(&[("layers", &format!("[{}]", layer(digest, size)))], Versions::V1_1, expect, broken);
    };
    for size in ["0", "-0", "0.0", "0e5"] {
        of(&sha256(b"some"), size, "unspecified", &[SIZE]);
        of(&sha512(b"some"), size, "unspecified", &[ALGORITHM, SIZE]);
    }
    of(&sha256(b""), "0", "should-accept", &[]);
    of(&sha512(b""), "0", "should-accept", &[ALGORITHM]);
    of(&sha512(b""), "1", "unspecified", &[ALGORITHM, SIZE]);
    of(&sha512(b"{}"), "3", "unspecified", &[ALGORITHM, SIZE]);
    // What an unregistered algorithm makes of nothing is not known.
    of("multihash+base58:QmRZ", "0", "should-accept", &[ALGORITHM]);
    // BLAKE3 is registered on the main branch alone.
    let blake3 = |hex: &str, size: &str, versions, expect: &str, broken: &[&str]| {
        let digest = format!("blake3:{hex}");
        breaks(&[("layers", &format!("[{}]", layer(&digest, size)))], versions, expect, broken);
    };
    let nothing = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    let some = "6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b";
    for (hex, size, is_right) in [(nothing, "0", true), (some, "0", false), (nothing, "1", false), (some, "1", true)] {
        blake3(hex, size, Versions::V1_1, "should-accept", &[ALGORITHM]);
        if is_right {
            blake3(hex, size, Versions::DEV, "should-accept", &[ALGORITHM]);
        } else {
            blake3(hex, size, Versions::DEV, "unspecified", &[ALGORITHM, SIZE]);
        }
    }
    let layers = format!("[{}]", layer(&sha256(b""), "-0.0"));
    for versions in [Versions::V1_1, Versions::DEV] {
        breaks(&[("layers", &layers)], versions, "ambiguous", &[]);
    }
}

#[test]
fn one_digest_has_one_size() {
    const SIZE: &str = "descriptor-size-is-the-contents";
    let [some, other] = [sha256(b"some"), sha256(b"other")];
    let of = |layers: &[(&str, &str)], expect: &str, places: &[&str]| {
        let layers: Vec<String> = layers.iter().map(|(digest, size)| layer(digest, size)).collect();
        let broken: Vec<String> = places.iter().map(|place| format!("{SIZE} {place}")).collect();
        let broken: Vec<&str> = broken.iter().map(String::as_str).collect();
        breaks(&[("layers", &format!("[{}]", layers.join(",")))], Versions::V1_1, expect, &broken);
    };
    of(&[(&some, "5"), (&some, "5"), (&other, "6")], "should-accept", &[]);
    of(
        &[(&some, "5"), (&other, "6"), (&some, "7"), (&some, "8")],
        "unspecified",
        &["/layers/2/size", "/layers/3/size"],
    );
    // Equal in value; that one is not written as an integer is open.
    of(&[(&some, "5"), (&some, "5.0")], "ambiguous", &[]);
    of(&[(&some, "5"), (&some, "6.0")], "unspecified", &["/layers/1/size"]);
    let config = CONFIG.replace("DIGEST-1", &some);
    let layers = format!("[{}]", layer(&some, "8"));
    let place = format!("{SIZE} /layers/0/size");
    breaks(&[("config", &config), ("layers", &layers)], Versions::V1_1, "unspecified", &[&place]);
}

#[test]
fn numbers_are_compared_by_their_digits() {
    for (version, expect) in [
        ("2.0", "ambiguous"),
        ("2e0", "ambiguous"),
        ("20e-1", "ambiguous"),
        ("0.2E1", "ambiguous"),
        ("2.00000000000000000000000001", "unspecified"),
        ("1.99999999999999999999999999", "unspecified"),
        ("2e-99999999999999999999", "unspecified"),
        ("2e99999999999999999999", "unspecified"),
    ] {
        let broken: &[&str] =
            if expect == "ambiguous" { &[] } else { &["manifest-schema-version-is-2 /schemaVersion"] };
        breaks(&[("schemaVersion", version)], Versions::V1_1, expect, broken);
    }
    let layers = format!("[{}]", layer(&sha256(b"some"), "4.00000000000000000000000001"));
    breaks(&[("layers", &layers)], Versions::V1_1, "unspecified", &["descriptor-size-is-the-contents /layers/0/size"]);
}

#[test]
fn annotations_are_absent_or_a_map_in_every_version() {
    for versions in Versions::ALL {
        breaks(&[("annotations", "null")], versions, "unspecified", &["annotations-are-not-null /annotations"]);
        breaks(&[("annotations", "{}")], versions, "should-accept", &[]);
    }
    let layers = format!("[{}]", LAYER.replace('}', ",\"annotations\":null}"));
    let place = "annotations-are-not-null /layers/0/annotations";
    breaks(&[("layers", &layers)], Versions::V1_1, "unspecified", &[place]);
}

#[test]
fn whether_the_empty_type_in_upper_case_requires_an_artifact_type_is_open() {
    let config = |own: &str| CONFIG.replace("application/vnd.oci.image.config.v1+json", own);
    let upper = config("application/vnd.OCI.empty.v1+JSON");
    breaks(&[("config", &upper)], Versions::V1_1, "ambiguous", &[]);
    breaks(&[("config", &upper), ("artifactType", "\"a/b\"")], Versions::V1_1, "must-accept", &[]);
    let lower = config("application/vnd.oci.empty.v1+json");
    let broken = "manifest-empty-config-needs-artifact-type /config/mediaType";
    breaks(&[("config", &lower)], Versions::V1_1, "unspecified", &[broken]);
    // Version 1.0 does not know the type.
    assert!(!said(&image(&[("config", &upper)]), Versions::V1_0).0.starts_with("ambiguous"));
    let exchange = Exchange::of_document(None, image(&[("config", &upper)]).into_bytes().into(), Vec::new());
    let facts = Facts::all_there(&exchange);
    let open: Vec<&str> = contradictions(&Content::new(&exchange, &facts, Versions::V1_1)).collect();
    assert!(open.iter().any(|why| why.starts_with("the empty type of config in another letter case")), "{open:?}");
}

#[test]
fn a_reference_name_has_its_form_until_version_1_1_1_softens_it() {
    const FORM: &str = "annotation-reference-name-has-its-form /annotations/org.opencontainers.image.ref.name";
    const CHARACTERS: &str =
        "annotation-reference-name-has-its-characters /annotations/org.opencontainers.image.ref.name";
    for versions in Versions::ALL {
        let named = |name: &str, broken: &[&str]| {
            let annotations = format!("{{\"org.opencontainers.image.ref.name\":\"{name}\"}}");
            breaks(&[("annotations", &annotations)], versions, "should-accept", broken);
        };
        // Version 1.1.1 softens it, and the main branch keeps that.
        let is_soft = [Versions::V1_1, Versions::DEV].contains(&versions);
        let form: &[&str] = if is_soft { &[] } else { &[FORM] };
        named("registry.example.com/a--b:v1.0", &[]);
        named("-a//b", form);
        named("a/", form);
        named("a name", &[CHARACTERS]);
    }
}

#[test]
fn a_document_without_media_type_breaks_a_should_of_every_version() {
    for (versions, rule) in [
        // image-spec 1.0.1 only reserves the member, but distribution-spec 1.0.1 recommends it.
        (Versions::V1_0_1, "pushed-manifest-says-its-media-type"),
        (Versions::V1_0, "manifest-says-its-media-type"),
        (Versions::V1_1_0, "manifest-says-its-media-type"),
        (Versions::V1_1, "manifest-says-its-media-type"),
    ] {
        breaks(&[("mediaType", "")], versions, "should-accept", &[rule]);
    }
}

#[test]
fn a_subject_that_is_an_image_has_a_platform() {
    const PLATFORM: &str = "descriptor-of-an-image-names-its-platform /subject";
    let subject =
        |own: &str, more: &str| format!(r#"{{"mediaType":"{own}","digest":"{}","size":9{more}}}"#, sha256(b"subject"));
    let of = |subject: &str, versions, expect: &str, broken: &[&str]| {
        breaks(&[("subject", subject)], versions, expect, broken);
    };
    let plain = subject(IMAGE_MANIFEST, "");
    of(&plain, Versions::V1_1, "should-accept", &[PLATFORM]);
    let platform = r#","platform":{"architecture":"amd64","os":"linux"}"#;
    of(&subject(IMAGE_MANIFEST, platform), Versions::V1_1, "should-accept", &[]);
    // Artifacts refer to a digest, whatever its platform.
    let config = CONFIG.replace("image.config", "example.config");
    breaks(&[("subject", &plain), ("config", &config)], Versions::V1_1, "must-accept", &[]);
    breaks(
        &[("subject", &plain), ("artifactType", "\"a/b\"")],
        Versions::V1_1,
        "must-accept",
        &["manifest-artifact-has-a-config-of-its-own /config"],
    );
    // An artifact and an index have none, and version 1.0 has no subject.
    of(&subject(IMAGE_MANIFEST, r#","artifactType":"a/b""#), Versions::V1_1, "should-accept", &[]);
    of(&subject("application/vnd.oci.image.index.v1+json", ""), Versions::V1_1, "should-accept", &[]);
    of(&plain, Versions::V1_0, "must-accept", &[]);
}

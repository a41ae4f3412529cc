//! Rendering produces exactly the bytes meant, what no serialiser writes included, and holds no copies of them.

use std::collections::BTreeSet;
use std::io::Read as _;

use crate::registry::target;
use manifuzz::exchange::{Exchange, Facts, NeedKind, sha256};
use manifuzz::generate::{Preset, draw_nth};
use manifuzz::json::read;
use manifuzz::model::{Party, Versions, judge};
use manifuzz::registry::Profile;
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::Repository;
use serde_json::Value;

fn rendered(text: &str) -> Exchange {
    render(&text.parse::<Shape>().unwrap_or_else(|error| panic!("{error}")))
}

fn body(text: &str) -> Vec<u8> {
    rendered(text).tested.body.to_vec()
}

#[test]
fn each_form_renders_to_its_exact_bytes() {
    let base = body("base");
    let has = |text: &str, part: &[u8]| {
        let body = body(text);
        assert!(body.windows(part.len()).any(|window| window == part), "{text}: {}", String::from_utf8_lossy(&body));
    };
    has("schemaVersion=float", b"\"schemaVersion\":2.0,");
    has("schemaVersion=exponent", b"\"schemaVersion\":2e0,");
    has("unknown.member=digits(400)", &[b":", &[b'9'; 400][..], b"}"].concat());
    has("unknown.member=1e400", b":1e400}");
    has("unknown.member=lone-surrogate", br#":"\ud800"}"#);
    has("unknown.member=invalid-utf-8", b":\"\xff\"}");
    has("unknown.member=raw-nul", b":\"\0\"}");
    has("text.escapes=names", br#""\u0063\u006f\u006e\u0066\u0069\u0067":{"#);
    has("text.escapes=solidus", br#""application\/vnd.oci.image.config.v1+json""#);
    has("text.space=everywhere", b"{ \t\r\n\"schemaVersion\"");
    has("text.space=tabs", b"\r\n\t\"config\": {\r\n\t\t\"mediaType\"");
    has(
        "confusion.repeat=other-type-first",
        b"{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\"",
    );
    has("confusion.case=list-in-place", b"\"Layers\":[{");
    let joined = |before: &[u8], after: &[u8]| [before, &base, after].concat();
    assert_eq!(body("text.before=bom"), joined(b"\xef\xbb\xbf", b""));
    assert_eq!(body("text.after=nul"), joined(b"", b"\0"));
    assert_eq!(body("text.after=second-document"), joined(b"", b"{}"));
    assert_eq!(body("text.length=cut(64)"), base[..64]);
    assert_eq!(body("text.length=all-but-last"), base[..base.len() - 1]);
    assert_eq!(body("text.syntax=trailing-comma"), [&base[..base.len() - 1], b",}"].concat());
    let units = |bytes: &[u8]| bytes.chunks(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect::<Vec<_>>();
    assert_eq!(String::from_utf16(&units(&body("text.encoding=utf-16be"))).unwrap().into_bytes(), base);
    assert!(body("text.encoding=utf-16le-bom").starts_with(b"\xff\xfe{\0"));
}

#[test]
fn a_body_under_gzip_is_the_document() {
    let mut written = Vec::new();
    let gzip = body("content-encoding=gzip");
    flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut written).unwrap();
    assert_eq!(written, body("base"));
    assert!(gzip.len() < written.len());
    assert_eq!(body("content-encoding=gzip-claimed"), written);
}

/// Who pulls an index, or a subject, finds an image that is whole: a configuration that lists its layers.
#[test]
fn a_referenced_manifest_is_a_separate_image() {
    let mut manifests = BTreeSet::new();
    for text in ["kind=index;manifests=two", "kind=docker-list", "subject=present", "kind=index;subject=present"] {
        let exchange = rendered(text);
        let need = |digest: &str| exchange.needs.iter().find(|need| need.digest == digest).unwrap();
        for pointed in exchange.needs.iter().filter(|need| need.kind != NeedKind::Blob) {
            let manifest: Value = serde_json::from_slice(&pointed.bytes).unwrap();
            let content = |descriptor: &Value| &need(descriptor["digest"].as_str().unwrap()).bytes;
            let config: Value = serde_json::from_slice(content(&manifest["config"])).unwrap();
            let layers = manifest["layers"].as_array().unwrap();
            let diff_ids: Vec<String> = layers.iter().map(|layer| sha256(content(layer))).collect();
            assert_eq!(config["rootfs"]["diff_ids"], serde_json::json!(diff_ids), "{text}");
            assert_eq!(manifest["layers"][0]["size"], content(&manifest["layers"][0]).len(), "{text}");
            assert!(
                manifests.insert(pointed.digest.clone()) || pointed.path == "manifests.0",
                "{text}: {}",
                pointed.path
            );
        }
    }
    assert_eq!(manifests.len(), 5, "two children, a Docker one, two subjects");
}

/// What was rendered before is kept, by thread but for the base's descriptors; it must change nothing.
#[test]
fn rendering_does_not_depend_on_earlier_renderings() {
    let shapes: Vec<Shape> = (0..1500).map(|i| draw_nth(3, Preset::MostlyValid, i)).collect();
    let warm: Vec<Exchange> = shapes.iter().map(render).collect();
    for (shape, warm) in shapes.into_iter().zip(warm) {
        let again = render(&shape);
        let fresh = std::thread::spawn(move || render(&shape)).join().unwrap();
        assert!(fresh == warm && again == warm, "{}", String::from_utf8_lossy(&warm.tested.body));
    }
}

#[test]
fn members_are_repeated_and_split() {
    let count = |text: &str, name: &str| read(&body(text)).unwrap().root().all(name).count();
    assert_eq!(count("base", "config"), 1);
    assert_eq!(count("confusion.config=twice", "config"), 2);
    assert_eq!(count("confusion.repeat=list-twice", "layers"), 2);
    let split = body("confusion.config=split");
    let document = read(&split).unwrap();
    let members: Vec<usize> = document.root().all("config").map(|half| half.len()).collect();
    assert_eq!(members, [1, 2], "three members over two objects");
    let names = |text: &str| -> Vec<String> {
        let body = body(text);
        let document = read(&body).unwrap();
        document.root().members().map(|(name, _)| name.text().unwrap().into_owned()).collect()
    };
    let mut reversed = names("base");
    reversed.reverse();
    assert_eq!(names("text.order=reversed"), reversed);
    assert!(names("text.order=sorted").is_sorted());
}

#[test]
fn deep_documents_overflow_no_stack() {
    let clean = target(&Profile::clean());
    for text in [
        "unknown.member=depth(200000)",
        "unknown.member=object-depth(200000)",
        "text.order=reversed;text.space=indented;unknown.member=depth(200000)",
        "text.escapes=all;unknown.member=object-depth(200000)",
        "kind=json;text.value=depth(200000)",
        "kind=json;text.value=open(200000)",
    ] {
        let exchange = rendered(text);
        let facts = Facts::as_meant(&exchange);
        judge(&exchange, &facts, Party::Registry, Versions::V1_1);
        let observation = clean.fire(&exchange, Repository::Main, manifuzz::exchange::Questions::ALL).unwrap();
        assert!(!observation.replies.is_empty(), "{text}");
        assert!(read(&exchange.tested.body).is_ok() || text.contains("open"), "{text}");
    }
}

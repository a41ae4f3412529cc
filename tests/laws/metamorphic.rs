//! Metamorphic laws of the model: changes of a document that never change, or never worsen, its verdict.
//!
//! Documents stay below 4 megabytes: size has rules of its own.

use manifuzz::exchange::{Body, Exchange, Facts};
use manifuzz::generate::{Filter, Preset, shapes};
use manifuzz::json::{Escaping, MemberOrder, Spacing, Style, read, restyle};
use manifuzz::model::{Judgement, Level, Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use proptest::prelude::*;
use serde_json::Value;

fn judged(exchange: &Exchange) -> Judgement {
    judge(exchange, &Facts::as_meant(exchange), Party::Registry, Versions::V1_1)
}

/// The exchange with another document, pushed by a tag.
fn with_body(exchange: &Exchange, body: Vec<u8>) -> Exchange {
    let mut changed = exchange.clone();
    changed.tested.body = Body::from(bytes::Bytes::from(body));
    changed
}

/// A shape that is pushed by a tag, in no coding: the law is about the document.
fn of_documents() -> Filter {
    "document,descriptor,content,confusion,unknown".parse().unwrap()
}

/// What is said of the content: the expectation, and each rule that is broken with the place.
fn verdict(judgement: &Judgement) -> (String, Vec<(String, String)>) {
    let mut breaches: Vec<_> = judgement.breaches.iter().map(|b| (b.rule.id.to_owned(), b.place.clone())).collect();
    breaches.sort();
    (judgement.to_string(), breaches)
}

fn is_valid(judgement: &Judgement) -> bool {
    !judgement.breaches.iter().any(|breach| breach.rule.level == Level::Must)
}

/// Paths of members that the specifications call optional, by what holds them.
const OPTIONAL: &[(&str, &[&str])] = &[
    ("", &["mediaType", "artifactType", "subject", "annotations"]),
    ("/config", &["urls", "data", "annotations", "artifactType"]),
    ("/layers/0", &["urls", "data", "annotations", "artifactType"]),
    ("/manifests/0", &["urls", "data", "annotations", "artifactType", "platform"]),
    ("/subject", &["urls", "data", "annotations", "artifactType"]),
];

/// Whether a document needs a member that is optional elsewhere: an empty config asks for an artifactType.
fn is_needed(document: &Value, holder: &str, name: &str) -> bool {
    let empty = "application/vnd.oci.empty.v1+json";
    holder.is_empty() && name == "artifactType" && document["config"]["mediaType"] == empty
}

proptest! {
    #[test]
    fn order_space_and_escapes_change_no_verdict(
        shape in shapes(Preset::Hostile), space in 0..4usize, order in 0..2usize, escapes in 0..4usize
    ) {
        let exchange = render(&of_documents().apply(&shape));
        if exchange.tested.body.len() >= 500_000 {
            return Ok(());
        }
        let Ok(document) = read(&exchange.tested.body) else { return Ok(()) };
        let repeats = shape.to_string().contains("confusion.");
        let style = Style {
            space: [Spacing::Compact, Spacing::Indented, Spacing::Tabs, Spacing::Everywhere][space],
            // Which of two members of one name counts depends on their order.
            order: if repeats { MemberOrder::AsGiven } else { [MemberOrder::AsGiven, MemberOrder::Reversed][order] },
            escapes: [Escaping::AsGiven, Escaping::All, Escaping::Names, Escaping::Solidus][escapes],
        };
        let restyled = restyle(&document, style);
        // What is indented deeply grows beyond what must be taken.
        if restyled.len() >= 4_000_000 {
            return Ok(());
        }
        let changed = with_body(&exchange, restyled);
        let (before, after) = (verdict(&judged(&exchange)), verdict(&judged(&changed)));
        prop_assert_eq!(before, after, "{} as {:?}", shape, style);
    }

    #[test]
    fn an_unknown_member_never_makes_a_valid_document_invalid(shape in shapes(Preset::Valid), name in "[a-z]{1,8}") {
        let exchange = render(&of_documents().apply(&shape));
        let Ok(Value::Object(mut document)) = serde_json::from_slice::<Value>(&exchange.tested.body) else {
            return Ok(());
        };
        let name = format!("com.example.{name}");
        document.insert(name.clone(), serde_json::json!([null, {"a": 1}]));
        for holder in ["config", "subject"] {
            if let Some(Value::Object(descriptor)) = document.get_mut(holder) {
                descriptor.insert(name.clone(), Value::Null);
            }
        }
        let changed = with_body(&exchange, serde_json::to_vec(&document).unwrap());
        prop_assert!(is_valid(&judged(&exchange)), "{} is {}", shape, judged(&exchange));
        prop_assert!(is_valid(&judged(&changed)), "{} with {}: {:?}", shape, name, judged(&changed).breaches);
    }

    #[test]
    fn removing_an_optional_member_keeps_a_document_valid(
        shape in shapes(Preset::MostlyValid), holder in 0..OPTIONAL.len(), member in any::<prop::sample::Index>()
    ) {
        let exchange = render(&of_documents().apply(&shape));
        let before = judged(&exchange);
        if !is_valid(&before) || exchange.tested.body.len() >= 500_000 {
            return Ok(());
        }
        let Ok(mut document) = serde_json::from_slice::<Value>(&exchange.tested.body) else { return Ok(()) };
        let (holder, names) = OPTIONAL[holder];
        let name = names[member.index(names.len())];
        let needed = is_needed(&document, holder, name);
        let Some(Value::Object(object)) = document.pointer_mut(holder) else { return Ok(()) };
        if object.remove(name).is_none() {
            return Ok(());
        }
        let changed = with_body(&exchange, serde_json::to_vec(&document).unwrap());
        prop_assert_eq!(is_valid(&judged(&changed)), !needed, "{} without {}/{}", shape, holder, name);
    }
}

#[test]
fn an_empty_config_needs_its_artifact_type() {
    let shape = "artifactType=present;config.mediaType=empty-descriptor;content.config=empty-json";
    let exchange = render(&shape.parse::<Shape>().unwrap());
    let mut document: Value = serde_json::from_slice(&exchange.tested.body).unwrap();
    assert!(is_valid(&judged(&exchange)) && is_needed(&document, "", "artifactType"));
    document.as_object_mut().unwrap().remove("artifactType");
    assert!(!is_valid(&judged(&with_body(&exchange, serde_json::to_vec(&document).unwrap()))));
}

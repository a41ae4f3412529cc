//! The minimiser of documents: its results are 1-minimal, name the exact reason, and end within the budget.

use manifuzz::json::read;
use manifuzz::shrink::Verdict;
use manifuzz::shrink::document::{Candidate, DocumentMinimiser, MinimalDocument};
use proptest::prelude::*;
use serde_json::{Value, json};

fn descend(text: &[u8], budget: usize, shows: impl Fn(&[u8]) -> bool) -> MinimalDocument {
    let document = read(text).unwrap();
    let mut minimiser = DocumentMinimiser::new(&document, |_| Vec::new(), budget);
    while let Some(Candidate { body, .. }) = minimiser.candidate() {
        assert!(read(&body).is_ok(), "{}", String::from_utf8_lossy(&body));
        minimiser.tell(if shows(&body) { Verdict::Reproduced } else { Verdict::Accepted });
    }
    minimiser.finish()
}

/// Every document with one member or element less.
fn single_removals(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(elements) => {
            let without = (0..elements.len()).map(|i| {
                let mut rest = elements.clone();
                rest.remove(i);
                Value::Array(rest)
            });
            let inside = elements.iter().enumerate().flat_map(|(i, inner)| {
                single_removals(inner).into_iter().map(move |inner| {
                    let mut rest = elements.clone();
                    rest[i] = inner;
                    Value::Array(rest)
                })
            });
            without.chain(inside).collect()
        }
        Value::Object(members) => {
            let without = members.keys().map(|name| {
                let mut rest = members.clone();
                rest.remove(name);
                Value::Object(rest)
            });
            let inside = members.iter().flat_map(|(name, inner)| {
                single_removals(inner).into_iter().map(move |inner| {
                    let mut rest = members.clone();
                    rest.insert(name.clone(), inner);
                    Value::Object(rest)
                })
            });
            without.chain(inside).collect()
        }
        _ => Vec::new(),
    }
}

/// How often a number occurs in a document.
fn count(value: &Value, number: u64) -> usize {
    match value {
        Value::Array(elements) => elements.iter().map(|inner| count(inner, number)).sum(),
        Value::Object(members) => members.values().map(|inner| count(inner, number)).sum(),
        other => usize::from(other.as_u64() == Some(number)),
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![(0u64..6).prop_map(Value::from), "[a-z/ ]{0,12}".prop_map(Value::from), Just(Value::Null)];
    leaf.prop_recursive(4, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::btree_map("[a-e]", inner, 0..6).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// The predicate counts, so that it is not monotone in any one part of the document.
    #[test]
    fn no_single_removal_keeps_the_symptom(value in documents(), number in 1u64..6, least in 0usize..4) {
        let value = json!([value, { "a": number, "b": [number, 7] }]);
        let least = 1 + least % count(&value, number);
        let shows = |body: &[u8]| count(&serde_json::from_slice(body).unwrap(), number) >= least;
        let text = serde_json::to_vec_pretty(&value).unwrap();
        let minimal = descend(&text, 100_000, shows);
        prop_assert!(minimal.is_minimal && shows(&minimal.body));
        let smallest: Value = serde_json::from_slice(&minimal.body).unwrap();
        for less in single_removals(&smallest) {
            prop_assert!(!shows(less.to_string().as_bytes()), "{less} is smaller than {smallest}");
        }
    }

    #[test]
    fn a_descent_ends_within_its_budget(value in documents(), budget in 0usize..40) {
        let text = value.to_string();
        let minimal = descend(text.as_bytes(), budget, |body| body.len() > 3);
        prop_assert!(minimal.probes <= budget, "{} of {budget}", minimal.probes);
    }
}

#[test]
fn the_reason_is_named_in_the_document_that_the_descent_began_with() {
    let layers: Vec<Value> = (0..30)
        .map(|i| if i == 17 { json!({ "size": i, "urls": ["https://example.com"] }) } else { json!({ "size": i }) })
        .collect();
    let text = json!({ "schemaVersion": 2, "layers": layers, "annotations": { "a": "b" } }).to_string();
    let minimal = descend(text.as_bytes(), 200, |body| body.windows(6).any(|name| name == b"\"urls\""));
    assert_eq!(minimal.body, br#"{"layers":[{"urls":[]}]}"#);
    assert_eq!(minimal.reason.as_deref(), Some("/layers/17/urls"));
    assert_eq!(minimal.pointer.as_deref(), Some("/layers/0/urls"));
    assert!(minimal.probes <= 40, "{} candidates", minimal.probes);
}

#[test]
fn if_the_number_of_elements_matters_the_reason_is_the_list() {
    let text = json!({ "other": 1, "layers": (0..30).collect::<Vec<u8>>() }).to_string();
    let shows = |body: &[u8]| {
        let value: Value = serde_json::from_slice(body).unwrap();
        value["layers"].as_array().is_some_and(|layers| layers.len() > 10)
    };
    let minimal = descend(text.as_bytes(), 200, shows);
    let smallest: Value = serde_json::from_slice(&minimal.body).unwrap();
    assert_eq!(smallest["layers"].as_array().unwrap().len(), 11);
    assert_eq!(minimal.reason.as_deref(), Some("/layers"));
    assert_eq!(minimal.pointer.as_deref(), Some("/layers"));
}

#[test]
fn a_familiar_value_is_preferred_to_taking_the_member_out() {
    let document = read(br#"{"config":{"mediaType":"application/x","size":7}}"#).unwrap();
    let familiar = |pointer: &str| if pointer == "/config/mediaType" { vec!["\"usual\""] } else { Vec::new() };
    let mut minimiser = DocumentMinimiser::new(&document, familiar, 100);
    while let Some(candidate) = minimiser.candidate() {
        let is_there = |text: &[u8]| candidate.body.windows(text.len()).any(|part| part == text);
        let shows = is_there(b"\"mediaType\"") && !is_there(b"usual");
        minimiser.tell(if shows { Verdict::Reproduced } else { Verdict::Accepted });
    }
    let minimal = minimiser.finish();
    assert_eq!(minimal.witness.as_deref(), Some(&br#"{"config":{"mediaType":"usual"}}"#[..]));
    assert_eq!(minimal.reason.as_deref(), Some("/config/mediaType"));
}

/// 4 MiB in 40 000 layers: few candidates, each of which is cheap to make.
#[test]
fn a_large_document_shrinks_within_the_budget() {
    let layers: Vec<Value> = (0..40_000).map(|i| json!({ "digest": "x".repeat(80), "size": i })).collect();
    let text = json!({ "layers": layers, "marked": { "deep": [1, 2, { "here": true }] } }).to_string();
    assert!(text.len() > 4_000_000);
    let minimal = descend(text.as_bytes(), 200, |body| body.windows(6).any(|name| name == b"\"here\""));
    assert_eq!(minimal.body, br#"{"marked":{"deep":[{"here":true}]}}"#);
    assert!(minimal.is_minimal);
}

//! Property-tests a registry handler with generated manifests, in the handler's own test suite. Requires only
//! `--features proptest`.

use manifuzz::exchange::Exchange;
use manifuzz::generate::{Preset, shapes};
use manifuzz::render::render;
use proptest::test_runner::{Config, TestError, TestRunner};

/// The handler under test; its bug is that it accepts a single config media type.
fn status_of_push(exchange: &Exchange) -> u16 {
    let Ok(document) = serde_json::from_slice::<serde_json::Value>(&exchange.tested.body) else { return 400 };
    match document["config"]["mediaType"].as_str() {
        Some("application/vnd.oci.image.config.v1+json") | None => 201,
        Some(_) => 400,
    }
}

/// The smallest valid shape that the handler refuses, if any.
fn smallest_refused() -> Option<String> {
    let mut runner = TestRunner::new(Config { cases: 2000, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&shapes(Preset::Valid), |shape| match status_of_push(&render(&shape)) {
        201 => Ok(()),
        status => Err(proptest::test_runner::TestCaseError::fail(format!("refused with {status}"))),
    });
    match outcome {
        Err(TestError::Fail(_, shape)) => Some(shape.to_string()),
        _ => None,
    }
}

fn main() {
    println!("refused although valid: {}", smallest_refused().as_deref().unwrap_or("none"));
}

#[test]
fn the_smallest_refused_shape_has_one_deviation() {
    assert_eq!(smallest_refused().as_deref(), Some("config.mediaType=unknown"));
}

//! Judges arbitrary bytes as a manifest.

use manifuzz::exchange::{Exchange, Facts, IMAGE_INDEX, IMAGE_MANIFEST};
use manifuzz::json::{find, read};
use manifuzz::model::{Party, Versions, judge};

/// Judges the bytes as an image manifest and as an index, under both sets of versions.
///
/// # Panics
///
/// If judging twice gives different results, or a breach has a JSON Pointer that does not resolve.
pub fn run(bytes: &[u8]) {
    for content_type in [IMAGE_MANIFEST, IMAGE_INDEX] {
        for versions in [Versions::V1_1, Versions::V1_0] {
            let exchange = Exchange::of_document(Some(content_type.to_owned()), bytes.to_vec().into(), Vec::new());
            let facts = Facts::as_meant(&exchange);
            let once = judge(&exchange, &facts, Party::Registry, versions);
            let again = judge(&exchange, &facts, Party::Registry, versions);
            assert_eq!(format!("{once:?}"), format!("{again:?}"), "judging is not deterministic");
            let document = read(bytes).ok();
            for place in once.breaches.iter().map(|breach| breach.place.as_str()).filter(|p| p.starts_with('/')) {
                let resolves = document.as_ref().is_some_and(|document| find(document, place).is_some());
                assert!(resolves, "the model reports {place}, which does not exist");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use manifuzz::generate::{Choices as _, Preset, Seeded, draw_nth};
    use manifuzz::render::render;

    #[test]
    fn smoke() {
        for seed in 0..200 {
            let mut body = render(&draw_nth(1, Preset::Hostile, seed)).tested.body.to_vec();
            if body.len() > 100_000 {
                continue;
            }
            super::run(&body);
            // The same with a few bytes changed.
            let mut choices = Seeded::new(&["bytes", &seed.to_string()]);
            for _ in 0..4 {
                let at = choices.below(body.len());
                if let Some(byte) = body.get_mut(at) {
                    *byte = u8::try_from(choices.below(256)).unwrap_or(0);
                }
            }
            super::run(&body);
        }
        for text in ["", "[", "{\"a\":", "\u{feff}{}", "{\"layers\":[null,{\"digest\":1}]}", "{\"~/\":1,\"~/\":2}"] {
            super::run(text.as_bytes());
        }
        super::run("[".repeat(200_000).as_bytes());
    }
}

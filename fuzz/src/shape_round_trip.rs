//! Parsing, printing and rendering of shapes, and the validity of the preset `valid`.

use arbitrary::{Arbitrary as _, Unstructured};
use manifuzz::exchange::Facts;
use manifuzz::generate::{Preset, Seeded, draw};
use manifuzz::model::{Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::Shape;

/// Parses the input as shape text, or derives a shape from it with `Arbitrary` if that fails; also draws a shape of the
/// preset `valid` from it.
///
/// # Panics
///
/// If a shape does not round-trip, rendering is not deterministic, or the model considers the drawn shape invalid.
pub fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let arbitrary = || Shape::arbitrary(&mut Unstructured::new(input)).ok();
    if let Some(shape) = text.parse::<Shape>().ok().or_else(arbitrary) {
        let printed = shape.to_string();
        assert_eq!(printed.parse::<Shape>().as_ref(), Ok(&shape), "{printed} does not round-trip");
        if !shape.is_large() {
            assert_eq!(render(&shape), render(&shape), "rendering {printed} is not deterministic");
        }
    }
    let valid = draw(Preset::Valid, &mut Seeded::new(&["valid", &text]));
    let judge_rendered = |shape: &Shape| {
        let exchange = render(shape);
        judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, Versions::V1_1)
    };
    let (judgement, base_judgement) = (judge_rendered(&valid), judge_rendered(&valid.own_base()));
    assert!(
        judgement.expect.rank() <= base_judgement.expect.rank().max(1),
        "{valid} is drawn as valid, but judged {judgement}"
    );
}

#[cfg(test)]
mod tests {
    use arbitrary::{Arbitrary as _, Unstructured};
    use manifuzz::generate::{Preset, draw_nth};
    use manifuzz::shape::Shape;

    #[test]
    fn bytes_determine_shapes() {
        assert_eq!(Shape::arbitrary(&mut Unstructured::new(b"")), Ok(Shape::base()), "no bytes give the base");
        let chosen: std::collections::HashSet<String> = (0..=255)
            .map(|byte| Shape::arbitrary(&mut Unstructured::new(&[byte; 256])).expect("never fails").to_string())
            .collect();
        assert!(chosen.len() > 100, "expected more than 100 distinct shapes, got {}", chosen.len());
    }

    #[test]
    fn smoke() {
        for i in 0..300 {
            super::run(draw_nth(2, Preset::Hostile, i).to_string().as_bytes());
        }
        for text in
            ["", "base", "kind", "kind=image", "layers=count(40)", "layers=count(040)", "layers=count(3)x", ";;"]
        {
            super::run(text.as_bytes());
        }
    }
}

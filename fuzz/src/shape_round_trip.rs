//! Shape texts: parsing, printing, rendering; and the promise of the preset `valid`.

use arbitrary::{Arbitrary as _, Unstructured};
use manifuzz::exchange::Facts;
use manifuzz::generate::{Preset, Seeded, draw};
use manifuzz::model::{Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::Shape;

/// Reads the input as a shape's text, or lets it choose a shape where it is none; draws a valid shape from it too.
///
/// # Panics
///
/// Where a text does not come back, a shape renders to two exchanges, or a valid shape is not valid to the model.
pub fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let chosen = || Shape::arbitrary(&mut Unstructured::new(input)).ok();
    if let Some(shape) = text.parse::<Shape>().ok().or_else(chosen) {
        let printed = shape.to_string();
        assert_eq!(printed.parse::<Shape>().as_ref(), Ok(&shape), "{printed} does not come back");
        if !shape.is_large() {
            assert_eq!(render(&shape), render(&shape), "{printed} renders to two exchanges");
        }
    }
    let valid = draw(Preset::Valid, &mut Seeded::new(&["valid", &text]));
    let expect = |shape: &Shape| {
        let exchange = render(shape);
        judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, Versions::V1_1)
    };
    let (of_shape, of_base) = (expect(&valid), expect(&valid.own_base()));
    assert!(of_shape.expect.rank() <= of_base.expect.rank().max(1), "{valid} is drawn as valid, but is {of_shape}");
}

#[cfg(test)]
mod tests {
    use arbitrary::{Arbitrary as _, Unstructured};
    use manifuzz::generate::{Preset, draw_nth};
    use manifuzz::shape::Shape;

    #[test]
    fn bytes_choose_shapes() {
        assert_eq!(Shape::arbitrary(&mut Unstructured::new(b"")), Ok(Shape::base()), "nothing chooses nothing");
        let chosen: std::collections::HashSet<String> = (0..=255)
            .map(|byte| Shape::arbitrary(&mut Unstructured::new(&[byte; 256])).expect("never fails").to_string())
            .collect();
        assert!(chosen.len() > 100, "other bytes choose other shapes, but these are only {}", chosen.len());
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

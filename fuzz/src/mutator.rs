//! The mutator: changes one slot of a shape given as text.

use manifuzz::generate::{Seeded, mutate};
use manifuzz::shape::Shape;

/// How often a change is drawn again if it gives a large shape.
const ATTEMPTS: usize = 8;

/// Parses the shape text in `data[..size]`, changes one slot and prints it. Input that is not a shape counts as the base. The
/// result depends only on the arguments, and is not large unless that is allowed. Returns its length in bytes.
pub fn mutated(data: &mut [u8], size: usize, max_size: usize, seed: u32, is_large_allowed: bool) -> usize {
    let text = std::str::from_utf8(&data[..size.min(data.len())]).ok();
    let shape = text.and_then(|text| text.parse().ok()).unwrap_or_else(Shape::base);
    let mut choices = Seeded::new(&["mutate", &seed.to_string()]);
    let changed = std::iter::repeat_with(|| mutate(&shape, &mut choices)).take(ATTEMPTS);
    let changed = changed.into_iter().find(|shape| is_large_allowed || !shape.is_large());
    let text = changed.unwrap_or_else(Shape::base).to_string();
    // Restart from the base if the text exceeds the fuzzer's limit.
    let text = if text.len() <= max_size.min(data.len()) { text } else { "base".to_owned() };
    let length = text.len().min(max_size).min(data.len());
    data[..length].copy_from_slice(&text.as_bytes()[..length]);
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shapes of 500 mutations in a row.
    fn mutations(first: &[u8], is_large_allowed: bool) -> Vec<Shape> {
        let mut data = first.to_vec();
        data.resize(4096, 0);
        let mut size = first.len();
        let step = |seed| {
            size = mutated(&mut data, size, 4096, seed, is_large_allowed);
            let text = std::str::from_utf8(&data[..size]).expect("UTF-8");
            text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
        };
        (0..500).map(step).collect()
    }

    #[test]
    fn the_result_is_always_a_shape() {
        assert_eq!(mutations(b"not a shape", true).len(), 500);
    }

    #[test]
    fn large_entries_are_drawn_only_if_allowed() {
        assert!(mutations(b"base", true).iter().any(Shape::is_large));
        assert!(!mutations(b"base", false).iter().any(Shape::is_large));
        assert!(!mutations(b"text.padding=pad(4000000)", false)[1..].iter().any(Shape::is_large));
    }
}

//! Numbers for entries that have one: near documented limits and powers of two.

use super::Choices;
use crate::shape::Entry;

/// How large a drawn number may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The entry renders to at most 64 KiB.
    Small,
    /// Sizes are at most 8 MiB; larger ones are never drawn.
    Hostile,
}

/// The largest size that is drawn, in bytes.
const MAX_SIZE: u64 = 8 << 20;

/// A number for the entry: a listed one or a power of two, or one more or less; 0 if the entry has no number. An
/// exhausted source gives the first listed number, clamped to the bounds.
pub fn some_number<C: Choices + ?Sized>(entry: &Entry, bound: Bound, choices: &mut C) -> u64 {
    let Some(numbers) = entry.numbers else { return 0 };
    let most = match bound {
        Bound::Small => numbers.most.min(numbers.small_to),
        // An entry that is small for every number does not count bytes.
        Bound::Hostile if numbers.small_to >= numbers.most => numbers.most,
        Bound::Hostile => numbers.most.min(MAX_SIZE),
    };
    // Most small draws are limited further, to a 64th: about 1 KiB, or a few uploads instead of hundreds.
    let slim = numbers.least.max(numbers.small_to / 64);
    let most = if bound == Bound::Small && choices.below(16) < 15 { most.min(slim) } else { most };
    let fits = |number: &u64| (numbers.least..=most).contains(number);
    let exponents =
        numbers.least.checked_ilog2().unwrap_or(0)..most.checked_ilog2().map_or(0, |most| (most + 1).min(63));
    let powers =
        || exponents.clone().map(|power| 1 << power).filter(|power| fits(power) && !numbers.listed.contains(power));
    let listed = numbers.listed.len();
    let limit = match choices.below(listed + powers().count()) {
        i if i < listed => numbers.listed[i],
        i => powers().nth(i - listed).unwrap_or(numbers.least),
    };
    let number = match choices.below(3) {
        0 => limit,
        1 => limit.saturating_add(1),
        _ => limit.saturating_sub(1),
    };
    number.clamp(numbers.least, most.max(numbers.least))
}

//! Numbers for the entries that take one: around documented limits and powers of two.

use super::Choices;
use crate::shape::Entry;

/// How far a drawn number may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// As long as the entry renders to at most 64 KiB.
    Small,
    /// To 8 MiB where it is a size; what is larger is asked for by name.
    Hostile,
}

/// The most bytes that a drawn number asks for.
const MOST: u64 = 8 << 20;

/// A number for the entry: one of the listed ones, a power of two, or one beside either; 0 if it takes none. A dry
/// source gives the first listed number, or the least where that one is out of bounds.
pub fn some_number<C: Choices + ?Sized>(entry: &Entry, bound: Bound, choices: &mut C) -> u64 {
    let Some(numbers) = entry.numbers else { return 0 };
    let most = match bound {
        Bound::Small => numbers.most.min(numbers.small_to),
        // What stays small whatever the number counts no bytes.
        Bound::Hostile if numbers.small_to >= numbers.most => numbers.most,
        Bound::Hostile => numbers.most.min(MOST),
    };
    // What stays small is most of the time a sixty-fourth of that: about one KiB, and a few uploads in place of hundreds.
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

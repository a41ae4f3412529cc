//! The exact value of a number that equals an integer, however it is written.

use super::node::Node;

/// The most digits of an `i64`.
const DIGITS: i64 = 19;

impl Node<'_> {
    /// The value of a number that equals an integer in the range of `i64`, in any notation: 2 for `2`, `2.0` and `20e-1`.
    /// `None` for other values. The digits decide, so that `2.00000000000000000000000001` is not rounded to 2.
    ///
    /// ```
    /// let document = manifuzz::json::read(b"[2.0, 20e-1, 2.00000000000000000000000001]")?;
    /// let whole: Vec<_> = document.root().elements().map(|number| number.whole()).collect();
    /// assert_eq!(whole, [Some(2), Some(2), None]);
    /// # Ok::<(), manifuzz::json::SyntaxError>(())
    /// ```
    pub fn whole(self) -> Option<i64> {
        if self.is_number() { whole(self.raw()) } else { None }
    }
}

/// The value of a JSON number that equals an integer in the range of `i64`.
fn whole(number: &[u8]) -> Option<i64> {
    let (is_negative, number) = match number {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, number),
    };
    let (mantissa, exponent) = split_at(number, |b| matches!(b, b'e' | b'E'));
    let (units, fraction) = split_at(mantissa, |b| b == b'.');
    let digits = || units.iter().chain(fraction).copied();
    let zeros_before = digits().take_while(|digit| *digit == b'0').count();
    let zeros_after = digits().rev().take_while(|digit| *digit == b'0').count();
    let all = units.len() + fraction.len();
    if zeros_before == all {
        return Some(0);
    }
    let significant = all - zeros_before - zeros_after;
    // The power of ten by which the significant digits are multiplied. A negative one leaves a fraction.
    let count = |digits: usize| i64::try_from(digits).unwrap_or(i64::MAX);
    let power = value(exponent).saturating_sub(count(fraction.len())).saturating_add(count(zeros_after));
    if power < 0 || count(significant).saturating_add(power) > DIGITS {
        return None;
    }
    let significant = digits().skip(zeros_before).take(significant);
    let number = significant.fold(0i128, |number, digit| number * 10 + i128::from(digit - b'0'));
    let number = number * 10i128.pow(u32::try_from(power).ok()?);
    i64::try_from(if is_negative { -number } else { number }).ok()
}

/// What precedes and what follows the first byte that `is_separator`; nothing follows if there is none.
fn split_at(bytes: &[u8], is_separator: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    match bytes.iter().position(|b| is_separator(*b)) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}

/// The value of an exponent, 0 for none. One that does not fit is as good as the largest that does.
fn value(exponent: &[u8]) -> i64 {
    let (is_negative, digits) = match exponent {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, exponent),
    };
    let value = digits.iter().fold(0i64, |value, b| value.saturating_mul(10).saturating_add(i64::from(b - b'0')));
    if is_negative { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_number_is_whole_by_its_digits_in_every_notation() {
        let rows: [(&str, i64); 16] = [
            ("2", 2),
            ("2.0", 2),
            ("2e0", 2),
            ("20e-1", 2),
            ("0.2E+1", 2),
            ("0.0000002e7", 2),
            ("200000000000000000000000000e-26", 2),
            ("2.00000000000000000000000000", 2),
            ("-2.0", -2),
            ("-0", 0),
            ("0e99999999999999999999999999", 0),
            ("0.000e-99999999999999999999999999", 0),
            ("1e18", 1_000_000_000_000_000_000),
            ("9223372036854775807.0", i64::MAX),
            ("-9.223372036854775808e18", i64::MIN),
            ("1536.0e0", 1536),
        ];
        for (text, wanted) in rows {
            assert_eq!(whole(text.as_bytes()), Some(wanted), "{text}");
        }
    }

    #[test]
    fn a_number_that_a_double_would_round_is_not_whole() {
        for text in [
            "2.00000000000000000000000001",
            "1.99999999999999999999999999",
            "2e-1",
            "0.5",
            "9223372036854775808",
            "9223372036854775808.0",
            "9.2233720368547758075e18",
            "-9223372036854775809.0",
            "1e19",
            "1e400",
            "1e99999999999999999999999999",
            "1e-99999999999999999999999999",
        ] {
            assert_eq!(whole(text.as_bytes()), None, "{text}");
        }
    }
}

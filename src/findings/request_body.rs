//! Bodies of requests in a row: short ones and those of long runs in the row, others in files `bodies/HEX` beside the corpus, named
//! by their SHA-256.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::bodies::DIRECTORY;
use crate::exchange::sha256;

/// Maximum length of a body in the column `body_base64`, in bytes.
pub(super) const BODY_IN_ROW: usize = 24 * 1024;
/// The longest unit of a run, in bytes.
const UNIT: usize = 16;
/// The shortest run that is worth an element, in bytes.
const RUN: usize = 96;

/// The content of files, by the SHA-256 in hex that names them.
pub type Bodies = BTreeMap<String, Vec<u8>>;

/// The body as JSON: literal parts and runs, if that takes at most `room` bytes, else the name of a file, which is added.
pub(super) fn body(bytes: &[u8], room: usize, files: &mut Bodies) -> Value {
    parts(bytes, room).unwrap_or_else(|| file(bytes, files))
}

/// The name of a file with this content, which is added.
pub(super) fn file(bytes: &[u8], files: &mut Bodies) -> Value {
    let hex = sha256(bytes)["sha256:".len()..].to_owned();
    let name = json!({ "file": format!("{DIRECTORY}/{hex}") });
    files.entry(hex).or_insert_with(|| bytes.to_vec());
    name
}

/// `[{"base64":…},{"repeat":"IA==","times":N},…]`; `None` if that takes more than `room` bytes.
fn parts(bytes: &[u8], room: usize) -> Option<Value> {
    let (mut parts, mut literal, mut at) = (Vec::new(), 0, 0);
    let mut runs = Runs { bytes, from: [0; UNIT + 1] };
    let mut left = room.checked_sub(2)?;
    let mut add = |parts: &mut Vec<Value>, part: Value| {
        left = left.checked_sub(part.to_string().len() + 1)?;
        parts.push(part);
        Some(())
    };
    let plain = |bytes: &[u8]| json!({ "base64": STANDARD.encode(bytes) });
    while at < bytes.len() {
        // More than that does not fit, so looking further is useless.
        if at - literal > room {
            return None;
        }
        let Some((unit, times)) = runs.at(at) else {
            at += 1;
            continue;
        };
        if literal < at {
            add(&mut parts, plain(&bytes[literal..at]))?;
        }
        add(&mut parts, json!({ "repeat": STANDARD.encode(&bytes[at..at + unit]), "times": times }))?;
        at += unit * times;
        literal = at;
    }
    if literal < at || parts.is_empty() {
        add(&mut parts, plain(&bytes[literal..at]))?;
    }
    Some(Value::Array(parts))
}

/// Finds the runs in some bytes.
struct Runs<'b> {
    bytes: &'b [u8],
    /// By unit, the first position at which a run may begin, as far as is known.
    from: [usize; UNIT + 1],
}

impl Runs<'_> {
    /// The unit and the times of the run that begins here.
    fn at(&mut self, at: usize) -> Option<(usize, usize)> {
        let rest = &self.bytes[at..];
        (1..=UNIT).filter(|_| rest.len() >= RUN).find_map(|unit| {
            if self.from[unit] > at {
                return None;
            }
            let after = rest.get(unit..)?;
            // The bytes that must be the same as those one unit later, for the run to be long enough.
            let due = RUN.next_multiple_of(unit) - unit;
            if after.len() < due {
                return None;
            }
            // From the end, because a run cannot begin before bytes that differ.
            if let Some(differs) = (0..due).rev().find(|i| rest[*i] != after[*i]) {
                self.from[unit] = at + differs + 1;
                return None;
            }
            let same = due + rest[due..].iter().zip(&after[due..]).take_while(|(a, b)| a == b).count();
            Some((unit, same / unit + 1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(value: &Value) -> Vec<u8> {
        let text = |value: &Value| STANDARD.decode(value.as_str().expect("a text")).expect("base64");
        let part = |part: &Value| match part.get("base64") {
            Some(plain) => text(plain),
            None => text(&part["repeat"]).repeat(usize::try_from(part["times"].as_u64().unwrap_or(0)).unwrap_or(0)),
        };
        value.as_array().expect("parts").iter().flat_map(part).collect()
    }

    #[test]
    fn a_body_of_runs_is_short_and_decodes_to_itself() {
        let spaces = [&b"{\"a\":"[..], &b" ".repeat(4 << 20), b"1}"].concat();
        let nested = [&b"{\"a\":".repeat(100_000)[..], b"1", &b"}".repeat(100_000)].concat();
        for bytes in [Vec::new(), b"{}".to_vec(), b" ".repeat(RUN), spaces, nested] {
            let mut files = Bodies::new();
            let value = body(&bytes, 4096, &mut files);
            assert!(value.to_string().len() < 200 && files.is_empty(), "{value}");
            assert!(decoded(&value) == bytes, "{value}");
        }
    }

    #[test]
    fn a_run_is_found_where_the_definition_says() {
        let defined = |bytes: &[u8]| {
            let length = |unit: usize| {
                let same = bytes.iter().zip(&bytes[unit..]).take_while(|(a, b)| a == b).count();
                (unit, same / unit + 1)
            };
            (1..=UNIT.min(bytes.len())).map(length).find(|(unit, times)| unit * times >= RUN && *times > 1)
        };
        let units: [&[u8]; 6] = [b"a", b"ab", b"aab", b"abcdefg", b"abcdefghijklmno", b"abcdefghijklmnopq"];
        for (first, second) in units.iter().flat_map(|first| units.map(|second| (first, second))) {
            for times in [1, 5, 6, 7, 13, 14, 40, 96, 200] {
                let bytes = [&first.repeat(times)[..], b"-", &second.repeat(times), b"aaa"].concat();
                let mut runs = Runs { bytes: &bytes, from: [0; UNIT + 1] };
                for at in 0..bytes.len() {
                    assert_eq!(runs.at(at), defined(&bytes[at..]), "{first:?} {second:?} {times} {at}");
                }
            }
        }
    }

    #[test]
    fn a_body_that_does_not_fit_is_a_file_named_by_its_digest() {
        let bytes: Vec<u8> = (0..50_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let mut files = Bodies::new();
        let value = body(&bytes, 4096, &mut files);
        let hex = &sha256(&bytes)[7..];
        assert_eq!(value, json!({ "file": format!("bodies/{hex}") }));
        assert_eq!(files.get(hex), Some(&bytes));
    }
}

//! Fast scan for string characters that need no escape.

/// The length of a prefix of `bytes` without quotation marks, backslashes and control characters (not necessarily the
/// longest one), and whether a byte examined is non-ASCII. Examines eight bytes at a time, since manifests are mostly
/// long strings.
pub(super) fn plain(bytes: &[u8]) -> (usize, bool) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let below = |word: u64, least: u64| word.wrapping_sub(ONES * least) & !word & HIGH;
    let (mut length, mut seen) = (0, 0);
    for chunk in bytes.chunks_exact(8) {
        let Ok(chunk) = chunk.try_into() else { break };
        let word = u64::from_le_bytes(chunk);
        seen |= word;
        let special = below(word, 0x20) | below(word ^ (ONES * 0x22), 1) | below(word ^ (ONES * 0x5c), 1);
        if special != 0 {
            return (length + special.trailing_zeros() as usize / 8, seen & HIGH != 0);
        }
        length += 8;
    }
    (length, seen & HIGH != 0)
}

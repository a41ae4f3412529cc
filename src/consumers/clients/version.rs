//! The version in what a program prints.

/// The first word of the text that begins with a digit, or with `v` and a digit, without a comma behind it.
pub(super) fn version_in(text: &str) -> Option<String> {
    let is_version = |word: &&str| word.strip_prefix('v').unwrap_or(word).starts_with(|c: char| c.is_ascii_digit());
    let words = text.lines().flat_map(str::split_whitespace);
    let word = words.map(|word| word.trim_end_matches([',', ';'])).find(is_version)?;
    Some(word.chars().take(64).collect())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn a_version_begins_with_a_digit() {
        for (text, version) in [
            ("skopeo version 1.9.3", "1.9.3"),
            ("Docker version 20.10.24+dfsg1, build 297e128", "20.10.24+dfsg1"),
            ("VCSTag:     v0.11.7\nVCSRef: 12", "v0.11.7"),
            ("ctr github.com/containerd/containerd 1.6.20~ds1", "1.6.20~ds1"),
        ] {
            assert_eq!(version_in(text).as_deref(), Some(version));
        }
        assert_eq!(version_in("no version here"), None);
    }
}

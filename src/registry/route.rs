//! Maps paths to endpoints, and checks the grammars of repository names and tags. The path is not normalised: `..` and
//! `%2e` have no special meaning. Imports nothing from the registry.

/// An endpoint of distribution-spec, with the part of the path after the repository's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Endpoint<'p> {
    /// `/v2/`
    Support,
    Blob(&'p str),
    /// `/v2/<name>/blobs/uploads/`
    Uploads,
    /// An upload session.
    Upload(&'p str),
    Manifest(&'p str),
    Tags,
    Referrers(&'p str),
    /// An endpoint under an invalid repository name.
    BadName,
    /// No endpoint of distribution-spec.
    Unknown,
}

/// Splits a path into the repository's name (empty if it has none) and the endpoint.
pub(super) fn route(path: &str) -> (&str, Endpoint<'_>) {
    let Some(rest) = path.strip_prefix("/v2") else { return ("", Endpoint::Unknown) };
    if rest.is_empty() || rest == "/" {
        return ("", Endpoint::Support);
    }
    let Some(rest) = rest.strip_prefix('/') else { return ("", Endpoint::Unknown) };
    let (name, endpoint) = if let Some(name) = rest.strip_suffix("/tags/list") {
        (name, Endpoint::Tags)
    } else if let Some((name, session)) = rest.rsplit_once("/blobs/uploads/") {
        (name, if session.is_empty() { Endpoint::Uploads } else { Endpoint::Upload(session) })
    } else if let Some(name) = rest.strip_suffix("/blobs/uploads") {
        (name, Endpoint::Uploads)
    } else {
        // A repository name may contain a component such as `blobs`, so split at the last separator.
        let split = |separator: &str| rest.rsplit_once(separator).map(|(name, last)| (name.len(), name, last));
        let found = [
            split("/blobs/").map(|(at, name, last)| (at, name, Endpoint::Blob(last))),
            split("/manifests/").map(|(at, name, last)| (at, name, Endpoint::Manifest(last))),
            split("/referrers/").map(|(at, name, last)| (at, name, Endpoint::Referrers(last))),
        ];
        match found.into_iter().flatten().max_by_key(|(at, _, _)| *at) {
            Some((_, name, endpoint)) => (name, endpoint),
            None => ("", Endpoint::Unknown),
        }
    };
    match endpoint {
        Endpoint::Unknown => ("", endpoint),
        _ if is_name(name) => (name, endpoint),
        _ => (name, Endpoint::BadName),
    }
}

/// Whether the string is a valid repository name.
pub(super) fn is_name(text: &str) -> bool {
    text.split('/').all(is_component)
}

/// Lower-case alphanumeric runs, separated by `.`, `_`, `__` or dashes.
fn is_component(text: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends = |byte: Option<&u8>| byte.is_some_and(|byte| is_alphanumeric(*byte));
    ends(bytes.first())
        && ends(bytes.last())
        && bytes.split(|byte| is_alphanumeric(*byte)).all(|separator| {
            matches!(separator, b"" | b"." | b"_" | b"__") || separator.iter().all(|byte| *byte == b'-')
        })
}

/// Whether the string is a valid tag: at most 128 characters of `[a-zA-Z0-9_.-]`, the first neither a dot nor a dash.
pub(super) fn is_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = text.as_bytes();
    bytes.len() <= 128
        && bytes.first().is_some_and(|byte| is_word(*byte))
        && bytes.iter().all(|byte| is_word(*byte) || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_at_its_last_separator_and_never_normalised() {
        let rows = [
            ("/v2/", "", Endpoint::Support),
            ("/v2", "", Endpoint::Support),
            ("/v2/a/b/manifests/t", "a/b", Endpoint::Manifest("t")),
            ("/v2/blobs/manifests/blobs/sha256:x", "blobs/manifests", Endpoint::Blob("sha256:x")),
            ("/v2/a/manifests/../x", "a", Endpoint::Manifest("../x")),
            ("/v2/a/manifests/%2e%2e", "a", Endpoint::Manifest("%2e%2e")),
            ("/v2/a/manifests/", "a", Endpoint::Manifest("")),
            ("/v2/a/blobs/uploads/", "a", Endpoint::Uploads),
            ("/v2/a/blobs/uploads/7", "a", Endpoint::Upload("7")),
            ("/v2/a/tags/list", "a", Endpoint::Tags),
            ("/v2/a/referrers/x", "a", Endpoint::Referrers("x")),
            ("/v2/A/tags/list", "A", Endpoint::BadName),
            ("/v2/a/../b/tags/list", "a/../b", Endpoint::BadName),
            ("/v2/a", "", Endpoint::Unknown),
            ("/v1/", "", Endpoint::Unknown),
            ("/v2x/", "", Endpoint::Unknown),
        ];
        for (path, name, endpoint) in rows {
            assert_eq!(route(path), (name, endpoint), "{path}");
        }
    }

    #[test]
    fn names_and_tags_are_checked_by_grammar() {
        for valid in ["a", "a.b", "a_b", "a__b", "a---b", "a/b-c/0"] {
            assert!(is_name(valid), "{valid}");
        }
        for invalid in ["", "A", "a..b", "a___b", "a._b", "-a", "a-", "a//b", "/a", "a/", "a b"] {
            assert!(!is_name(invalid), "{invalid}");
        }
        assert!(is_tag("_a.B-0") && is_tag(&"a".repeat(128)));
        for invalid in ["", ".a", "-a", "a/b", "a:b", "ä", &"a".repeat(129)] {
            assert!(!is_tag(invalid), "{invalid}");
        }
    }
}

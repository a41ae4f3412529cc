//! Which endpoint a path means, and the grammars of repository names and tags. The path is taken as it was sent:
//! `..` and `%2e` mean nothing here. Imports nothing of the registry.

/// An endpoint of distribution-spec, with what the path says after the repository's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint<'p> {
    /// `/v2/`
    Support,
    Blob(&'p str),
    /// Where uploads begin.
    Uploads,
    /// An upload that has begun.
    Upload(&'p str),
    Manifest(&'p str),
    Tags,
    Referrers(&'p str),
    /// An endpoint under a name that breaks the grammar.
    BadName,
    Nowhere,
}

/// Reads a path: the repository's name (empty where there is none) and the endpoint.
pub(super) fn route(path: &str) -> (&str, Endpoint<'_>) {
    let Some(rest) = path.strip_prefix("/v2") else { return ("", Endpoint::Nowhere) };
    if rest.is_empty() || rest == "/" {
        return ("", Endpoint::Support);
    }
    let Some(rest) = rest.strip_prefix('/') else { return ("", Endpoint::Nowhere) };
    let (name, place) = if let Some(name) = rest.strip_suffix("/tags/list") {
        (name, Endpoint::Tags)
    } else if let Some((name, session)) = rest.rsplit_once("/blobs/uploads/") {
        (name, if session.is_empty() { Endpoint::Uploads } else { Endpoint::Upload(session) })
    } else if let Some(name) = rest.strip_suffix("/blobs/uploads") {
        (name, Endpoint::Uploads)
    } else {
        // A name may hold a part such as `blobs`, so the last separator is the one that counts.
        let split = |separator: &str| rest.rsplit_once(separator).map(|(name, last)| (name.len(), name, last));
        let found = [
            split("/blobs/").map(|(at, name, last)| (at, name, Endpoint::Blob(last))),
            split("/manifests/").map(|(at, name, last)| (at, name, Endpoint::Manifest(last))),
            split("/referrers/").map(|(at, name, last)| (at, name, Endpoint::Referrers(last))),
        ];
        match found.into_iter().flatten().max_by_key(|(at, _, _)| *at) {
            Some((_, name, place)) => (name, place),
            None => ("", Endpoint::Nowhere),
        }
    };
    match place {
        Endpoint::Nowhere => ("", place),
        _ if is_name(name) => (name, place),
        _ => (name, Endpoint::BadName),
    }
}

/// Whether a text is a repository's name.
pub(super) fn is_name(text: &str) -> bool {
    text.split('/').all(is_component)
}

/// Alphanumeric runs, with `.`, `_`, `__` or dashes between them.
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

/// Whether a text is a tag: at most 128 of the tag's characters, the first neither dot nor dash.
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
    fn a_path_is_split_at_its_last_separator_and_never_tidied() {
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
            ("/v2/a", "", Endpoint::Nowhere),
            ("/v1/", "", Endpoint::Nowhere),
            ("/v2x/", "", Endpoint::Nowhere),
        ];
        for (path, name, place) in rows {
            assert_eq!(route(path), (name, place), "{path}");
        }
    }

    #[test]
    fn names_and_tags_keep_their_grammars() {
        for good in ["a", "a.b", "a_b", "a__b", "a---b", "a/b-c/0"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "A", "a..b", "a___b", "a._b", "-a", "a-", "a//b", "/a", "a/", "a b"] {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(is_tag("_a.B-0") && is_tag(&"a".repeat(128)));
        for bad in ["", ".a", "-a", "a/b", "a:b", "ä", &"a".repeat(129)] {
            assert!(!is_tag(bad), "{bad}");
        }
    }
}

//! What a path names. Percent-encoding is decoded first, because digests that traverse paths are sent either way.

use percent_encoding::percent_decode_str;

/// What a path names: the repository, and the reference or digest in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Manifest(String, String),
    Blob(String, String),
    /// The endpoint that opens uploads, or an upload session.
    Upload(String),
    Tags(String),
    Referrers(String, String),
    /// The token service.
    Token,
    /// Anything else, with its decoded path.
    Other(String),
}

impl Place {
    /// The place of a path.
    pub fn of(path: &str) -> Self {
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        if path == "/token" {
            return Self::Token;
        }
        let Some(rest) = path.strip_prefix("/v2/") else { return Self::Other(path) };
        if let Some(name) = rest.strip_suffix("/tags/list") {
            return Self::Tags(name.to_owned());
        }
        // The first separator: what follows it may contain anything.
        let separators = ["/manifests/", "/blobs/", "/referrers/"];
        let first = separators.into_iter().filter_map(|one| Some((rest.find(one)?, one))).min();
        let Some((at, separator)) = first else { return Self::Other(path) };
        let (name, last) = (rest[..at].to_owned(), rest[at + separator.len()..].to_owned());
        match separator {
            "/manifests/" => Self::Manifest(name, last),
            "/referrers/" => Self::Referrers(name, last),
            _ if last == "uploads" || last.starts_with("uploads/") => Self::Upload(name),
            _ => Self::Blob(name, last),
        }
    }

    /// The repository.
    pub fn repository(&self) -> Option<&str> {
        match self {
            Self::Manifest(name, _) | Self::Blob(name, _) | Self::Referrers(name, _) => Some(name),
            Self::Upload(name) | Self::Tags(name) => Some(name),
            Self::Token | Self::Other(_) => None,
        }
    }
}

/// The path that clients send that resolve `..` before they ask.
pub(super) fn resolved(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_that_traverses_paths_is_found_however_it_is_sent() {
        let blob = Place::Blob("a/b".to_owned(), "sha256:../../x".to_owned());
        for path in ["/v2/a/b/blobs/sha256:../../x", "/v2/a/b/blobs/sha256%3a..%2F..%2fx"] {
            assert_eq!(Place::of(path), blob);
        }
        assert_eq!(resolved("/v2/a/b/blobs/sha256:../../x"), "/v2/a/b/x");
        assert_eq!(resolved("/v2/a/../../../x"), "/x");
        assert_eq!(Place::of("/v2/a/blobs/uploads/1"), Place::Upload("a".to_owned()));
        assert_eq!(Place::of("/v2/a/tags/list"), Place::Tags("a".to_owned()));
        assert_eq!(Place::of("/v2/"), Place::Other("/v2/".to_owned()));
    }
}

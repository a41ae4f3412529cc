//! Keeps writes below the repository that the user named.

use std::borrow::Cow;

use super::reference::Url;

/// The repositories that a run may write to.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefix {
    names: Vec<String>,
}

impl Prefix {
    /// Below these repositories.
    pub fn of(names: impl IntoIterator<Item = String>) -> Self {
        Self { names: names.into_iter().collect() }
    }

    /// Whether a request target leads to another repository once it is decoded and normalised, as a server or a proxy in front
    /// of it might do. A path that is not one of the registry's API, such as an upload session elsewhere, does not.
    pub fn is_left_by(&self, target: &str) -> bool {
        let parsed = target.contains("://").then(|| Url::parse(target).ok()).flatten();
        let target = parsed.as_ref().map_or(target, |url| &url.target);
        let path = target.split(['?', '#']).next().unwrap_or(target);
        let is_ours = |path: &str| {
            let Some(rest) = path.strip_prefix("/v2/") else { return !path.starts_with("/v2") };
            self.names.iter().any(|name| rest.strip_prefix(&**name).is_some_and(|rest| rest.starts_with('/')))
        };
        // Some servers decode twice.
        let once = decoded(path);
        let twice = decoded(&once).into_owned();
        let was_api = path.starts_with("/v2/");
        [path, &once, &twice].into_iter().any(|form| {
            let normal = normalised(form);
            !is_ours(&normal) || was_api && !normal.starts_with("/v2/")
        })
    }
}

fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// Without `.` and `..`, and with one slash between segments.
fn normalised(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    let end = if path.ends_with('/') { "/" } else { "" };
    format!("/{}{end}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_a_path_leads_to_another_repository() {
        let prefix = Prefix::of(["some/repo".to_owned(), "other".to_owned()]);
        for inside in [
            "/v2/some/repo/manifests/t",
            "/v2/some/repo/mf-1/blobs/uploads/?mount=d&from=x",
            "/v2/some/repo/manifests/%2e%2e%2ftag",
            "/v2/other/blobs/uploads/1",
            "/upload/session?_state=..",
            "http://a.invalid/v2/some/repo/blobs/uploads/1",
        ] {
            assert!(!prefix.is_left_by(inside), "{inside}");
        }
        for outside in [
            "/v2/some/repository/manifests/t",
            "/v2/some/manifests/t",
            "/v2/some/repo/manifests/../../../x/manifests/t",
            "/v2/some/repo/manifests/%2e%2e%2f%2e%2e%2f%2e%2e%2fx",
            "/v2/some/repo/manifests/%252e%252e/%252e%252e/%252e%252e/x",
            "/v2/some/repo/manifests/..%5c..%5c..%5cx",
            "/v2/some/repo/../../../_admin",
            "http://a.invalid/v2/b/blobs/uploads/1",
        ] {
            assert!(prefix.is_left_by(outside), "{outside}");
        }
    }
}

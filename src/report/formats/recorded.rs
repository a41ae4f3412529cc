//! The requests that a row records, read from its JSON columns.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::exchange::Stage;
use crate::findings::Record;

/// A longer body is left out of a report, in bytes.
const MOST: usize = 1024 * 1024;
/// Headers that can hold credentials. A row holds none, but a file can come from elsewhere.
const SECRET: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-registry-auth"];

/// A request of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RecordedRequest {
    /// The method.
    pub method: String,
    /// The path, with `{repository}` and `{tag}` as in the row.
    pub path: String,
    /// The headers, except those that can hold credentials.
    pub headers: Vec<(String, String)>,
    /// The body; `None` if it is absent or too long.
    pub body: Option<Vec<u8>>,
    /// Whether it is the tested request.
    pub is_tested: bool,
    /// Whether the answer that the row records is the answer to it.
    pub is_answered: bool,
}

/// The requests of a finding, in order.
pub(super) fn requests(record: &Record) -> Vec<RecordedRequest> {
    let value: Value = serde_json::from_str(&record.request).unwrap_or_default();
    let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut all: Vec<RecordedRequest> = list("before").iter().map(|one| request(one, false)).collect();
    let mut tested = request(&value, true);
    if tested.body.is_none() && !record.body_base64.is_empty() {
        tested.body = STANDARD.decode(&record.body_base64).ok();
    }
    all.push(tested);
    all.extend(list("after").iter().map(|one| request(one, false)));
    if let Some(one) = all.iter_mut().rev().find(|one| is_at(one, record.stage)) {
        one.is_answered = true;
    }
    all
}

/// Whether a request is of the kind at which a finding was observed.
fn is_at(request: &RecordedRequest, stage: Stage) -> bool {
    let (method, has) = (&*request.method, |part: &str| request.path.contains(part));
    match stage {
        Stage::ManifestPut => request.is_tested,
        Stage::BlobUpload => !request.is_tested && matches!(method, "POST" | "PUT" | "PATCH"),
        Stage::ManifestHead => method == "HEAD" && has("/manifests/"),
        Stage::ManifestGet => method == "GET" && has("/manifests/"),
        Stage::Referrers => has("/referrers/"),
        Stage::TagList => has("/tags/list"),
        Stage::Delete => method == "DELETE",
        Stage::BlobGet => method == "GET" && has("/blobs/"),
        Stage::Residue => matches!(method, "GET" | "HEAD") && !has("/blobs/"),
    }
}

fn request(value: &Value, is_tested: bool) -> RecordedRequest {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let headers = value["headers"].as_object().into_iter().flatten();
    let headers = headers.filter(|(name, _)| !SECRET.contains(&&*name.to_ascii_lowercase()));
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    RecordedRequest {
        method: text("method"),
        path: text("path"),
        headers: headers.collect(),
        body: body(&value["body"]),
        is_tested,
        is_answered: false,
    }
}

/// A body in parts: `{"base64":…}`, or `{"repeat":…,"times":N}` for one that is repeated.
fn body(parts: &Value) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    for part in parts.as_array()? {
        let (once, times) = match part["repeat"].as_str() {
            Some(repeat) => (repeat, usize::try_from(part["times"].as_u64()?).ok()?),
            None => (part["base64"].as_str()?, 1),
        };
        let once = STANDARD.decode(once).ok()?;
        if once.len().saturating_mul(times).saturating_add(body.len()) > MOST {
            return None;
        }
        body.extend(once.repeat(times));
    }
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bodies_in_parts_are_joined_and_too_long_ones_left_out() {
        let parts =
            |times: u64| json!([{ "base64": "YWI=" }, { "repeat": "IA==", "times": times }, { "base64": "Yw==" }]);
        assert_eq!(body(&parts(3)).as_deref(), Some(&b"ab   c"[..]));
        assert_eq!(body(&parts(u64::MAX)), None);
        assert_eq!(body(&Value::Null), None);
    }

    #[test]
    fn credentials_are_left_out() {
        let value =
            json!({ "method": "GET", "path": "/v2/", "headers": { "Accept": "a", "AUTHORIZATION": "Basic eA==" } });
        assert_eq!(request(&value, false).headers, [("Accept".to_owned(), "a".to_owned())]);
    }
}

//! The requests that a row records, read from its JSON columns.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::error::is_secret_header;
use crate::exchange::Stage;
use crate::findings::Record;

/// A longer body is left out of a report, in bytes.
const MOST: usize = 1024 * 1024;

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

/// The requests of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recorded {
    /// In order.
    pub requests: Vec<RecordedRequest>,
    /// What is not here: requests that lie in files beside the corpus.
    pub elsewhere: Vec<String>,
}

/// The requests of a finding, as far as its row holds them.
pub(super) fn requests(record: &Record) -> Recorded {
    let value: Value = serde_json::from_str(&record.request).unwrap_or_default();
    let mut elsewhere = Vec::new();
    let mut list = |name: &str| -> Vec<RecordedRequest> {
        let requests = value[name].as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(file) = requests.first().and_then(|one| one["file"].as_str()) {
            elsewhere.push(format!("The requests {name} the tested one are in the file {file} beside the corpus."));
            return Vec::new();
        }
        requests.iter().map(|one| request(one, false)).collect()
    };
    let (before, after) = (list("before"), list("after"));
    let mut all: Vec<RecordedRequest> = before.into_iter().chain([tested_of(record, &value)]).chain(after).collect();
    if let Some(one) = all.iter_mut().rev().find(|one| is_at(one, record.stage)) {
        one.is_answered = true;
    }
    Recorded { requests: all, elsewhere }
}

/// The tested request of a finding.
pub(super) fn tested(record: &Record) -> RecordedRequest {
    tested_of(record, &serde_json::from_str(&record.request).unwrap_or_default())
}

fn tested_of(record: &Record, value: &Value) -> RecordedRequest {
    let mut tested = request(value, true);
    // The tested request of an upload need not have the content of the case as its body.
    if tested.body.is_none() && !record.body_base64.is_empty() && value.get("script").is_none() {
        tested.body = STANDARD.decode(&record.body_base64).ok();
    }
    tested
}

/// Whether a request is of the kind at which a finding was observed.
fn is_at(request: &RecordedRequest, stage: Stage) -> bool {
    let (method, has) = (&*request.method, |part: &str| request.path.contains(part));
    match stage {
        Stage::ManifestPut => request.is_tested,
        // The tested request of an upload is one, that of any other case a push.
        Stage::BlobUpload => {
            (!request.is_tested || !has("/manifests/")) && matches!(method, "POST" | "PUT" | "PATCH" | "GET" | "DELETE")
        }
        Stage::ManifestHead => method == "HEAD" && has("/manifests/"),
        Stage::ManifestGet => method == "GET" && has("/manifests/"),
        Stage::Referrers => has("/referrers/"),
        Stage::TagList => has("/tags/list"),
        Stage::Delete => method == "DELETE",
        Stage::BlobGet => method == "GET" && has("/blobs/"),
        Stage::Ping => request.path.ends_with("/v2/"),
        Stage::BlobHead => method == "HEAD" && has("/blobs/"),
        Stage::BlobMount => method == "POST" && has("mount="),
        Stage::BlobDelete => method == "DELETE" && has("/blobs/"),
        Stage::Residue => matches!(method, "GET" | "HEAD") && !has("/blobs/"),
        // What a client program asked is not recorded.
        Stage::Pull | Stage::Copy | Stage::Push | Stage::List => false,
    }
}

fn request(value: &Value, is_tested: bool) -> RecordedRequest {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let headers = value["headers"].as_object().into_iter().flatten();
    // A row holds no credentials, but a file can come from elsewhere.
    let headers = headers.filter(|(name, _)| !is_secret_header(name));
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
    use crate::exchange::case_id;
    use crate::report::lines::record_of;
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
    fn a_list_in_a_file_is_named_and_is_no_request() {
        let request = json!({
            "method": "PUT", "path": "/v2/", "before": [{ "file": "bodies/0a" }], "after": [{ "method": "GET", "path": "/x" }],
        });
        let row = json!({
            "id": case_id("base"), "shape": "base", "class": "server-error", "grade": "warning", "stage": "manifest-put",
            "request": request.to_string(),
        });
        let Recorded { requests, elsewhere } = requests(&record_of(&row).unwrap());
        assert_eq!(requests.iter().map(|one| &*one.method).collect::<Vec<_>>(), ["PUT", "GET"]);
        assert_eq!(elsewhere, ["The requests before the tested one are in the file bodies/0a beside the corpus."]);
    }

    #[test]
    fn credentials_are_left_out() {
        let value =
            json!({ "method": "GET", "path": "/v2/", "headers": { "Accept": "a", "AUTHORIZATION": "Basic eA==" } });
        assert_eq!(request(&value, false).headers, [("Accept".to_owned(), "a".to_owned())]);
    }
}

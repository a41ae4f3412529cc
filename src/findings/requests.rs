//! Every request of a case as JSON: the column `request`.
//!
//! Its members are the method, path and headers of the tested request, its `body` if that is too long for the column `body_base64`,
//! and `before` and `after`, which list requests of the same form with their stages. A request of a script has its index there in
//! `script`, and the answers under which it is sent in `when`. A list that is too long for a row is
//! `[{"file":"bodies/HEX"}]`, and the file holds it.

use serde_json::{Map, Value, json};

use super::request_body::{BODY_IN_ROW, Bodies, body, file};
use crate::exchange::{Exchange, PlannedRequest, Probe, Stage, When, requests_of};

/// Maximum length of the column, in bytes.
const REQUESTS_IN_ROW: usize = 20 * 1024;
/// Maximum length of a body in a list that lies in a file, in bytes of JSON.
const BODY_IN_FILE: usize = 24 * 1024;
/// The space that bodies leave for the rest of their requests, in bytes.
const REST: usize = 6 * 1024;

/// The requests as text, and the files that it names.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    pub text: String,
    pub files: Bodies,
}

/// Whether a finding at this stage that breaks this duty is about a push that was accepted, rather than about what a refused one
/// left behind.
pub fn is_accepted(exchange: &Exchange, stage: Stage, duty: Option<&str>) -> bool {
    match (stage, duty) {
        (Stage::Residue, _) => false,
        // Follow-up requests are for missing content as well.
        (Stage::ManifestHead, Some("missing-content-answers-404-to-head")) => exchange.afterwards.is_some(),
        (Stage::ManifestGet, Some("missing-manifest-answers-404")) => exchange.afterwards.is_some(),
        _ => true,
    }
}

impl Requests {
    /// The requests that a finding at this stage depends on.
    pub fn of(exchange: &Exchange, stage: Stage, duty: Option<&str>) -> Self {
        let planned = requests_of(exchange, stage, is_accepted(exchange, stage, duty));
        let mut files = Bodies::new();
        let mut value = tested(exchange);
        // The tested request of an upload need not have the content of the case as its body.
        let is_upload = exchange.upload.is_some();
        let tested = planned.tested.body.as_ref().filter(|body| !body.is_empty());
        if let Some(bytes) = tested.filter(|bytes| is_upload || bytes.len() > BODY_IN_ROW) {
            value["body"] = body(bytes, REQUESTS_IN_ROW - REST, &mut files);
        }
        let room = REQUESTS_IN_ROW.saturating_sub(value.to_string().len());
        value["after"] = list(&planned.after, room, &mut files);
        let room = REQUESTS_IN_ROW.saturating_sub(value.to_string().len());
        value["before"] = list(&planned.before, room, &mut files);
        Self { text: value.to_string(), files }
    }
}

/// The tested request without its body.
pub(super) fn tested(exchange: &Exchange) -> Value {
    request(&requests_of(exchange, Stage::ManifestPut, true).tested)
}

fn request(planned: &PlannedRequest) -> Value {
    let headers: Map<String, Value> =
        planned.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let mut value = json!({ "method": planned.method.as_str(), "path": planned.path, "headers": headers });
    if let Some(Probe::Scripted { at, .. }) = planned.probe {
        value["script"] = json!(at);
        value["stage"] = json!(planned.stage.as_str());
    }
    if let Some(when) = condition(&planned.when) {
        value["when"] = when;
    }
    value
}

/// Which answers to which requests of the script, by their member `script`, one of them must have; `None` if it is always sent.
fn condition(when: &When) -> Option<Value> {
    let one = |of: usize, statuses: Value| json!({ "script": of, "statuses": statuses });
    Some(match when {
        When::Always => return None,
        When::Accepted(of) => json!([one(*of, json!(["2xx"]))]),
        When::Refused(of) => json!([one(*of, json!(["4xx"]))]),
        When::Answered(of, statuses) => json!([one(*of, json!(statuses))]),
        When::AnyAnswered(each) => each.iter().map(|(of, statuses)| one(*of, json!(statuses))).collect(),
    })
}

fn list(requests: &[PlannedRequest], room: usize, files: &mut Bodies) -> Value {
    let with_bodies = |most: usize, files: &mut Bodies| -> Value {
        let one = |planned: &PlannedRequest| {
            let mut value = request(planned);
            value["stage"] = json!(planned.stage.as_str());
            if let Some(bytes) = planned.body.as_ref().filter(|bytes| !bytes.is_empty()) {
                value["body"] = body(bytes, most, files);
            }
            value
        };
        requests.iter().map(one).collect()
    };
    let mut named = Bodies::new();
    let short = with_bodies(room.saturating_sub(REST) / requests.len().max(1), &mut named);
    if short.to_string().len() <= room {
        files.append(&mut named);
        return short;
    }
    let long = with_bodies(BODY_IN_FILE, files);
    json!([file(long.to_string().as_bytes(), files)])
}

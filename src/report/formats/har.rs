//! `har`: the requests of each finding in HAR 1.2, with the answer as far as the row records it. Contains no credentials.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::document::Document;
use super::recorded::{Recorded, RecordedRequest, requests};
use crate::error::redacted;
use crate::findings::Record;

/// The report as HAR 1.2: a page for each finding, with its requests in order.
pub(super) fn har(document: &Document<'_>) -> String {
    let (mut pages, mut entries) = (Vec::new(), Vec::new());
    for (at, record) in document.run.findings.iter().enumerate() {
        let page = format!("finding_{}", at + 1);
        let day = record.first_seen.map_or_else(|| "1970-01-01".to_owned(), |day| day.to_string());
        let start = format!("{day}T00:00:00.000Z");
        let Recorded { requests, elsewhere } = requests(record);
        let case = format!("{} {}: {}", record.grade, record.class.as_str(), record.shape);
        let comment = [vec![case], elsewhere].concat().join(". ");
        pages.push(json!({
            "id": page,
            "title": format!("{} {}: {}", record.shape.id(), record.target, record.note),
            "startedDateTime": start,
            "pageTimings": {},
            "comment": comment,
        }));
        let is_unmatched = !requests.iter().any(|request| request.is_answered);
        for request in &requests {
            let comment = match () {
                () if request.is_tested && is_unmatched => format!(
                    "The tested request. The finding is about another one, at the stage {}: {}",
                    record.stage,
                    match (record.status, record.ending()) {
                        (_, Some(ending)) => format!("the client program ended with {ending}"),
                        (Some(status), None) => format!("answered {status}"),
                        (None, None) => "no answer".to_owned(),
                    }
                ),
                () if request.is_tested => "The tested request.".to_owned(),
                () => String::new(),
            };
            entries.push(json!({
                "pageref": page,
                "startedDateTime": start,
                "time": 0,
                "request": of_request(request, record),
                "response": of_answer(record, request.is_answered),
                "cache": {},
                "timings": { "send": 0, "wait": 0, "receive": 0 },
                "comment": comment,
            }));
        }
    }
    let log = json!({ "log": {
        "version": "1.2",
        "creator": { "name": "manifuzz", "version": document.run.tool_version },
        "pages": pages,
        "entries": entries,
        "comment": "Rows record days and not times; {repository} and {tag} are written `repository` and `tag`.",
    } });
    format!("{log:#}\n")
}

fn of_request(request: &RecordedRequest, record: &Record) -> Value {
    let named = |(name, value): (&str, &str)| json!({ "name": name, "value": value });
    let query = request.path.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('&').filter(|pair| !pair.is_empty());
    let query: Vec<Value> = query.map(|pair| named(pair.split_once('=').unwrap_or((pair, "")))).collect();
    let mut value = json!({
        "method": request.method,
        "url": url(&record.target, &request.path),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": request.headers.iter().map(|(name, value)| named((name, value))).collect::<Vec<_>>(),
        "queryString": query,
        "headersSize": -1,
        "bodySize": request.body.as_ref().map_or(0, Vec::len),
    });
    if request.is_tested && request.body.is_none() {
        value["bodySize"] = json!(record.body_bytes);
        value["comment"] = json!(format!("The row does not hold the body, {}.", record.body_sha256));
    }
    if let Some(body) = &request.body {
        let content_type = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        value["postData"] = match std::str::from_utf8(body) {
            Ok(text) => json!({ "text": text }),
            // HAR defines no encoding for binary bodies of requests.
            Err(_) => json!({ "text": STANDARD.encode(body), "_encoding": "base64", "comment": "in base64" }),
        };
        value["postData"]["mimeType"] = json!(content_type.map_or("", |(_, value)| value));
    }
    value
}

fn of_answer(record: &Record, is_answered: bool) -> Value {
    let (status, text) = if is_answered { (record.status, &*record.error_message) } else { (None, "") };
    json!({
        "status": status.unwrap_or(0),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": { "size": text.len(), "mimeType": "text/plain", "text": text },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "comment": match status {
            Some(_) => format!("The row records the status, the code `{}` and the message.", record.error_code),
            None if is_answered => "No answer arrived.".to_owned(),
            None => "The row does not record this answer.".to_owned(),
        },
    })
}

/// The address of a request. The name of a target need not be its address.
fn url(target: &str, path: &str) -> String {
    let address = redacted(target);
    let is_address = address.starts_with("http://") || address.starts_with("https://");
    let (host, repository) = match address.split_once("://").filter(|_| is_address) {
        Some((scheme, rest)) => {
            let (host, repository) = rest.split_once('/').unwrap_or((rest, "repository"));
            (format!("{scheme}://{host}"), repository.to_owned())
        }
        None => ("http://registry.invalid".to_owned(), "repository".to_owned()),
    };
    let path = path.replace("{repository}", &repository).replace("{tag}", "tag");
    let mut url = host;
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}#[]".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_uri_whatever_the_target_and_the_path() {
        let path = "/v2/{repository}/manifests/{tag}";
        assert_eq!(url("http://127.0.0.1:5000/some/repo", path), "http://127.0.0.1:5000/v2/some/repo/manifests/tag");
        assert_eq!(url("embedded:clean", path), "http://registry.invalid/v2/repository/manifests/tag");
        assert_eq!(
            url("zot", "/v2/{repository}/manifests/a b|ü"),
            "http://registry.invalid/v2/repository/manifests/a%20b%7C%C3%BC"
        );
    }
}

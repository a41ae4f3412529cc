//! `traffic.har`: the traffic of a case as HTTP Archive 1.2.

use serde_json::{Map, Value, json};

use super::{Parts, Traffic};

const PLANNED: &str = "Nothing was sent: these are the requests of the case, with placeholders, and no answers.";
const RECORDED: &str = "Recorded without secrets. Times were not measured, and long bodies are cut.";

pub(super) fn har(parts: &Parts<'_>, traffic: Traffic<'_>) -> String {
    let day = parts.record.last_seen.map_or_else(|| "1970-01-01".to_owned(), |day| day.to_string());
    let day = format!("{day}T00:00:00Z");
    let (comment, entries): (String, Vec<Value>) = match traffic {
        Traffic::None => (PLANNED.to_owned(), planned(parts, &day)),
        Traffic::Recorded { requests, shown } => {
            let shown = if shown { "They show the finding." } else { "They do not show the finding." };
            (format!("{RECORDED} {shown}"), requests.iter().map(|one| recorded(one, &day)).collect())
        }
    };
    let creator = json!({ "name": "manifuzz", "version": parts.record.tool_version });
    let log = json!({ "version": "1.2", "creator": creator, "comment": comment, "entries": entries });
    format!("{:#}\n", json!({ "log": log }))
}

fn planned(parts: &Parts<'_>, day: &str) -> Vec<Value> {
    let one = |request: &crate::exchange::PlannedRequest| {
        let headers = request.headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let body = request.body.as_ref().map(|body| (String::from_utf8_lossy(body).into_owned(), body.len()));
        let url = if request.path.starts_with('/') {
            format!("http://{{host}}{}", request.path)
        } else {
            request.path.clone()
        };
        entry(day, request_of(request.method.as_str(), &url, headers, body), no_response("not sent"))
    };
    parts.planned.all().map(one).collect()
}

fn recorded(one: &Value, day: &str) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers = |value: &Value| -> Vec<Value> {
        let lines = value.as_array().into_iter().flatten();
        lines.map(|line| json!({ "name": line[0], "value": line[1] })).collect()
    };
    let size = |value: &Value| value.as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    let body = Some((text(&one["body"]), size(&one["body_bytes"]))).filter(|(_, size)| *size > 0);
    let request = request_of(&text(&one["method"]), &text(&one["url"]), headers(&one["headers"]), body);
    let answer = &one["answer"];
    let Some(status) = answer["status"].as_u64() else {
        return entry(day, request, no_response(&answer.to_string()));
    };
    let all = headers(&answer["headers"]);
    let header = |name: &str| {
        let found = all.iter().find(|header| header["name"] == name);
        found.map_or_else(String::new, |header| text(&header["value"]))
    };
    let (size, media_type, redirect) = (size(&answer["body_bytes"]), header("content-type"), header("location"));
    let content = json!({ "size": size, "mimeType": media_type, "text": answer["body"] });
    let response = json!({
        "status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": all,
        "content": content, "redirectURL": redirect, "headersSize": -1, "bodySize": size,
    });
    entry(day, request, response)
}

fn request_of(method: &str, url: &str, headers: Vec<Value>, body: Option<(String, usize)>) -> Value {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let pairs: Vec<Value> = pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let is_type =
        |header: &&Value| header["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("content-type"));
    let media_type = headers.iter().find(is_type).map_or(json!(""), |header| header["value"].clone());
    let mut request: Map<String, Value> = Map::new();
    request.insert("method".to_owned(), json!(method));
    request.insert("url".to_owned(), json!(url));
    request.insert("httpVersion".to_owned(), json!("HTTP/1.1"));
    request.insert("cookies".to_owned(), json!([]));
    request.insert("headers".to_owned(), json!(headers));
    request.insert("queryString".to_owned(), json!(pairs));
    request.insert("headersSize".to_owned(), json!(-1));
    request.insert("bodySize".to_owned(), json!(body.as_ref().map_or(0, |(_, size)| *size)));
    if let Some((text, _)) = body {
        request.insert("postData".to_owned(), json!({ "mimeType": media_type, "text": text }));
    }
    Value::Object(request)
}

fn no_response(comment: &str) -> Value {
    json!({
        "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
        "content": { "size": 0, "mimeType": "" }, "redirectURL": "", "headersSize": -1, "bodySize": -1,
        "comment": comment,
    })
}

fn entry(day: &str, request: Value, response: Value) -> Value {
    json!({
        "startedDateTime": day, "time": 0, "request": request, "response": response, "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
    })
}

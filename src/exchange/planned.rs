//! Every request of a case in order, as data: what rows list, packets run, and transports send.
//!
//! A registry decides some requests by its answers, so a transport may leave out a request (content that it pushed earlier in the
//! run, a deletion that failed) or add one (an upload in chunks, a mount). The list is that of a first push to an empty repository.

use std::collections::HashSet;

use bytes::Bytes;
use http::Method;

use super::accept::{Accept, accept_at};
use super::ask::Ask;
use super::follow_up::{follow_up, pushed};
use super::observation::Probe;
use super::placeholders::{LOCATION, REPOSITORY, TAG};
use super::put::{Put, Reference, Transfer};
use super::questions::{Question, Questions};
use super::script::{Address, ScriptedRequest, Value, When};
use super::stage::{By, Stage};
use super::{Exchange, NeedKind, State, Step};

/// A request of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRequest {
    /// The stage of its answer.
    pub stage: Stage,
    /// Which reply it gives; `None` for one that only prepares.
    pub probe: Option<Probe>,
    /// The method.
    pub method: Method,
    /// The path, with [`REPOSITORY`], [`TAG`] (or `{tag:N}`) and [`LOCATION`]. A query after [`LOCATION`] begins with `?`; it is
    /// appended with `&` if the URL has a query already.
    pub path: String,
    /// The headers but `Host`. One of them gives the length of a body.
    pub headers: Vec<(&'static str, String)>,
    /// The body; `None` if the method has none.
    pub body: Option<Bytes>,
    /// When it is sent, if it belongs to a script; indices are those of the script.
    pub when: When,
    /// The most pages of a list that are requested: the first, and those to which `Link` leads.
    pub pages: usize,
}

/// The requests of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Before the tested request: looking for what must be absent, uploads, earlier pushes.
    pub before: Vec<PlannedRequest>,
    /// The tested request.
    pub tested: PlannedRequest,
    /// After it, as far as the stage depends on them.
    pub after: Vec<PlannedRequest>,
}

impl Planned {
    /// All requests in order.
    pub fn all(&self) -> impl Iterator<Item = &PlannedRequest> {
        self.before.iter().chain([&self.tested]).chain(&self.after)
    }
}

/// The requests that an observation at `stage` depends on. `accepted` says whether the tested request is expected to be accepted:
/// a refused manifest is looked for with HEAD and GET.
pub fn requests_of(exchange: &Exchange, stage: Stage, accepted: bool) -> Planned {
    if let Some(script) = &exchange.upload {
        return of_upload(exchange, script);
    }
    let after = after(exchange, Questions::ALL.about(stage), accepted);
    Planned { before: before(exchange), tested: push(&exchange.tested, Some(Probe::Put)), after }
}

/// The requests of an upload: all of them, since each depends on the answers before.
fn of_upload(exchange: &Exchange, script: &[ScriptedRequest]) -> Planned {
    let mut before = before(exchange);
    let tested = script.iter().position(|request| request.is_tested).unwrap_or(0);
    let mut planned = script.iter().enumerate().map(|(at, request)| of_script(request, at, TAG));
    before.extend(planned.by_ref().take(tested));
    let empty = || push(&exchange.tested, None);
    let tested = planned.next().unwrap_or_else(empty);
    Planned { before, tested, after: planned.collect() }
}

/// A request of a script, with placeholders for what only answers give.
fn of_script(request: &ScriptedRequest, at: usize, tag: &str) -> PlannedRequest {
    let path = match &request.address {
        Address::Path(path) => path.replace(TAG, tag),
        Address::Location { of, query } => {
            let query = if query.is_empty() { String::new() } else { format!("?{query}") };
            if *of + 1 == at { format!("{LOCATION}{query}") } else { format!("{{location:{of}}}{query}") }
        }
    };
    let text = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::Echo { of, header } => format!("{{{header}:{of}}}"),
    };
    let mut headers: Vec<_> = request.headers.iter().map(|(name, value)| (*name, text(value))).collect();
    let has_body = !matches!(request.method, Method::GET | Method::HEAD | Method::DELETE);
    if has_body {
        headers.push(("Content-Length", request.body.len().to_string()));
    }
    PlannedRequest {
        stage: request.role.stage,
        probe: Some(Probe::Scripted { at, role: request.role, page: 0 }),
        method: request.method.clone(),
        path,
        headers,
        body: has_body.then(|| request.body.clone()),
        when: request.when.clone(),
        pages: request.pages,
    }
}

fn before(exchange: &Exchange) -> Vec<PlannedRequest> {
    let mut requests = Vec::new();
    for need in exchange.needs.iter().filter(|need| need.state != State::Present) {
        let path = format!("/v2/{REPOSITORY}/{}/{}", need.kind.endpoint(), need.digest);
        let stage = if need.kind == NeedKind::Blob { Stage::BlobGet } else { Stage::ManifestHead };
        requests.push(read(stage, None, Method::HEAD, path, &Accept::Every));
    }
    let mut stored = HashSet::new();
    let last = exchange.steps.iter().rposition(|step| *step == Step::Tested);
    for (number, step) in exchange.steps.iter().enumerate() {
        match step {
            Step::Need(i) => {
                let need = &exchange.needs[*i];
                let elsewhere = if need.state == State::Elsewhere { "/mf-elsewhere" } else { "" };
                if stored.insert((elsewhere, need.kind.endpoint(), need.digest.as_str())) {
                    upload(&mut requests, exchange, *i, &format!("{REPOSITORY}{elsewhere}"));
                }
            }
            Step::Put(put) => requests.push(push(put, None)),
            Step::Tested if Some(number) != last => requests.push(push(&exchange.tested, None)),
            Step::Tested => {}
        }
    }
    requests
}

fn upload(requests: &mut Vec<PlannedRequest>, exchange: &Exchange, need: usize, repository: &str) {
    let (probe, need) = (Some(Probe::Upload(need)), &exchange.needs[need]);
    let one = |method, path, headers, body: Bytes| PlannedRequest {
        stage: Stage::BlobUpload,
        probe: probe.clone(),
        method,
        path,
        headers: [headers, vec![("Content-Length", body.len().to_string())]].concat(),
        body: Some(body),
        when: When::Always,
        pages: 1,
    };
    match need.kind {
        NeedKind::Blob => {
            let octets = vec![("Content-Type", "application/octet-stream".to_owned())];
            let closing = format!("{LOCATION}?digest={}", need.digest);
            requests.push(one(Method::POST, format!("/v2/{repository}/blobs/uploads/"), Vec::new(), Bytes::new()));
            requests.push(one(Method::PUT, closing, octets, need.bytes.clone()));
        }
        NeedKind::Manifest(media_type) => {
            let path = format!("/v2/{repository}/manifests/{}", need.digest);
            requests.push(one(Method::PUT, path, vec![("Content-Type", media_type.to_owned())], need.bytes.clone()));
        }
    }
}

/// The push of a manifest.
fn push(put: &Put, probe: Option<Probe>) -> PlannedRequest {
    let mut headers = Vec::new();
    headers.extend(put.content_type.as_ref().map(|value| ("Content-Type", value.clone().into_owned())));
    headers.extend(put.content_encoding.map(|value| ("Content-Encoding", value.to_owned())));
    headers.push(match put.transfer {
        Transfer::ContentLength => ("Content-Length", put.body.len().to_string()),
        Transfer::Chunked => ("Transfer-Encoding", "chunked".to_owned()),
    });
    PlannedRequest {
        stage: Stage::ManifestPut,
        probe,
        method: Method::PUT,
        path: format!("/v2/{REPOSITORY}/manifests/{}", put.reference),
        headers,
        body: Some(put.body.bytes().clone()),
        when: When::Always,
        pages: 1,
    }
}

fn read(stage: Stage, probe: Option<Probe>, method: Method, path: String, accept: &Accept) -> PlannedRequest {
    let headers = accept.value().map(|value| ("Accept", value)).into_iter().collect();
    PlannedRequest { stage, probe, method, path, headers, body: None, when: When::Always, pages: 1 }
}

fn list(probe: Probe, path: String) -> PlannedRequest {
    read(probe.stage(), Some(probe.clone()), Method::GET, path, &accept_at(probe.stage()))
}

fn after(exchange: &Exchange, questions: Questions, accepted: bool) -> Vec<PlannedRequest> {
    let mut requests = Vec::new();
    let tested = &exchange.tested;
    let tag = match &tested.reference {
        Reference::Text(_) => TAG.to_owned(),
        tag => tag.to_string(),
    };
    let by_tag = !matches!(tested.reference, Reference::Text(_));
    let manifest = |reference: &str| format!("/v2/{REPOSITORY}/manifests/{reference}");
    let digest = if accepted { tested.name_by_digest() } else { tested.digest() };
    let places = by_tag.then(|| (By::Tag, manifest(&tag))).into_iter().chain([(By::Digest, manifest(digest))]);
    for (by, path) in places {
        if questions.has(Question::Head) {
            let (stage, probe) = (Stage::ManifestHead, Some(Probe::Head(by)));
            requests.push(read(stage, probe, Method::HEAD, path.clone(), &exchange.accept));
        }
        if questions.has(if accepted { Question::Get } else { Question::Head }) {
            requests.push(read(Stage::ManifestGet, Some(Probe::Get(by)), Method::GET, path, &exchange.accept));
        }
    }
    if accepted && questions.has(Question::Location) {
        let probe = Some(Probe::Get(By::Location));
        requests.push(read(Stage::ManifestGet, probe, Method::GET, LOCATION.to_owned(), &exchange.accept));
    }
    if let Some(subject) = exchange.subject.as_ref().filter(|_| questions.has(Question::Referrers)) {
        requests.push(list(Probe::Referrers, format!("/v2/{REPOSITORY}/referrers/{subject}")));
    }
    if accepted && by_tag && questions.has(Question::Tags) {
        requests.push(list(Probe::TagList, format!("/v2/{REPOSITORY}/tags/list")));
    }
    if let Some(ask) = exchange.afterwards.filter(|_| accepted && questions.has(Question::Afterwards)) {
        requests.extend(more_tags(ask, tested, &tag));
        let blob = exchange.needs.iter().find(|need| need.kind == NeedKind::Blob && need.state == State::Present);
        for (method, path, probe) in follow_up(ask, exchange, REPOSITORY, &tag, blob.map(|need| &**need)) {
            let accept = accept_at(probe.stage());
            requests.push(read(probe.stage(), Some(probe), method, path, &accept));
        }
        if let Ask::Script(script) = ask {
            let script = script.requests(&pushed(exchange, blob.map(|need| &**need)));
            requests.extend(script.iter().enumerate().map(|(at, request)| of_script(request, at, &tag)));
        }
    }
    requests
}

/// Pushes of the same document under more tags.
fn more_tags(ask: Ask, tested: &Put, tag: &str) -> Vec<PlannedRequest> {
    let count = match ask {
        Ask::OneTag => 1,
        _ if ask.pushes_tags() => Ask::MORE_TAGS.len(),
        _ => 0,
    };
    let path = |end: &&str| format!("/v2/{REPOSITORY}/manifests/{tag}{end}");
    let one = |end| PlannedRequest { path: path(end), ..push(tested, None) };
    Ask::MORE_TAGS[..count].iter().map(one).collect()
}

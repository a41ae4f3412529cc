//! The list of a case's requests is what a transport sends, and a row holds it.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use manifuzz::compare::{Finding, Grade, Symptom};
use manifuzz::exchange::{By, Depth, Observation, PlannedRequest, Probe, Questions, Stage, When, requests_of};
use manifuzz::findings::{Context, Corpus, Row, Sighting};
use manifuzz::generate::exhaustive;
use manifuzz::model::Class;
use manifuzz::registry::Profile;
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::trace::Trace;
use manifuzz::transport::{Opening, Repository, embedded};
use serde_json::Value;

/// What the embedded registry receives for a case, asked what an observation at this stage depends on.
fn sent(shape: &Shape, stage: Stage) -> (Observation, Vec<Value>) {
    let trace = Arc::new(Trace::in_memory());
    let opening = Opening { nonce: "test".to_owned(), trace: Some(Arc::clone(&trace)), ..Opening::default() };
    let target = embedded(&Profile::clean(), &opening);
    let questions = Questions::from(Depth::Full).about(stage);
    let seen = target.fire(&render(shape), Repository::Fresh, questions).unwrap();
    (seen, trace.take())
}

fn header<'v>(request: &'v Value, name: &str) -> Option<&'v str> {
    let mut headers = request["headers"].as_array().unwrap().iter();
    headers.find(|header| header[0].as_str().unwrap() == name).map(|header| header[1].as_str().unwrap())
}

/// Whether a transport sent what is planned.
fn is_same(planned: &PlannedRequest, sent: &Value, seen: &Observation) -> bool {
    let url = sent["url"].as_str().unwrap().strip_prefix("http://embedded.invalid").unwrap();
    let location = planned.path.strip_prefix("{location").and_then(|rest| rest.split_once('}')).map(|(_, end)| end);
    let path = match location {
        Some("") => url.contains("/manifests/") || url.contains("/blobs/"),
        Some(end) => url.contains("/uploads/") && url.ends_with(end.trim_start_matches('?')),
        None => {
            let path = planned.path.replace("{repository}", &seen.repository);
            // The requests of a script name the tag as a part of theirs.
            let path =
                if let Some(Probe::Scripted { .. }) = planned.probe { path.replace("{tag}", &seen.tag) } else { path };
            // A tag of some form is known as a whole.
            let form = path.find('{').map(|at| at..path.rfind('}').unwrap() + 1);
            let start = |at: usize| path[..at].rfind('/').unwrap() + 1;
            let path = match form {
                Some(form) => format!("{}{}{}", &path[..start(form.start)], seen.tag, &path[form.end..]),
                None => path,
            };
            path == url
        }
    };
    let same = |name: &str| {
        let own = planned.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| &**value);
        own == header(sent, name) || own.is_none() && name == "content-length"
    };
    let body = planned.body.clone().unwrap_or_default();
    let names =
        ["content-range", "range", "content-type", "content-encoding", "accept", "content-length", "transfer-encoding"];
    // A trace shows other bodies escaped and cut.
    let is_plain = body.len() < 4096 && body.iter().all(|byte| (b' '..=b'~').contains(byte));
    path && *planned.method.as_str() == *sent["method"].as_str().unwrap()
        && names.iter().all(|name| same(name))
        && sent["body_bytes"] == body.len()
        && (!is_plain || sent["body"].as_str().unwrap().as_bytes() == body)
}

/// Compares in order; a `Location` that is the digest's address is not requested again.
fn check(shape: &str, stage: Stage) -> usize {
    let shape: Shape = shape.parse().unwrap();
    let (seen, sent) = sent(&shape, stage);
    let planned = requests_of(&render(&shape), stage, seen.accepted());
    let mut sent = sent.iter().peekable();
    let mut count = 0;
    for one in planned.all() {
        let is_optional = one.probe == Some(Probe::Get(By::Location))
            // Only after some answers.
            || one.when != When::Always
            // Only if HEAD says that a refused manifest is there.
            || !seen.accepted() && matches!(one.probe, Some(Probe::Get(_)));
        match sent.peek() {
            Some(next) if is_same(one, next, &seen) => {
                sent.next();
                count += 1;
            }
            next => assert!(is_optional, "{shape} at {stage}: planned {one:#?}, sent {next:#?}"),
        }
    }
    // Only the answers say how many pages a list has.
    let is_page =
        |one: &&Value| one["url"].as_str().is_some_and(|url| url.contains("&last=") || url.contains("?last="));
    while sent.next_if(is_page).is_some() {}
    assert!(sent.peek().is_none(), "{shape} at {stage}: not planned: {:#?}", sent.next());
    count
}

#[test]
fn a_transport_sends_the_listed_requests_in_their_order() {
    let slots =
        ["kind=", "facts.", "repeat=", "afterwards=", "subject=", "reference=", "accept=", "transfer=", "content-"];
    let of_slots = |shape: &Shape| {
        let text = shape.to_string();
        text == "base" || slots.iter().any(|slot| text.split(';').any(|part| part.starts_with(slot)))
    };
    let stages = [
        Stage::ManifestPut,
        Stage::ManifestHead,
        Stage::ManifestGet,
        Stage::Referrers,
        Stage::TagList,
        Stage::Residue,
        Stage::Delete,
        Stage::BlobGet,
    ];
    let mut shapes: Vec<String> = exhaustive(1).filter(of_slots).map(|shape| shape.to_string()).collect();
    // A trace ends after 200 requests.
    shapes.retain(|shape| !shape.contains("count("));
    for more in [
        "facts.config=elsewhere;repeat=over-another",
        "afterwards=referrers-filtered;subject=present",
        "facts.subject=missing;subject=present",
    ] {
        if more.parse::<Shape>().is_ok() {
            shapes.push(more.to_owned());
        }
    }
    let mut count = 0;
    for (number, shape) in shapes.iter().enumerate() {
        // Each shape at two stages, and the follow-up requests at all.
        let all = shape.contains("afterwards") || number < 8;
        let chosen = stages.iter().enumerate().filter(|(i, _)| all || (i + number) % 4 == 0);
        // No residue is looked for after an upload.
        let chosen = chosen.filter(|(_, stage)| **stage != Stage::Residue || !shape.contains("kind=blob"));
        count += chosen.map(|(_, stage)| check(shape, *stage)).sum::<usize>();
    }
    assert!(shapes.len() > 60 && count > 500, "{} shapes, {count} requests", shapes.len());
}

/// The bytes of a body in a row.
fn decoded(body: &Value, folder: &Path) -> Vec<u8> {
    if let Some(file) = body["file"].as_str() {
        return std::fs::read(folder.join(file)).unwrap();
    }
    let text = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
    let part = |part: &Value| match part.get("base64") {
        Some(_) => text(&part["base64"]),
        None => text(&part["repeat"]).repeat(part["times"].as_u64().unwrap() as usize),
    };
    body.as_array().unwrap().iter().flat_map(part).collect()
}

fn listed(list: &Value, folder: &Path) -> Vec<Value> {
    let list = list.as_array().unwrap();
    match list.first().and_then(|first| first["file"].as_str()) {
        Some(file) => serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap(),
        None => list.clone(),
    }
}

#[test]
fn a_row_and_the_files_beside_its_corpus_hold_every_request_with_its_bytes() {
    let finding = Finding {
        symptom: Symptom {
            stage: Stage::TagList,
            class: Class::Inconsistent,
            status: Some(200),
            code: String::new(),
            duty: Some("tag-list-is-in-order"),
        },
        grade: Grade::Violation,
        message: String::new(),
        rules: vec!["tag-list-is-in-order"],
        expect: "should-accept".into(),
        note: "unsorted".into(),
        rules_due: Vec::new(),
        rules_recommending: Vec::new(),
    };
    let mut files = 0;
    for (text, has_files) in [
        ("base", false),
        ("afterwards=tags-in-order", false),
        ("text.padding=inside(4000000)", false),
        ("facts.config=elsewhere", false),
        ("layers=count(2000)", true),
    ] {
        let shape: Shape = text.parse().unwrap();
        let sighting = Sighting {
            target: "t",
            target_version: "",
            spec: "1.1",
            shape: &shape,
            finding: &finding,
            witness: None,
            from: &shape,
            reproduced: 3,
            is_smallest: true,
            probes: 1,
            extent: "",
        };
        let record = sighting.record(&Context { seed: 7, day: "2026-01-02".parse().unwrap(), tool_version: "0.1.0" });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.csv");
        let mut corpus = Corpus::open(&path).unwrap();
        corpus.merge(record);
        corpus.save().unwrap();
        drop(corpus);
        let corpus = Corpus::read_only(&path).unwrap();
        let row = Row::from(corpus.records()[0]);
        let request: Value = serde_json::from_str(&row.request).unwrap();
        let exchange = render(&shape);
        let planned = requests_of(&exchange, Stage::TagList, true);
        let before = listed(&request["before"], folder.path());
        let after = listed(&request["after"], folder.path());
        for (planned, found) in [(&planned.before, &before), (&planned.after, &after)] {
            assert_eq!(planned.len(), found.len(), "{text}");
            for (planned, found) in planned.iter().zip(found) {
                assert_eq!(
                    (planned.method.as_str(), &*planned.path),
                    (found["method"].as_str().unwrap(), found["path"].as_str().unwrap())
                );
                assert_eq!(found["stage"], planned.stage.as_str());
                let body = found.get("body").map(|body| decoded(body, folder.path())).unwrap_or_default();
                assert!(body == planned.body.clone().unwrap_or_default(), "{text}: {found}");
            }
        }
        let body = match request.get("body") {
            Some(body) => decoded(body, folder.path()),
            None => STANDARD.decode(&row.body_base64).unwrap(),
        };
        assert!(body == *exchange.tested.body.bytes(), "{text}");
        assert_eq!(folder.path().join("bodies").exists(), has_files, "{text}: {}", row.request.len());
        files += usize::from(has_files);
    }
    assert_eq!(files, 1);
}

//! Answers of a clean registry, changed one at a time, and what the rules on answers say of them.

use crate::registry::target;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use manifuzz::exchange::{
    Answer, Ask, By, Capabilities, Exchange, NotFollowed, Observation, Probe, Questions, Reply, Role, Unfollowable,
};
use manifuzz::model::{Content, Departure, Party, Versions, judge, obligations};
use manifuzz::registry::Profile;
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::Repository;
use std::io::Write as _;

/// A rule, a shape whose answers it judges, and a change that breaks it.
pub type Row = (&'static str, &'static str, fn(&mut Observation));

/// A shape, and a change of its answers that breaks nothing.
pub type Kept = (&'static str, fn(&mut Observation));

pub const GET: Probe = Probe::Get(By::Digest);
pub const HEAD: Probe = Probe::Head(By::Digest);
pub const WITH_SUBJECT: &str = "annotations=one;artifactType=present;subject=present";

/// The answer to a request, which must have come.
pub fn answer<'o>(seen: &'o mut Observation, probe: &Probe) -> &'o mut Answer {
    let reply = seen.replies.iter_mut().rev().find(|(own, _)| own == probe);
    match reply {
        Some((_, Reply::Answer(answer))) => answer,
        other => panic!("{probe:?}: {other:?}"),
    }
}

/// The last answer to a request with this role, which must have come.
pub fn scripted(seen: &mut Observation, role: Role) -> &mut Answer {
    let probe = seen.replies.iter().rev().find(|(probe, _)| probe.role() == Some(role)).map(|(probe, _)| probe.clone());
    answer(seen, &probe.unwrap_or_else(|| panic!("{role:?} has no answer")))
}

pub fn ask(seen: &mut Observation, ask: Ask) -> &mut Answer {
    answer(seen, &Probe::Ask(ask))
}

/// The answer to the first request of the script with this role, which must have come.
pub fn first_scripted(seen: &mut Observation, role: Role) -> &mut Answer {
    let reply = seen.replies.iter_mut().find(|(own, _)| matches!(own, Probe::Scripted { role: is, .. } if *is == role));
    match reply {
        Some((_, Reply::Answer(answer))) => answer,
        other => panic!("{role:?}: {other:?}"),
    }
}

pub fn set(answer: &mut Answer, name: &'static str, value: &str) {
    answer.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
}

pub fn body(answer: &mut Answer, body: &str) {
    answer.body = Bytes::from(body.to_owned());
}

pub fn replace(answer: &mut Answer, from: &str, to: &str) {
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(text.contains(from), "{text}");
    answer.body = Bytes::from(text.replace(from, to));
}

/// A refusal of the tested request, with this status and body.
pub fn refuse(seen: &mut Observation, status: u16, text: &str) {
    let put = answer(seen, &Probe::Put);
    put.status = status;
    body(put, text);
    seen.replies.retain(|(probe, _)| !matches!(probe, Probe::Get(_) | Probe::TagList | Probe::Ask(_)));
    for (probe, reply) in &mut seen.replies {
        if let (Probe::Head(_), Reply::Answer(answer)) = (probe, reply) {
            answer.status = 404;
        }
    }
}

/// The answer to a GET of what was refused.
pub fn gets(seen: &mut Observation, status: u16, text: &str) {
    let got = Answer { status, body: Bytes::from(text.to_owned()), ..answer(seen, &HEAD).clone() };
    seen.replies.push((GET, Reply::Answer(got)));
}

/// Puts an answer's body under gzip.
pub fn gzip(answer: &mut Answer) {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    coder.write_all(&answer.body).unwrap();
    answer.body = Bytes::from(coder.finish().unwrap());
    set(answer, "content-encoding", "gzip");
    set(answer, "content-length", &answer.body.len().to_string());
}

/// What an answer points at is no URL.
pub fn malformed(of: &Answer) -> Reply {
    let (answer, why) = (of.clone(), Unfollowable::Malformed("the scheme is `ftp`".to_owned()));
    Reply::NotFollowed(Box::new(NotFollowed { answer, to: "ftp://a/b".to_owned(), why }))
}

pub const INVALID: &str = r#"{"errors":[{"code":"MANIFEST_INVALID","message":"no"}]}"#;

pub fn departures(exchange: &Exchange, seen: &Observation, capabilities: &Capabilities) -> Vec<Departure> {
    departures_in(Versions::V1_1, exchange, seen, capabilities)
}

pub fn departures_in(
    versions: Versions,
    exchange: &Exchange,
    seen: &Observation,
    capabilities: &Capabilities,
) -> Vec<Departure> {
    let judgement = judge(exchange, &seen.facts, Party::Registry, versions);
    obligations(&Content::new(exchange, &seen.facts, versions), &judgement, seen, capabilities)
}

pub fn fired(shape: &str) -> (Exchange, Observation) {
    let clean = target(&Profile::clean());
    let exchange = render(&shape.parse::<Shape>().unwrap());
    let seen = clean.fire(&exchange, Repository::Fresh, Questions::ALL).unwrap();
    (exchange, seen)
}

pub const FILTERED: &str = "afterwards=referrers-filtered;annotations=one;artifactType=present;subject=present";

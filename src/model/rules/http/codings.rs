//! Answers with a `Content-Encoding`: decoded before they are compared, and reported as a note if the request had no
//! `Accept-Encoding`; `negotiation` has the rules on those that had.

use std::borrow::Cow;
use std::io::Read;

use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::exchange::{Answer, Exchange, Observation, Probe, Reply};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::ALWAYS;

/// The limit on a decoded body, in bytes, in addition to the length of the pushed content.
const LIMIT: usize = 4 << 20;

const PAGE: Clause = Clause::of(Source::Http, "RFC 9110");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Http);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[AnswerRule {
    info: RuleInfo {
        id: "http-coding-without-being-asked",
        clause: Clause {
            section: "section-12.5.3",
            summary: "without Accept-Encoding, a server may use any content coding",
            ..PAGE
        },
        // RFC 9110 allows it, so a note is enough.
        level: Level::May,
        versions: ALWAYS,
        why: "Clients that do not decode answers compare compressed bytes with the digest, and reject correct content.",
        fix: "Compress answers only for requests whose Accept-Encoding allows it.",
        ..REGISTRY
    },
    class: Class::Inconsistent,
    check: unrequested_coding,
}];

/// The content codings of an answer in lower case, separated by commas. `None` if the header is absent or `identity`.
pub(in crate::model) fn coding(answer: &Answer) -> Option<String> {
    let values = answer.headers.get_all(http::header::CONTENT_ENCODING).iter();
    let codings: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase()).collect();
    let coding = codings.join(", ").trim().to_owned();
    Some(coding).filter(|coding| !coding.is_empty() && coding != "identity")
}

/// The observation with decoded bodies and unchanged headers. A body is marked as cut, and therefore not compared, if
/// its coding is unknown or its content is too long.
pub fn decoded<'o>(exchange: &Exchange, observation: &'o Observation) -> Cow<'o, Observation> {
    if !observation.answers().any(|(_, answer)| coding(answer).is_some()) {
        return Cow::Borrowed(observation);
    }
    let needs = exchange.needs.iter().map(|need| need.length).max().unwrap_or(0);
    let limit = LIMIT + exchange.tested.body.len().max(needs);
    let mut decoded = observation.clone();
    for (_, reply) in &mut decoded.replies {
        if let Reply::Answer(answer) = reply {
            decode(answer, limit);
        }
    }
    Cow::Owned(decoded)
}

/// The answer with a decoded body; see [`decoded`].
pub fn decoded_answer(answer: &Answer) -> Cow<'_, Answer> {
    if coding(answer).is_none() {
        return Cow::Borrowed(answer);
    }
    let mut decoded = answer.clone();
    decode(&mut decoded, LIMIT);
    Cow::Owned(decoded)
}

fn decode(answer: &mut Answer, limit: usize) {
    let Some(coding) = coding(answer).filter(|_| !answer.body.is_empty() && !answer.cut) else { return };
    let content = match &*coding {
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(&*answer.body), limit),
        "deflate" => read(ZlibDecoder::new(&*answer.body), limit),
        _ => {
            answer.cut = true;
            return;
        }
    };
    match content {
        Some(content) if content.len() <= limit => answer.body = content,
        Some(_) => answer.cut = true,
        // The header is wrong: compare the bytes undecoded.
        None => {}
    }
}

/// The decoded content, up to one byte beyond `limit`; `None` if it cannot be decoded.
fn read(coded: impl Read, limit: usize) -> Option<Bytes> {
    let mut content = Vec::new();
    coded.take(limit as u64 + 1).read_to_end(&mut content).ok().map(|_| Bytes::from(content))
}

fn unrequested_coding(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let script = &answered.observation.script;
    let asks = |probe: &Probe| match probe {
        Probe::Scripted { at, .. } => script.get(*at).is_some_and(|one| one.header("accept-encoding").is_some()),
        _ => false,
    };
    for (probe, answer) in answered.observation.answers().filter(|(probe, _)| !asks(probe)) {
        if let Some(coding) = coding(answer) {
            let shown: String = coding.chars().take(40).collect();
            let message = format!("the answer has Content-Encoding {shown}, but the request had no Accept-Encoding");
            flaws.push(Flaw::of(probe, answer, message));
        }
    }
}

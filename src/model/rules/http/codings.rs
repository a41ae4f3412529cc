//! Answers with a `Content-Encoding`: decoded before anything is compared, and noted, because no request of ours has an
//! `Accept-Encoding`.

use std::borrow::Cow;
use std::io::Read;

use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::exchange::{Answer, Exchange, Observation, Reply};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::ALWAYS;

/// The longest decoded body, in bytes, in addition to the length of what was pushed.
const BOUND: usize = 4 << 20;

const PAGE: Clause = Clause::of(Source::Http, "RFC 9110");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Http);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[AnswerRule {
    info: RuleInfo {
        id: "http-coding-without-being-asked",
        clause: Clause {
            section: "section-12.5.3",
            summary: "without Accept-Encoding, the answer may use any content coding",
            ..PAGE
        },
        // RFC 9110 allows it, so it is worth a note and no more.
        level: Level::May,
        versions: ALWAYS,
        ..REGISTRY
    },
    class: Class::Inconsistent,
    check: are_noted,
}];

/// The content coding of an answer, in lower case; several are joined by commas. `None` for `identity` and where there is
/// no such header.
pub(in crate::model) fn coding(answer: &Answer) -> Option<String> {
    let values = answer.headers.get_all(http::header::CONTENT_ENCODING).iter();
    let codings: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase()).collect();
    let coding = codings.join(", ").trim().to_owned();
    Some(coding).filter(|coding| !coding.is_empty() && coding != "identity")
}

/// The observation with decoded bodies; headers stay as they came. A body that cannot be decoded because its coding is
/// unknown or its content too long is marked as cut, so that it is not compared.
pub fn decoded<'o>(exchange: &Exchange, observation: &'o Observation) -> Cow<'o, Observation> {
    if !observation.answers().any(|(_, answer)| coding(answer).is_some()) {
        return Cow::Borrowed(observation);
    }
    let needs = exchange.needs.iter().map(|need| need.length).max().unwrap_or(0);
    let bound = BOUND + exchange.tested.body.len().max(needs);
    let mut decoded = observation.clone();
    for (_, reply) in &mut decoded.replies {
        if let Reply::Answer(answer) = reply {
            undo(answer, bound);
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
    undo(&mut decoded, BOUND);
    Cow::Owned(decoded)
}

fn undo(answer: &mut Answer, bound: usize) {
    let Some(coding) = coding(answer).filter(|_| !answer.body.is_empty() && !answer.cut) else { return };
    let content = match &*coding {
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(&*answer.body), bound),
        "deflate" => read(ZlibDecoder::new(&*answer.body), bound),
        _ => {
            answer.cut = true;
            return;
        }
    };
    match content {
        Some(content) if content.len() <= bound => answer.body = content,
        Some(_) => answer.cut = true,
        // Not gzip or deflate, whatever the header says: compare the bytes as they are.
        None => {}
    }
}

/// The decoded content, up to one byte more than the bound; `None` if it is not in this coding.
fn read(coded: impl Read, bound: usize) -> Option<Bytes> {
    let mut content = Vec::new();
    coded.take(bound as u64 + 1).read_to_end(&mut content).ok().map(|_| Bytes::from(content))
}

fn are_noted(answered: &Answered<'_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in answered.observation.answers() {
        if let Some(coding) = coding(answer) {
            let shown: String = coding.chars().take(40).collect();
            let message =
                format!("the answer has Content-Encoding {shown}, although the request had no Accept-Encoding");
            flaws.push(Flaw::of(probe, answer, message));
        }
    }
}

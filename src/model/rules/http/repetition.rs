//! Rules from HTTP on two requests that should get the same answer: HEAD and GET, and one question asked twice.

use http::Method;

use crate::exchange::roles::reading as roles;
use crate::exchange::{Answer, By, Probe, essence};
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::http::codings::coding;
use crate::model::versions::ALWAYS;

const PAGE: Clause = Clause::of(Source::Http, "RFC 9110");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Http);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "http-head-has-the-headers-of-get",
            clause: Clause {
                section: "section-9.3.2",
                summary: "the answer to HEAD has the headers of the answer to GET",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients that resolve a tag with HEAD do not learn the manifest's type, or keep a wrong ETag.",
            fix: "Answer HEAD by the code that answers GET, without the content.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: same_headers,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-head-has-the-status-of-get",
            clause: Clause {
                section: "section-9.3.2",
                summary: "HEAD succeeds if GET with the same headers does",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients that ask with HEAD first find content that they cannot pull, or miss content that they could.",
            fix: "Negotiate the type of HEAD and GET in the same way.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: same_status,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-second-answer-keeps-the-headers",
            clause: Clause {
                document: Source::Http,
                page: "RFC 9111",
                section: "section-3.1",
                summary: "a stored answer is returned with all of its headers",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "What a client can do depends on whether somebody else asked before.",
            fix: "Store the headers of an answer with its content in caches.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: second_keeps,
    },
];

/// A header that both answers have, with different values.
fn differs(name: &str, first: &Answer, second: &Answer, normal: impl Fn(&str) -> String) -> Option<(String, String)> {
    let value = |answer: &Answer| answer.header(name).map(&normal);
    value(first).zip(value(second)).filter(|(first, second)| first != second)
}

/// The name of the tag itself, which weak comparison uses.
fn opaque(etag: &str) -> String {
    etag.strip_prefix("W/").unwrap_or(etag).to_owned()
}

fn same_headers(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let observation = answered.observation;
    for by in [By::Tag, By::Digest].into_iter().filter(|_| observation.accepted()) {
        let answer =
            |probe| observation.answer(&probe).filter(|answer| answer.status == 200 && coding(answer).is_none());
        let (Some(head), Some(get)) = (answer(Probe::Head(by)), answer(Probe::Get(by))) else { continue };
        let flaw = |message| Flaw::of(&Probe::Head(by), head, message);
        if head.header("content-type").is_none() && get.header("content-type").is_some() {
            flaws.push(flaw("no Content-Type in the answer to HEAD, but in that to GET".to_owned()));
        }
        let types = differs("content-type", head, get, essence).map(|pair| ("Content-Type", pair));
        let etags = differs("etag", head, get, opaque).map(|pair| ("ETag", pair));
        for (name, (of_head, of_get)) in types.into_iter().chain(etags) {
            let message = format!("{name} is {of_head} in the answer to HEAD, but {of_get} in that to GET");
            flaws.push(flaw(message).classed(Class::Inconsistent));
        }
    }
}

fn same_status(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let head = answered.scripted(roles::HEAD_OTHER_TYPE).next();
    let get = answered.scripted(roles::GET_OTHER_TYPE).next();
    let pair = head.zip(get).filter(|(head, get)| head.answer.is_success() != get.answer.is_success());
    if let Some((head, get)) = pair {
        let (of_head, of_get) = (head.answer.status, get.answer.status);
        flaws.push(head.flaw(format!("HEAD returned {of_head}, but GET with the same Accept returned {of_get}")));
    }
}

/// Headers that rules on single answers do not ask for. The digest has such a rule.
const KEPT: [&str; 2] = ["content-type", "etag"];

fn second_keeps(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let read: Vec<ScriptedAnswer<'_>> = answered.all_scripted().filter(|one| one.answer.status == 200).collect();
    for pair in read.windows(2) {
        let [first, second] = pair else { continue };
        if first.request != second.request || !matches!(first.request.method, Method::GET | Method::HEAD) {
            continue;
        }
        let has = |one: &ScriptedAnswer<'_>, name| one.answer.headers.contains_key(name);
        for name in KEPT.into_iter().filter(|name| has(first, *name) && !has(second, *name)) {
            let method = &first.request.method;
            flaws.push(second.flaw(format!("the first answer to {method} has {name}, the second one has not")));
        }
    }
}

//! Rules from HTTP on conditional requests: entity tags, 304 and 412.

use crate::exchange::roles::reading as roles;
use crate::exchange::{By, Probe};
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::ALWAYS;

const PAGE: Clause = Clause::of(Source::Http, "RFC 9110");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Http);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "http-etag-has-the-form",
            clause: Clause { section: "section-8.8.3", summary: "an ETag is a text in double quotes", ..PAGE },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients and caches that parse the ETag ignore it, and fetch again what they have.",
            fix: "Put the ETag in double quotes, after W/ if it is weak.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: has_form,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-unchanged-answers-304",
            clause: Clause {
                section: "section-13.1.2",
                summary: "GET and HEAD with If-None-Match and the current ETag are answered with 304, or with 200 if ignored",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients that ask whether their copy is current take the content for missing, or the request for wrong.",
            fix: "Answer 304 if If-None-Match has the current ETag, or ignore the header.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: unchanged,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-304-means-the-same-etag",
            clause: Clause {
                section: "section-13.1.2",
                summary: "a request whose If-None-Match has another ETag is answered as if it had no condition",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients keep a copy that is not what the registry holds.",
            fix: "Compare If-None-Match with the ETag of the content before answering 304, and keep 412 for other methods.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: not_strange,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-304-has-no-content",
            clause: Clause { section: "section-15.4.5", summary: "an answer with 304 ends with its header", ..PAGE },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients take the content for the beginning of the next answer on the connection.",
            fix: "Send no content with 304.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: without_content,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-304-has-the-etag",
            clause: Clause {
                section: "section-15.4.5",
                summary: "an answer with 304 has the ETag that 200 would have",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Caches cannot tell which of the copies they hold is current.",
            fix: "Set ETag before the condition is evaluated, so that 304 has it, too.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: with_etag,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-failed-condition-changes-nothing",
            clause: Clause {
                section: "section-13.1.1",
                summary: "a push whose If-Match does not hold has no effect",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "A client that was told that somebody else moved the tag has moved it nevertheless.",
            fix: "Evaluate If-Match before anything is stored.",
            ..REGISTRY
        },
        class: Class::Residue,
        check: nothing_changed,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-if-match-may-be-ignored",
            clause: Clause {
                section: "section-13.1.1",
                summary: "whether a registry evaluates If-Match on a push is open: distribution-spec has no entity tags",
                ..PAGE
            },
            level: Level::May,
            versions: ALWAYS,
            why: "Clients that move a tag unless somebody else has moved it must know whether the registry helps them.",
            fix: "Answer 412 if If-Match does not have the current ETag, so that pushes cannot overwrite each other.",
            ..REGISTRY
        },
        class: Class::Ambiguous,
        check: if_match,
    },
];

/// Requests with the ETag that was given.
const IF_CHANGED: [crate::exchange::Role; 3] =
    [roles::GET_IF_CHANGED, roles::HEAD_IF_CHANGED, roles::GET_BLOB_IF_CHANGED];

fn if_changed<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = ScriptedAnswer<'a>> {
    IF_CHANGED.into_iter().flat_map(|role| answered.scripted(role))
}

/// Whether a text is an entity tag.
fn is_entity_tag(text: &[u8]) -> bool {
    let quoted = text.strip_prefix(b"W/").unwrap_or(text);
    let inside = quoted.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    inside.is_some_and(|inside| inside.iter().all(|byte| matches!(byte, b'!' | b'#'..=b'~' | 0x80..)))
}

/// Of blobs, one answer is enough: what another host serves has the entity tags of that host.
fn has_form(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let reads = |probe: &Probe| match probe {
        Probe::Scripted { role, .. } => *role == roles::GET_HELD_BLOB,
        _ => matches!(probe, Probe::Head(_) | Probe::Get(By::Tag | By::Digest)),
    };
    for (probe, answer) in answered.observation.answers().filter(|(probe, _)| reads(probe)) {
        let etag = answer.headers.get(http::header::ETAG).filter(|_| answer.status == 200 && !answer.redirected);
        if let Some(etag) = etag.filter(|etag| !is_entity_tag(etag.as_bytes())) {
            let shown: String = String::from_utf8_lossy(etag.as_bytes()).chars().take(100).collect();
            flaws.push(Flaw::of(probe, answer, format!("ETag is {shown}, which is not in double quotes")));
        }
    }
}

fn unchanged(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in if_changed(answered).filter(|one| !matches!(one.answer.status, 200 | 304)) {
        let (method, status) = (&one.request.method, one.answer.status);
        flaws.push(one.flaw(format!("{method} with the ETag that was given in If-None-Match returned {status}")));
    }
}

fn not_strange(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let strange = [roles::GET_IF_NOT_STRANGE, roles::GET_BLOB_IF_NOT_STRANGE];
    let answers = strange.into_iter().flat_map(|role| answered.scripted(role));
    for one in answers.filter(|one| matches!(one.answer.status, 304 | 412)) {
        let (method, status) = (&one.request.method, one.answer.status);
        flaws.push(one.flaw(format!("{method} with an ETag in If-None-Match that was never given returned {status}")));
    }
}

fn without_content(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.all_scripted().filter(|one| one.answer.status == 304 && !one.answer.body.is_empty()) {
        flaws.push(one.flaw(format!("304 came with {} bytes of content", one.answer.body.len())));
    }
}

fn with_etag(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in if_changed(answered).filter(|one| one.answer.status == 304) {
        if one.answer.headers.get(http::header::ETAG).is_none() {
            flaws.push(one.flaw(format!("304 to {} has no ETag, but 200 had one", one.request.method)));
        }
    }
}

/// The answer to the push whose condition does not hold.
fn conditional_push<'a>(answered: &'a Answered<'_, '_>) -> Option<ScriptedAnswer<'a>> {
    answered.scripted(roles::MOVE_TAG_IF_STRANGE).next()
}

fn nothing_changed(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let Some(push) = conditional_push(answered).filter(|push| push.answer.status == 412) else { return };
    let pulled = answered.scripted(roles::GET_IF_MOVED).find(|one| one.answer.status == 200 && !one.answer.cut);
    if pulled.is_some_and(|one| one.answer.body == push.request.body) {
        flaws.push(push.flaw("push refused with 412, but GET by tag returns the manifest".to_owned()));
    }
}

fn if_match(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let Some(push) = conditional_push(answered) else { return };
    let side = match push.answer.status {
        200..300 => "accepted: the header is ignored".to_owned(),
        412 => "refused with 412: the header is evaluated".to_owned(),
        status => format!("refused with {status}"),
    };
    flaws.push(push.flaw(format!("a push with an If-Match that does not hold was {side}")));
}

#[cfg(test)]
mod tests {
    use super::is_entity_tag;

    #[test]
    fn an_entity_tag_is_quoted_and_may_be_weak() {
        for right in ["\"\"", "\"a\"", "W/\"sha256:0\"", "\"\u{e4}\""] {
            assert!(is_entity_tag(right.as_bytes()), "{right}");
        }
        for wrong in ["", "a", "\"", "\"a", "w/\"a\"", "\"a b\"", "\"a\"b\"", "sha256:0"] {
            assert!(!is_entity_tag(wrong.as_bytes()), "{wrong}");
        }
    }
}

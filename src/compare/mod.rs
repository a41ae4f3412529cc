//! Compares an observation with the model's judgement and returns findings.
//!
//! Decides the class and grade of a departure; what counts as one is the model's decision.

mod client;
mod finding;
mod grade;

pub use client::compare_runs;
pub use finding::{Finding, Symptom, everywhere};
pub use grade::{Grade, grade};

use crate::error::redacted;
use crate::exchange::{
    ARTIFACT_MANIFEST, Answer, Capabilities, DOCKER_LIST, DOCKER_MANIFEST, Exchange, NeedKind, Observation, Probe,
    REPOSITORY, Reply, Stage, TAG, Unfollowable,
};
use crate::foreign::bounded;
use crate::json;
pub use crate::model::Class;
use crate::model::{
    Content, Expect, Judgement, Level, RuleInfo, Versions, code_of, decoded, decoded_answer, obligations, unanswered,
    without_redirects,
};

/// Maximum length of a finding's code, message and note, in characters.
const CODE: usize = 128;
const MESSAGE: usize = 500;
const NOTE: usize = 500;

/// Every departure of the observation from the judgement, one finding per symptom. Duties that need a capability the target lacks
/// are not checked.
///
/// # Examples
///
/// ```
/// use manifuzz::compare::compare;
/// use manifuzz::exchange::{Capabilities, Questions};
/// use manifuzz::model::{Party, Versions, judge};
/// use manifuzz::render::render;
/// use manifuzz::transport::{Opening, Repository, open};
///
/// let target = open("embedded:clean", &Opening { nonce: "run1".to_owned(), ..Opening::default() })?;
/// let exchange = render(&"annotations=one".parse()?);
/// let observation = target.fire(&exchange, Repository::Main, Questions::ALL)?;
/// let judgement = judge(&exchange, &observation.facts, Party::Registry, Versions::V1_1);
/// let findings = compare(&exchange, &judgement, &observation, &Capabilities::ALL, Versions::V1_1);
/// assert!(findings.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compare(
    exchange: &Exchange,
    judgement: &Judgement,
    observation: &Observation,
    capabilities: &Capabilities,
    versions: Versions,
) -> Vec<Finding> {
    compare_content(&Content::new(exchange, &observation.facts, versions), judgement, observation, capabilities)
}

/// [`compare`] with a document that is parsed already, with the facts of `observation`.
pub fn compare_content(
    content: &Content<'_>,
    judgement: &Judgement,
    observation: &Observation,
    capabilities: &Capabilities,
) -> Vec<Finding> {
    if !observation.runs.is_empty() {
        return compare_runs(content, judgement, &observation.runs);
    }
    let exchange = content.exchange;
    let mut findings = Vec::new();
    let observation = &*without_redirects(observation, content.versions);
    let plain = decoded(exchange, observation);
    for (probe, reply) in &plain.replies {
        let due = || unanswered(content, judgement, observation, capabilities, probe);
        findings.extend(of_reply(exchange, judgement, probe, reply, due));
    }
    if let Some((probe, answer)) = plain.tested().filter(|_| plain.is_decided()) {
        findings.extend(of_tested(judgement, probe.stage(), answer));
    }
    for departure in obligations(content, judgement, observation, capabilities) {
        let flaw = departure.flaw;
        findings.push(
            Seen {
                stage: flaw.stage,
                class: departure.class,
                duty: Some(departure.rule.id),
                grade: grade(departure.class, expect_at(flaw.stage, judgement), Some(departure.rule)),
                answer: Some(&flaw.answer),
                rules: failing(departure.class, flaw.stage, judgement).into_iter().chain([departure.rule.id]).collect(),
                note: &nameless(&flaw.message, observation),
            }
            .finding(judgement),
        );
    }
    // One finding per symptom.
    let mut seen = std::collections::HashSet::new();
    findings.retain(|finding| seen.insert(finding.symptom.clone()));
    findings
}

/// A message without the fresh names of the case, so that it is the same in every run.
fn nameless(message: &str, observation: &Observation) -> String {
    let named = [(&observation.tag, TAG), (&observation.repository, REPOSITORY)];
    let named = named.into_iter().filter(|(name, _)| !name.is_empty());
    named.fold(message.to_owned(), |message, (name, placeholder)| message.replace(&**name, placeholder))
}

/// The expectation that applies at a stage: that a push must be accepted does not cover the requests after it.
fn expect_at(stage: Stage, judgement: &Judgement) -> Expect {
    match judgement.expect {
        Expect::MustAccept if stage != Stage::ManifestPut => Expect::ShouldAccept,
        expect => expect,
    }
}

/// The rules that require accepting the content, if the server failed on the push, which counts as a refusal.
fn failing(class: Class, stage: Stage, judgement: &Judgement) -> Vec<&'static str> {
    let fails = matches!(class, Class::ServerError | Class::Dropped | Class::Hang) && stage == Stage::ManifestPut;
    if fails { due(judgement) } else { Vec::new() }
}

/// The rules that require accepting the content, if it must be accepted.
fn due(judgement: &Judgement) -> Vec<&'static str> {
    match judgement.expect {
        Expect::MustAccept => judgement.rules.iter().map(|rule| rule.id).collect(),
        _ => Vec::new(),
    }
}

/// Ids of the rules that require or recommend accepting the content.
pub fn applicable(judgement: &Judgement) -> Vec<&'static str> {
    match judgement.expect {
        Expect::MustAccept | Expect::ShouldAccept => {
            judgement.rules.iter().chain(&judgement.recommends).map(|rule| rule.id).collect()
        }
        _ => Vec::new(),
    }
}

/// Ids of the rules that require or recommend refusing the content.
pub fn refusable(judgement: &Judgement) -> Vec<&'static str> {
    match judgement.expect {
        Expect::MustReject | Expect::ShouldReject => judgement.rules.iter().map(|rule| rule.id).collect(),
        _ => Vec::new(),
    }
}

/// A finding about a reply to any request: no answer, a reference that was not followed, or a refused upload. `must` returns the
/// MUST that requires an answer to the request.
fn of_reply(
    exchange: &Exchange,
    judgement: &Judgement,
    probe: &Probe,
    reply: &Reply,
    must: impl FnOnce() -> Option<&'static RuleInfo>,
) -> Option<Finding> {
    let stage = probe.stage();
    let (class, answer, note) = match reply {
        Reply::NotFollowed(not) if not.is_redirect() || matches!(not.why, Unfollowable::Elsewhere(_)) => {
            (Class::Inconsistent, Some(&not.answer), not.to_string())
        }
        // A malformed reference breaks a rule, which reports it.
        Reply::NotFollowed(_) => return None,
        Reply::Dropped(why) => (Class::Dropped, None, format!("{stage}: no answer: {why}")),
        Reply::Hang => (Class::Hang, None, format!("{stage}: no answer within the deadline")),
        Reply::Answer(answer) if matches!(probe, Probe::Upload(_)) && answer.status < 500 => {
            let is_optional = matches!(probe, Probe::Upload(need) if has_optional_algorithm(exchange, *need));
            let why = if is_optional { "; support for SHA-512 is optional" } else { "" };
            (Class::RejectsValid, Some(answer), format!("blob upload refused with {}{why}", answer.status))
        }
        Reply::Answer(_) => return None,
    };
    // The judgement on the manifest does not apply to uploads of its content.
    let expect = match probe {
        Probe::Upload(need) if is_foreign(exchange, *need) || has_optional_algorithm(exchange, *need) => {
            Expect::Unspecified
        }
        Probe::Upload(_) => Expect::ShouldAccept,
        _ => expect_at(stage, judgement),
    };
    let must = if answer.is_none() { must() } else { None };
    let note = must.map_or_else(|| note.clone(), |rule| format!("{note}; required: {}", rule.clause.summary));
    let seen = Seen {
        stage,
        class,
        duty: must.map(|rule| rule.id),
        grade: grade(class, expect, must),
        answer,
        rules: failing(class, stage, judgement).into_iter().chain(must.map(|rule| rule.id)).collect(),
        note: &note,
    };
    Some(seen.finding(judgement))
}

/// Whether a need is a manifest of a kind outside the specifications, which no registry must accept.
fn is_foreign(exchange: &Exchange, need: usize) -> bool {
    let kind = exchange.needs.get(need).map(|need| &need.kind);
    matches!(kind, Some(NeedKind::Manifest(DOCKER_MANIFEST | DOCKER_LIST | ARTIFACT_MANIFEST)))
}

/// Whether a need is pushed under another algorithm than SHA-256: image-spec says that implementations MAY support SHA-512.
fn has_optional_algorithm(exchange: &Exchange, need: usize) -> bool {
    exchange.needs.get(need).is_some_and(|need| !need.digest.starts_with("sha256:"))
}

/// The finding about the verdict on the tested request: accepted or refused against the expectation.
fn of_tested(judgement: &Judgement, stage: Stage, answer: &Answer) -> Option<Finding> {
    let accepted = answer.is_success();
    let class = match judgement.expect {
        // A 5xx is reported by its own rule.
        _ if answer.status >= 500 => return None,
        Expect::MustAccept | Expect::ShouldAccept if !accepted => Class::RejectsValid,
        Expect::MustReject | Expect::ShouldReject if accepted => Class::AcceptsForbidden,
        Expect::Unspecified if accepted && !judgement.rules.is_empty() => Class::Lenient,
        Expect::Ambiguous => Class::Ambiguous,
        _ => return None,
    };
    let verb = if accepted { "accepted" } else { "refused" };
    let why = match class {
        Class::Lenient => {
            // The advice after the semicolon is for the author.
            let message = judgement.breaches.iter().find(|breach| breach.rule.level == Level::Must);
            let message = message.map_or("", |breach| &*breach.message);
            format!("{verb}, although {}", message.split_once("; ").map_or(message, |(wrong, _)| wrong))
        }
        Class::Ambiguous => format!("{verb}; {}", judgement.why.unwrap_or("the documents contradict each other")),
        Class::RejectsValid if judgement.rules.is_empty() => {
            let status = answer.status;
            format!("valid content refused with {status} (no normative text requires acceptance)")
        }
        _ => {
            let required = judgement.rules.first().map(|rule| match rule.level {
                Level::Must => format!("; required: {}", rule.clause.summary),
                Level::Should | Level::May => format!("; recommended: {}", rule.clause.summary),
            });
            let what = if class == Class::RejectsValid { "valid content " } else { "" };
            format!("{what}{verb} with {}{}", answer.status, required.unwrap_or_default())
        }
    };
    let seen = Seen {
        stage,
        class,
        duty: None,
        grade: grade(class, judgement.expect, None),
        answer: Some(answer),
        rules: judgement.rules.iter().map(|rule| rule.id).collect(),
        note: &why,
    };
    Some(seen.finding(judgement))
}

/// The parts of a finding. The only place where a server's text enters a finding, escaped and bounded.
struct Seen<'s> {
    stage: Stage,
    class: Class,
    duty: Option<&'static str>,
    grade: Grade,
    /// The answer that shows it, if one arrived.
    answer: Option<&'s Answer>,
    rules: Vec<&'static str>,
    /// May quote the answer.
    note: &'s str,
}

impl Seen<'_> {
    fn finding(self, judgement: &Judgement) -> Finding {
        let (code, message) = self.answer.map(words_of).unwrap_or_default();
        let status = self.answer.map(|answer| answer.status);
        Finding {
            symptom: Symptom { stage: self.stage, class: self.class, status, code, duty: self.duty },
            grade: self.grade,
            message,
            rules: self.rules,
            expect: judgement.to_string(),
            // The note may quote a header of the answer.
            note: bounded(&redacted(self.note), NOTE),
            rules_due: due(judgement),
            rules_recommending: judgement.recommends.iter().map(|rule| rule.id).collect(),
        }
    }
}

/// The first error code of a refusal, and its message or else the start of its body; both empty for a success. Escaped and
/// bounded.
pub fn words_of(answer: &Answer) -> (String, String) {
    let answer = decoded_answer(answer);
    (bounded(&code_of(&answer), CODE), bounded(&server_words(&answer), MESSAGE))
}

/// The message of the first error, or else the start of the body.
fn server_words(answer: &Answer) -> String {
    if answer.is_success() {
        return String::new();
    }
    let message = json::read_answer(&answer.body).ok().and_then(|body| {
        let error = body.root().get("errors")?.elements().next()?;
        Some(error.get("message")?.text()?.into_owned())
    });
    // The body of a redirect contains the URL, which may contain a token.
    let words =
        message.unwrap_or_else(|| String::from_utf8_lossy(&answer.body[..answer.body.len().min(MESSAGE)]).into_owned());
    redacted(&words)
}

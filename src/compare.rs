//! Expectation × observation → findings, and the one table from class to grade.
//!
//! Decides what a difference is called and how much it weighs; what is right is the model's. May import spec, exchange.

use std::fmt;

use crate::exchange::{Answer, By, Capabilities, Exchange, Observation, Probe, Reply, Stage};
use crate::json;
use crate::spec::{Class, Expect, Judgement, Level, Rule, Source, Versions, codes_of, obligations};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// No verdict of the specification.
    Note,
    /// A SHOULD is broken, or what HTTP alone asks for.
    Warning,
    /// A MUST that binds the party is broken.
    Violation,
}

impl Grade {
    /// As the corpus writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Violation => "violation",
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What must stay the same while a case shrinks. The target is left out: a run of the minimiser has one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symptom {
    /// Where it was seen.
    pub stage: Stage,
    /// What it is.
    pub class: Class,
    /// The status of the answer that shows it.
    pub status: Option<u16>,
    /// The first error code of that answer; empty where there is none.
    pub code: String,
    /// The rule that the answer breaks; rules that the content breaks are no part of a symptom.
    pub duty: Option<&'static str>,
}

impl Symptom {
    /// Whether it was seen in what is read back: then what the repository held before plays a part, and the
    /// case is repeated where nothing was.
    pub fn depends_on_state(&self) -> bool {
        !matches!(self.stage, Stage::BlobUpload | Stage::ManifestPut)
    }
}

impl fmt::Display for Symptom {
    /// The first part of the `key` column.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.stage, self.class.as_str())?;
        match self.status {
            Some(status) => write!(out, " {status}")?,
            None => out.write_str(" -")?,
        }
        let code = if self.code.is_empty() { "-" } else { &self.code };
        write!(out, " {code} {}", self.duty.unwrap_or("-"))
    }
}

/// One way in which an answer departs from the expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What must stay the same while it shrinks.
    pub symptom: Symptom,
    /// How much it weighs.
    pub grade: Grade,
    /// The server's words, at most 500 characters.
    pub message: String,
    /// The rules it rests on.
    pub rules: Vec<&'static str>,
    /// The expectation, as the `expect` column has it.
    pub expect: String,
    /// In our words, what was seen.
    pub note: String,
    /// The rules by which the content must be accepted, if it must.
    pub rules_due: Vec<&'static str>,
}

/// The one table: how much a class weighs under an expectation, where `rule` is the one that the answer breaks.
pub fn grade(class: Class, expect: Expect, rule: Option<&Rule>) -> Grade {
    let of_rule = |rule: &Rule| match (rule.level, rule.source) {
        (Level::Must, Source::ImageSpec | Source::DistributionSpec) => Grade::Violation,
        (Level::Must | Level::Should, _) => Grade::Warning,
        (Level::May, _) => Grade::Note,
    };
    match class {
        Class::RejectsValid => match expect {
            Expect::MustAccept => Grade::Violation,
            Expect::ShouldAccept => Grade::Warning,
            _ => Grade::Note,
        },
        Class::AcceptsForbidden => match expect {
            Expect::MustReject => Grade::Violation,
            Expect::ShouldReject => Grade::Warning,
            _ => Grade::Note,
        },
        // No answer that helps anybody, whatever was sent; where it must be accepted it is also a refusal.
        Class::ServerError | Class::Dropped | Class::Hang if expect == Expect::MustAccept => Grade::Violation,
        Class::ServerError | Class::Dropped | Class::Hang => Grade::Warning,
        Class::Lenient | Class::Ambiguous => Grade::Note,
        Class::WrongStatus
        | Class::WrongCode
        | Class::BadErrorBody
        | Class::Altered
        | Class::Lost
        | Class::Residue
        | Class::MissingHeader
        | Class::ReferrersWrong
        | Class::Inconsistent => rule.map_or(Grade::Note, of_rule),
    }
}

impl Finding {
    /// Whether a refusal that was seen without what this one is blamed on answers alike: then its code fits the other
    /// reason, and says nothing here.
    pub fn is_explained_by(&self, neighbour: &Self) -> bool {
        let answer = |symptom: &Symptom| (symptom.stage, symptom.status, symptom.code.clone());
        self.symptom.class == Class::WrongCode
            && self.symptom.duty == Some("missing-content-is-named-by-its-code")
            && answer(&self.symptom) == answer(&neighbour.symptom)
            && self.symptom != neighbour.symptom
    }

    /// Takes the MUST out of a refusal if the target keeps that MUST elsewhere: it accepts content that the same
    /// rules name, so they are not what it breaks here. What remains is valid content that was refused.
    pub fn excuse(&mut self, accepted_by: &[&'static str], elsewhere: &str) {
        let is_refusal =
            matches!(self.symptom.class, Class::RejectsValid | Class::ServerError | Class::Dropped | Class::Hang);
        if is_refusal && self.grade == Grade::Violation && self.rules_due.iter().all(|r| accepted_by.contains(r)) {
            self.grade = Grade::Warning;
            self.rules.retain(|rule| !accepted_by.contains(rule));
            self.note.push_str(&format!("; not for what must be accepted, which it accepts in {elsewhere}"));
        }
    }
}

/// Every way in which the observation departs from what was expected.
pub fn compare(
    exchange: &Exchange,
    judgement: &Judgement,
    observation: &Observation,
    capabilities: &Capabilities,
    versions: Versions,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (probe, reply) in &observation.replies {
        findings.extend(of_reply(judgement, probe, reply));
    }
    if let Some(Reply::Answer(answer)) = observation.reply(&Probe::Put) {
        findings.extend(of_put(judgement, answer));
    }
    for departure in obligations(exchange, judgement, observation, capabilities, versions) {
        let flaw = departure.flaw;
        let put = observation.answer(&Probe::Put);
        let answer = match flaw.stage {
            Stage::ManifestPut | Stage::Residue => put,
            Stage::BlobUpload => {
                observation.replies.iter().find_map(|(p, r)| r.answer().filter(|_| matches!(p, Probe::Upload(_))))
            }
            Stage::ManifestGet => observation.answer(&Probe::Get(By::Digest)).filter(|a| Some(a.status) == flaw.status),
            _ => None,
        };
        findings.push(Finding {
            symptom: Symptom {
                stage: flaw.stage,
                class: departure.class,
                status: flaw.status,
                code: answer.map(first_code).unwrap_or_default(),
                duty: Some(departure.rule.id),
            },
            grade: grade(departure.class, judgement.expect, Some(departure.rule)),
            message: answer.map(server_words).unwrap_or_default(),
            rules: vec![departure.rule.id],
            expect: judgement.to_string(),
            note: flaw.message,
            rules_due: due(judgement),
        });
    }
    // A server that fails or is silent said nothing else worth a row; one answer, one finding a symptom.
    let mut seen = std::collections::HashSet::new();
    findings.retain(|finding| seen.insert(finding.symptom.clone()));
    findings
}

/// The rules by which the content must be accepted, if it must.
pub fn due(judgement: &Judgement) -> Vec<&'static str> {
    match judgement.expect {
        Expect::MustAccept => judgement.rules.iter().map(|rule| rule.id).collect(),
        _ => Vec::new(),
    }
}

fn stage_of(probe: &Probe) -> Stage {
    match probe {
        Probe::Upload(_) => Stage::BlobUpload,
        Probe::Put => Stage::ManifestPut,
        Probe::Head(_) => Stage::ManifestHead,
        Probe::Get(_) => Stage::ManifestGet,
        Probe::Referrers => Stage::Referrers,
        Probe::TagList => Stage::TagList,
    }
}

/// What is wrong with a reply whatever it belongs to: no answer, or a refused upload.
fn of_reply(judgement: &Judgement, probe: &Probe, reply: &Reply) -> Option<Finding> {
    let stage = stage_of(probe);
    let (class, answer, note) = match reply {
        Reply::Dropped(why) => (Class::Dropped, None, format!("{stage}: no answer: {why}")),
        Reply::Hang => (Class::Hang, None, format!("{stage}: no answer within the deadline")),
        Reply::Answer(answer) if matches!(probe, Probe::Upload(_)) && answer.status < 500 => {
            (Class::RejectsValid, Some(answer), format!("the upload of content is answered with {}", answer.status))
        }
        Reply::Answer(_) => return None,
    };
    // Content is content: an upload has nothing to do with what the manifest breaks.
    let expect = if stage == Stage::BlobUpload { Expect::ShouldAccept } else { judgement.expect };
    Some(Finding {
        symptom: Symptom {
            stage,
            class,
            status: answer.map(|answer| answer.status),
            code: answer.map(first_code).unwrap_or_default(),
            duty: None,
        },
        grade: grade(class, expect, None),
        message: answer.map(server_words).unwrap_or_default(),
        rules: Vec::new(),
        expect: judgement.to_string(),
        note,
        rules_due: due(judgement),
    })
}

/// What the answer to the tested request says against the expectation.
fn of_put(judgement: &Judgement, answer: &Answer) -> Option<Finding> {
    let accepted = answer.is_success();
    let class = match judgement.expect {
        // A failing server is a finding of its own, by its rule.
        _ if answer.status >= 500 => return None,
        Expect::MustAccept | Expect::ShouldAccept if !accepted => Class::RejectsValid,
        Expect::MustReject | Expect::ShouldReject if accepted => Class::AcceptsForbidden,
        Expect::Unspecified if accepted && !judgement.rules.is_empty() => Class::Lenient,
        Expect::Ambiguous => Class::Ambiguous,
        _ => return None,
    };
    let verb = if accepted { "accepted" } else { "refused" };
    let why = match class {
        Class::Lenient => format!("{verb}, although {}", judgement.breaches.first().map_or("", |b| b.message.as_str())),
        Class::Ambiguous => format!("{verb}; {}", judgement.why.unwrap_or("the documents contradict each other")),
        Class::RejectsValid if judgement.rules.is_empty() => {
            format!(
                "{verb} with {}; the content is valid, though no sentence obliges a registry to take it",
                answer.status
            )
        }
        _ => format!("{verb} with {}", answer.status),
    };
    Some(Finding {
        symptom: Symptom {
            stage: Stage::ManifestPut,
            class,
            status: Some(answer.status),
            code: if accepted { String::new() } else { first_code(answer) },
            duty: None,
        },
        grade: grade(class, judgement.expect, None),
        message: if accepted { String::new() } else { server_words(answer) },
        rules: judgement.rules.iter().map(|rule| rule.id).collect(),
        expect: judgement.to_string(),
        note: why,
        rules_due: due(judgement),
    })
}

fn first_code(answer: &Answer) -> String {
    if answer.is_success() { String::new() } else { codes_of(answer).into_iter().next().unwrap_or_default() }
}

/// The message of the first error, else the body's beginning.
fn server_words(answer: &Answer) -> String {
    if answer.is_success() {
        return String::new();
    }
    let message = json::read(&answer.body).ok().and_then(|body| {
        let error = body.root().get("errors")?.elements().next()?;
        Some(error.get("message")?.text()?.into_owned())
    });
    let words =
        message.unwrap_or_else(|| String::from_utf8_lossy(&answer.body[..answer.body.len().min(500)]).into_owned());
    words.chars().filter(|c| !c.is_control()).take(500).collect()
}

//! What a row says about its cause. Two rows that share a piece of evidence are one group.

use super::folded;
use crate::compare::Class;
use crate::exchange::Stage;
use crate::findings::{Record, without_details};
use crate::model::{Family, rule};

/// The duty that every 5xx breaks.
const NO_SERVER_ERROR: &str = "refusal-is-a-client-error";

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Evidence<'r> {
    /// The same answer to the same entries, in whichever descriptor and position.
    Answer(Answer<'r>, String),
    /// An answer that breaks the same rule. The code matters only if it is what is wrong.
    Duty(&'r str, Option<&'r str>),
    /// An answer that breaks a rule on the same subject, in the same way.
    Subject(Family, Class, Option<u16>, Option<&'r str>),
    /// The same verdict on content for which the same rule speaks.
    Verdict(Answer<'r>, &'r str),
    /// The same smallest case, seen by several questions.
    Shape(&'r str),
    /// The same failure on content that may be refused. Without an answer, only the stage tells failures apart.
    Failure(Class, Option<u16>, &'r str, String, Option<Stage>),
}

/// What a symptom says of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Answer<'r> {
    stage: Stage,
    class: Class,
    status: Option<u16>,
    code: &'r str,
}

/// The evidence that a row holds.
pub(super) fn of(record: &Record) -> Vec<Evidence<'_>> {
    let (class, status, code) = (record.class, record.status, record.error_code.as_str());
    let answer = Answer { stage: record.stage, class, status, code };
    let shape = record.shape.as_str();
    let mut evidence = vec![Evidence::Answer(answer, folded::shape(shape))];
    if !folded::is_ordinary(shape) {
        evidence.push(Evidence::Shape(shape));
    }
    if is_failure_of_client(class) {
        let message = without_details(&record.error_message);
        evidence.push(Evidence::Failure(class, status, code, message, Some(record.stage)));
    }
    if is_failure(class) && may_be_refused(record) {
        let stage = status.is_none().then_some(record.stage);
        evidence.push(Evidence::Failure(class, status, code, without_details(&record.error_message), stage));
    }
    // The general duty says only that a failure is wrong, which is not a common cause.
    let duty = record.duty().filter(|duty| !is_failure(class) || *duty != NO_SERVER_ERROR);
    if let Some(duty) = duty {
        let code = (class == Class::WrongCode).then_some(code);
        evidence.push(Evidence::Duty(duty, code));
        evidence.extend(rule(duty).map(|rule| Evidence::Subject(rule.family, class, status, code)));
    } else if !is_failure(class) {
        evidence.extend(record.rules.iter().map(|rule| Evidence::Verdict(answer, rule)));
    }
    evidence
}

/// Whether no rule speaks for the content, so that refusing it would be fine.
fn may_be_refused(record: &Record) -> bool {
    !["must-accept", "should-accept"].iter().any(|expected| record.expect.starts_with(expected))
}

/// Whether a client program failed, whatever it was given.
fn is_failure_of_client(class: Class) -> bool {
    matches!(class, Class::ClientCrash | Class::ClientHang)
}

/// Whether the server failed, rather than answered wrongly.
pub(super) fn is_failure(class: Class) -> bool {
    matches!(class, Class::ServerError | Class::Dropped | Class::Hang)
}

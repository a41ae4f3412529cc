//! The model: the specifications as rules, one file per page, and the policy that derives expectations from them.
//!
//! Judges bytes, facts and answers; never sees a shape, a profile or a target. May import `json` and `exchange`.

mod document;
mod policy;
mod rule;
mod rules;
mod traceability;
mod versions;

pub use self::document::{
    Content, DigestForm, Remark, describe, is_schema_1, is_undefined, kind_of, members_type, remarks, type_by_members,
};
pub use self::policy::{
    Answered, Breach, Departure, Expect, Flaw, Judgement, Party, Ran, RunDeparture, RunFlaw, contradictions, decide,
    decide_client, decide_found, decide_operation, judge, obligations, report, run_duties, unanswered,
    without_redirects,
};
pub use self::rule::{
    AnswerRule, Binds, Class, Clause, ClientRule, Consequence, ContentRule, Family, Level, Report, Requires, Rule,
    RuleInfo, Source,
};
pub use self::rules::{CODES, LEGACY_CODES, LayoutRule, code_of, codes_of, decoded, decoded_answer, rule, rules};
pub use self::traceability::{Clauses, Page, Sentence, Tally, Unjudged, hash, sentences};
pub use self::versions::{Span, Version, Versions};

//! Rules from distribution-spec's section on warnings: the `Warning` headers of any answer.

use crate::exchange::Answer;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::FROM_1_1;

const SECTION: &str = "warnings";
/// The limit on warnings in one answer, in bytes.
const LIMIT: usize = 4096;

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Warnings);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "warning-has-the-form",
            clause: Clause {
                section: SECTION,
                summary: "a Warning header is 299 - followed by a quoted string, without a date",
                sentence: "5b59c57fc83822e1",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients cannot parse the warning and do not show it.",
            fix: "Send Warning: 299 - \"TEXT\", with quotation marks in the text escaped.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: has_the_form,
    },
    AnswerRule {
        info: RuleInfo {
            id: "warnings-are-short",
            clause: Clause {
                section: SECTION,
                summary: "the warnings of an answer total at most 4096 bytes",
                sentence: "ce108e5e6c04b6f4",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients with limits on header size fail the request.",
            fix: "Send at most 4096 bytes of Warning headers in one answer.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: are_short,
    },
];

fn warnings(answer: &Answer) -> impl Iterator<Item = &[u8]> {
    answer.headers.get_all("warning").iter().map(http::HeaderValue::as_bytes)
}

/// Whether a header is `299 - "text"`, with escaped quotation marks inside, or several of them separated by commas.
fn is_valid(value: &[u8]) -> bool {
    let Some(mut rest) = value.strip_prefix(b"299 - \"") else { return false };
    loop {
        match rest {
            [b'\\', _, tail @ ..] => rest = tail,
            [b'"', tail @ ..] => {
                let tail = tail.trim_ascii();
                return tail.is_empty()
                    || tail.strip_prefix(b",").is_some_and(|next| is_valid(next.trim_ascii_start()));
            }
            [_, tail @ ..] => rest = tail,
            [] => return false,
        }
    }
}

fn has_the_form(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in answered.observation.answers() {
        if let Some(wrong) = warnings(answer).find(|value| !is_valid(value)) {
            let shown = String::from_utf8_lossy(&wrong[..wrong.len().min(80)]).into_owned();
            flaws.push(Flaw::of(probe, answer, format!("Warning is `{shown}`, not 299 - \"text\"")));
        }
    }
}

fn are_short(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (probe, answer) in answered.observation.answers() {
        let length: usize = warnings(answer).map(<[u8]>::len).sum();
        if length > LIMIT {
            flaws.push(Flaw::of(
                probe,
                answer,
                format!("{length} bytes of Warning headers; at most {LIMIT} are allowed"),
            ));
        }
    }
}

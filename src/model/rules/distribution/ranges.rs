//! Rules on `Range` in requests for blobs: distribution-spec recommends to support it, HTTP says how.

use crate::exchange::roles::blobs::GET_RANGE;
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::{ALWAYS, FROM_1_1_1};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Ranges);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "blob-pull-supports-ranges",
            clause: Clause {
                section: "pulling-blobs",
                summary: "a registry supports Range on blobs",
                sentence: "c407f8766d872681",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_1_1,
            why: "Clients cannot resume the download of a large layer and must begin again.",
            fix: "Answer GET of a blob with one satisfiable range with 206 and that part.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: supports_ranges,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-partial-content-is-the-range",
            clause: Clause {
                document: Source::Http,
                page: "RFC 9110",
                section: "section-15.3.7",
                summary: "206 has the part of the content that its Content-Range says",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "A download that was resumed has wrong bytes and fails verification.",
            fix: "Return exactly the bytes of the range, both ends included.",
            ..REGISTRY
        },
        class: Class::Altered,
        check: is_the_range,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-partial-content-names-its-range",
            clause: Clause {
                document: Source::Http,
                page: "RFC 9110",
                section: "section-15.3.7.1",
                summary: "206 with a single part names it in Content-Range, as it was asked for",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients cannot tell which part of the blob they got.",
            fix: "Add Content-Range: bytes FIRST-LAST/LENGTH to the 206.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: names_its_range,
    },
    AnswerRule {
        info: RuleInfo {
            id: "http-range-beyond-the-end-answers-416",
            clause: Clause {
                document: Source::Http,
                page: "RFC 9110",
                section: "section-15.5.17",
                summary: "a range that begins behind the end is answered with 416, or ignored",
                ..PAGE
            },
            level: Level::Should,
            versions: ALWAYS,
            why: "Clients that resume a complete download cannot tell that nothing is left.",
            fix: "Answer a range of which no byte exists with 416 and Content-Range: bytes */LENGTH.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: beyond_the_end,
    },
];

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    /// The bytes from the first to the last, both included.
    Part(usize, usize),
    /// No byte that exists.
    Nothing,
    /// Several ranges.
    Several(Vec<Asked>),
    /// Not a range; a server may ignore or refuse it.
    Invalid,
}

impl Asked {
    fn of(header: &str, length: usize) -> Self {
        let Some(ranges) = header.strip_prefix("bytes=") else { return Self::Invalid };
        let each: Vec<Self> = ranges.split(',').map(|range| Self::one(range.trim(), length)).collect();
        match &each[..] {
            [one] => one.clone(),
            _ => Self::Several(each),
        }
    }

    fn one(range: &str, length: usize) -> Self {
        let Some((first, last)) = range.split_once('-') else { return Self::Invalid };
        let (first, last) = match (first.parse::<usize>(), last.parse::<usize>()) {
            (Ok(first), Ok(last)) if first > last => return Self::Invalid,
            (Ok(first), Ok(last)) => (first, last),
            (Ok(first), _) if last.is_empty() => (first, usize::MAX),
            (_, Ok(0)) => return Self::Nothing,
            (_, Ok(suffix)) if first.is_empty() => (length.saturating_sub(suffix), usize::MAX),
            _ => return Self::Invalid,
        };
        if first >= length { Self::Nothing } else { Self::Part(first, last.min(length - 1)) }
    }
}

/// The answers to GET with `Range`, and what it asks for.
fn asked<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = (ScriptedAnswer<'a>, Asked)> {
    let length = answered.content.exchange.tested.body.len();
    answered.scripted(GET_RANGE).map(move |one| {
        let asked = Asked::of(one.request.header("range").unwrap_or_default(), length);
        (one, asked)
    })
}

/// The answers with a part of the blob.
fn parts<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = (ScriptedAnswer<'a>, Asked)> {
    asked(answered).filter(|(one, _)| one.answer.status == 206 && !one.answer.cut)
}

/// The first and the last byte and the length in a `Content-Range` header.
fn content_range(header: &str) -> Option<(usize, usize, Option<usize>)> {
    let (range, length) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let length = if length == "*" { None } else { Some(length.parse().ok()?) };
    Some((first.parse().ok()?, last.parse().ok()?, length))
}

fn is_multipart(one: &ScriptedAnswer<'_>) -> bool {
    one.answer.header("content-type").is_some_and(|value| value.starts_with("multipart/byteranges"))
}

fn supports_ranges(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let length = answered.content.exchange.tested.body.len();
    for (one, asked) in asked(answered) {
        let Asked::Part(first, last) = asked else { continue };
        // The whole blob is the range then.
        let is_whole = (first, last + 1) == (0, length);
        let status = one.answer.status;
        if status != 206 && !(status == 200 && is_whole) {
            flaws.push(one.flaw(format!("GET of a range of a blob returned {status} instead of 206")));
        }
    }
}

fn is_the_range(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let blob = answered.content.exchange.tested.body.bytes();
    for (one, asked) in parts(answered) {
        let body = &one.answer.body;
        let holds = |asked: &Asked| match asked {
            Asked::Part(first, last) => body.windows(last + 1 - first).any(|part| *part == blob[*first..=*last]),
            _ => true,
        };
        let named = one.answer.header("content-range").and_then(content_range);
        let is_right = match (&asked, named) {
            (Asked::Several(each), _) if is_multipart(&one) => each.iter().all(holds),
            // What a wrong Content-Range says is reported by itself.
            (_, Some((first, last, _))) => blob.get(first..=last).is_none_or(|part| part == body),
            (Asked::Part(first, last), None) => *body == blob[*first..=*last],
            _ => true,
        };
        if !is_right {
            flaws.push(one.flaw(format!("206 has {} bytes that are not those of the range", body.len())));
        }
    }
}

fn names_its_range(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let length = answered.content.exchange.tested.body.len();
    for (one, asked) in parts(answered) {
        if matches!(asked, Asked::Several(_)) && is_multipart(&one) {
            continue;
        }
        let Some(header) = one.answer.header("content-range") else {
            flaws.push(one.flaw("206 has no Content-Range".to_owned()));
            continue;
        };
        let is_asked = |first, last| match asked {
            Asked::Part(from, to) => (first, last) == (from, to),
            Asked::Several(_) => true,
            // These two have no part, which is reported by itself if nothing is there.
            Asked::Nothing => true,
            Asked::Invalid => false,
        };
        let is_right = content_range(header).is_some_and(|(first, last, total)| {
            is_asked(first, last) && total.is_none_or(|total| total == length) && first <= last
        });
        if !is_right {
            let range = one.request.header("range").unwrap_or_default();
            let message =
                format!("Content-Range is `{header}` in the answer to a request for {range} of {length} bytes");
            flaws.push(one.flaw(message).classed(Class::Inconsistent));
        }
    }
}

fn beyond_the_end(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for (one, _) in asked(answered).filter(|(_, asked)| *asked == Asked::Nothing) {
        if !matches!(one.answer.status, 200 | 416) {
            let message = format!("GET of a range behind the end of a blob returned {}", one.answer.status);
            flaws.push(one.flaw(message));
        }
    }
}

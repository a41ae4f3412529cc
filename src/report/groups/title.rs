//! The title of a group: what its findings have in common, in one line.

use super::evidence::is_failure;
use super::folded;
use crate::compare::Class as C;
use crate::exchange::Stage;
use crate::findings::Record;
use crate::foreign::escaped;
use crate::model::{Level, Rule, rule};

/// The title of these findings, of which there is at least one.
pub(super) fn of(records: &[&Record]) -> String {
    let first = records[0];
    let folded: Vec<String> = records.iter().map(|record| folded::shape(record.shape.as_str())).collect();
    let what = if is_failure(first.class) { failure(records, &folded) } else { departure(records, &folded) };
    let at = match first.stage {
        Stage::BlobUpload if records.iter().all(|record| record.stage == first.stage) => " at the blob upload",
        _ => "",
    };
    let title = match required(first) {
        None => format!("{what}{at}"),
        // These say what happened; the others only how the answer departs from what is required.
        Some(rule) if matches!(first.class, C::RejectsValid | C::AcceptsForbidden) => format!("{what}{at}; {rule}"),
        Some(rule) => format!("{rule}; {what}{at}"),
    };
    escaped(&title).into_owned()
}

/// The failure of a server, such as "documents that do not decode are answered with 500".
fn failure(records: &[&Record], folded: &[String]) -> String {
    let first = records[0];
    let (be, subject) = match common(folded) {
        Some(subject) => ("is", subject),
        None if records.iter().all(|record| record.stage != Stage::ManifestPut) => ("are", "requests".to_owned()),
        None if mostly(records, |record| does_not_decode(record.shape.as_str())) => {
            ("are", "documents that do not decode".to_owned())
        }
        None => ("are", "documents that may be refused".to_owned()),
    };
    match first.class {
        C::Dropped => format!("{subject} {be} not answered: the connection is closed"),
        C::Hang => format!("{subject} {be} not answered within the deadline"),
        _ => format!("{subject} {be} answered with {}", answer(first)),
    }
}

/// A wrong answer, such as "answered with 202". Without a rule that it breaks, what the cases share is named.
fn departure(records: &[&Record], folded: &[String]) -> String {
    let first = records[0];
    let answer = answer(first);
    let what = match first.class {
        C::RejectsValid => format!("valid content is refused with {answer}"),
        C::AcceptsForbidden => format!("accepted with {answer}"),
        C::WrongStatus => format!("answered with {answer}"),
        C::WrongCode => format!("wrong code ({answer})"),
        C::BadErrorBody => format!("malformed error ({answer})"),
        C::Altered => "altered".to_owned(),
        C::Lost => format!("lost ({answer})"),
        C::Residue => "left behind after a refusal".to_owned(),
        C::MissingHeader => "missing header".to_owned(),
        C::ReferrersWrong => format!("wrong referrers ({answer})"),
        C::Inconsistent => "inconsistent".to_owned(),
        C::Late => "late".to_owned(),
        // What invalid content breaks, or where the documents contradict each other.
        C::Disagrees => "registries disagree".to_owned(),
        C::ClientFailsOnValid => format!("{} fails ({answer})", first.stage),
        C::ClientTakesForbidden => format!("{} takes what it should refuse", first.stage),
        C::ClientCrash => format!("{} crashes ({answer})", first.stage),
        C::ClientHang => format!("{} does not end", first.stage),
        C::ClientLeaksCredentials => format!("{} sends credentials elsewhere", first.stage),
        C::ClientWritesOutside => format!("{} writes outside of its folder", first.stage),
        C::ClientAlters => format!("{} stores other bytes", first.stage),
        C::Lenient | C::Ambiguous | C::ServerError | C::Dropped | C::Hang | C::Imported => first.note.clone(),
    };
    match common(folded) {
        Some(subject) if broken(first).is_none() && subject != "every push" => format!("{what}: {subject}"),
        _ => what,
    }
}

/// What the shapes have in common: the entries, or else the slots; `None` if there is nothing.
fn common(folded: &[String]) -> Option<String> {
    let first = folded.first()?;
    if folded.iter().all(|shape| shape == first) {
        return Some(if first == "base=" { "every push".to_owned() } else { format!("`{first}`") });
    }
    let slots = folded::slots(first);
    (!slots.is_empty() && folded.iter().all(|shape| folded::slots(shape) == slots)).then(|| format!("`{slots}`"))
}

/// Status and code, or how a client program ended.
fn answer(record: &Record) -> String {
    if let Some(ending) = record.ending() {
        return ending.to_owned();
    }
    let status = record.status.map_or("no answer".to_owned(), |status| format!("{status:03}"));
    format!("{status} {}", record.error_code).trim_end().to_owned()
}

/// What the broken rule says.
fn required(record: &Record) -> Option<String> {
    let rule = broken(record)?;
    let verb = if rule.level == Level::Must { "required" } else { "recommended" };
    Some(format!("{verb}: {}", rule.clause.summary))
}

/// The rule that the answer breaks. A failure says itself what is wrong, and the rules of a note are not on the answer.
fn broken(record: &Record) -> Option<Rule> {
    match record.class {
        class if is_failure(class) => None,
        C::Lenient | C::Ambiguous => None,
        _ => record.duty().or(record.rules.first().map(String::as_str)).and_then(rule),
    }
}

/// Whether a decoder that knows the types of members cannot read the document.
fn does_not_decode(shape: &str) -> bool {
    let types = ["number", "text", "object", "list", "float", "exponent", "boolean", "1e400", "not-base64"];
    let is_wrong_type =
        |entry: &str| types.contains(&entry) || entry.starts_with("number-") || entry == "invalid-utf-8";
    shape.split(';').filter_map(|part| part.split_once('=')).any(|(name, entry)| match name {
        "kind" => matches!(entry, "json" | "not-json"),
        "content-encoding" => true,
        _ => name.starts_with("text.") || is_wrong_type(entry),
    })
}

/// Whether more than half of them are so.
fn mostly(records: &[&Record], is: impl Fn(&Record) -> bool) -> bool {
    records.iter().filter(|record| is(record)).count() * 2 > records.len()
}

//! The findings as data for the script of the page. Texts that repeat are written once.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::compare::Grade;
use crate::findings::Record;
use crate::model::Rule;
use crate::report::formats::clauses::{link, place, rules_of};
use crate::report::formats::document::Document;
use crate::report::formats::recorded::tested;
use crate::report::packet::{curl_line, filled};

/// Texts by number.
#[derive(Default)]
struct Texts {
    numbers: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Texts {
    fn number(&mut self, text: String) -> usize {
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            self.texts.len() - 1
        })
    }
}

/// The data: `rows`, `groups` (their titles), `rules`, and `texts`, to which rows refer by number.
pub(super) fn data(document: &Document<'_>) -> Value {
    let mut texts = Texts::default();
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    let (mut rows, mut groups) = (Vec::new(), Vec::new());
    for (number, group) in document.groups().into_iter().enumerate() {
        groups.push(group.title.clone());
        for record in group.records {
            for rule in rules_of(record) {
                rules.entry(rule.info().id).or_insert_with(|| of_rule(rule));
            }
            rows.push(of_row(record, number, document, &mut texts));
        }
    }
    json!({ "rows": rows, "groups": groups, "rules": rules, "texts": texts.texts, "file": document.places.file })
}

fn of_rule(rule: Rule) -> Value {
    let info = rule.info();
    json!({
        "level": info.level.as_str(),
        "clause": place(info),
        "link": link(info),
        "says": info.clause.summary,
        "why": info.why,
        "fix": info.fix,
    })
}

fn of_row(record: &Record, group: usize, document: &Document<'_>, texts: &mut Texts) -> Value {
    let mut text = |text: String| texts.number(text);
    let severity = match record.grade {
        Grade::Violation => 2,
        Grade::Warning => 1,
        Grade::Note => 0,
    };
    json!({
        "id": record.shape.id(),
        "shape": record.shape.as_str(),
        "severity": severity,
        "class": record.class.as_str(),
        "target": record.target,
        "version": record.target_version,
        "spec": record.spec,
        "stage": record.stage.as_str(),
        "status": record.status,
        "code": record.error_code,
        "message": record.error_message,
        "expect": text(record.expect.clone()),
        "rules": record.rules,
        "slots": slots(record),
        "type": record.content_type,
        "body": record.body_base64,
        "sha256": record.body_sha256,
        "bytes": record.body_bytes,
        "needs": text(without_content(&record.needs)),
        "request": text(record.request.clone()),
        "curl": text(curl(record)),
        "witness": text(record.witness.clone()),
        "pointer": record.pointer,
        "also": record.also.texts().collect::<Vec<_>>(),
        "alsoCount": record.also.count(),
        "reproduced": record.reproduced,
        "from": record.shrunk_from,
        "seed": record.seed.map(|seed| seed.to_string()),
        "first": record.first_seen.map(|day| day.to_string()),
        "last": record.last_seen.map(|day| day.to_string()),
        "tool": record.tool_version,
        "note": record.note,
        "extent": record.extent,
        "group": group,
        "line": document.places.line(record),
    })
}

/// The slots of the smallest case, which the key ends with.
fn slots(record: &Record) -> Vec<&str> {
    record.key.rsplit(' ').next().unwrap_or_default().split(',').collect()
}

/// The needs without their content, which the page does not show.
fn without_content(needs: &str) -> String {
    let Ok(Value::Array(mut needs)) = serde_json::from_str(needs) else { return "[]".to_owned() };
    for need in &mut needs {
        if let Some(need) = need.as_object_mut() {
            need.remove("content_base64");
        }
    }
    Value::Array(needs).to_string()
}

/// A line for curl that sends the tested request with the body from its standard input.
fn curl(record: &Record) -> String {
    // A client program gets the case from the registry of a packet.
    if record.stage.is_of_client() {
        return String::new();
    }
    let request = tested(record);
    let is_address = |target: &&str| target.starts_with("http://") || target.starts_with("https://");
    let target = Some(&*record.target).filter(is_address);
    let place = target.and_then(|target| target.split_once("://")).and_then(|(scheme, rest)| {
        let (host, repository) = rest.split_once('/')?;
        let is_place = !host.is_empty() && !host.contains('@') && !repository.is_empty();
        is_place.then(|| (format!("{scheme}://{host}"), repository))
    });
    let (origin, repository) = place.unwrap_or_else(|| ("http://HOST:PORT".to_owned(), "REPOSITORY"));
    let url = format!("{origin}{}", filled(&request.path, repository, "manifuzz"));
    let headers = request.headers.iter().map(|(name, value)| (&**name, &**value));
    curl_line(&request.method, &url, headers, "@-")
}

//! `repro.sh`: the requests of a case in curl, and the check of its finding.

use std::fmt::Write as _;

use bytes::Bytes;

use super::Parts;
use super::check::{Sight, answers_at_stage, check, tested};
use super::curl::headers;
use super::shell::{path, quoted};
use crate::compare::Class;
use crate::exchange::{LOCATION, PlannedRequest, Probe, Stage, When, sha256};
use crate::findings::Record;
use crate::foreign::escaped;

/// The functions that every script has.
const FUNCTIONS: &str = concat!(include_str!("functions.sh"), include_str!("lists.sh"));

/// The path of a body in the packet.
pub(super) fn blob_of(body: &Bytes) -> String {
    format!("blobs/{}", &sha256(body)["sha256:".len()..])
}

pub(super) fn script(parts: &Parts<'_>) -> String {
    let Parts { record, planned, .. } = parts;
    let check = check(record, parts.exchange, planned);
    let put = tested(planned);
    let mut text = format!(
        "#!/bin/sh\n\
         # {class} at {stage}: {note}\n\
         # Case {id}: {shape}\n\
         #\n\
         # sh repro.sh http://HOST:PORT/REPOSITORY, best with an empty repository.\n\
         # Exit code: 0 if the finding shows, 1 if it does not, 2 if the registry could not be asked\n         # or a shell cannot decide.\n\
         # TAG is the tag to push, by default a fresh one. REPRO_TIMEOUT is the longest wait for an answer, in seconds.\n\
         # Credentials come from ~/.netrc or from options for curl in REPRO_CURL_OPTIONS, such as --netrc-file FILE.\n",
        class = record.class.as_str(),
        stage = record.stage,
        note = escaped(&record.note),
        id = record.shape.id(),
        shape = escaped(record.shape.as_str()),
    );
    text.push_str(match check.sight {
        Sight::Whole => "",
        Sight::Status => "#\n# Only the status is compared: a shell cannot see the rest of what was found.\n",
        Sight::Nothing => {
            "#\n# This sends the requests and shows the answers: a shell cannot decide whether what was found is in them.\n"
        }
    });
    if parts.lacking > 0 {
        let _ = writeln!(
            text,
            "#\n# The row does not hold the content of {} blobs or manifests of the case: push them first.",
            parts.lacking
        );
    }
    text.push_str(FUNCTIONS);
    let _ = writeln!(text, "\nMANIFEST=$HERE/{}", parts.tested_file());
    if is_about_a_redirect(record) {
        text.push_str("# The finding is a redirect, which is its answer.\nUNFOLLOWED=yes\n");
    }
    let is_blob = parts.exchange.upload.is_some();
    let is_upload = record.stage == Stage::BlobUpload && !is_blob;
    for (number, request) in planned.all().enumerate().map(|(i, request)| (i + 1, request)) {
        if number >= put && is_upload {
            break;
        }
        if number == put {
            text.push_str("\n# The tested request.\n");
            if !is_blob {
                let pushed = request.path.rsplit('/').next().unwrap_or_default();
                let _ = writeln!(text, "PUSHED={}", path(pushed));
            }
        }
        line(&mut text, parts, number, request);
        match &request.probe {
            _ if number == put => tested_was_answered(&mut text, parts, put),
            None if number < put && request.body.is_none() => {
                let _ = writeln!(text, "absent {number}");
            }
            Some(_) if number < put && !is_upload => {
                let what = if request.method == "POST" { "an upload" } else { "content" };
                let _ = writeln!(text, "prepared {number} {}", quoted(what));
            }
            _ => {}
        }
    }
    if check.sight == Sight::Nothing {
        let numbers = answers_at_stage(record, parts.exchange, planned);
        let numbers: String = numbers.iter().map(|number| format!(" {number}")).collect();
        let _ = write!(text, "\nundecided{numbers}\n");
        return text;
    }
    let _ = write!(
        text,
        "\nif {}; then\n    echo {}\n    exit 0\nfi\necho \"not shown\"\nexit 1\n",
        check.condition,
        quoted(&format!("shown: {}", escaped(&record.note)))
    );
    text
}

/// Whether the finding is that content is served from elsewhere, so that following the redirect would hide it.
fn is_about_a_redirect(record: &Record) -> bool {
    record.class == Class::Inconsistent && record.duty().is_none() && matches!(record.status, Some(300..=399))
}

/// The answers to the tested request that say nothing of the finding.
fn tested_was_answered(text: &mut String, parts: &Parts<'_>, put: usize) {
    let denied: Vec<String> = [401, 403, 429]
        .iter()
        .filter(|status| parts.record.status != Some(**status))
        .map(ToString::to_string)
        .collect();
    let _ = writeln!(text, "! is {put} {} || unasked \"the push was answered $(status {put})\"", denied.join(" "));
    if !matches!(parts.record.class, Class::Dropped | Class::Hang) {
        let _ = writeln!(text, "answered {put} || unasked \"the push was not answered\"");
    }
}

/// Sends a request. Left out are one to a `Location` that no answer named, and one whose condition does not hold.
fn line(text: &mut String, parts: &Parts<'_>, number: usize, request: &PlannedRequest) {
    let put = tested(parts.planned);
    let mut guard = when(parts, &request.when);
    let place = match asked_location(&request.path) {
        None => path(&request.path),
        Some((of, query)) => {
            let is_scripted = matches!(request.probe, Some(Probe::Scripted { .. }));
            let from = match of {
                Some(index) => parts.number_of(index).unwrap_or(number - 1),
                None if number > put && !is_scripted => put,
                None => number - 1,
            };
            let function = if is_scripted { "session" } else { "location" };
            let _ = writeln!(text, "place=$({function} {from})");
            guard.push_str("[ -n \"$place\" ] && ");
            match query.strip_prefix('?') {
                Some(query) => format!("\"$(with_query \"$place\" {})\"", quoted(query)),
                None => "\"$place\"".to_owned(),
            }
        }
    };
    let body = match &request.body {
        None => "-".to_owned(),
        Some(body) if body.is_empty() => "/dev/null".to_owned(),
        Some(body) if body == parts.exchange.tested.body.bytes() => "\"$MANIFEST\"".to_owned(),
        Some(body) => format!("\"$HERE/{}\"", blob_of(body)),
    };
    for (from, header) in request.headers.iter().filter_map(|(_, value)| parts.echo(value)) {
        let _ = write!(guard, "has {from} {header} && ");
    }
    let mut options = String::new();
    let given = request.headers.iter().map(|(name, value)| (*name, &**value));
    for header in headers(given, request.body.is_some()) {
        match header.split_once(": ").and_then(|(name, value)| Some((name, parts.echo(value)?))) {
            Some((name, (from, echoed))) => {
                let _ = write!(options, " \"{name}: $(first {from} {echoed})\"");
            }
            None => {
                let _ = write!(options, " {}", quoted(&header));
            }
        }
    }
    let _ = writeln!(text, "{guard}ask {number} {} {place} {body}{options}", request.method);
    if request.pages > 1 {
        let _ = writeln!(text, "turn {number} {}{options}", request.pages);
    }
}

/// The request whose answer has the `Location` that a path stands for, if it is not the one before, and what follows.
fn asked_location(path: &str) -> Option<(Option<usize>, &str)> {
    if let Some(query) = path.strip_prefix(LOCATION) {
        return Some((None, query));
    }
    let (index, query) = path.strip_prefix("{location:")?.split_once('}')?;
    Some((Some(index.parse().ok()?), query))
}

/// The condition under which a request is sent, with the operator that follows; empty if it is always sent.
fn when(parts: &Parts<'_>, when: &When) -> String {
    let number = |of: &usize| parts.number_of(*of).unwrap_or_default();
    let is_one_of = |of: &usize, statuses: &[u16]| {
        let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
        format!("is {} {}", number(of), statuses.join(" "))
    };
    match when {
        When::Always => String::new(),
        When::Accepted(of) => format!("ok {} && ", number(of)),
        When::Answered(of, statuses) => format!("{} && ", is_one_of(of, statuses)),
        When::Refused(of) => format!("refused {} && ", number(of)),
        When::AnyAnswered(each) => {
            let each: Vec<String> = each.iter().map(|(of, statuses)| is_one_of(of, statuses)).collect();
            format!("{{ {}; }} && ", each.join(" || "))
        }
    }
}

impl Parts<'_> {
    /// The number of the request with this index in the case's script.
    fn number_of(&self, index: usize) -> Option<usize> {
        let is_it = |request: &PlannedRequest| matches!(request.probe, Some(Probe::Scripted { at, .. }) if at == index);
        self.planned.all().zip(1..).find(|(request, _)| is_it(request)).map(|(_, number)| number)
    }

    /// The request and the header whose value this placeholder stands for.
    fn echo<'v>(&self, value: &'v str) -> Option<(usize, &'v str)> {
        let (header, index) = value.strip_prefix('{')?.strip_suffix('}')?.split_once(':')?;
        let is_name = header.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        Some((self.number_of(index.parse().ok().filter(|_| is_name)?)?, header))
    }
}

//! `repro.sh`: the requests of a case in curl, and the check of its finding.

use std::fmt::Write as _;

use bytes::Bytes;

use super::Parts;
use super::check::{Sight, check, tested};
use super::curl::headers;
use super::shell::{path, quoted};
use crate::compare::Class;
use crate::exchange::{LOCATION, PlannedRequest, Stage, sha256};
use crate::findings::Record;
use crate::foreign::escaped;

/// The functions that every script has.
const FUNCTIONS: &str = include_str!("functions.sh");

/// The path of a body in the packet.
pub(super) fn blob(body: &Bytes) -> String {
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
         # Exit code: 0 if the finding shows, 1 if it does not, 2 if the registry could not be asked.\n\
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
            "#\n# This sends the requests and never says that the finding shows: a shell cannot see what was found.\n"
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
    text.push_str("\nMANIFEST=$HERE/manifest.json\n");
    if is_about_a_redirect(record) {
        text.push_str("# The finding is a redirect, which is its answer.\nUNFOLLOWED=yes\n");
    }
    let is_upload = record.stage == Stage::BlobUpload;
    for (number, request) in planned.all().enumerate().map(|(i, request)| (i + 1, request)) {
        if number >= put && is_upload {
            break;
        }
        if number == put {
            let pushed = request.path.rsplit('/').next().unwrap_or_default();
            let _ = write!(text, "\n# The tested request.\nPUSHED={}\n", path(pushed));
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

/// Sends a request. One to a `Location` that no answer named is left out.
fn line(text: &mut String, parts: &Parts<'_>, number: usize, request: &PlannedRequest) {
    let put = tested(parts.planned);
    let (guard, place) = match request.path.strip_prefix(LOCATION) {
        None => (String::new(), path(&request.path)),
        Some(query) => {
            let from = if number > put { put } else { number - 1 };
            let place = match query.strip_prefix('?') {
                Some(query) => format!("\"$(with_query \"$place\" {})\"", quoted(query)),
                None => "\"$place\"".to_owned(),
            };
            (format!("place=$(location {from})\n[ -z \"$place\" ] || "), place)
        }
    };
    let body = match &request.body {
        None => "-".to_owned(),
        Some(body) if body.is_empty() => "/dev/null".to_owned(),
        Some(body) if body == parts.exchange.tested.body.bytes() => "\"$MANIFEST\"".to_owned(),
        Some(body) => format!("\"$HERE/{}\"", blob(body)),
    };
    let _ = write!(text, "{guard}ask {number} {} {place} {body}", request.method);
    let given = request.headers.iter().map(|(name, value)| (*name, &**value));
    for header in headers(given, request.body.is_some()) {
        let _ = write!(text, " {}", quoted(&header));
    }
    text.push('\n');
}

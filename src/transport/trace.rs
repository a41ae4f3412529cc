//! The trace of a run: every request and answer of cases in trouble, as JSON lines without secrets.
//!
//! Each case keeps its own log while it is in flight. Most logs are dropped; those of cases in trouble are written at their end.
//! For a packet, all are kept in memory instead.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use serde_json::{Value, json};

use crate::error::{Input, Trouble, is_secret_header, redacted};
use crate::exchange::{Observation, Reply};
use crate::foreign::bounded;

/// Maximum length of a body in a trace, in characters.
const BODY: usize = 4096;
/// Maximum number of requests kept of a case: one with endless pages must not fill the memory.
const MOST: usize = 200;

/// The requests and answers of a case so far.
#[derive(Debug, Default)]
pub struct Log(Mutex<Vec<Value>>);

impl Log {
    /// Adds a request, and what came of it.
    pub fn add(&self, sent: &SentRequest<'_>, reply: Result<&Reply, &str>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MOST {
            return;
        }
        let answer = match reply {
            Ok(Reply::Answer(answer)) => json!({
                "status": answer.status,
                "headers": shown(&answer.headers),
                "body": text(&answer.body),
                "body_bytes": answer.body.len(),
                "cut": answer.cut,
            }),
            Ok(Reply::Dropped(why)) => json!({ "dropped": redacted(why) }),
            Ok(Reply::Hang) => json!({ "hang": true }),
            Ok(Reply::NotFollowed(not)) => json!({ "not_followed": not.to }),
            Err(why) => json!({ "trouble": redacted(why) }),
        };
        lines.push(json!({
            "method": sent.method,
            "url": redacted(&format!("{}{}", sent.origin, sent.target)),
            "headers": shown(sent.headers),
            "body": text(sent.body),
            "body_bytes": sent.body.len(),
            "answer": answer,
        }));
    }
}

/// A request as it is sent.
#[derive(Clone, Copy, Debug)]
pub struct SentRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// Scheme, host and port.
    pub origin: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// All headers but those of the connection.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a Bytes,
}

fn shown(headers: &HeaderMap) -> Value {
    let one = |(name, value): (&HeaderName, &http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = if is_secret_header(name.as_str()) { "***".to_owned() } else { redacted(&value) };
        json!([name.as_str(), bounded(&value, BODY)])
    };
    headers.iter().map(one).collect()
}

fn text(body: &Bytes) -> String {
    // A cut in the middle of a character shows as one that is not UTF-8.
    redacted(&bounded(&String::from_utf8_lossy(&body[..body.len().min(BODY)]), BODY))
}

/// Where the logs of cases go.
#[derive(Debug)]
enum Sink {
    /// Those of cases in trouble, to a file.
    File(BufWriter<File>),
    /// All of them, to memory.
    Memory(Vec<Value>),
}

/// A trace.
#[derive(Debug)]
pub struct Trace(Mutex<Sink>);

impl Trace {
    /// Creates the file, or empties it.
    ///
    /// # Errors
    ///
    /// [`Input::File`] if that fails.
    pub fn create(path: &Path) -> Result<Self, Input> {
        let file = File::create(path).map_err(|cause| Input::file("create", path, cause, "name a writable file"))?;
        Ok(Self(Mutex::new(Sink::File(BufWriter::new(file)))))
    }

    /// Keeps the requests and answers of every case in memory until they are taken.
    pub fn in_memory() -> Self {
        Self(Mutex::new(Sink::Memory(Vec::new())))
    }

    /// Takes the requests and answers that were kept in memory, in order.
    pub fn take(&self) -> Vec<Value> {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Sink::File(_) => Vec::new(),
            Sink::Memory(kept) => std::mem::take(kept),
        }
    }

    /// Writes the log of a case that ended like this, if it is in trouble or if all are kept. An error in writing is ignored: a
    /// trace must not end a run.
    pub fn end(&self, target: &str, case: &str, log: &Log, ended: &Result<Observation, Trouble>) {
        if let Sink::Memory(kept) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            kept.append(&mut log.0.lock().unwrap_or_else(PoisonError::into_inner));
            return;
        }
        let why = match ended {
            Ok(observation) => {
                let Some(why) = observation.replies.iter().find_map(|(probe, reply)| {
                    in_trouble(reply).map(|what| format!("{}: {what}", probe.stage().as_str()))
                }) else {
                    return;
                };
                why
            }
            Err(trouble) => trouble.to_string(),
        };
        let requests = std::mem::take(&mut *log.0.lock().unwrap_or_else(PoisonError::into_inner));
        let line = json!({ "case": case, "target": target, "trouble": redacted(&why), "requests": requests });
        if let Sink::File(out) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    }
}

/// Why a reply makes a case one in trouble: no answer, or one that does not depend on the content.
fn in_trouble(reply: &Reply) -> Option<String> {
    match reply {
        Reply::Answer(answer) if matches!(answer.status, 401 | 403 | 429) || answer.status >= 500 => {
            Some(format!("answered {}", answer.status))
        }
        Reply::Answer(_) => None,
        Reply::Dropped(why) => Some(format!("dropped: {why}")),
        Reply::Hang => Some("no answer within the deadline".to_owned()),
        Reply::NotFollowed(not) => Some(not.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let mut headers = HeaderMap::new();
        for name in ["Authorization", "Set-Cookie"] {
            headers.insert(HeaderName::try_from(name).expect("a name"), "hunter2".parse().expect("a value"));
        }
        headers.insert("location", "https://a.invalid/b?X-Amz-Signature=hunter2".parse().expect("a value"));
        let (log, body) = (Log::default(), Bytes::from_static(b"https://me:hunter2@a.invalid/"));
        let sent =
            SentRequest { method: "GET", origin: "http://a.invalid", target: "/", headers: &headers, body: &body };
        log.add(&sent, Ok(&Reply::Dropped("https://me:hunter2@a.invalid/".to_owned())));
        let lines = format!("{:?}", log.0);
        assert!(lines.contains("a.invalid") && !lines.contains("hunter2"), "{lines}");
    }
}

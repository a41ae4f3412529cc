//! The packet of a finding for the authors of a registry: the exact bytes, a script that shows it, the traffic, and a text to paste.
//!
//! Builds files from a record; writes nothing. Secrets are not in records, and traffic comes without them.

mod check;
mod client;
mod contents;
mod curl;
mod har;
mod issue;
mod listed;
mod pushes;
mod readback;
mod reads;
mod referrers;
mod row;
mod script;
mod shell;
mod tag_lists;
mod uploads;

#[cfg(feature = "cli")]
pub(super) use curl::{curl_line, filled};
#[cfg(feature = "cli")]
pub(crate) use shell::quoted;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::exchange::{Exchange, Planned, requests_of};
use crate::findings::{Record, is_accepted};
use crate::render::render;

pub use self::client::{ClientCommands, client_packet, tag_in_layout};

use self::row::{OfRow, exchange_of};

/// What a packet is made from.
struct Parts<'p> {
    record: &'p Record,
    exchange: &'p Exchange,
    planned: &'p Planned,
    /// How many blobs and manifests the case needs that are not in the packet.
    lacking: u64,
}

impl Parts<'_> {
    /// The file with what the case pushes or uploads.
    fn tested_file(&self) -> &'static str {
        if self.exchange.upload.is_some() { "blob" } else { "manifest.json" }
    }
}

/// The traffic of a packet.
#[derive(Clone, Copy, Debug)]
pub enum Traffic<'t> {
    /// Nothing was sent.
    None,
    /// The requests and answers in the form of a trace, which has no secrets, and whether they show the finding.
    Recorded {
        /// One value for each request.
        requests: &'t [Value],
        /// Whether the finding showed.
        shown: bool,
    },
}

/// The files of the packet of a record, by their paths in its folder. `None` if the shape is not known to this version.
///
/// # Examples
///
/// ```
/// use manifuzz::engine::CaseRunner;
/// use manifuzz::exchange::Depth;
/// use manifuzz::findings::{Context, Sighting};
/// use manifuzz::model::Versions;
/// use manifuzz::registry::{Params, Profile};
/// use manifuzz::report::{Traffic, packet};
/// use manifuzz::transport::{Opening, embedded};
///
/// let profile = Profile::clean().plant("refuses-annotations", Params::default())?;
/// let target = embedded(&profile, &Opening { nonce: "run1".to_owned(), ..Opening::default() });
/// let mut runner = CaseRunner::new(target.as_ref(), Versions::V1_1, Depth::Full)?;
/// let found = runner.case(&"annotations=one".parse()?)?;
/// let sighting = Sighting {
///     target: "registry",
///     target_version: "1.0",
///     spec: "1.1",
///     shape: &found[0].shape,
///     finding: &found[0].finding,
///     witness: None,
///     from: &found[0].from,
///     reproduced: 3,
///     is_smallest: true,
///     probes: 4,
///     extent: "",
/// };
/// let record = sighting.record(&Context { seed: 1, day: "2026-01-02".parse()?, tool_version: "0.1.0" });
/// let files = packet(&record, Traffic::None).expect("a known shape");
/// assert!(files["repro.sh"].starts_with(b"#!/bin/sh"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn packet(record: &Record, traffic: Traffic<'_>) -> Option<BTreeMap<String, Vec<u8>>> {
    Some(files(record, &render(record.shape.shape()?), 0, traffic))
}

/// The files of the packet of a record whose case is a document with this body, or that this version cannot render. `None` if the
/// row does not tell the tested request.
pub fn packet_of_body(record: &Record, body: Vec<u8>, traffic: Traffic<'_>) -> Option<BTreeMap<String, Vec<u8>>> {
    let OfRow { exchange, lacking } = exchange_of(record, body.into())?;
    Some(files(record, &exchange, lacking, traffic))
}

fn files(record: &Record, exchange: &Exchange, lacking: u64, traffic: Traffic<'_>) -> BTreeMap<String, Vec<u8>> {
    let planned = requests_of(exchange, record.stage, is_accepted(exchange, record.stage, record.duty()));
    let parts = Parts { record, exchange, planned: &planned, lacking };
    let mut files = BTreeMap::new();
    for request in planned.all() {
        let body = request.body.as_ref().filter(|body| !body.is_empty() && *body != exchange.tested.body.bytes());
        if let Some(body) = body {
            files.insert(script::blob_of(body), body.to_vec());
        }
    }
    files.insert(parts.tested_file().to_owned(), exchange.tested.body.to_vec());
    files.insert("repro.sh".to_owned(), script::script(&parts).into_bytes());
    files.insert("traffic.har".to_owned(), har::har(&parts, traffic).into_bytes());
    files.insert("issue.md".to_owned(), issue::issue(&parts, traffic).into_bytes());
    files
}

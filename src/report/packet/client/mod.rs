//! The packet of a client program: a script that serves the case and runs the program, and a text to paste.

mod issue;
mod script;

use std::collections::BTreeMap;

use crate::exchange::{Exchange, Stage, requests_of};
use crate::findings::Record;
use crate::render::render;

use super::Parts;

/// The command lines by which a client program is asked to do something, with the placeholders of adapters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCommands {
    /// The program, which `{program}` stands for.
    pub program: String,
    /// Environment variables that the program needs.
    pub environment: Vec<(String, String)>,
    /// Files that are written below its home folder: path and content.
    pub files: Vec<(String, String)>,
    /// A daemon that it needs: how it is started, and a command that succeeds once it is ready.
    pub daemon: Option<(Vec<String>, Vec<String>)>,
    /// Commands before, each of which must succeed.
    pub setup: Vec<Vec<String>>,
    /// The command that shows the finding.
    pub run: Vec<String>,
    /// How long it may take, in seconds.
    pub seconds: u64,
}

impl ClientCommands {
    /// All command lines in order.
    fn all(&self) -> impl Iterator<Item = &Vec<String>> {
        let daemon = self.daemon.iter().flat_map(|(run, ready)| [run, ready]);
        daemon.chain(&self.setup).chain([&self.run])
    }

    /// Whether the program reads the case from an OCI layout, which the packet then needs.
    pub fn reads_layout(&self) -> bool {
        let values = self.environment.iter().chain(&self.files).map(|(_, value)| value);
        self.all().flatten().chain(values).any(|text| text.contains("{layout}"))
    }
}

/// The files of the packet of a client program's record, by their paths in its folder. `None` if the shape is not known to this
/// version.
///
/// A packet of [commands that read a layout](ClientCommands::reads_layout) also needs the case as an OCI layout in its folder
/// `layout`.
pub fn client_packet(record: &Record, commands: &ClientCommands) -> Option<BTreeMap<String, Vec<u8>>> {
    let exchange = render(record.shape.shape()?);
    let parts =
        Parts { record, exchange: &exchange, planned: &requests_of(&exchange, Stage::ManifestPut, true), lacking: 0 };
    let files = [
        ("manifest.json", exchange.tested.body.to_vec()),
        ("repro.sh", script::script(record, commands).into_bytes()),
        ("issue.md", issue::issue(&parts, commands).into_bytes()),
    ];
    Some(files.map(|(name, content)| (name.to_owned(), content)).into())
}

/// The tag in the layout of a packet: the one under which the case is served.
pub fn tag_in_layout(exchange: &Exchange) -> String {
    const FRESH: &str = "case";
    exchange.tested.reference.tag(FRESH).unwrap_or_else(|| FRESH.to_owned())
}

//! Writes packets into a directory, for `repro` and `run --repro`.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::client_commands::client_commands;
use super::targets::TargetArgument;
use super::tell;
use crate::consumers::clients::Adapter;
use crate::error::Input;
use crate::exchange::sha256;
use crate::findings::{Record, read_body};
use crate::foreign::escaped;
use crate::render::render;
use crate::report::{Layout, Traffic, client_packet, packet, packet_of_body, tag_in_layout};

/// Writes packets into a directory.
pub(super) struct Packets<'d> {
    directory: &'d Path,
    /// The corpus, beside which the bodies of documents are.
    corpus: &'d Path,
    /// The adapters of the client programs that are targets, which may be files of the user.
    adapters: Vec<&'d Adapter>,
    /// How many packets each id has so far.
    counts: HashMap<String, usize>,
}

impl<'d> Packets<'d> {
    pub fn new(directory: &'d Path, corpus: &'d Path) -> Self {
        Self { directory, corpus, adapters: Vec::new(), counts: HashMap::new() }
    }

    /// With the adapters of these targets.
    pub fn of_targets(self, targets: impl IntoIterator<Item = &'d TargetArgument>) -> Self {
        Self { adapters: targets.into_iter().filter_map(TargetArgument::client).collect(), ..self }
    }

    /// Writes the packet of a record into the folder `ID-N`. A record that has no packet is skipped with a warning.
    pub fn write(&mut self, record: &Record, traffic: Traffic<'_>) -> Result<Option<PathBuf>, Input> {
        let id = record.shape.id();
        let mut reads_layout = false;
        let files = if record.stage.is_of_client() {
            client_commands(record, &self.adapters).and_then(|commands| {
                reads_layout = commands.reads_layout();
                client_packet(record, &commands).ok_or_else(|| "this version cannot read its shape".to_owned())
            })
        } else {
            self.files(record, traffic)
        };
        let files = match files {
            Ok(files) => files,
            Err(why) => {
                let (key, corpus) = (escaped(&record.key), self.corpus.display());
                tell(format_args!("warning: {corpus}: no packet for {id} {key}: {why}"));
                return Ok(None);
            }
        };
        let count = self.counts.entry(id.to_owned()).or_default();
        *count += 1;
        let folder = self.directory.join(format!("{id}-{count}"));
        for (name, content) in files {
            let path = folder.join(name);
            let fail = |cause| Input::file("write", &path, cause, "choose a writable directory with enough free space");
            std::fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(fail)?;
            std::fs::write(&path, content).map_err(fail)?;
        }
        if let Some(shape) = record.shape.shape().filter(|_| reads_layout) {
            let exchange = render(shape);
            let mut layout = Layout::create(&folder.join("layout"))?;
            layout.add(&tag_in_layout(&exchange), &exchange)?;
            layout.finish()?;
        }
        Ok(Some(folder))
    }

    /// The files of a packet, or why there are none.
    fn files(&self, record: &Record, traffic: Traffic<'_>) -> Result<BTreeMap<String, Vec<u8>>, String> {
        if let Some(files) = packet(record, traffic) {
            return Ok(files);
        }
        let body = self.body(record)?;
        let unknown = || "this version cannot read its shape, and the row alone does not tell the request".to_owned();
        packet_of_body(record, body, traffic).ok_or_else(unknown)
    }

    /// The body of a record: in the row, or in a file beside the corpus.
    fn body(&self, record: &Record) -> Result<Vec<u8>, String> {
        let of_row = STANDARD.decode(&record.body_base64).ok();
        match of_row.filter(|body| sha256(body) == record.body_sha256) {
            Some(body) => Ok(body),
            None => read_body(self.corpus, &record.body_sha256).map_err(|error| error.to_string()),
        }
    }
}

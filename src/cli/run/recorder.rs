//! Takes a run's events: progress to stderr, rows to the corpus.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::advice::with_advice;
use crate::cli::tell;
use crate::corpus::{Corpus, Row, merge};
use crate::engine::{Event, Sink};
use crate::error::Error;
use crate::spec::Versions;
use crate::target::Target;

/// Takes a run's events: shows progress, keeps the rows, writes the corpus.
pub(super) struct Recorder {
    corpus: Corpus,
    seed: u64,
    spec: Versions,
    /// What this run found, by identity; independent of what the corpus held before.
    pub rows: BTreeMap<(String, String, String), Row>,
    pub bar: ProgressBar,
}

impl Recorder {
    pub fn new(corpus: Corpus, seed: u64, spec: Versions) -> Self {
        Self { corpus, seed, spec, rows: BTreeMap::new(), bar: ProgressBar::hidden() }
    }
}

impl Sink for Recorder {
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Target { name, lacking, cases } => {
                tell(format_args!("{name}: {cases} cases"));
                if !lacking.is_empty() {
                    tell(format_args!("{name}: unsupported, and so not judged: {}", lacking.join(", ")));
                }
                let draw = if std::io::stderr().is_terminal() {
                    ProgressDrawTarget::stderr()
                } else {
                    ProgressDrawTarget::hidden()
                };
                self.bar = ProgressBar::with_draw_target(Some(cases as u64), draw);
                if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} cases {msg}") {
                    self.bar.set_style(style);
                }
                self.bar.set_prefix(name.to_owned());
            }
            Event::Block { done, cases } => {
                self.bar.set_position(done as u64);
                self.bar.set_message(format!("{} rows", self.rows.len()));
                // Without a terminal, a line now and then tells that it goes on.
                if self.bar.is_hidden() && (done == cases || done % 512 == 0) {
                    tell(format_args!("{}: {done}/{cases} cases, {} rows", target.name(), self.rows.len()));
                }
            }
            Event::Trouble(trouble) => self.bar.suspend(|| tell(format_args!("warning: {}", with_advice(trouble)))),
            Event::Waiting { failing, most } => {
                let what = if failing { "fails on the base" } else { "does not answer the base" };
                let (name, most) = (target.name(), most.as_secs_f64());
                self.bar
                    .suspend(|| tell(format_args!("{name}: {what}; waiting up to {most:.0} s for it to come back")));
            }
            Event::Unreproduced { symptom, shape } => {
                self.bar
                    .suspend(|| tell(format_args!("warning: {symptom} was seen on {shape}, but did not come again")));
            }
            Event::Lost(why) => {
                let name = target.name();
                self.bar
                    .suspend(|| tell(format_args!("error: {name}: the run on this target ends here, because {why}")));
            }
            Event::Found(found) => {
                let row = found.row(target, self.spec, self.seed);
                let (target, spec, key) = row.identity();
                let identity = (target.to_owned(), spec.to_owned(), key.to_owned());
                let merged = self.rows.get(&identity).map_or_else(|| row.clone(), |old| merge(old, &row));
                self.rows.insert(identity, merged.clone());
                self.corpus.record(merged)?;
            }
        }
        Ok(())
    }
}

//! `manifuzz run`: the main job.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::targets::{TargetFlags, nonce};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE};
use crate::compare::Grade;
use crate::corpus::{Corpus, Record, Row, merge, today};
use crate::engine::{Event, Plan, Sink, Summary, cases, run};
use crate::error::{Error, Input};
use crate::exchange::Depth;
use crate::generate::coverage;
use crate::registry::profiles;
use crate::render::render;
use crate::report::{json_line, table};
use crate::spec::Versions;
use crate::target::{Target, embedded, open};

/// Fuzz registries: generate shapes, fire them, judge the answers, shrink what disagrees, write it down
#[derive(Debug, clap::Args)]
pub(super) struct Run {
    /// `embedded:PROFILE` or `http://HOST:PORT/REPOSITORY`; without one, every embedded profile of the seed table
    targets: Vec<String>,
    /// What random draws depend on; a new one each time without it
    #[arg(long)]
    seed: Option<u64>,
    /// How many cases for each target in all; without it, the fixed part and 1000 draws
    #[arg(long)]
    cases: Option<usize>,
    /// How far draws stray: valid, mostly-valid or hostile
    #[arg(long, default_value = "mostly-valid")]
    preset: String,
    /// Versions of the specifications to judge by: 1.1 or 1.0
    #[arg(long, default_value = "1.1")]
    spec: String,
    /// How much is read back: put, get or full
    #[arg(long, default_value = "full")]
    depth: String,
    /// How many cases are in flight at most; changes nothing but the time
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// The corpus that findings are written to
    #[arg(long, default_value = "manifuzz-cases.csv", value_name = "FILE")]
    corpus: PathBuf,
    /// A folder for what this run found: findings.jsonl and run.json
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// The least grade that makes the exit code 1: violation, warning or note
    #[arg(long, default_value = "warning", value_name = "GRADE")]
    fail_on: String,
    /// How long the whole run may take, shrinking included, such as 60s or 5m
    #[arg(long, value_name = "TIME")]
    time: Option<String>,
    /// Write cases as they were found
    #[arg(long)]
    no_shrink: bool,
    /// Say how many cases and requests it would be, and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    output: Output,
}

impl Run {
    pub(super) fn run(self) -> Result<u8, Error> {
        let seed = self.seed.unwrap_or_else(|| u64::from_str_radix(&nonce(), 16).unwrap_or(0) % 1_000_000_007);
        eprintln!("seed {seed}");
        let plan = Plan {
            seed,
            preset: self.preset.parse()?,
            cases: self.cases,
            versions: self.spec.parse()?,
            depth: depth(&self.depth)?,
            jobs: usize::from(self.jobs),
            shrink: !self.no_shrink,
        };
        let fail_on = grade(&self.fail_on)?;
        let limit = self.time.as_deref().map(duration).transpose()?;
        let targets = self.open()?;
        if self.dry_run {
            return Ok(dry_run(&plan, &targets));
        }
        let corpus = Corpus::open(&self.corpus)?;
        for damaged in corpus.damaged() {
            eprintln!("warning: {}, line {}: {}; the line is kept", self.corpus.display(), damaged.line, damaged.why);
        }
        if let Some(results) = &self.results {
            std::fs::create_dir_all(results)
                .map_err(|cause| Input::file("create", results, cause, "name a folder that can be written"))?;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let interrupted = Arc::new(AtomicBool::new(false));
        watch(&stop, &interrupted, limit);
        let mut sink = Recorder::new(corpus, plan.seed, plan.versions);
        let mut summaries: Vec<(String, Result<Summary, Error>)> = Vec::new();
        for target in &targets {
            let summary = run(target.as_ref(), &plan, &stop, &mut sink);
            sink.bar.finish_and_clear();
            // Trouble with one target is no reason to leave out the next; anything else ends the run.
            match summary {
                Err(error @ (Error::Input(_) | Error::Bug(_))) => return Err(error),
                summary => summaries.push((target.name().to_owned(), summary)),
            }
        }
        self.report(&sink, &plan, &summaries)?;
        let found = sink.rows.values().any(|row| grade(&row.grade).is_ok_and(|grade| grade >= fail_on));
        let untestable = summaries.iter().any(|(_, summary)| match summary {
            Ok(summary) => summary.trouble > summary.judged && !summary.stopped,
            Err(_) => true,
        });
        Ok(match () {
            () if interrupted.load(Ordering::Relaxed) => INTERRUPTED,
            () if found => FOUND,
            () if untestable => UNTESTABLE,
            () => 0,
        })
    }

    fn open(&self) -> Result<Vec<Box<dyn Target>>, Error> {
        let opening = self.target.opening()?;
        if self.targets.is_empty() {
            return Ok(profiles().filter(|profile| profile.seed).map(|profile| embedded(&profile, &opening)).collect());
        }
        if opening.name.is_some() && self.targets.len() > 1 {
            let why = "it names one target, and several are given";
            return Err(Input::value("--name", why, "run them one by one").into());
        }
        self.targets.iter().map(|target| open(target, &opening)).collect()
    }

    fn report(
        &self,
        sink: &Recorder,
        plan: &Plan,
        summaries: &[(String, Result<Summary, Error>)],
    ) -> Result<(), Error> {
        let with_notes = self.fail_on == "note";
        if self.output.is_pretty() {
            let shown = sink.rows.values().filter(|row| with_notes || row.grade != "note");
            Output::print(&table(shown));
        } else {
            for row in sink.rows.values() {
                Output::print(&json_line(row));
            }
        }
        let count = |grade: &str| sink.rows.values().filter(|row| row.grade == grade).count();
        eprintln!(
            "{} violations, {} warnings, {} notes; written to {}",
            count("violation"),
            count("warning"),
            count("note"),
            self.corpus.display()
        );
        let mut total = Summary::default();
        for (name, summary) in summaries {
            match summary {
                Ok(summary) => {
                    let covered = coverage(&summary.covered);
                    eprintln!(
                        "{name}: {} requests; entries covered {} of {}{}",
                        summary.requests,
                        covered.entries,
                        covered.of,
                        if summary.stopped {
                            format!("; stopped, --cases {} repeats it", summary.whole)
                        } else {
                            String::new()
                        }
                    );
                    total.judged += summary.judged;
                    total.unsupported += summary.unsupported;
                    total.trouble += summary.trouble;
                    total.not_reproduced += summary.not_reproduced;
                }
                Err(error) => eprintln!("error: {name}: {error}"),
            }
        }
        if let Some(results) = &self.results {
            write_results(results, sink, plan, &total)?;
        }
        eprintln!(
            "{} cases judged, {} unsupported, {} in trouble, {} findings not reproduced",
            total.judged, total.unsupported, total.trouble, total.not_reproduced
        );
        Ok(())
    }
}

/// Sets `stop` on an interrupt, or when the time is over.
fn watch(stop: &Arc<AtomicBool>, interrupted: &Arc<AtomicBool>, limit: Option<Duration>) {
    let (stop_on_signal, interrupted) = (Arc::clone(stop), Arc::clone(interrupted));
    let handler = move || {
        interrupted.store(true, Ordering::Relaxed);
        stop_on_signal.store(true, Ordering::Relaxed);
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        eprintln!("warning: an interrupt will end the run at once: {error}; rows are written as they are found");
    }
    if let Some(limit) = limit {
        let stop = Arc::clone(stop);
        std::thread::spawn(move || {
            std::thread::sleep(limit);
            stop.store(true, Ordering::Relaxed);
        });
    }
}

fn dry_run(plan: &Plan, targets: &[Box<dyn Target>]) -> u8 {
    let shapes: Vec<_> = cases(plan.seed, plan.preset, plan.cases).collect();
    // The push, reading back, and what is pushed before: at most two requests for each need that is there.
    let reading = match plan.depth {
        Depth::Put => 1,
        Depth::Get => 3,
        Depth::Full => 8,
    };
    let mut pushed = std::collections::HashSet::new();
    let mut requests = 0;
    for shape in &shapes {
        let exchange = render(shape);
        let steps = exchange.steps.len();
        requests +=
            reading + steps.min(1) + exchange.needs.iter().filter(|n| pushed.insert(n.digest.clone())).count() * 2;
    }
    for target in targets {
        let name = target.name();
        eprintln!(
            "{name}: {} cases, about {requests} requests, and those of shrinking; nothing was sent",
            shapes.len()
        );
    }
    0
}

fn write_results(folder: &Path, sink: &Recorder, plan: &Plan, total: &Summary) -> Result<(), Error> {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text)
            .map_err(|cause| Input::file("write", &path, cause, "name a folder that can be written"))
    };
    write("findings.jsonl", sink.rows.values().map(|row| json_line(row) + "\n").collect())?;
    let run = serde_json::json!({
        "tool_version": env!("CARGO_PKG_VERSION"),
        "arguments": std::env::args().skip(1).collect::<Vec<_>>(),
        "day": sink.day,
        "seed": plan.seed,
        "spec": plan.versions.name,
        "judged": total.judged,
        "unsupported": total.unsupported,
        "trouble": total.trouble,
        "not_reproduced": total.not_reproduced,
    });
    write("run.json", format!("{run:#}\n"))?;
    Ok(())
}

/// Takes a run's events: shows progress, keeps the rows, writes the corpus.
struct Recorder {
    corpus: Corpus,
    seed: u64,
    spec: Versions,
    day: String,
    /// What this run found, by identity; independent of what the corpus held before.
    rows: BTreeMap<(String, String, String), Row>,
    bar: ProgressBar,
}

impl Recorder {
    fn new(corpus: Corpus, seed: u64, spec: Versions) -> Self {
        Self { corpus, seed, spec, day: today(), rows: BTreeMap::new(), bar: ProgressBar::hidden() }
    }
}

impl Sink for Recorder {
    fn take(&mut self, target: &dyn Target, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Target { name, lacking, cases } => {
                eprintln!("{name}: {cases} cases");
                if !lacking.is_empty() {
                    eprintln!("{name}: unsupported, and so not judged: {}", lacking.join(", "));
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
                    eprintln!("{}: {done}/{cases} cases, {} rows", target.name(), self.rows.len());
                }
            }
            Event::Warning(text) => self.bar.suspend(|| eprintln!("warning: {text}")),
            Event::Found(found) => {
                let record = Record {
                    target: target.name(),
                    target_version: &target.version(),
                    spec: self.spec.name,
                    shape: &found.shape,
                    finding: &found.finding,
                    witness: found.witness.as_ref(),
                    from: &found.from,
                    reproduced: found.reproduced,
                    probes: found.probes,
                    seed: self.seed,
                    day: &self.day,
                };
                let row = record.row();
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

fn depth(text: &str) -> Result<Depth, Input> {
    match text {
        "put" => Ok(Depth::Put),
        "get" => Ok(Depth::Get),
        "full" => Ok(Depth::Full),
        _ => Err(Input::value(format!("the depth `{text}`"), "there is no such depth", "use put, get or full")),
    }
}

fn grade(text: &str) -> Result<Grade, Input> {
    [Grade::Note, Grade::Warning, Grade::Violation].into_iter().find(|grade| grade.as_str() == text).ok_or_else(|| {
        Input::value(format!("the grade `{text}`"), "there is no such grade", "use violation, warning or note")
    })
}

/// Reads `60s`, `5m` or `1h`.
fn duration(text: &str) -> Result<Duration, Input> {
    let wrong = || Input::value(format!("the time `{text}`"), "it has another form", "write 60s, 5m or 1h");
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(count.saturating_mul(unit)))
}

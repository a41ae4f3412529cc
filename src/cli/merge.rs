//! `manifuzz merge`: merges the results of shards, or corpora.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::flags::example_and_codes;
use super::run::{Compared, OfRun, disagreements, merge_cases, visible_arguments, write_results};
use super::tell;
use crate::compare::Class;
use crate::error::{Error, Input};
use crate::findings::{CaseLine, Corpus, Identity, Record, merge};
use crate::model::Versions;
use crate::report::{RunReport, TargetReport, merged, record_of};

/// Merge the results of shards, or corpora
///
/// Directories are those of `run --results` with the same seed and options, which differ in shard or targets: merging all shards
/// gives the cases, counts, coverage and findings of the run without --shard. Files are corpora of any runs.
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes("manifuzz merge whole shard1 shard2 shard3", &[(0, "success")]))]
pub(super) struct MergeCommand {
    /// Directory or corpus to write, of the same kind as what is merged; must be empty or absent
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Directories written by `run --results`, or corpora
    #[arg(value_name = "IN", required = true)]
    parts: Vec<PathBuf>,
}

impl MergeCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let (directories, files): (Vec<&PathBuf>, Vec<&PathBuf>) = self.parts.iter().partition(|part| part.is_dir());
        if let (Some(directory), Some(file)) = (directories.first(), files.first()) {
            let what = format!("cannot merge {} with {}", directory.display(), file.display());
            let why = "one is a directory, the other a file";
            return Err(Input::value(what, why, "pass either results or corpora").into());
        }
        check_is_empty(&self.out, !directories.is_empty())?;
        if directories.is_empty() { self.merge_corpora() } else { self.merge_results() }
    }

    fn merge_corpora(&self) -> Result<u8, Error> {
        let mut out = Corpus::open(&self.out)?;
        for path in &self.parts {
            let corpus = Corpus::read_only(path)?;
            for damaged in corpus.damaged() {
                let (path, line, why) = (path.display(), damaged.line, &damaged.why);
                tell(format_args!("warning: {path}, line {line}: {why}; the line is left out"));
            }
            corpus.records().into_iter().for_each(|record| {
                out.merge(record.clone());
            });
        }
        out.save()?;
        tell(format_args!("{} rows written to {}", out.records().len(), self.out.display()));
        Ok(0)
    }

    fn merge_results(&self) -> Result<u8, Error> {
        let mut parts: Vec<(&Path, RunReport)> = Vec::new();
        for path in &self.parts {
            parts.push((path, read_results(path)?));
        }
        check_belong_together(&parts)?;
        // In the order of the shards, whatever the order of the arguments.
        parts.sort_by_cached_key(|(_, part)| shard(part).map(|(index, _)| index));
        let parts: Vec<RunReport> = parts.into_iter().map(|(_, part)| part).collect();
        let Some(whole) = merged(&parts) else { return Ok(0) };
        let whole = RunReport { arguments: visible_arguments(), ..whole };
        fs::create_dir_all(&self.out)
            .map_err(|cause| Input::file("create", &self.out, cause, "name a writable directory"))?;
        let names: Vec<&str> = whole.targets.iter().map(|target| &*target.name).collect();
        let directories: Vec<&Path> = self.parts.iter().map(PathBuf::as_path).collect();
        let whole = match merge_cases(&self.out, &directories, &names)? {
            Some(fixed) => compared(&whole, &fixed),
            None => whole,
        };
        write_results(&self.out, &whole)?;
        for lacking in lacking_shards(&parts) {
            tell(format_args!("warning: {lacking}"));
        }
        for target in &whole.targets {
            tell(format_args!("{}: {} cases; covered: {}", target.name, target.cases, target.covered.count()));
        }
        tell(format_args!("{} rows written to {}", whole.findings.len(), self.out.display()));
        tell(whole.last_line());
        Ok(0)
    }
}

/// The report with the disagreements of its targets, which no part alone knows.
fn compared(report: &RunReport, fixed: &BTreeMap<String, Vec<CaseLine>>) -> RunReport {
    let Ok(spec) = report.spec.parse::<Versions>() else { return report.clone() };
    let own = report.findings.iter().filter(|record| record.class != Class::Disagrees);
    let mut rows: BTreeMap<Identity, Record> = own.map(|record| (record.identity(), record.clone())).collect();
    let of = |target: &'_ TargetReport| fixed.get(&target.name).map_or(&[][..], Vec::as_slice);
    let targets = report.targets.iter();
    let targets: Vec<Compared<'_>> =
        targets.map(|target| Compared { name: &target.name, version: &target.version, fixed: of(target) }).collect();
    let run = OfRun { spec, seed: report.seed, day: report.day };
    let found = disagreements(&targets, &rows.values().collect::<Vec<_>>(), run);
    for record in found {
        let identity = record.identity();
        let merged = rows.get(&identity).map_or_else(|| record.clone(), |row| merge(row, &record));
        rows.insert(identity, merged);
    }
    RunReport { findings: rows.into_values().collect(), ..report.clone() }
}

/// Nothing is overwritten.
fn check_is_empty(out: &Path, wants_directory: bool) -> Result<(), Input> {
    let Ok(metadata) = fs::metadata(out) else { return Ok(()) };
    let what = || format!("cannot write {}", out.display());
    if metadata.is_dir() != wants_directory {
        let (is, wanted) = if wants_directory { ("file", "directory") } else { ("directory", "file") };
        return Err(Input::value(what(), format!("it is a {is}"), format!("name a new {wanted}")));
    }
    let is_empty = match wants_directory {
        true => {
            fs::read_dir(out).map_err(|cause| Input::file("read", out, cause, "name a new directory"))?.next().is_none()
        }
        false => metadata.len() == 0,
    };
    if is_empty { Ok(()) } else { Err(Input::value(what(), "it is not empty", "name a new one; nothing was changed")) }
}

/// The results in a directory.
pub(in crate::cli) fn read_results(directory: &Path) -> Result<RunReport, Input> {
    let text = |name: &str| {
        let path = directory.join(name);
        let read = fs::read_to_string(&path);
        read.map_err(|cause| Input::file("read", &path, cause, "pass a directory written by `run --results`"))
    };
    let wrong = |name: &str, why: String| {
        let what = format!("cannot read {}", directory.join(name).display());
        Input::value(what, why, "pass a directory written by `run --results` of this version")
    };
    let run = RunReport::of_json(&text("run.json")?).map_err(|why| wrong("run.json", why))?;
    let of_line = |(at, line): (usize, &str)| -> Result<Record, Input> {
        let value = serde_json::from_str(line).map_err(|error| error.to_string());
        value
            .and_then(|value| record_of(&value))
            .map_err(|why| wrong("findings.jsonl", format!("line {}: {why}", at + 1)))
    };
    let findings = text("findings.jsonl")?.lines().enumerate().map(of_line).collect::<Result<_, _>>()?;
    Ok(RunReport { findings, ..run })
}

/// The number of a shard, and how many there are.
fn shard(part: &RunReport) -> Option<(usize, usize)> {
    let (index, of) = part.shard.as_deref()?.split_once('/')?;
    Some((index.parse().ok()?, of.parse().ok()?))
}

/// All must have the same options and, for each target, be different shards.
fn check_belong_together(parts: &[(&Path, RunReport)]) -> Result<(), Input> {
    let Some((first_path, first)) = parts.first() else { return Ok(()) };
    let advice = "merge the results of one run; corpora of any runs can be merged";
    let mut seen: HashSet<(&str, Option<(usize, usize)>)> = HashSet::new();
    for (path, part) in parts {
        let what = || format!("cannot merge {} with {}", path.display(), first_path.display());
        if (&part.plan, part.seed) != (&first.plan, first.seed) {
            return Err(Input::value(what(), "their seeds, options or versions differ", advice));
        }
        if shard(part).map(|(_, of)| of) != shard(first).map(|(_, of)| of) {
            return Err(Input::value(what(), "they are not of the same number of shards", advice));
        }
        for target in &part.targets {
            if !seen.insert((&target.name, shard(part))) {
                let shard =
                    part.shard.as_ref().map_or_else(|| "the whole run".to_owned(), |shard| format!("shard {shard}"));
                let why = format!("{shard} on {} is there twice", target.name);
                return Err(Input::value(format!("cannot merge {}", path.display()), why, "pass each result once"));
            }
        }
    }
    Ok(())
}

/// Which shards of which target are not there.
fn lacking_shards(parts: &[RunReport]) -> Vec<String> {
    let Some((_, of)) = parts.first().and_then(shard) else { return Vec::new() };
    let names: HashSet<&str> = parts.iter().flat_map(|part| &part.targets).map(|target| target.name.as_str()).collect();
    let mut lacking = Vec::new();
    for name in names {
        let with_target = parts.iter().filter(|part| part.targets.iter().any(|target| target.name == name));
        let there: HashSet<usize> = with_target.filter_map(shard).map(|(index, _)| index).collect();
        let missing: Vec<String> =
            (1..=of).filter(|index| !there.contains(index)).map(|i| format!("{i}/{of}")).collect();
        if !missing.is_empty() {
            lacking.push(format!("{name}: the cases of shard {} are not included", missing.join(", ")));
        }
    }
    lacking.sort_unstable();
    lacking
}

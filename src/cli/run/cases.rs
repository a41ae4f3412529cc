//! `cases.jsonl` in a results directory: how each case of a run ended, one JSON object per line, by target.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::tell;
use crate::engine::{CaseOutcome, Outcome};
use crate::error::Input;
use crate::exchange::Stage;
use crate::findings::{CaseEnd, CaseLine};

/// The name of the file.
const NAME: &str = "cases.jsonl";
const ADVICE: &str = "free disk space or name a writable directory";

/// How the cases of a run ended: those that do not depend on the seed in memory, all of them in a file.
#[derive(Debug, Default)]
pub(super) struct CaseLog {
    /// Where lines are written, if anywhere.
    file: Option<(PathBuf, BufWriter<File>)>,
    /// How many lines each target has.
    counts: HashMap<String, usize>,
    /// Those that every target gets, in the order of the run.
    fixed: HashMap<String, Vec<CaseLine>>,
}

impl CaseLog {
    /// Begins a new file in this directory.
    pub fn create(directory: &Path) -> Result<Self, Input> {
        let path = directory.join(NAME);
        let file = File::create(&path).map_err(|cause| Input::file("create", &path, cause, ADVICE))?;
        Ok(Self { file: Some((path, BufWriter::new(file))), ..Self::default() })
    }

    /// Continues the file of a stopped run. Of each target it keeps so many lines; those after the last whole block are fired again.
    /// If these lines are missing, no file is written, and a warning says so.
    pub fn continued(directory: &Path, kept: &[(String, Option<usize>)]) -> Result<Self, Input> {
        let path = directory.join(NAME);
        let mut log = Self::default();
        let part = directory.join(format!(".{NAME}.part"));
        let mut file =
            BufWriter::new(File::create(&part).map_err(|cause| Input::file("create", &part, cause, ADVICE))?);
        let most: HashMap<&str, usize> = kept.iter().map(|(name, count)| (&**name, count.unwrap_or(0))).collect();
        each_line(&path, |line| {
            let count = log.counts.entry(line.target.clone()).or_default();
            if *count >= most.get(&*line.target).copied().unwrap_or(0) {
                return Ok(());
            }
            *count += 1;
            write_line(&mut file, &line).map_err(|cause| Input::file("write", &part, cause, ADVICE))?;
            log.keep(line);
            Ok(())
        })?;
        let is_whole = |(name, count): &(String, Option<usize>)| *count == log.counts.get(name).copied();
        let has_all = kept.iter().all(|one| one.1 == Some(0) || is_whole(one));
        if !has_all {
            let left = std::fs::remove_file(&part).and_then(|()| remove(&path));
            left.map_err(|cause| Input::file("remove", &path, cause, ADVICE))?;
            let path = path.display();
            tell(format_args!(
                "warning: {path} lacks cases of the stopped run, so it is left out, and targets are not compared"
            ));
            return Ok(Self::default());
        }
        file.flush()
            .and_then(|()| std::fs::rename(&part, &path))
            .map_err(|cause| Input::file("write", &path, cause, ADVICE))?;
        log.file = Some((path, file));
        Ok(log)
    }

    fn keep(&mut self, line: CaseLine) {
        if !line.drawn {
            self.fixed.entry(line.target.clone()).or_default().push(line);
        }
    }

    /// Adds the cases of a block.
    pub fn add(&mut self, target: &str, cases: &[CaseOutcome<'_>]) -> Result<(), Input> {
        let is_written = self.file.is_some();
        for case in cases.iter().filter(|case| is_written || !case.is_drawn) {
            let line = line_of(target, case);
            if let Some((path, file)) = &mut self.file {
                write_line(file, &line).map_err(|cause| Input::file("write", path, cause, ADVICE))?;
            }
            match self.counts.get_mut(target) {
                Some(count) => *count += 1,
                None => drop(self.counts.insert(target.to_owned(), 1)),
            }
            self.keep(line);
        }
        Ok(())
    }

    /// How many lines of a target there are.
    pub fn count(&self, target: &str) -> usize {
        self.counts.get(target).copied().unwrap_or_default()
    }

    /// The cases of a target that do not depend on the seed.
    pub fn fixed(&self, target: &str) -> &[CaseLine] {
        self.fixed.get(target).map_or(&[], Vec::as_slice)
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) -> Result<(), Input> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        file.flush().map_err(|cause| Input::file("write", path, cause, ADVICE))
    }

    /// Sorts the lines by target, in this order: targets are run side by side.
    pub fn finish(&mut self, targets: &[&str]) -> Result<(), Input> {
        self.flush()?;
        let Some((path, _)) = self.file.take() else { return Ok(()) };
        if targets.len() > 1 {
            write_by_target(&path, &[path.parent().unwrap_or(Path::new("."))], targets, &mut |_| {})?;
        }
        Ok(())
    }
}

/// Merges the files of several results directories, each case of a target once, and returns the cases that do not depend on the
/// seed by target. `None`, said, if some directory has no such file.
pub(in crate::cli) fn merge_cases(
    out: &Path,
    parts: &[&Path],
    targets: &[&str],
) -> Result<Option<BTreeMap<String, Vec<CaseLine>>>, Input> {
    if let Some(lacking) = parts.iter().find(|part| !part.join(NAME).is_file()) {
        let name = lacking.display();
        tell(format_args!("warning: {name} has no {NAME}, so it is left out, and targets are not compared"));
        return Ok(None);
    }
    let mut fixed: BTreeMap<String, Vec<CaseLine>> = BTreeMap::new();
    write_by_target(&out.join(NAME), parts, targets, &mut |line| {
        if !line.drawn {
            fixed.entry(line.target.clone()).or_default().push(line.clone());
        }
    })?;
    Ok(Some(fixed))
}

/// The cases of a results directory.
///
/// # Errors
///
/// If there is no such file, or it is invalid.
pub(in crate::cli) fn read_cases(directory: &Path) -> Result<Vec<CaseLine>, Input> {
    let path = directory.join(NAME);
    if !path.is_file() {
        let advice = "pass directories written by `run --results` of this version, or two corpora";
        return Err(Input::file("read", &path, ErrorKind::NotFound.into(), advice));
    }
    let mut lines = Vec::new();
    each_line(&path, |line| {
        lines.push(line);
        Ok(())
    })?;
    Ok(lines)
}

/// Writes the cases of these directories in the order of the targets, each once. Holds only ids in memory.
fn write_by_target(
    path: &Path,
    parts: &[&Path],
    targets: &[&str],
    written: &mut dyn FnMut(&CaseLine),
) -> Result<(), Input> {
    let fail = |cause| Input::file("write", path, cause, ADVICE);
    let part = path.with_extension("jsonl.part");
    let mut file = BufWriter::new(File::create(&part).map_err(fail)?);
    for target in targets {
        let mut seen: HashSet<String> = HashSet::new();
        for directory in parts {
            each_line(&directory.join(NAME), |line| {
                if line.target == *target && seen.insert(line.id.clone()) {
                    write_line(&mut file, &line).map_err(fail)?;
                    written(&line);
                }
                Ok(())
            })?;
        }
    }
    file.flush().and_then(|()| std::fs::rename(&part, path)).map_err(fail)
}

/// Reads a file line by line; a missing one has no lines.
fn each_line(path: &Path, mut each: impl FnMut(CaseLine) -> Result<(), Input>) -> Result<(), Input> {
    let fail = |cause| Input::file("read", path, cause, "make it readable");
    let file = match File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(fail(cause)),
    };
    for (at, line) in BufReader::new(file).split(b'\n').enumerate() {
        match serde_json::from_slice(&line.map_err(fail)?) {
            Ok(line) => each(line)?,
            // A kill can cut the last line.
            Err(error) if error.is_eof() => {}
            Err(error) => {
                let what = format!("cannot read {}, line {}", path.display(), at + 1);
                return Err(Input::value(what, error.to_string(), "run it again with --results"));
            }
        }
    }
    Ok(())
}

fn write_line(file: &mut BufWriter<File>, line: &CaseLine) -> std::io::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    file.write_all(b"\n")
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

fn line_of(target: &str, case: &CaseOutcome<'_>) -> CaseLine {
    let end = match case.outcome {
        Outcome::Judged { accepted: true, .. } => CaseEnd::Accepted,
        Outcome::Judged { .. } => CaseEnd::Refused,
        Outcome::Unsupported => CaseEnd::Unsupported,
        Outcome::Trouble(_) => CaseEnd::Trouble,
    };
    let mut line = CaseLine { drawn: case.is_drawn, ..CaseLine::new(target, case.shape.to_string(), end) };
    match case.outcome {
        Outcome::Judged { answer, .. } => {
            line.status = answer.status;
            line.code.clone_from(&answer.code);
            line.message.clone_from(&answer.message);
            line.stage = answer.is_upload.then(|| Stage::BlobUpload.to_string());
        }
        Outcome::Trouble(trouble) => line.message = trouble.to_string(),
        Outcome::Unsupported => {}
    }
    line
}

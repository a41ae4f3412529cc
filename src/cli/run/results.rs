//! The end of a run: the table, the counts, and the files of `--results`.

use std::path::Path;

use super::github;
use super::next_steps::next_steps;
use super::{Output, RunCommand};
use crate::cli::packets::Packets;
use crate::cli::tell;
use crate::compare::Grade;
use crate::error::{Error, Input};
use crate::findings::row_lines;
use crate::report::{
    Group, RowPlaces, RunReport, Screen, TargetReport, Traffic, groups, json_line, table, unreproduced_table,
};

impl RunCommand {
    /// Writes the files of `--report`. The place of a finding is its row in the corpus.
    pub(super) fn write_reports(&self, report: &RunReport) -> Result<(), Error> {
        if self.reports.is_empty() {
            return Ok(());
        }
        let path = &self.corpus.corpus;
        let places = RowPlaces::new(path.display().to_string(), row_lines(path)?);
        self.reports.write(report, true, self.fail_on, &places)
    }

    /// Writes the packets of `--repro`, for violations and warnings.
    pub(super) fn write_packets(&self, report: &RunReport) -> Result<(), Error> {
        let Some(directory) = &self.repro else { return Ok(()) };
        let targets = self.targets.named_or_default();
        let mut packets = Packets::new(directory, &self.corpus.corpus).of_targets(&targets);
        let mut serious = report.findings.iter().filter(|record| record.grade > Grade::Note);
        serious.try_for_each(|record| packets.write(record, Traffic::None).map(drop))?;
        Ok(())
    }

    /// Prints the findings and the counts, and writes the files.
    pub(super) fn report(&self, report: &RunReport) -> Result<(), Error> {
        let with_notes = self.notes || self.fail_on == Grade::Note;
        let groups = groups(&report.findings);
        // If stdout is closed, the counts and the files are still written.
        let printed = if self.output.is_pretty() {
            let is_shown = |group: &&Group<'_>| with_notes || group.grade() > Grade::Note;
            let shown: Vec<Group<'_>> = groups.iter().filter(is_shown).cloned().collect();
            let screen = Screen::stdout();
            let mut tables = table(&shown, screen).into_iter().chain(unreproduced_table(&report.targets, screen));
            tables.try_for_each(|table| Output::print(&table))
        } else {
            report.findings.iter().try_for_each(|record| Output::print(&json_line(record)))
        };
        tell(format_args!(
            "{} violations, {} warnings, {} notes{}; {} {}",
            report.count(Grade::Violation),
            report.count(Grade::Warning),
            report.count(Grade::Note),
            if self.output.is_pretty() && !with_notes && report.count(Grade::Note) > 0 {
                " (--notes shows them)"
            } else {
                ""
            },
            if report.findings.is_empty() { "nothing to write to" } else { "written to" },
            self.corpus.corpus.display()
        ));
        for target in &report.targets {
            let name = &target.name;
            if let Some(error) = &target.error {
                tell(format_args!("error: {name}: {error}"));
                continue;
            }
            let repeats = format!("; stopped early, --cases {} repeats it", target.whole);
            // What is counted are the slots of cases for registries.
            let is_client = target.name.starts_with("client:");
            let covered = if is_client { String::new() } else { format!("; covered: {}", target.covered.count()) };
            tell(format_args!("{name}: {}{covered}{}", requests(target), if target.stopped { &repeats } else { "" }));
            // The pretty output has a table of them.
            for one in target.unreproduced.iter().filter(|_| !self.output.is_pretty()) {
                let (symptom, count, shapes) = (&one.symptom, one.count, one.shapes.join(" and "));
                tell(format_args!("{name}: not reproduced: {symptom} ({count}×, e.g. {shapes})"));
            }
            if target.flaky {
                tell(format_args!("{name}: more than 5 % of the findings did not reproduce; the target is flaky"));
            }
            for note in &target.notes {
                tell(format_args!("{name}: {note}"));
            }
        }
        if let Some(results) = &self.results {
            write_results(results, report)?;
        }
        github::write(report, &groups, &self.corpus.corpus, self.results.as_deref());
        if self.output.is_pretty() {
            next_steps(&groups, &self.corpus.corpus).iter().flatten().for_each(tell);
        }
        // Scripts read the counts from the last line.
        tell(report.last_line());
        printed
    }
}

/// The requests of a run, in all, for each case and by purpose.
fn requests(target: &TargetReport) -> String {
    let by = &target.requests;
    let cases = target.ended.judged.max(1) as f64;
    format!(
        "{} requests, {:.1} for each case (cases {}, repetitions {}, hunts {}, uploads {}, others {})",
        by.total(),
        by.total() as f64 / cases,
        by.cases,
        by.repetitions,
        by.hunts,
        by.uploads,
        by.others
    )
}

/// Writes `findings.jsonl`, then `run.json`.
pub(in crate::cli) fn write_results(directory: &Path, report: &RunReport) -> Result<(), Error> {
    let write = |name: &str, text: String| {
        let path = directory.join(name);
        std::fs::write(&path, text).map_err(|cause| Input::file("write", &path, cause, "name a writable directory"))
    };
    write("findings.jsonl", report.findings.iter().map(|record| json_line(record) + "\n").collect())?;
    write("run.json", format!("{:#}\n", report.json()))?;
    Ok(())
}

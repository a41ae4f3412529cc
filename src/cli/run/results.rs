//! What a run says at its end: the table, the counts, and the files of `--results`.

use std::path::Path;

use super::recorder::Recorder;
use super::{Output, Run};
use crate::cli::advice::said;
use crate::cli::tell;
use crate::corpus::today;
use crate::engine::{Plan, Summary};
use crate::error::{Error, Input};
use crate::report::{json_line, table};

impl Run {
    pub(super) fn report(
        &self,
        sink: &Recorder,
        plan: &Plan,
        summaries: &[(String, Result<Summary, Error>)],
    ) -> Result<(), Error> {
        let with_notes = self.fail_on == "note";
        // Whether anybody reads it or not, the counts and the files come after it.
        let printed = if self.output.is_pretty() {
            let shown = sink.rows.values().filter(|row| with_notes || row.grade != "note");
            Output::print(&table(shown))
        } else {
            sink.rows.values().try_for_each(|row| Output::print(&json_line(row)))
        };
        let count = |grade: &str| sink.rows.values().filter(|row| row.grade == grade).count();
        let written = if sink.rows.is_empty() { "nothing to write to" } else { "written to" };
        tell(format_args!(
            "{} violations, {} warnings, {} notes; {written} {}",
            count("violation"),
            count("warning"),
            count("note"),
            self.corpus.display()
        ));
        let mut total = Summary::default();
        for (name, summary) in summaries {
            match summary {
                Ok(summary) => {
                    let covered = summary.covered.count();
                    tell(format_args!(
                        "{name}: {} requests; covered: {covered}{}",
                        summary.requests,
                        if summary.stopped {
                            format!("; stopped, --cases {} repeats it", summary.whole)
                        } else {
                            String::new()
                        }
                    ));
                    total.judged += summary.judged;
                    total.unsupported += summary.unsupported;
                    total.trouble += summary.trouble;
                    total.not_reproduced += summary.not_reproduced;
                }
                Err(error) => tell(format_args!("error: {name}: {}", said(error))),
            }
        }
        if let Some(results) = &self.results {
            write_results(results, sink, plan, &total)?;
        }
        tell(format_args!(
            "{} cases judged, {} unsupported, {} in trouble, {} findings not reproduced",
            total.judged, total.unsupported, total.trouble, total.not_reproduced
        ));
        printed
    }
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
        "day": today(),
        "seed": plan.order.seed,
        "spec": plan.versions.name,
        "judged": total.judged,
        "unsupported": total.unsupported,
        "trouble": total.trouble,
        "not_reproduced": total.not_reproduced,
    });
    write("run.json", format!("{run:#}\n"))?;
    Ok(())
}

//! What to do with the findings of a run: three commands to copy.

use std::path::Path;

use crate::cli::flags::DEFAULT_CORPUS;
use crate::compare::Grade;
use crate::report::{Group, quoted};

/// Lines on the first, most severe finding and on all of them; `None` if no finding is above a note.
pub(super) fn next_steps(groups: &[Group<'_>], corpus: &Path) -> Option<[String; 3]> {
    let first = groups.first().filter(|group| group.grade() > Grade::Note)?.first();
    let id = first.shape.id();
    let file = quoted(&corpus.to_string_lossy());
    let flag = if corpus == Path::new(DEFAULT_CORPUS) { String::new() } else { format!(" --corpus {file}") };
    Some([
        format!("next: report the first one:  manifuzz repro {id}{flag} --out packets"),
        format!("      read all in a browser:   manifuzz report {file} --report html=report.html"),
        format!("      accept the first one:    manifuzz baseline add {id}{flag} --reason '…'"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::case_id;
    use crate::findings::Record;
    use crate::report::{groups, record_of};
    use serde_json::json;

    fn record(shape: &str, grade: &str) -> Record {
        let row = json!({
            "id": case_id(shape), "shape": shape, "class": "server-error", "grade": grade, "target": "t",
            "spec": "1.1", "stage": "manifest-put", "status": "500", "key": shape, "note": shape,
        });
        record_of(&row).unwrap()
    }

    #[test]
    fn the_most_severe_finding_is_named_and_notes_alone_need_no_step() {
        let notes = [record("base", "note")];
        assert_eq!(next_steps(&groups(&notes), Path::new("c.csv")), None);
        let worst = record("layers=empty", "violation");
        let id = worst.shape.id().to_owned();
        let all = [record("base", "note"), record("layers=two", "warning"), worst];
        let lines = next_steps(&groups(&all), Path::new("it's mine.csv")).unwrap();
        assert!(
            lines[0].ends_with(&format!("manifuzz repro {id} --corpus 'it'\\''s mine.csv' --out packets")),
            "{lines:?}"
        );
        assert!(lines[1].ends_with("manifuzz report 'it'\\''s mine.csv' --report html=report.html"), "{lines:?}");
        assert!(lines[2].contains(&format!("manifuzz baseline add {id} --corpus ")), "{lines:?}");
    }

    #[test]
    fn the_default_corpus_needs_no_flag() {
        let one = [record("base", "warning")];
        let lines = next_steps(&groups(&one), Path::new(DEFAULT_CORPUS)).unwrap();
        assert!(lines.iter().all(|line| !line.contains("--corpus")), "{lines:?}");
    }
}

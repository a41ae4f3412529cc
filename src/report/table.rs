//! The tables of findings printed at the end of a run.

use std::cmp::Reverse;

use comfy_table::{ContentArrangement, Table, presets};

use crate::findings::Record;
use crate::foreign::escaped;
use crate::report::TargetReport;

/// The width of a terminal of unknown width, in columns.
const DEFAULT_WIDTH: u16 = 80;

/// The records as a table, the most severe first; `None` if there are none.
pub fn table<'r>(records: impl IntoIterator<Item = &'r Record>) -> Option<String> {
    let mut records: Vec<&Record> = records.into_iter().collect();
    let place =
        |record: &'r Record| (Reverse(record.grade), &record.target, record.class.as_str(), record.shape.as_str());
    records.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut table = empty_table();
    table.set_header(["grade", "target", "class", "smallest case", "pointer", "answer", "note"]);
    for record in records {
        // A corpus may contain arbitrary text, so escape it.
        let status = record.status.map(|status| format!("{status:03} ")).unwrap_or_default();
        let answer = format!("{status}{}", record.error_code);
        table.add_row([
            record.grade.as_str().into(),
            escaped(&record.target),
            record.class.as_str().into(),
            escaped(record.shape.as_str()),
            escaped(&record.pointer),
            escaped(answer.trim()),
            escaped(&record.note),
        ]);
    }
    (!table.is_empty()).then(|| table.to_string())
}

/// An empty table as wide as the terminal, or [`DEFAULT_WIDTH`] columns if its width is 0 or unknown, as in a container.
pub(super) fn empty_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if table.is_tty() && table.width().is_none_or(|width| width == 0) {
        table.set_width(DEFAULT_WIDTH);
    }
    table
}

/// The symptoms that were not reproduced, one per row; `None` if there are none.
pub fn unreproduced_table(targets: &[TargetReport]) -> Option<String> {
    let mut table = empty_table();
    table.set_header(["target", "not reproduced", "times", "examples"]);
    for (target, one) in targets.iter().flat_map(|target| target.unreproduced.iter().map(move |one| (target, one))) {
        table.add_row([&*target.name, &*one.symptom, &*one.count.to_string(), &*one.shapes.join("\n")]);
    }
    (!table.is_empty()).then(|| table.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::UnreproducedLine;

    #[test]
    fn each_unreproduced_symptom_is_a_row() {
        let quiet = TargetReport { name: "quiet".to_owned(), ..TargetReport::default() };
        assert_eq!(unreproduced_table(std::slice::from_ref(&quiet)), None);
        let one =
            UnreproducedLine { symptom: "manifest-get lost 404".to_owned(), count: 7, shapes: vec!["base".to_owned()] };
        let flaky = TargetReport { name: "flaky".to_owned(), unreproduced: vec![one], ..TargetReport::default() };
        let text = unreproduced_table(&[quiet, flaky]).expect("a table");
        assert!(text.contains("flaky") && text.contains("manifest-get lost 404") && text.contains('7'), "{text}");
        assert!(!text.contains("quiet"));
    }
}

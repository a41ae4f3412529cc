//! The corpus file: exact round trips, merging, saving, damage, and wholeness.

use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use manifuzz::exchange::case_id;
use manifuzz::findings::{COLUMNS, Corpus, Record, Row, RowChange, merge, neutralise, restore};
use proptest::prelude::*;

fn day(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

fn record(shape: &str, key: &str, seen: &str) -> Record {
    let row = Row {
        id: case_id(shape),
        shape: shape.into(),
        class: "hang".into(),
        grade: "warning".into(),
        stage: "manifest-put".into(),
        target: "t".into(),
        key: key.into(),
        first_seen: seen.into(),
        last_seen: seen.into(),
        ..Row::default()
    };
    row.try_into().unwrap()
}

/// Merges records into a file.
fn write(path: &Path, records: impl IntoIterator<Item = Record>) {
    let mut corpus = Corpus::open(path).unwrap();
    for record in records {
        corpus.merge(record);
    }
    corpus.save().unwrap();
}

prop_compose! {
    fn any_record()(
        shape in "[a-z.]{1,8}=[a-z]{1,8}",
        key in ".{1,20}",
        error_message in "(?s).{0,40}",
        note in "[=+@'\\-\t\r\n,\"a]{0,8}",
        body_base64 in "[+/A-Za-z]{0,12}",
        numbers in prop::array::uniform4(prop::option::of(0..=u64::MAX)),
        status in prop::option::of(0..=999u16),
        rules in prop::collection::vec("[a-z-]{1,9}", 0..3),
    ) -> Record {
        let [body_bytes, reproduced, probes, seed] = numbers;
        Record {
            error_message, note, body_base64, body_bytes, reproduced, probes, seed, status, rules,
            ..record(&shape, &key, "2026-01-02")
        }
    }
}

proptest! {
    #[test]
    fn neutralising_is_undone_and_leaves_nothing_to_run(text in "(?s).{0,30}") {
        let cell = neutralise(&text);
        prop_assert_eq!(restore(&cell), text);
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
    }

    #[test]
    fn any_records_come_back_as_they_were_written(records in prop::collection::vec(any_record(), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.csv");
        let mut corpus = Corpus::open(&path).unwrap();
        for record in records {
            corpus.merge(record);
        }
        corpus.save().unwrap();
        let read = Corpus::read_only(&path).unwrap();
        prop_assert_eq!(read.records(), corpus.records());
        prop_assert!(read.damaged().is_empty());
        prop_assert!(read.records().is_sorted_by(|a, b| a.order() <= b.order()));
    }

    #[test]
    fn merging_is_idempotent_and_keeps_the_smaller_shape(a in "[ab]=[xy](;c=z)?", b in "[ab]=[xy](;c=z)?", first in 1..9u8, second in 1..9u8) {
        let (old, new) = (record(&a, "k", &format!("2026-01-0{first}")), record(&b, "k", &format!("2026-01-0{second}")));
        let merged = merge(&old, &new);
        prop_assert_eq!(merge(&merged, &new), merged.clone());
        prop_assert_eq!(&merge(&new, &old).shape, &merged.shape);
        prop_assert_eq!(merged.last_seen, old.last_seen.max(new.last_seen));
        prop_assert_eq!(merged.first_seen, old.first_seen.min(new.first_seen));
        for other in [&a, &b].into_iter().filter(|text| **text != merged.shape.as_str()) {
            prop_assert!(merged.also.texts().any(|also| also == other), "{:?}", merged.also);
        }
    }
}

#[test]
fn the_extent_follows_the_note_in_its_column() {
    let known =
        Record { note: "answered 500".into(), extent: "any `*.size`".into(), ..record("a=b", "k", "2026-01-01") };
    let row = Row::from(&known);
    assert_eq!(row.note, "answered 500; extent: any `*.size`");
    assert_eq!(Record::try_from(row), Ok(known));
}

#[test]
fn a_second_find_changes_only_last_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let mut corpus = Corpus::open(&path).unwrap();
    assert_eq!(corpus.merge(record("a=b", "k", "2026-01-01")), RowChange::Added);
    let later = Record { note: "other words".into(), ..record("a=b", "k", "2026-01-02") };
    assert_eq!(corpus.merge(later), RowChange::Seen);
    let expected = Record { last_seen: day("2026-01-02"), ..record("a=b", "k", "2026-01-01") };
    assert_eq!(corpus.records(), [&expected]);
    let newer = Record { target_version: "2".into(), ..record("a=b", "k", "2026-01-03") };
    assert_eq!(corpus.merge(newer), RowChange::Replaced);
    assert_eq!(corpus.records()[0].first_seen, day("2026-01-01"));
}

#[test]
fn the_file_has_this_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    write(&path, [Record { note: "=1+1, \"x\"".into(), ..record("a=b", "k", "2026-01-01") }]);
    let text = std::fs::read_to_string(&path).unwrap();
    let (header, rest) = text.split_once('\n').unwrap();
    assert_eq!(header, COLUMNS.join(","));
    let cells = ",".repeat(3);
    assert!(rest.starts_with(&format!("{},a=b,hang,warning,t{cells}", case_id("a=b"))), "{rest}");
    assert!(rest.ends_with("2026-01-01,2026-01-01,,\"'=1+1, \"\"x\"\"\"\n"), "{rest}");
}

#[test]
fn damaged_lines_are_reported_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    write(&path, [record("a=b", "k", "2026-01-01")]);
    let mut text = std::fs::read(&path).unwrap();
    text.extend_from_slice(b"only,three,cells\n\xff\xfe\n");
    std::fs::write(&path, &text).unwrap();
    for _ in 0..2 {
        let mut corpus = Corpus::open(&path).unwrap();
        let lines: Vec<u64> = corpus.damaged().iter().map(|damaged| damaged.line).collect();
        assert_eq!((corpus.records().len(), lines.len()), (if lines[0] == 3 { 1 } else { 2 }, 2), "{lines:?}");
        corpus.merge(record("c=d", "other", "2026-01-01"));
        corpus.save().unwrap();
        let now = std::fs::read(&path).unwrap();
        assert!(now.ends_with(b"only,three,cells\n\xff\xfe\n"), "{}", String::from_utf8_lossy(&now));
    }
}

#[test]
fn older_files_are_read_and_newer_ones_refused_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let older = "\u{feff}shape,id,class,grade,stage,target,key\r\n";
    std::fs::write(&path, format!("{older}a=b,{},hang,warning,manifest-put,t,k\r\n", case_id("a=b"))).unwrap();
    let without_days = Record { first_seen: None, last_seen: None, ..record("a=b", "k", "2026-01-01") };
    assert_eq!(Corpus::read_only(&path).unwrap().records(), [&without_days]);
    std::fs::write(&path, "id,shape,target,key,colour\n").unwrap();
    let error = Corpus::open(&path).unwrap_err().to_string();
    assert!(error.contains("`colour`") && error.contains("nothing was changed"), "{error}");
}

#[test]
fn one_writer_at_a_time_and_no_file_without_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let first = Corpus::open(&path).unwrap();
    let error = Corpus::open(&path).unwrap_err().to_string();
    assert!(error.contains("another manifuzz process is writing to it"), "{error}");
    drop(first);
    drop(Corpus::open(&path).unwrap());
    assert!(!path.exists());
}

#[test]
fn a_reader_never_sees_half_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    write(&path, [record("a=b", "0", "2026-01-01")]);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut corpus = Corpus::open(&path).unwrap();
            for i in 1..60 {
                corpus.merge(record("a=b", &i.to_string(), "2026-01-01"));
                corpus.save().unwrap();
            }
        });
        let mut before = 0;
        while !writer.is_finished() {
            let read = Corpus::read_only(&path).unwrap();
            assert!(read.damaged().is_empty() && read.records().len() >= before);
            before = read.records().len();
        }
    });
}

/// A kill leaves the file of the last save, whatever was merged since.
#[test]
fn at_any_moment_the_file_is_that_of_the_last_save() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let mut corpus = Corpus::open(&path).unwrap();
    let mut keys = 0..;
    for (saved, batch) in [(0, 3), (3, 40), (43, 1)] {
        for key in keys.by_ref().take(batch) {
            corpus.merge(record("a=b", &format!("{key:03}"), "2026-01-01"));
            let on_disk = Corpus::read_only(&path).map_or(0, |read| read.records().len());
            assert_eq!((on_disk, corpus.records().len()), (saved, key + 1));
        }
        corpus.save().unwrap();
        let read = Corpus::read_only(&path).unwrap();
        assert!(read.damaged().is_empty());
        assert_eq!(read.records(), corpus.records());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "only the file and its lock");
}

#[test]
fn saving_writes_only_changes_and_is_tried_again_after_it_failed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    write(&path, [record("a=b", "k", "2026-01-01")]);
    let mut corpus = Corpus::open(&path).unwrap();
    // A file that is gone shows whether it was written.
    std::fs::remove_file(&path).unwrap();
    assert_eq!(corpus.merge(record("a=b", "k", "2026-01-01")), RowChange::Seen);
    corpus.save().unwrap();
    assert!(!path.exists(), "nothing changed");
    corpus.merge(record("a=b", "k", "2026-01-02"));
    corpus.save_if_due(Duration::MAX).unwrap();
    assert!(!path.exists(), "it is not due");
    std::fs::create_dir(&path).unwrap();
    assert!(corpus.save_if_due(Duration::ZERO).unwrap_err().to_string().contains("a directory"));
    std::fs::remove_dir(&path).unwrap();
    corpus.save_if_due(Duration::ZERO).unwrap();
    assert_eq!(Corpus::read_only(&path).unwrap().records(), corpus.records());
    let mut read = Corpus::read_only(&path).unwrap();
    read.save().unwrap();
    read.merge(record("a=b", "other", "2026-01-02"));
    assert!(read.save().is_err(), "it is open for reading only");
}

/// Merges so many rows with themselves: in memory, in a file, and as a file that has each twice.
fn merge_with_themselves(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let rows: Vec<Record> = (0..count).map(|i| record("a=b", &i.to_string(), "2026-01-01")).collect();
    write(&path, rows.iter().cloned());
    let text = std::fs::read_to_string(&path).unwrap();
    let mut corpus = Corpus::open(&path).unwrap();
    for row in rows {
        assert_eq!(corpus.merge(Record { last_seen: day("2026-01-02"), ..row }), RowChange::Seen);
    }
    corpus.save().unwrap();
    let lines = text.split_once('\n').unwrap().1;
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + lines).unwrap();
    let twice = Corpus::read_only(&path).unwrap();
    assert!(twice.records() == corpus.records());
    assert_eq!((twice.records().len(), twice.damaged().len()), (count, count));
}

#[test]
fn ten_thousand_rows_merge_with_themselves() {
    merge_with_themselves(10_000);
}

/// If reading, merging or saving were quadratic, this would take hours.
#[test]
#[ignore = "slow: 400 000 rows are written and read without optimisation"]
fn a_hundred_thousand_rows_merge_with_themselves() {
    merge_with_themselves(100_000);
}

/// A cell that does not read as its type may be of a newer version: the line is told, and kept byte for byte.
#[test]
fn an_invalid_cell_damages_only_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    for (column, cell) in [
        ("class", "melts"),
        ("grade", "catastrophe"),
        ("stage", "orbit"),
        ("status", "20"),
        ("status", "+20"),
        ("body_bytes", "-1"),
        ("reproduced", "03"),
        ("probes", "3.0"),
        ("seed", "99999999999999999999999"),
        ("first_seen", "2026-13-01"),
        ("last_seen", "yesterday"),
    ] {
        std::fs::remove_file(&path).ok();
        write(&path, [record("a=b", "k", "2026-01-01")]);
        let text = std::fs::read_to_string(&path).unwrap();
        let at = COLUMNS.iter().position(|name| *name == column).unwrap();
        let mut cells: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
        cells[at] = cell;
        let damaged = cells.join(",").replace(",k,", ",\"k\",") + "\r\n";
        std::fs::write(&path, format!("{text}{damaged}")).unwrap();
        for (opened, days) in [(1, "2026-01-02"), (2, "2026-01-03")] {
            let mut corpus = Corpus::open(&path).unwrap();
            let [told] = corpus.damaged() else { panic!("{column}: {:?}", corpus.damaged()) };
            assert!(told.line == 3 && told.why.contains(column) && told.why.contains(cell), "{opened}: {told:?}");
            assert_eq!(corpus.merge(record("a=b", "k", days)), RowChange::Seen);
            corpus.save().unwrap();
            assert!(std::fs::read(&path).unwrap().ends_with(damaged.as_bytes()), "{column}");
        }
    }
}

#[test]
fn a_shape_of_a_newer_version_is_a_record_with_its_text() {
    let record = record("colour=red;kind=hologram", "k", "2026-01-01");
    assert_eq!((record.shape.as_str(), record.shape.shape()), ("colour=red;kind=hologram", None));
    assert_eq!(record.shape.id(), case_id("colour=red;kind=hologram"));
    let known = manifuzz::shape::Shape::base();
    assert_eq!(manifuzz::findings::CaseText::new("base").shape(), Some(&known));
}

/// Names the file to write, in the child that writes until it is killed.
#[cfg(unix)]
const GROWS: &str = "MANIFUZZ_TEST_GROWING_CORPUS";

/// Adds and saves one row after the other. Bounded, in case it is not killed.
#[cfg(unix)]
fn grow(path: &Path) {
    let mut corpus = Corpus::open(path).unwrap();
    let there = corpus.records().len();
    for number in there..there + 20_000 {
        corpus.merge(record(&format!("a.b=c{number}"), &format!("k{number}"), "2026-01-02"));
        corpus.save().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn the_file_is_whole_after_each_of_a_hundred_kills_while_it_grows() {
    if let Some(path) = std::env::var_os(GROWS) {
        return grow(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let this = ["corpus::the_file_is_whole_after_each_of_a_hundred_kills_while_it_grows", "--exact"];
    let length = || std::fs::metadata(&path).map_or(0, |file| file.len());
    let mut rows = 0;
    for kill in 0..100u64 {
        let before = length();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(this)
            .env(GROWS, &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // It writes by now; the kill comes at another point of a write each time.
        let start = std::time::Instant::now();
        while length() == before && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(kill * 211 % 7000));
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success(), "it was killed while it wrote");
        let text = std::fs::read(&path).unwrap();
        assert!(text.ends_with(b"\n"), "kill {kill}");
        let corpus = Corpus::read_only(&path).unwrap();
        assert!(corpus.damaged().is_empty(), "kill {kill}: {:?}", corpus.damaged());
        assert!(corpus.records().len() > rows, "kill {kill}: {rows} rows before");
        rows = corpus.records().len();
        let mut flaws = Vec::new();
        manifuzz::findings::verify(&path, &mut |line, why| flaws.push((line, why.to_owned()))).unwrap();
        // These rows have made-up keys.
        flaws.retain(|(_, why)| !why.starts_with("the key does not begin"));
        assert!(flaws.is_empty(), "kill {kill}: {flaws:?}");
    }
}

//! The corpus file: exact round trips, merging, damage, and wholeness.

use manifuzz::corpus::{COLUMNS, Change, Corpus, Row, id, merge, neutralise, restore};
use proptest::prelude::*;

fn row(shape: &str, key: &str, day: &str) -> Row {
    Row {
        id: id(shape),
        shape: shape.into(),
        target: "t".into(),
        key: key.into(),
        first_seen: day.into(),
        last_seen: day.into(),
        ..Row::default()
    }
}

prop_compose! {
    fn any_row()(shape in "[a-z.]{1,8}=[a-z]{1,8}", key in ".{1,20}", message in "(?s).{0,40}", note in "[=+@'\\-\t\r\n,\"a]{0,8}", base64 in "[+/A-Za-z]{0,12}") -> Row {
        Row { error_message: message, note, body_base64: base64, ..row(&shape, &key, "2026-01-02") }
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
    fn any_rows_come_back_as_they_were_written(rows in prop::collection::vec(any_row(), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.csv");
        let mut corpus = Corpus::open(&path).unwrap();
        for row in &rows {
            corpus.record(row.clone()).unwrap();
        }
        let written = corpus.rows().to_vec();
        drop(corpus);
        let read = Corpus::read_only(&path).unwrap();
        prop_assert_eq!(read.rows(), &written[..]);
        prop_assert!(read.damaged().is_empty());
        prop_assert!(read.rows().is_sorted_by(|a, b| a.order() <= b.order()));
    }

    #[test]
    fn merging_is_idempotent_and_keeps_the_smaller_shape(a in "[ab]=[xy](;c=z)?", b in "[ab]=[xy](;c=z)?", first in 1..9u8, second in 1..9u8) {
        let (old, new) = (row(&a, "k", &format!("2026-01-0{first}")), row(&b, "k", &format!("2026-01-0{second}")));
        let merged = merge(&old, &new);
        prop_assert_eq!(merge(&merged, &new), merged.clone());
        prop_assert_eq!(&merge(&new, &old).shape, &merged.shape);
        prop_assert_eq!(merged.last_seen.as_str(), old.last_seen.as_str().max(new.last_seen.as_str()));
        prop_assert_eq!(merged.first_seen.as_str(), old.first_seen.as_str().min(new.first_seen.as_str()));
        for other in [&a, &b].into_iter().filter(|text| **text != merged.shape) {
            prop_assert!(merged.also.split(' ').any(|also| also == other), "{:?}", merged.also);
        }
    }
}

#[test]
fn a_second_find_changes_only_last_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let mut corpus = Corpus::open(&path).unwrap();
    assert_eq!(corpus.record(row("a=b", "k", "2026-01-01")).unwrap(), Change::Added);
    let later = Row { note: "other words".into(), ..row("a=b", "k", "2026-01-02") };
    assert_eq!(corpus.record(later).unwrap(), Change::Seen);
    let expected = Row { last_seen: "2026-01-02".into(), ..row("a=b", "k", "2026-01-01") };
    assert_eq!(corpus.rows(), std::slice::from_ref(&expected));
    let newer = Row { target_version: "2".into(), ..row("a=b", "k", "2026-01-03") };
    assert_eq!(corpus.record(newer).unwrap(), Change::Replaced);
    assert_eq!(corpus.rows()[0].first_seen, "2026-01-01");
}

#[test]
fn the_file_has_this_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    Corpus::open(&path).unwrap().record(Row { note: "=1+1, \"x\"".into(), ..row("a=b", "k", "2026-01-01") }).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let (header, rest) = text.split_once('\n').unwrap();
    assert_eq!(header, COLUMNS.join(","));
    let cells = ",".repeat(3);
    assert!(rest.starts_with(&format!("{},a=b,,,t{cells}", id("a=b"))), "{rest}");
    assert!(rest.ends_with("2026-01-01,2026-01-01,,\"'=1+1, \"\"x\"\"\"\n"), "{rest}");
}

#[test]
fn damaged_lines_are_told_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    Corpus::open(&path).unwrap().record(row("a=b", "k", "2026-01-01")).unwrap();
    let mut text = std::fs::read(&path).unwrap();
    text.extend_from_slice(b"only,three,cells\n\xff\xfe\n");
    std::fs::write(&path, &text).unwrap();
    for _ in 0..2 {
        let mut corpus = Corpus::open(&path).unwrap();
        let lines: Vec<u64> = corpus.damaged().iter().map(|damaged| damaged.line).collect();
        assert_eq!((corpus.rows().len(), lines.len()), (if lines[0] == 3 { 1 } else { 2 }, 2), "{lines:?}");
        corpus.record(row("c=d", "other", "2026-01-01")).unwrap();
        let now = std::fs::read(&path).unwrap();
        assert!(now.ends_with(b"only,three,cells\n\xff\xfe\n"), "{}", String::from_utf8_lossy(&now));
    }
}

#[test]
fn older_files_read_newer_ones_are_refused_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    std::fs::write(&path, format!("\u{feff}shape,id,target,key\r\na=b,{},t,k\r\n", id("a=b"))).unwrap();
    assert_eq!(
        Corpus::read_only(&path).unwrap().rows(),
        [Row { first_seen: String::new(), last_seen: String::new(), ..row("a=b", "k", "") }]
    );
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
    assert!(error.contains("another manifuzz is writing it"), "{error}");
    drop(first);
    drop(Corpus::open(&path).unwrap());
    assert!(!path.exists());
}

#[test]
fn a_reader_never_sees_half_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.csv");
    let mut corpus = Corpus::open(&path).unwrap();
    corpus.record(row("a=b", "0", "2026-01-01")).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for i in 1..60 {
                corpus.record(row("a=b", &i.to_string(), "2026-01-01")).unwrap();
            }
        });
        let mut before = 0;
        while !writer.is_finished() {
            let read = Corpus::read_only(&path).unwrap();
            assert!(read.damaged().is_empty() && read.rows().len() >= before);
            before = read.rows().len();
        }
    });
}

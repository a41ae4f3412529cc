//! The findings as printed at the end of a run: a heading for each group, and below it its smallest case.

use std::borrow::Cow;

use super::Group;
use super::screen::{Screen, columns, cut, wrapped};
use crate::findings::Record;
use crate::foreign::escaped;
use crate::report::TargetReport;

/// The columns of a grade and the space behind it, by which the other lines are indented.
const INDENTATION: usize = 11;
/// The columns of an answer beside a shape that does not fit.
const ANSWER: usize = 26;

/// The groups as lines, in this order; `None` if there are none. Targets are named if there are several.
pub fn table(groups: &[Group<'_>], screen: Screen) -> Option<String> {
    let first = groups.first()?.first();
    let is_one_target = groups.iter().all(|group| group.first().target == first.target);
    let lines = groups.iter().flat_map(|group| lines(group, !is_one_target, screen));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// The heading of a group, its smallest case, and how far it goes.
fn lines(group: &Group<'_>, with_target: bool, screen: Screen) -> Vec<String> {
    let first = group.first();
    let (room, indentation) = (screen.room(INDENTATION), " ".repeat(INDENTATION));
    // A corpus may contain arbitrary text, so everything is escaped.
    let target = if with_target { format!("{}: ", cut(&escaped(&first.target), room / 3)) } else { String::new() };
    let places = match group.places() {
        1 => String::new(),
        places => format!(" ({places} places)"),
    };
    let title = escaped(&group.title);
    let title = fitted(&title, room.saturating_sub(columns(&target) + columns(&places)));
    let grade = screen.grade(group.grade()) + &" ".repeat(INDENTATION - group.grade().as_str().len());
    let mut lines = vec![
        format!("{grade}{target}{}{places}", screen.strong(&title)),
        format!("{indentation}{}", smallest(first, room, screen)),
    ];
    let extent = wrapped(&escaped(&first.extent), room);
    lines.extend(extent.iter().map(|line| format!("{indentation}{}", screen.faint(line))));
    lines
}

/// The title, without its last clauses if they do not fit, and cut if the first one does not.
fn fitted(title: &str, room: usize) -> Cow<'_, str> {
    let mut title = title;
    while columns(title) > room
        && let Some((before, _)) = title.rsplit_once("; ")
    {
        title = before;
    }
    cut(title, room)
}

/// The shape, where it differs from what is accepted, and the answer, in one line. The place is left out first. A shape that
/// does not fit is cut, and its id precedes it, because a cut shape cannot be used as an argument.
fn smallest(record: &Record, room: usize, screen: Screen) -> String {
    let shape = escaped(record.shape.as_str());
    let place = match record.pointer.as_str() {
        "" => String::new(),
        pointer => format!("  at {}", escaped(pointer)),
    };
    let answer = match (record.status, record.ending()) {
        (_, Some(ending)) => escaped(ending).into_owned(),
        (Some(status), None) => format!("{status:03} {}", escaped(&record.error_code)).trim_end().to_owned(),
        (None, None) => "no answer".to_owned(),
    };
    for place in [place.as_str(), ""] {
        if columns(&shape).saturating_add(columns(place) + 2 + columns(&answer)) <= room {
            return format!("{shape}{}  {answer}", screen.faint(place));
        }
    }
    let (id, answer) = (record.shape.id(), cut(&answer, ANSWER));
    let left = room.saturating_sub(id.len() + columns(&answer) + 4);
    if left == 0 { cut(id, room).into_owned() } else { format!("{id}  {}  {answer}", cut(&shape, left)) }
}

/// The symptoms that were not reproduced, as lines of the same form; `None` if there are none.
pub fn unreproduced_table(targets: &[TargetReport], screen: Screen) -> Option<String> {
    let mut lines = Vec::new();
    for target in targets {
        let name = if targets.len() > 1 { format!("{}: ", escaped(&target.name)) } else { String::new() };
        for one in &target.unreproduced {
            let times = if one.count == 1 { "once".to_owned() } else { format!("{} times", one.count) };
            let text = format!("not reproduced: {name}{} ({times})", one.symptom);
            lines.push(cut(&text, screen.room(0)).into_owned());
            let example = |shape: &String| format!("{:INDENTATION$}{}", "", cut(shape, screen.room(INDENTATION)));
            lines.extend(one.shapes.iter().map(example));
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::case_id;
    use crate::report::{UnreproducedLine, record_of};
    use serde_json::json;

    const PIPE: Screen = Screen { width: None, has_colours: false };

    fn record(target: &str, shape: &str, more: &[(&str, &str)]) -> Record {
        let mut row = json!({
            "id": case_id(shape), "shape": shape, "class": "server-error", "grade": "warning", "target": target,
            "spec": "1.1", "stage": "manifest-put", "status": "500", "error_code": "UNKNOWN", "pointer": "/config/digest",
            "key": shape, "note": "manifest-put returned 500",
        });
        more.iter().for_each(|(member, text)| row[member] = json!(text));
        record_of(&row).unwrap()
    }

    fn shown(records: &[&Record], title: &str, screen: Screen) -> Vec<String> {
        let group = Group { title: title.to_owned(), records: records.to_vec() };
        table(&[group], screen).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_group_is_a_heading_and_the_line_of_its_smallest_case() {
        let (one, two) = (record("t", "config.digest=short", &[]), record("t", "layers.0.digest=short", &[]));
        let heading = "warning    short digests are answered with 500";
        let case = "           config.digest=short  at /config/digest  500 UNKNOWN";
        let title = "short digests are answered with 500";
        assert_eq!(shown(&[&one, &two], title, PIPE), [&format!("{heading} (2 places)"), case]);
        assert_eq!(shown(&[&one], title, PIPE), [heading, case]);
    }

    #[test]
    fn a_title_loses_whole_clauses_before_it_is_cut() {
        let title = "wrong status 400; required: a body that is too large is refused with 413; since 1.1";
        assert_eq!(fitted(title, 100), title);
        assert_eq!(fitted(title, 80), "wrong status 400; required: a body that is too large is refused with 413");
        assert_eq!(fitted(title, 40), "wrong status 400");
        assert_eq!(fitted(title, 10), "wrong sta…");
    }

    #[test]
    fn how_far_a_finding_goes_follows_its_case_if_known() {
        let note = "manifest-put returned 500; extent: any malformed `*.digest`; everywhere but `subject`";
        let one = record("t", "config.digest=short", &[("note", note)]);
        let narrow = Screen { width: Some(40), has_colours: false };
        let lines = shown(&[&one], "x", narrow);
        assert_eq!(lines[2..], ["           any malformed `*.digest`;", "           everywhere but `subject`"]);
        assert_eq!(shown(&[&one], "x", PIPE).len(), 3);
    }

    #[test]
    fn targets_are_named_only_if_there_are_several() {
        let (a, b) = (record("alpha", "base", &[]), record("beta", "base", &[]));
        let group = |record| Group { title: "x".to_owned(), records: vec![record] };
        let both = table(&[group(&a), group(&b)], PIPE).unwrap();
        assert!(both.contains("alpha: x") && both.contains("beta: x"), "{both}");
        assert!(!table(&[group(&a), group(&a)], PIPE).unwrap().contains("alpha"));
        assert_eq!(table(&[], PIPE), None);
    }

    #[test]
    fn no_line_is_wider_than_a_terminal_of_at_least_34_columns() {
        let long = "layers=two;layers.0.digest=sha512;layers.1.urls=one;text.space=indented;text.order=reversed";
        let code = "A_CODE_THAT_NO_SPECIFICATION_KNOWS_AND_THAT_NEVER_ENDS";
        let records = [
            record("embedded:clean+refuses-annotations+push-lacks-location", long, &[("error_code", code)]),
            record("t", "base", &[]),
        ];
        let group = |record| Group { title: "a title that is long ".repeat(6), records: vec![record; 12] };
        let groups = [group(&records[0]), group(&records[1])];
        for width in 34..200 {
            for has_colours in [false, true] {
                let text = table(&groups, Screen { width: Some(width), has_colours }).unwrap();
                assert_eq!(text.lines().count(), 4);
                text.lines().for_each(|line| assert!(columns(line) <= width, "{width}: {line}"));
            }
        }
    }

    #[test]
    fn a_shape_that_is_cut_is_preceded_by_its_id() {
        let shape = "layers=two;layers.0.digest=sha512;layers.1.urls=one;text.space=indented";
        let one = record("t", shape, &[]);
        let at_80 = shown(&[&one], "x", Screen { width: Some(80), has_colours: false });
        let id = one.shape.id();
        assert_eq!(at_80[1], format!("           {id}  layers=two;layers.0.digest=sha512;lay…  500 UNKNOWN"));
        let at_100 = shown(&[&one], "x", Screen { width: Some(100), has_colours: false });
        assert_eq!(at_100[1], format!("           {shape}  500 UNKNOWN"));
    }

    #[test]
    fn colours_come_only_where_there_are_some() {
        let one = record("t", "base", &[]);
        let (evil, other) = (record("\u{1b}[31m", "base", &[]), record("t", "base", &[("error_code", "\u{1b}[31m")]));
        let group = |record| Group { title: "x\u{1b}[0m".to_owned(), records: vec![record] };
        let plain = table(&[group(&evil), group(&other)], PIPE).unwrap();
        assert!(!plain.contains('\u{1b}') && plain.matches("u{1b}").count() == 4, "{plain:?}");
        let coloured = shown(&[&one], "x", Screen { width: Some(80), has_colours: true }).join("\n");
        assert!(coloured.starts_with("\u{1b}["), "{coloured:?}");
        assert_eq!(console::strip_ansi_codes(&coloured), shown(&[&one], "x", PIPE).join("\n"));
    }

    #[test]
    fn each_unreproduced_symptom_is_a_line_with_its_examples() {
        let quiet = TargetReport { name: "quiet".to_owned(), ..TargetReport::default() };
        assert_eq!(unreproduced_table(std::slice::from_ref(&quiet), PIPE), None);
        let one =
            UnreproducedLine { symptom: "manifest-get lost 404".to_owned(), count: 7, shapes: vec!["base".to_owned()] };
        let flaky = TargetReport { name: "flaky".to_owned(), unreproduced: vec![one], ..TargetReport::default() };
        let text = unreproduced_table(&[quiet, flaky], PIPE).expect("a table");
        assert_eq!(text, "not reproduced: flaky: manifest-get lost 404 (7 times)\n           base");
    }
}

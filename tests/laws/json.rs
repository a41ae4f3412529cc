//! The JSON reader, with serde_json as its oracle, and the writer.

use manifuzz::json::{
    Escaping, MemberOrder, Node, Spacing, Style, ValueKind, difference, find, read, read_answer, read_bounded,
    read_first, restyle,
};
use proptest::prelude::*;
use serde_json::Value as Serde;

/// The value that serde_json would have, or `None` where a key repeats or a string has no meaning.
fn value(node: Node<'_>) -> Option<Serde> {
    Some(match node.kind() {
        ValueKind::Null => Serde::Null,
        ValueKind::True => Serde::Bool(true),
        ValueKind::False => Serde::Bool(false),
        ValueKind::Number => serde_json::from_slice(node.raw()).ok()?,
        ValueKind::String => Serde::String(as_text(node)?),
        ValueKind::Array => Serde::Array(node.elements().map(value).collect::<Option<_>>()?),
        ValueKind::Object => {
            let mut members = serde_json::Map::new();
            for (key, member) in node.members() {
                if members.insert(as_text(key)?, value(member)?).is_some() {
                    return None;
                }
            }
            Serde::Object(members)
        }
    })
}

/// What a string means, which is the same in bytes, and in a few of them if it has no more.
fn as_text(node: Node<'_>) -> Option<String> {
    let text = node.text()?.into_owned();
    assert_eq!(node.bytes().as_deref(), Some(text.as_bytes()), "{text:?}");
    assert_eq!(node.short::<6>().as_deref(), Some(text.as_bytes()).filter(|bytes| bytes.len() <= 6), "{text:?}");
    Some(text)
}

fn any_value() -> impl Strategy<Value = Serde> {
    let leaf = prop_oneof![
        Just(Serde::Null),
        any::<bool>().prop_map(Serde::from),
        any::<i64>().prop_map(Serde::from),
        any::<f64>().prop_filter("JSON has no such number", |f| f.is_finite()).prop_map(Serde::from),
        ".*".prop_map(Serde::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Serde::from),
            prop::collection::btree_map(".{0,6}", inner, 0..6).prop_map(|m| Serde::Object(m.into_iter().collect())),
        ]
    })
}

/// We read what serde_json reads, to the same value; what it refuses we refuse, but for the liberties that are listed.
fn agrees(bytes: &[u8]) -> Result<(), TestCaseError> {
    let (ours, serde) = (read(bytes), serde_json::from_slice::<Serde>(bytes));
    match (&ours, &serde) {
        (Ok(document), Ok(serde)) => {
            if let Some(value) = value(document.root()) {
                prop_assert_eq!(&value, serde);
            }
        }
        (Err(error), Ok(_)) => prop_assert!(false, "serde_json reads it, we do not: {error}"),
        (Ok(_), Err(error)) => {
            let text = error.to_string();
            let liberty = ["surrogate", "hex escape", "unicode code point", "out of range", "recursion", "UTF-8"];
            prop_assert!(liberty.iter().any(|word| text.contains(word)), "serde_json refuses it: {text}");
        }
        (Err(_), Err(_)) => {}
    }
    Ok(())
}

proptest! {
    #[test]
    fn agrees_with_serde_json_on_what_it_writes(value in any_value(), pretty: bool) {
        let text = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) }.unwrap();
        agrees(&text)?;
        prop_assert!(read(&text).is_ok());
    }

    #[test]
    fn agrees_with_serde_json_on_damaged_documents(value in any_value(), at: prop::sample::Index, byte: u8, cut: bool) {
        let mut text = serde_json::to_vec(&value).unwrap();
        let at = at.index(text.len());
        if cut { text.truncate(at) } else { text[at] = byte }
        agrees(&text)?;
    }

    #[test]
    fn agrees_with_serde_json_on_any_json_like_bytes(text in r#"[\[\]{}":,0-9eE.+\-truefalsn\\u \n]{0,24}"#) {
        agrees(text.as_bytes())?;
    }

    #[test]
    fn every_style_reads_back_as_the_same_document(value in any_value(), indented: bool, reversed: bool, all: bool) {
        let compact = serde_json::to_vec(&value).unwrap();
        let document = read(&compact).unwrap();
        let style = Style {
            space: if indented { Spacing::Indented } else { Spacing::Compact },
            order: if reversed { MemberOrder::Reversed } else { MemberOrder::AsGiven },
            escapes: if all { Escaping::All } else { Escaping::Solidus },
        };
        let written = restyle(&document, style);
        let again = read(&written).unwrap();
        prop_assert_eq!(difference(&document, &again), None, "{}", String::from_utf8_lossy(&written));
        prop_assert_eq!(self::value(again.root()), self::value(document.root()));
    }

    #[test]
    fn every_pointer_leads_back(value in any_value()) {
        let text = serde_json::to_vec(&value).unwrap();
        let document = read(&text).unwrap();
        let mut due = vec![document.root()];
        while let Some(node) = due.pop() {
            let pointer = node.pointer();
            prop_assert_eq!(find(&document, &pointer), Some(node), "{}", pointer);
            due.extend(node.elements());
            due.extend(node.members().map(|(_, value)| value));
        }
    }
}

#[test]
fn nothing_of_the_source_is_lost() {
    let text = br#"{"a":1,"b":[1e400,2.0,-0],"a":{"x":null},"c":"\ud800","d":"\u00e9/\n"}"#;
    let document = read(text).unwrap();
    let root = document.root();
    assert_eq!(root.len(), 5);
    assert_eq!(root.all("a").count(), 2);
    assert!(root.get("a").unwrap().is_object(), "the last one is kept by most readers");
    let numbers: Vec<&[u8]> = root.get("b").unwrap().elements().map(Node::raw).collect();
    assert_eq!(numbers, [&b"1e400"[..], b"2.0", b"-0"]);
    assert_eq!(root.get("c").unwrap().text(), None);
    assert_eq!(root.get("d").unwrap().text().unwrap(), "é/\n");
    assert_eq!(root.get("b").unwrap().offset(), 11);
}

#[test]
fn depth_and_trailing_bytes_are_accepted() {
    let deep = [vec![b'['; 200_000], vec![b']'; 200_000]].concat();
    assert_eq!(read(&deep).unwrap().nodes(), 200_000);
    let error = read(&deep[..200_000]).unwrap_err();
    assert_eq!(error.offset, 200_000);
    let (document, end) = read_first(b" {} {}").unwrap();
    assert!(document.root().is_object() && end == 3);
    assert_eq!(read(b" {} {}").unwrap_err().offset, 4);
    assert_eq!(read("\u{feff}{}".as_bytes()).unwrap_err().offset, 0);
    assert!(read(b"\"\xff\"").is_ok_and(|document| !document.root().is_utf8()));
}

#[test]
fn a_difference_names_the_deepest_pointer_that_covers_it() {
    let between = |a: &str, b: &str| difference(&read(a.as_bytes()).unwrap(), &read(b.as_bytes()).unwrap());
    assert_eq!(between(r#"{"a":1,"b":2}"#, r#" {"b":2, "\u0061":1}"#), None);
    assert_eq!(between(r#"{"a":{"b":1}}"#, r#"{"a":{"b":2}}"#).unwrap(), "/a/b");
    assert_eq!(between(r#"{"a":1}"#, r#"{}"#).unwrap(), "/a");
    assert_eq!(between(r#"{"a":1,"b":1}"#, r#"{"a":2,"b":2}"#).unwrap(), "");
    assert_eq!(between(r#"[1,2]"#, r#"[1,2,3]"#).unwrap(), "/2");
    assert_eq!(between(r#"{"a/~":[{"x":1}]}"#, r#"{"a/~":[{"x":1.0}]}"#).unwrap(), "/a~1~0/0/x");
    assert_eq!(between(r#"{"a":1,"a":2}"#, r#"{"a":1,"a":3}"#).unwrap(), "/a");
}

#[test]
fn the_number_of_values_of_an_answer_is_bounded() {
    let text = br#"{"a":[1,2,{"b":[]}]}"#;
    let values = 8;
    assert!(read_bounded(text, values).is_ok());
    for most in 0..values - 2 {
        let error = read_bounded(text, most).unwrap_err();
        assert!(error.is_too_large(), "{most}: {error}");
    }
    let list = |length: usize| format!("[{}1]", "1,".repeat(length - 1));
    assert!(read_answer(list(99_999).as_bytes()).is_ok());
    for text in [list(100_001), "[".repeat(100_001), "{\"a\":".repeat(100_001)] {
        assert!(read_answer(text.as_bytes()).unwrap_err().is_too_large());
    }
    assert!(read(list(200_000).as_bytes()).is_ok());
    assert!(!read_answer(b"[1").unwrap_err().is_too_large());
}

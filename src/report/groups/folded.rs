//! Texts of shapes without the place where they deviate.

/// The descriptors that a document can hold.
const SITES: [&str; 8] =
    ["config", "subject", "layers.0", "layers.1", "manifests.0", "manifests.1", "blobs.0", "blobs.1"];

/// Slots whose name is followed by the path of a descriptor.
const ABOUT: [&str; 2] = ["content.", "facts."];

/// The text with `*` for each descriptor, without what only makes room for it: the kind of the document, and its parent.
pub(super) fn shape(text: &str) -> String {
    let parts = || text.split(';').map(|part| part.split_once('=').unwrap_or((part, "")));
    let is_in = |member: &str| {
        parts()
            .any(|(name, _)| site(name).is_some_and(|site| site == member || site.strip_suffix(".1") == Some(member)))
    };
    let holds_descriptor = parts().any(|(name, _)| site(name).is_some());
    let makes_room = |name: &str| (name == "kind" && holds_descriptor) || is_in(name);
    let mut folded: Vec<String> =
        parts().filter(|(name, _)| !makes_room(name)).map(|(name, entry)| format!("{}={entry}", slot(name))).collect();
    folded.sort_unstable();
    folded.dedup();
    folded.join(";")
}

/// The name of a slot with `*` for a descriptor. Whitespace before and after a document differs only in position.
pub(super) fn slot(name: &str) -> String {
    match (name, site(name)) {
        ("text.before" | "text.after", _) => "text.around".to_owned(),
        (_, Some(site)) => name.replacen(site, "*", 1),
        _ => name.to_owned(),
    }
}

/// The slots of a folded text.
pub(super) fn slots(folded: &str) -> String {
    let names: Vec<&str> = folded.split(';').filter_map(|part| Some(part.split_once('=')?.0)).collect();
    names.join(" and ")
}

/// The descriptor that a slot describes, but not the slot of the descriptor as a whole.
fn site(name: &str) -> Option<&'static str> {
    let about = ABOUT.iter().find_map(|prefix| name.strip_prefix(prefix));
    SITES.into_iter().find(|site| match about {
        Some(path) => path == *site,
        None => name.strip_prefix(site).is_some_and(|rest| rest.starts_with('.')),
    })
}

/// Whether a case is an ordinary push, or asks a question after one. Independent defects show in such cases, so two findings do
/// not have one cause because they share it.
pub(super) fn is_ordinary(text: &str) -> bool {
    text.split(';').all(|part| match part.split_once('=') {
        Some(("kind", entry)) => !matches!(entry, "json" | "not-json"),
        Some((name, entry)) => name == "afterwards" || (name, entry) == ("subject", "present"),
        None => part == "base",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_differ_only_in_the_descriptor_fold_to_one() {
        let of = ["config.data=right", "layers.0.data=right", "kind=index;manifests.0.data=right"];
        let also = ["subject=present;subject.data=right", "layers=two;layers.1.data=right"];
        for text in of.into_iter().chain(also) {
            assert_eq!(shape(text), "*.data=right", "{text}");
        }
        assert_eq!(shape("facts.config=missing"), shape("facts.manifests.0=missing;kind=index"));
        assert_eq!(shape("text.before=newline"), shape("text.after=newline"));
    }

    #[test]
    fn other_slots_and_entries_stay_apart() {
        for (one, other) in [
            ("config.data=right", "config.data=wrong"),
            ("config=absent", "config.digest=absent"),
            ("annotations=one", "config.annotations=one"),
            ("content.config=gif", "facts.config=gif"),
            ("kind=index", "base"),
            ("layers=two", "layers=two;layers.1.digest=short"),
        ] {
            assert_ne!(shape(one), shape(other));
        }
    }

    #[test]
    fn a_sentence_about_every_push_is_ordinary() {
        assert!(
            ["base", "kind=index", "afterwards=tags-one", "kind=index;subject=present"].into_iter().all(is_ordinary)
        );
        assert!(!["reference=sha512", "kind=json", "subject=present;text.space=indented"].into_iter().any(is_ordinary));
    }
}

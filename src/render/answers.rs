//! What a client under test is answered, from the slots `answer.*`.

use crate::exchange::client::{
    Answers, Body, Coding, ContentType, DigestHeader, Length, Link, Location, Realm, Redirect, Referrers, Status,
};
use crate::shape::{Shape, space};

/// The answers that a shape asks for.
///
/// # Panics
///
/// If the menu has an entry that is not listed here, which a test would find.
pub(super) fn answers(shape: &Shape) -> Answers {
    let mut answers = Answers::default();
    for (slot, choice) in shape.deviating() {
        let slot = space().slot(slot);
        if slot.is_for_clients() {
            deviate(&mut answers, &slot.name, slot.menu[choice.entry].name);
        }
    }
    answers
}

fn deviate(answers: &mut Answers, slot: &str, entry: &str) {
    match slot {
        "answer.manifest.content-type" => answers.content_type = content_type(entry),
        "answer.manifest.digest" => answers.digest = digest(entry),
        "answer.manifest.body" => answers.manifest = body(entry),
        "answer.manifest.length" => answers.manifest_length = length(entry),
        "answer.blob.body" => answers.blob = body(entry),
        "answer.blob.length" => answers.blob_length = length(entry),
        "answer.blob.coding" => answers.coding = coding(entry),
        "answer.redirect" => answers.redirect = redirect(entry),
        "answer.realm" => answers.realm = realm(entry),
        "answer.location" => answers.location = location(entry),
        "answer.link.tags" => answers.tag_link = link(entry),
        "answer.link.referrers" => answers.referrers_link = link(entry),
        "answer.referrers" => answers.referrers = referrers(entry),
        "answer.status" => answers.status = status(entry),
        _ => unknown(slot, entry),
    }
}

fn unknown(slot: &str, entry: &str) -> ! {
    panic!("answers: `{slot}={entry}` of the menu is not known")
}

fn content_type(entry: &str) -> ContentType {
    match entry {
        "absent" => ContentType::Absent,
        "absent-in-head" => ContentType::AbsentInHead,
        "other" => ContentType::Other,
        "html" => ContentType::Html,
        _ => unknown("answer.manifest.content-type", entry),
    }
}

fn digest(entry: &str) -> DigestHeader {
    match entry {
        "absent" => DigestHeader::Absent,
        "other" => DigestHeader::Other,
        "malformed" => DigestHeader::Malformed,
        "traversal" => DigestHeader::Traversal,
        _ => unknown("answer.manifest.digest", entry),
    }
}

fn body(entry: &str) -> Body {
    match entry {
        "other" => Body::Other,
        "truncated" => Body::Truncated,
        "longer" => Body::Longer,
        "endless" => Body::Endless,
        _ => unknown("answer.*.body", entry),
    }
}

fn length(entry: &str) -> Length {
    match entry {
        "absent" => Length::Absent,
        "larger" => Length::Larger,
        "smaller" => Length::Smaller,
        "zero-in-head" => Length::ZeroInHead,
        _ => unknown("answer.*.length", entry),
    }
}

fn coding(entry: &str) -> Coding {
    match entry {
        "gzip" => Coding::Gzip,
        "bomb" => Coding::Bomb,
        _ => unknown("answer.blob.coding", entry),
    }
}

fn redirect(entry: &str) -> Redirect {
    match entry {
        "other-host" => Redirect::OtherHost,
        "loop" => Redirect::Loop,
        "file" => Redirect::File,
        "other-port" => Redirect::OtherPort,
        _ => unknown("answer.redirect", entry),
    }
}

fn realm(entry: &str) -> Realm {
    match entry {
        "ours" => Realm::Ours,
        "foreign" => Realm::Foreign,
        "plain-http" => Realm::PlainHttp,
        "private-address" => Realm::Private,
        _ => unknown("answer.realm", entry),
    }
}

fn location(entry: &str) -> Location {
    match entry {
        "relative" => Location::Relative,
        "other-host" => Location::OtherHost,
        "file" => Location::File,
        "redirected" => Location::Redirected,
        _ => unknown("answer.location", entry),
    }
}

fn link(entry: &str) -> Link {
    match entry {
        "pages" => Link::Pages,
        "other-host" => Link::OtherHost,
        "loop" => Link::Loop,
        "endless" => Link::Endless,
        _ => unknown("answer.link.*", entry),
    }
}

fn referrers(entry: &str) -> Referrers {
    match entry {
        "unavailable" => Referrers::Unavailable,
        "itself" => Referrers::Itself,
        "cyclic" => Referrers::Cyclic,
        "many" => Referrers::Many,
        _ => unknown("answer.referrers", entry),
    }
}

fn status(entry: &str) -> Status {
    match entry {
        "429-once" => Status::TooManyOnce,
        "500-once" => Status::ErrorOnce,
        "401-in-pull" => Status::UnauthorizedInPull,
        _ => unknown("answer.status", entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Choice, Shape};

    #[test]
    fn every_entry_of_the_menu_is_an_answer() {
        let slots = space().slots().filter(|(_, slot)| slot.is_for_clients());
        let all: Vec<Shape> = slots
            .flat_map(|(slot, row)| (1..row.menu.len()).map(move |entry| (slot, Choice { entry, number: 0 })))
            .map(|(slot, choice)| Shape::base().with_ancestors(slot, choice))
            .collect();
        let rendered: std::collections::HashSet<Answers> = all.iter().map(answers).collect();
        assert!(all.len() > 40 && rendered.len() == all.len() && !rendered.contains(&Answers::default()));
    }
}

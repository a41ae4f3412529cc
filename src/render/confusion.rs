//! What makes a document ambiguous to its readers: members of two kinds, names in another case, repeats.

use std::borrow::Cow;

use super::layout::{deviating, fill, layout};
use super::request::named_type;
use crate::json::Value;
use crate::shape::{Effect, Kind, Shape};

/// The name of the list that a kind of document has.
fn list(kind: Kind) -> &'static str {
    match kind {
        Kind::Index | Kind::DockerList => "manifests",
        Kind::Artifact => "blobs",
        _ => "layers",
    }
}

/// The name of the list that makes it look like the other sort of manifest.
fn other_list(kind: Kind) -> &'static str {
    match kind {
        Kind::Index | Kind::DockerList => "layers",
        _ => "manifests",
    }
}

/// Changes the members as the shape's slots of confusion say. `descriptor` makes one for a path.
pub(super) fn confuse(
    shape: &Shape,
    members: &mut Vec<(Cow<'static, str>, Value)>,
    mut descriptor: impl FnMut(&str) -> Value,
) {
    let kind = shape.kind();
    let written = |template: &'static str| {
        fill(template, |variable| match variable {
            "list" => Some(list(kind).into()),
            "List" => Some(format!("{}{}", list(kind)[..1].to_ascii_uppercase(), &list(kind)[1..]).into()),
            "other-list" => Some(other_list(kind).into()),
            _ => named_type(kind, variable),
        })
    };
    for slot in deviating(shape, &layout().confusion) {
        match shape.entry(slot).effect {
            Effect::Last(name, value) => members.push((written(name), Value::raw(written(value)))),
            Effect::First(name, value) => members.insert(0, (written(name), Value::raw(written(value)))),
            Effect::OtherList => {
                let element = descriptor(&format!("{}.0", other_list(kind)));
                members.push((other_list(kind).into(), Value::Array(vec![element])));
            }
            Effect::Renamed(from, to) => {
                for (name, _) in members.iter_mut().filter(|(name, _)| *name == written(from)) {
                    *name = written(to);
                }
            }
            Effect::Again(name) => {
                let again = members.iter().find(|(other, _)| *other == written(name)).cloned();
                members.extend(again);
            }
            Effect::Split(name) => split(members, &written(name)),
            _ => {}
        }
    }
}

/// The second half of what the member holds goes into a member of the same name, just after it.
fn split(members: &mut Vec<(Cow<'static, str>, Value)>, name: &str) {
    let Some(at) = members.iter().position(|(other, _)| other == name) else { return };
    let rest = match &mut members[at].1 {
        Value::Array(elements) => Value::Array(elements.split_off(elements.len() / 2)),
        Value::Object(inner) => Value::Object(inner.split_off(inner.len() / 2)),
        Value::Raw(_) | Value::Text(_) => return,
    };
    members.insert(at + 1, (name.to_owned().into(), rest));
}

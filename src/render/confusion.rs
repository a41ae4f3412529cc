//! Makes a document ambiguous: members of two kinds, names in a different case, repeated members.

use std::borrow::Cow;

use super::layout::{deviating, layout};
use super::media_type::named_type;
use super::template::fill;
use crate::json::Value;
use crate::shape::{Effect, Kind, Shape};

/// The name of the kind's list of descriptors.
fn list(kind: Kind) -> &'static str {
    match kind {
        Kind::Index | Kind::DockerList => "manifests",
        Kind::Artifact => "blobs",
        _ => "layers",
    }
}

/// The name of the list that belongs to the other kind of manifest.
fn other_list(kind: Kind) -> &'static str {
    match kind {
        Kind::Index | Kind::DockerList => "layers",
        _ => "manifests",
    }
}

/// Applies the shape's confusion slots to the members. `descriptor` returns the descriptor at a path.
pub(super) fn confuse(
    shape: &Shape,
    members: &mut Vec<(Cow<'static, str>, Value)>,
    mut descriptor: impl FnMut(&str) -> Value,
) {
    let kind = shape.kind();
    let filled = |template: &'static str| {
        fill(template, |variable| match variable {
            "list" => Some(list(kind).into()),
            "List" => Some(format!("{}{}", list(kind)[..1].to_ascii_uppercase(), &list(kind)[1..]).into()),
            "other-list" => Some(other_list(kind).into()),
            _ => named_type(kind, variable),
        })
    };
    for slot in deviating(shape, &layout().confusion) {
        match shape.entry(slot).effect {
            Effect::Last(name, value) => members.push((filled(name), Value::raw(filled(value)))),
            Effect::First(name, value) => members.insert(0, (filled(name), Value::raw(filled(value)))),
            Effect::OtherList => {
                let element = descriptor(&format!("{}.0", other_list(kind)));
                members.push((other_list(kind).into(), Value::Array(vec![element])));
            }
            Effect::Renamed(from, to) => {
                for (name, _) in members.iter_mut().filter(|(name, _)| *name == filled(from)) {
                    *name = filled(to);
                }
            }
            Effect::Again(name) => {
                let copy = members.iter().find(|(other, _)| *other == filled(name)).cloned();
                members.extend(copy);
            }
            Effect::Split(name) => split(members, &filled(name)),
            _ => {}
        }
    }
}

/// Moves the second half of the member's elements or members to a new member of the same name, directly after it.
fn split(members: &mut Vec<(Cow<'static, str>, Value)>, name: &str) {
    let Some(at) = members.iter().position(|(other, _)| other == name) else { return };
    let rest = match &mut members[at].1 {
        Value::Array(elements) => Value::Array(elements.split_off(elements.len() / 2)),
        Value::Object(inner) => Value::Object(inner.split_off(inner.len() / 2)),
        Value::Raw(_) | Value::Text(_) => return,
    };
    members.insert(at + 1, (name.to_owned().into(), rest));
}

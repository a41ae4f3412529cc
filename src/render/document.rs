//! Renders the members of a document that is an object.

use std::borrow::Cow;
use std::sync::Arc;

use super::confusion::confuse;
use super::descriptor::{UNKNOWN, descriptor};
use super::layout::layout;
use super::media_type::named_type;
use super::position::Position;
use super::template::{fill, repeated};
use crate::exchange::Need;
use crate::json::Value;
use crate::shape::{Effect, Shape, SlotId};

/// The document of a shape whose kind is an object. Adds the content it references to `needs`.
pub(super) fn document(shape: &Shape, needs: &mut Vec<Arc<Need>>) -> Value {
    let mut members: Vec<(Cow<'static, str>, Value)> = Vec::with_capacity(8);
    for known in &layout().document[shape.choice(SlotId::KIND).entry] {
        let value = match known.written(shape.choice(known.slot).entry) {
            Some(written) => Some(Value::raw(Cow::Borrowed(written))),
            None => member(shape, known.slot, known.name, needs),
        };
        members.extend(value.map(|value| (Cow::Borrowed(known.name), value)));
    }
    if let Some(value) = member(shape, layout().unknown, "", needs) {
        let slot = layout().unknown_name;
        let name = match shape.entry(slot).effect {
            Effect::Name(template) => fill(template, |variable| repeated(variable, shape.choice(slot).number)),
            _ => Cow::Borrowed(UNKNOWN),
        };
        members.push((name, value));
    }
    confuse(shape, &mut members, |path| descriptor(shape, &Position::first(path), needs));
    Value::Object(members)
}

fn member(shape: &Shape, slot: SlotId, name: &str, needs: &mut Vec<Arc<Need>>) -> Option<Value> {
    let number = shape.choice(slot).number;
    match shape.entry(slot).effect {
        Effect::Descriptor => Some(descriptor(shape, &Position::first(name), needs)),
        Effect::Descriptors(count) => {
            let count = usize::try_from(if count == 0 { number } else { count }).unwrap_or(0);
            let same =
                layout().repeats.get(name).is_some_and(|slot| matches!(shape.deviation(*slot), Effect::SameContent));
            let paths = layout().paths_of(name);
            let element = |position| {
                let path = paths.get(position).map_or_else(|| format!("{name}.{position}").into(), Cow::from);
                let has_own = position < layout().own_elements;
                let slots = if has_own { layout().sites.get(&*path) } else { None };
                let content = if same { 0 } else { position };
                descriptor(shape, &Position { path: &path, slots, position, content }, needs)
            };
            Some(Value::Array((0..count).map(element).collect()))
        }
        Effect::Json(template) => Some(Value::raw(fill(template, |variable| {
            repeated(variable, number).or_else(|| named_type(shape.kind(), variable))
        }))),
        Effect::Bytes(bytes) => Some(Value::Raw(Cow::Borrowed(bytes))),
        _ => None,
    }
}

//! The document as a value: members and descriptors as the menus say, and what the descriptors need.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::content::{self, Family};
use super::layout::{PlaceSlots, fill, layout};
use super::{media_type, other_media_type};
use crate::exchange::{Need, NeedKind, State, sha256};
use crate::json::Value;
use crate::shape::{Kind, Role, Says, Shape, SlotId, space};

/// The document of a shape whose kind is an object. Adds what it points at to `needs`.
pub(super) fn document(shape: &Shape, needs: &mut Vec<Need>) -> Value {
    let kind = shape.kind();
    let mut members: Vec<(String, Value)> = Vec::new();
    for (name, slot) in &layout().document {
        if shape.lives(*slot)
            && let Some(value) = member(shape, *slot, name, needs)
        {
            members.push((name.clone(), value));
        }
        if kind == Kind::Artifact && name == "mediaType" {
            members.push(("artifactType".to_owned(), Value::text("application/vnd.example.artifact.v1")));
            members.push(("blobs".to_owned(), Value::Array(vec![descriptor(shape, "blobs.0", 0, needs)])));
        }
    }
    for slot in &layout().unknown {
        if let Says::Extra(name, value) = shape.entry(*slot).says {
            members.push((name.to_owned(), Value::raw(value)));
        }
    }
    Value::Object(members)
}

fn member(shape: &Shape, slot: SlotId, name: &str, needs: &mut Vec<Need>) -> Option<Value> {
    match shape.entry(slot).says {
        Says::Absent => None,
        Says::Descriptor => Some(descriptor(shape, name, 0, needs)),
        Says::Descriptors(count) => {
            let count = if count == 0 { shape.choice(slot).number } else { count };
            let element = |i| descriptor(shape, &format!("{name}.{i}"), i, needs);
            Some(Value::Array((0..usize::try_from(count).unwrap_or(0)).map(element).collect()))
        }
        Says::Json(template) => Some(Value::raw(&fill(template, |variable| match variable {
            "own" => Some(media_type(shape.kind()).to_owned()),
            "other" => Some(other_media_type(shape.kind()).to_owned()),
            _ => None,
        }))),
        _ => None,
    }
}

fn role(path: &str) -> Role {
    match path.split('.').next() {
        Some("config") => Role::Config,
        Some("layers") => Role::Layer,
        Some("manifests") => Role::Child,
        Some("subject") => Role::Subject,
        _ => Role::Blob,
    }
}

/// The descriptor at `path`. A place without slots of its own, such as `layers.7`, is written as the base's.
fn descriptor(shape: &Shape, path: &str, index: usize, needs: &mut Vec<Need>) -> Value {
    static NO_SLOTS: PlaceSlots = PlaceSlots { members: Vec::new(), content: None, facts: None };
    let own = layout().places.get(path);
    let slots = own.unwrap_or(&NO_SLOTS);
    let family = match shape.kind() {
        Kind::DockerImage | Kind::DockerList => Family::Docker,
        _ => Family::Oci,
    };
    let role = role(path);
    let missing = slots.facts.is_some_and(|slot| shape.entry(slot).says == Says::Missing);
    // Subjects are of few exchanges even where they are there: lists of referrers must stay short.
    let salt = (missing || role == Role::Subject).then(|| salt(shape, path));
    let bytes = match slots.content.map(|slot| shape.entry(slot).says) {
        Some(Says::Bytes(bytes)) => salt.as_ref().map_or_else(|| bytes.to_vec(), |s| content::salted(bytes, s)),
        _ => content::usual(role, family, index, salt.as_deref()),
    };
    let described = Described { media_type: content::usual_media_type(role, family), digest: sha256(&bytes), bytes };
    let value = match own {
        Some(slots) => described.value(shape, slots),
        None => described.value(&Shape::base(), usual_place(role)),
    };
    let is_manifest = matches!(role, Role::Child | Role::Subject);
    if is_manifest && !missing {
        needs.extend(content::needs_of_manifest(path, role, index, salt.as_deref()));
    }
    needs.push(Need {
        path: path.to_owned(),
        kind: if is_manifest { NeedKind::Manifest(described.media_type) } else { NeedKind::Blob },
        digest: described.digest,
        bytes: Bytes::from(described.bytes),
        state: if missing { State::Absent } else { State::Present },
    });
    value
}

/// The place whose entries 0 say how a descriptor of this role is written.
fn usual_place(role: Role) -> &'static PlaceSlots {
    let path = match role {
        Role::Config => "config",
        Role::Layer | Role::Blob => "layers.0",
        Role::Child => "manifests.0",
        Role::Subject => "subject",
    };
    &layout().places[path]
}

/// What tells this shape's content from that of others. The descriptor's own members play no part: one that
/// deviates must differ from its witness in that member only.
fn salt(shape: &Shape, path: &str) -> String {
    let own = format!("{path}.");
    let others = shape.deviating().filter(|(slot, _)| !space().slot(*slot).name.starts_with(&own));
    let others: Vec<_> = others.map(|(slot, choice)| format!("{} {choice:?}", space().slot(slot).name)).collect();
    sha256(format!("{path} of {}", others.join(";")).as_bytes())[7..23].to_owned()
}

struct Described {
    media_type: &'static str,
    digest: String,
    bytes: Vec<u8>,
}

impl Described {
    fn value(&self, shape: &Shape, slots: &PlaceSlots) -> Value {
        let mut members = Vec::new();
        for (name, slot) in &slots.members {
            if let Says::Json(template) = shape.entry(*slot).says {
                members.push((name.clone(), Value::raw(&self.fill(template, shape.choice(*slot).number))));
            }
        }
        Value::Object(members)
    }

    fn fill(&self, template: &str, number: u64) -> String {
        let hex = &self.digest[7..];
        fill(template, |variable| match variable {
            "type" => Some(self.media_type.to_owned()),
            "digest" => Some(self.digest.clone()),
            "hex" => Some(hex.to_owned()),
            "HEX" => Some(hex.to_ascii_uppercase()),
            "hex63" => Some(hex[..63].to_owned()),
            "size" => Some(self.bytes.len().to_string()),
            "size+n" => Some((self.bytes.len() as u64).saturating_add(number).to_string()),
            "base64" => Some(STANDARD.encode(&self.bytes)),
            _ => None,
        })
    }
}

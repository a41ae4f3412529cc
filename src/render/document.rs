//! The document as a value: members and descriptors as the menus say, and what the descriptors need.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{LazyLock, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::confusion::confuse;
use super::content::{self, Blob, Family};
use super::layout::{PlaceSlots, Reach, fill, layout, repeated};
use super::request::named_type;
use crate::exchange::{Need, NeedKind, State, sha256, sha512};
use crate::json::{self, Value};
use crate::shape::{Choice, Kind, Role, Says, Shape, SlotId, space};

/// The document of a shape whose kind is an object. Adds what it points at to `needs`.
pub(super) fn document(shape: &Shape, needs: &mut Vec<Need>) -> Value {
    let mut members: Vec<(Cow<'static, str>, Value)> = Vec::with_capacity(8);
    for (name, slot) in &layout().document[shape.choice(SlotId::KIND).entry] {
        if let Some(value) = member(shape, *slot, name, needs) {
            members.push((Cow::Borrowed(name), value));
        }
    }
    if let Some(value) = member(shape, layout().unknown, "", needs) {
        let slot = layout().unknown_name;
        let name = match shape.entry(slot).says {
            Says::Name(template) => fill(template, |variable| repeated(variable, shape.choice(slot).number)),
            _ => Cow::Borrowed(UNKNOWN),
        };
        members.push((name, value));
    }
    confuse(shape, &mut members, |path| descriptor(shape, path, 0, needs));
    Value::Object(members)
}

/// The name of a member that no specification names.
const UNKNOWN: &str = "comExampleUnknown";

fn member(shape: &Shape, slot: SlotId, name: &str, needs: &mut Vec<Need>) -> Option<Value> {
    let number = shape.choice(slot).number;
    match shape.entry(slot).says {
        Says::Descriptor => Some(descriptor(shape, name, 0, needs)),
        Says::Descriptors(count) => {
            let count = usize::try_from(if count == 0 { number } else { count }).unwrap_or(0);
            let same = layout().repeats.get(name).is_some_and(|slot| shape.entry(*slot).says == Says::SameContent);
            let element = |i| descriptor(shape, &format!("{name}.{i}"), if same { 0 } else { i }, needs);
            Some(Value::Array((0..count).map(element).collect()))
        }
        Says::Json(template) => Some(Value::raw(fill(template, |variable| {
            repeated(variable, number).or_else(|| named_type(shape.kind(), variable))
        }))),
        Says::Bytes(bytes) => Some(Value::Raw(Cow::Borrowed(bytes))),
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

/// What most shapes have in most places: the descriptor of the base, written, and what it needs.
#[derive(Debug)]
struct Kept {
    written: Vec<u8>,
    needs: Vec<Need>,
}

/// The base's descriptor at a place, made once; `None` where something of the shape may change it.
fn kept(shape: &Shape, path: &str, position: usize) -> Option<&'static Kept> {
    /// Up to this position; most lists are shorter.
    const POSITIONS: usize = 512;
    /// By role, family and position.
    static KEPT: LazyLock<Vec<OnceLock<Kept>>> =
        LazyLock::new(|| (0..Role::ALL.len() * 2 * POSITIONS).map(|_| OnceLock::new()).collect());
    let role = role(path);
    // A subject is told from those of other shapes, and confusion takes descriptors apart.
    let may_differ = |slot: SlotId| match layout().reach[slot.index()] {
        Reach::Document => true,
        Reach::Place(place) => place == path,
        Reach::Own | Reach::Text => false,
    };
    if role == Role::Subject || position >= POSITIONS || shape.deviating().any(|(slot, _)| may_differ(slot)) {
        return None;
    }
    let place = (role as usize * 2 + usize::from(family(shape) == Family::Docker)) * POSITIONS + position;
    Some(KEPT[place].get_or_init(|| {
        let mut needs = Vec::new();
        let written = json::write(&made(&shape.own_base(), path, position, &mut needs));
        Kept { written, needs }
    }))
}

fn family(shape: &Shape) -> Family {
    match shape.kind() {
        Kind::DockerImage | Kind::DockerList => Family::Docker,
        _ => Family::Oci,
    }
}

/// The descriptor at `path`, whose content is that of the position `index` of its list.
fn descriptor(shape: &Shape, path: &str, index: usize, needs: &mut Vec<Need>) -> Value {
    let own_position = path.rsplit('.').next().and_then(|last| last.parse().ok()).unwrap_or(0);
    match kept(shape, path, index).filter(|_| own_position == index) {
        Some(kept) => {
            needs.extend_from_slice(&kept.needs);
            Value::Raw(Cow::Borrowed(&kept.written))
        }
        None => made(shape, path, index, needs),
    }
}

/// The descriptor at `path`. A place without slots of its own, such as `layers.7`, is written as the base's.
fn made(shape: &Shape, path: &str, index: usize, needs: &mut Vec<Need>) -> Value {
    static NO_SLOTS: PlaceSlots = PlaceSlots { members: Vec::new(), content: None, facts: None };
    let own = layout().places.get(path);
    let slots = own.unwrap_or(&NO_SLOTS);
    let (family, role) = (family(shape), role(path));
    let says = |slot: Option<SlotId>| slot.map_or(Says::Usual, |slot| shape.entry(slot).says);
    let (fact, content) = (says(slots.facts), says(slots.content));
    let state = match fact {
        Says::Missing => State::Absent,
        Says::Elsewhere => State::Elsewhere,
        _ => State::Present,
    };
    // What is not usually there needs content that no other exchange pushes; and lists of referrers must stay short.
    let salt = (fact != Says::Usual || role == Role::Subject).then(|| salt(shape, path));
    let is_manifest_place = matches!(role, Role::Child | Role::Subject);
    let source = match content {
        Says::ContentOf(other) => other,
        _ if fact == Says::OtherEndpoint && !is_manifest_place => Role::Child,
        _ => role,
    };
    // A list of manifests says what its elements really are; elsewhere the place says what they should be.
    let mut media_type = content::usual_media_type(if is_manifest_place { source } else { role }, family);
    let blob = match content {
        Says::Bytes(bytes) if source == role => {
            Blob::from(salt.as_ref().map_or_else(|| bytes.to_vec(), |salt| content::salted(bytes, salt)))
        }
        Says::IndexContent => {
            media_type = content::index_type(family);
            Blob::from(content::index(family, salt.as_deref()))
        }
        _ => content::usual(source, family, index, salt.as_deref()),
    };
    // A manifest goes to the endpoint of its place, or to the other one.
    let pushed_as_manifest =
        matches!(source, Role::Child | Role::Subject) && is_manifest_place != (fact == Says::OtherEndpoint);
    let described = Described { media_type, blob };
    let value = match own {
        Some(slots) => described.value(shape, slots),
        None => described.value(&Shape::base(), usual_place(role)),
    };
    if pushed_as_manifest && state != State::Absent && content != Says::IndexContent {
        needs.extend(content::needs_of_manifest(path, source, index, salt.as_deref(), state));
    }
    let kind = match pushed_as_manifest {
        true if content == Says::IndexContent => NeedKind::Manifest(content::index_type(family)),
        true => NeedKind::Manifest(content::usual_media_type(source, family)),
        false => NeedKind::Blob,
    };
    let Blob { digest, bytes } = described.blob;
    needs.push(Need { path: path.to_owned(), kind, digest, bytes, state });
    value
}

/// The place whose entries 0 say how a descriptor of this role is written.
fn usual_place(role: Role) -> &'static PlaceSlots {
    let path = match role {
        Role::Config => "config",
        Role::Layer => "layers.0",
        Role::Blob => "blobs.0",
        Role::Child => "manifests.0",
        Role::Subject => "subject",
    };
    &layout().places[path]
}

/// What tells this shape's content from that of others. The descriptor's own members play no part: one that
/// deviates must differ from its witness in that member only.
fn salt(shape: &Shape, path: &str) -> String {
    let mut said = format!("{path} of ");
    let is_own = |name: &str| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    let mut separator = "";
    for (slot, Choice { entry, number }) in shape.deviating() {
        let name = &space().slot(slot).name;
        if !is_own(name) {
            // What is hashed is frozen: a salt is part of what a shape renders to. Writing to a text does not fail.
            let _ = write!(said, "{separator}{name} Choice {{ entry: {entry}, number: {number} }}");
            separator = ";";
        }
    }
    sha256(said.as_bytes())[7..23].to_owned()
}

struct Described {
    media_type: &'static str,
    blob: Blob,
}

impl Described {
    fn value(&self, shape: &Shape, slots: &'static PlaceSlots) -> Value {
        let mut members = Vec::with_capacity(8);
        for (name, slot) in &slots.members {
            if let Says::Json(template) = shape.entry(*slot).says {
                let name = if name == "unknown" { UNKNOWN } else { name };
                let value = self.fill(template, shape.choice(*slot).number);
                members.push((Cow::Borrowed(name), Value::raw(value)));
            }
        }
        Value::Object(members)
    }

    fn fill(&self, template: &'static str, number: u64) -> Cow<'static, str> {
        let hex = &self.blob.digest[7..];
        let size = self.blob.bytes.len() as u64;
        fill(template, |variable| {
            Some(Cow::Owned(match variable {
                "type" => return Some(Cow::Borrowed(self.media_type)),
                "TYPE" => self.media_type.to_ascii_uppercase(),
                "other-family" => content::other_family(self.media_type).to_owned(),
                "digest" => return Some(Cow::Borrowed(self.blob.digest.as_str())),
                "hex" => return Some(Cow::Borrowed(hex)),
                "HEX" => hex.to_ascii_uppercase(),
                "hex63" => hex[..63].to_owned(),
                "sha512" => sha512(&self.blob.bytes),
                "other-digest" => sha256(&[&self.blob.bytes[..], b"other"].concat()),
                "size" => size.to_string(),
                "size+n" => size.saturating_add(number).to_string(),
                // No content is empty where entry 0 stands beside it; one less than nothing is the most there is.
                "size-1" => size.checked_sub(1).unwrap_or(i64::MAX as u64).to_string(),
                "base64" => STANDARD.encode(&self.blob.bytes),
                _ => return repeated(variable, number),
            }))
        })
    }
}

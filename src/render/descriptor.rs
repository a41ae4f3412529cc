//! Descriptors as the menus say, and what they need.
//!
//! Most shapes have most descriptors in common, so what was written once is kept: the base's for good, by place, and
//! what deviates in one of its own slots for a while.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::cache::{self, ByPlace, Kept};
use super::content::{self, Blob, Family};
use super::layout::{PlaceSlots, deviating, fill_into, layout, repeated};
use crate::exchange::{Need, NeedKind, State, sha256, sha512};
use crate::json::Value;
use crate::shape::{Choice, Effect, Kind, Role, Shape, SlotId, space};

/// The name of a member that no specification names.
pub(super) const UNKNOWN: &str = "comExampleUnknown";

/// Where a descriptor stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position<'p> {
    /// As slots name it: `config`, `layers.0`.
    pub path: &'p str,
    /// Its own slots, if it has any.
    pub slots: Option<&'static PlaceSlots>,
    /// In its list.
    pub position: usize,
    /// The position whose content it points at.
    pub content: usize,
}

impl<'p> Position<'p> {
    /// A place that is no list's, or a list's first.
    pub fn first(path: &'p str) -> Self {
        Self { path, slots: layout().places.get(path), position: 0, content: 0 }
    }
}

fn role(path: &str) -> Role {
    const LISTS: [(&str, Role); 4] =
        [("layers", Role::Layer), ("config", Role::Config), ("manifests", Role::Child), ("subject", Role::Subject)];
    LISTS.iter().find(|(start, _)| path.starts_with(start)).map_or(Role::Blob, |(_, role)| *role)
}

fn family(shape: &Shape) -> Family {
    match shape.kind() {
        Kind::DockerImage | Kind::DockerList => Family::Docker,
        _ => Family::Oci,
    }
}

/// The descriptor at a place; adds what it needs.
pub(super) fn descriptor(shape: &Shape, place: &Position<'_>, needs: &mut Vec<Arc<Need>>) -> Value {
    let (family, role) = (family(shape), role(place.path));
    // A member that is to be split is taken apart.
    if deviating(shape, &layout().confusion).any(|slot| matches!(shape.entry(slot).effect, Effect::Split(_))) {
        return made(shape, place, needs, |it| it.value());
    }
    let now = |needs: &mut Vec<_>| Value::raw(Cow::Owned(made(shape, place, needs, |it| it.written())));
    // A subject is told from those of other shapes; so is what is not usually there.
    let depends_on_all = role == Role::Subject
        || place.slots.and_then(|slots| slots.facts).is_some_and(|facts| shape.choice(facts).entry != 0);
    if depends_on_all {
        return now(needs);
    }
    let make = || {
        let mut needs = Vec::new();
        let written = made(shape, place, &mut needs, |it| it.written()).into_bytes();
        Kept { written, needs }
    };
    let own = place.slots.map(|slots| &slots.all).filter(|own| shape.deviates_in(own));
    static OF_BASE: LazyLock<ByPlace<Kept>> = LazyLock::new(ByPlace::empty);
    if own.is_none()
        && place.position == place.content
        && let Some(kept) = OF_BASE.get_or_init((role, family, place.position), make)
    {
        needs.extend(kept.needs.iter().cloned());
        return Value::Raw(Cow::Borrowed(&kept.written));
    }
    let mut deviating = shape.deviating().filter(|(slot, _)| own.is_some_and(|own| own.contains(*slot)));
    let (deviation, more) = (deviating.next(), deviating.next());
    // What deviates in more than one way is rarely asked for twice.
    if more.is_some() {
        return now(needs);
    }
    cache::with((place, family, deviation), make, |kept| {
        needs.extend(kept.needs.iter().cloned());
        Value::Raw(Cow::Owned(kept.written.clone()))
    })
}

/// The descriptor at a place, in the form in which `write` puts it. One without slots of its own, such as `layers.7`, is
/// written as the base's.
fn made<R>(
    shape: &Shape,
    place: &Position<'_>,
    needs: &mut Vec<Arc<Need>>,
    write: impl FnOnce(&Described<'_>) -> R,
) -> R {
    let Position { path, slots, content: index, .. } = *place;
    let (family, role) = (family(shape), role(path));
    let says = |slot: Option<SlotId>| slot.map_or(Effect::Usual, |slot| shape.deviation(slot));
    let fact = says(slots.and_then(|slots| slots.facts));
    let content = says(slots.and_then(|slots| slots.content));
    let state = match fact {
        Effect::Missing => State::Absent,
        Effect::Elsewhere => State::Elsewhere,
        _ => State::Present,
    };
    // What is not usually there needs content that no other exchange pushes; and lists of referrers must stay short.
    let salt = (fact != Effect::Usual || role == Role::Subject).then(|| salt(shape, path));
    let is_manifest_place = matches!(role, Role::Child | Role::Subject);
    let source = match content {
        Effect::ContentOf(other) => other,
        _ if fact == Effect::OtherEndpoint && !is_manifest_place => Role::Child,
        _ => role,
    };
    // A list of manifests says what its elements really are; elsewhere the place says what they should be.
    let mut media_type = content::usual_media_type(if is_manifest_place { source } else { role }, family);
    let blob = match content {
        Effect::Bytes(bytes) if source == role => {
            Blob::from(salt.as_ref().map_or_else(|| bytes.to_vec(), |salt| content::salted(bytes, salt)))
        }
        Effect::IndexContent => {
            media_type = content::index_type(family);
            Blob::from(content::index(family, salt.as_deref()))
        }
        _ => content::usual(source, family, index, salt.as_deref()),
    };
    // A manifest goes to the endpoint of its place, or to the other one.
    let pushed_as_manifest =
        matches!(source, Role::Child | Role::Subject) && is_manifest_place != (fact == Effect::OtherEndpoint);
    let base = Shape::base();
    let (shape, slots) = slots.map_or_else(|| (&base, usual_place(role)), |slots| (shape, slots));
    let described = Described { shape, slots, media_type, blob };
    let written = write(&described);
    let Blob { digest, bytes, parts } = described.blob;
    if let Some(parts) = parts.filter(|_| pushed_as_manifest && state != State::Absent) {
        needs.extend(content::needs_of(path, *parts, state).map(Arc::new));
    }
    let kind = match pushed_as_manifest {
        true if content == Effect::IndexContent => NeedKind::Manifest(content::index_type(family)),
        true => NeedKind::Manifest(content::usual_media_type(source, family)),
        false => NeedKind::Blob,
    };
    let length = bytes.len();
    needs.push(Arc::new(Need { path: path.to_owned(), kind, digest, bytes, length, state }));
    written
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
    let mut said = String::with_capacity(256);
    said.push_str(path);
    said.push_str(" of ");
    let mut digits = itoa::Buffer::new();
    let is_own = |name: &str| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    let mut separator = "";
    for (slot, Choice { entry, number }) in shape.deviating() {
        let name = &space().slot(slot).name;
        if !is_own(name) {
            // What is hashed is frozen: a salt is part of what a shape renders to.
            for text in [separator, name, " Choice { entry: ", digits.format(entry)] {
                said.push_str(text);
            }
            for text in [", number: ", digits.format(number), " }"] {
                said.push_str(text);
            }
            separator = ";";
        }
    }
    sha256(said.as_bytes())[7..23].to_owned()
}

/// A descriptor before it is written.
struct Described<'s> {
    shape: &'s Shape,
    slots: &'static PlaceSlots,
    media_type: &'static str,
    blob: Blob,
}

impl Described<'_> {
    /// The members' names, with the templates of their values and the numbers in those.
    fn members(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        self.slots.members.iter().filter_map(|(name, slot)| match self.shape.entry(*slot).effect {
            Effect::Json(template) => {
                let name = if name == "unknown" { UNKNOWN } else { name };
                Some((name, template, self.shape.choice(*slot).number))
            }
            _ => None,
        })
    }

    /// Member by member.
    fn value(&self) -> Value {
        let members = self.members().map(|(name, template, number)| {
            let mut value = String::new();
            self.fill_into(&mut value, template, number);
            (Cow::Borrowed(name), Value::raw(Cow::Owned(value)))
        });
        Value::Object(members.collect())
    }

    /// The object as a text.
    fn written(&self) -> String {
        let mut object = String::with_capacity(256);
        for (i, (name, template, number)) in self.members().enumerate() {
            object.push_str(if i == 0 { "{\"" } else { ",\"" });
            object.push_str(name);
            object.push_str("\":");
            self.fill_into(&mut object, template, number);
        }
        object.push_str(if object.is_empty() { "{}" } else { "}" });
        object
    }

    fn fill_into(&self, out: &mut String, template: &'static str, number: u64) {
        let hex = &self.blob.digest[7..];
        let size = self.blob.bytes.len() as u64;
        fill_into(out, template, |variable| {
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

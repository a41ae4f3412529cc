//! Renders descriptors, and the content they need.
//!
//! Most shapes share most of their descriptors, so serialised descriptors are cached (see `cache`): those of the base,
//! and those with one deviation.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::blob::{self, Blob};
use super::cache::{self, CachedDescriptor};
use super::content;
use super::layout::{SiteSlots, deviating, layout};
use super::manifests;
use super::media_type::{Vendor, index_type, other_family, usual_media_type};
use super::position::Position;
use super::position_cache::PositionCache;
use super::template::{fill_into, repeated};
use crate::exchange::{Need, NeedKind, State, sha256, sha512};
use crate::json::Value;
use crate::shape::{Choice, Effect, Kind, Role, Shape, SlotId, space};

/// The usual name of the unknown member.
pub(super) const UNKNOWN: &str = "comExampleUnknown";

fn role(path: &str) -> Role {
    const PREFIXES: [(&str, Role); 4] =
        [("layers", Role::Layer), ("config", Role::Config), ("manifests", Role::Child), ("subject", Role::Subject)];
    PREFIXES.iter().find(|(prefix, _)| path.starts_with(prefix)).map_or(Role::Blob, |(_, role)| *role)
}

fn vendor(shape: &Shape) -> Vendor {
    match shape.kind() {
        Kind::DockerImage | Kind::DockerList => Vendor::Docker,
        _ => Vendor::Oci,
    }
}

/// The descriptor at a position. Adds the content it needs to `needs`.
pub(super) fn descriptor(shape: &Shape, position: &Position<'_>, needs: &mut Vec<Arc<Need>>) -> Value {
    let (vendor, role) = (vendor(shape), role(position.path));
    // Splitting needs the individual members.
    if deviating(shape, &layout().confusion).any(|slot| matches!(shape.entry(slot).effect, Effect::Split(_))) {
        return render_with(shape, position, needs, |described| described.value());
    }
    let uncached = |needs: &mut Vec<_>| {
        Value::raw(Cow::Owned(render_with(shape, position, needs, |described| described.serialised())))
    };
    // Salted content depends on the whole shape.
    let is_salted = role == Role::Subject
        || is_pushed_by_sha512(shape, position)
        || position.slots.and_then(|slots| slots.facts).is_some_and(|facts| shape.choice(facts).entry != 0);
    if is_salted {
        return uncached(needs);
    }
    let make = || {
        let mut needs = Vec::new();
        let written = render_with(shape, position, &mut needs, |described| described.serialised()).into_bytes();
        CachedDescriptor { written, needs }
    };
    let own = position.slots.map(|slots| &slots.all).filter(|own| shape.deviates_in(own));
    static OF_BASE: LazyLock<PositionCache<CachedDescriptor>> = LazyLock::new(PositionCache::empty);
    if own.is_none()
        && position.position == position.content
        && let Some(cached) = OF_BASE.get_or_init((role, vendor, position.position), make)
    {
        needs.extend(cached.needs.iter().cloned());
        return Value::Raw(Cow::Borrowed(&cached.written));
    }
    let mut deviating = shape.deviating().filter(|(slot, _)| own.is_some_and(|own| own.contains(*slot)));
    let (deviation, more) = (deviating.next(), deviating.next());
    // Descriptors with several deviations are rarely reused.
    if more.is_some() {
        return uncached(needs);
    }
    cache::with((position, vendor, deviation), make, |cached| {
        needs.extend(cached.needs.iter().cloned());
        Value::Raw(Cow::Owned(cached.written.clone()))
    })
}

/// Renders the descriptor at a position, in the form that `write` returns. A position without its own slots, such as
/// `layers.7`, is rendered like the base's.
fn render_with<R>(
    shape: &Shape,
    position: &Position<'_>,
    needs: &mut Vec<Arc<Need>>,
    write: impl FnOnce(&Described<'_>) -> R,
) -> R {
    let Position { path, slots, content: index, .. } = *position;
    let (vendor, role) = (vendor(shape), role(path));
    let deviation = |slot: Option<SlotId>| slot.map_or(Effect::Usual, |slot| shape.deviation(slot));
    let fact = deviation(slots.and_then(|slots| slots.facts));
    let content = deviation(slots.and_then(|slots| slots.content));
    let state = match fact {
        Effect::Missing => State::Absent,
        Effect::Elsewhere => State::Elsewhere,
        _ => State::Present,
    };
    // Missing content must be unique, so that no other exchange pushes it; and so must subjects, so that their lists of
    // referrers stay short. The SHA-512 of other content must stay unknown to the target.
    let is_sha512 = is_pushed_by_sha512(shape, position);
    let salt = (fact != Effect::Usual || role == Role::Subject || is_sha512).then(|| salt(shape, path));
    let is_manifest_site = matches!(role, Role::Child | Role::Subject);
    let source = match content {
        Effect::ContentOf(other) => other,
        _ if fact == Effect::OtherEndpoint && !is_manifest_site => Role::Child,
        _ => role,
    };
    // References to manifests state the type of the actual content, others the type expected at that place.
    let mut media_type = usual_media_type(if is_manifest_site { source } else { role }, vendor);
    let blob = match content {
        Effect::Bytes(bytes) if source == role => {
            // These bytes are what matters of content that is there.
            let salt = salt.as_ref().filter(|_| fact != Effect::Usual || role == Role::Subject);
            Blob::from(salt.map_or_else(|| bytes.to_vec(), |salt| blob::salted(bytes, salt)))
        }
        Effect::IndexContent => {
            media_type = index_type(vendor);
            Blob::from(blob::index(vendor, salt.as_deref()))
        }
        Effect::DiffIds(count) if source == role => content::config_of_layers(count, salt.as_deref()),
        Effect::GzippedLayer if source == role => blob::gzipped(&content::usual(role, vendor, index, salt.as_deref())),
        Effect::ManifestContent(which) => {
            let sibling = content::usual(Role::Child, vendor, usize::from(index == 0), None);
            manifests::special(which, vendor, index, salt.as_deref(), sibling)
        }
        // The index lists it without a salt.
        Effect::FirstChild if fact == Effect::Usual && !is_sha512 => content::usual(Role::Child, vendor, 0, None),
        _ => content::usual(source, vendor, index, salt.as_deref()),
    };
    // A manifest is pushed to the endpoint that its site implies, or to the other one; a blob only to that of blobs.
    let pushed_as_manifest =
        matches!(source, Role::Child | Role::Subject) && is_manifest_site != (fact == Effect::OtherEndpoint);
    let base = Shape::base();
    let (shape, slots) = slots.map_or_else(|| (&base, usual_slots(role)), |slots| (shape, slots));
    let sibling = usize::from(index == 0);
    let described = Described { shape, slots, media_type, vendor, sibling, blob };
    let written = write(&described);
    let Blob { digest, bytes, parts } = described.blob;
    let digest = if is_sha512 { sha512(&bytes) } else { digest };
    if let Some(parts) = parts.filter(|_| pushed_as_manifest && state != State::Absent) {
        needs.extend(content::needs_of(path, *parts, state).map(Arc::new));
    }
    let kind = match pushed_as_manifest {
        true if content == Effect::IndexContent => NeedKind::Manifest(index_type(vendor)),
        true => NeedKind::Manifest(usual_media_type(source, vendor)),
        false => NeedKind::Blob,
    };
    let length = bytes.len();
    needs.push(Arc::new(Need { path: path.to_owned(), kind, digest, bytes, length, state }));
    written
}

/// Whether the content is pushed under its SHA-512.
fn is_pushed_by_sha512(shape: &Shape, position: &Position<'_>) -> bool {
    let digest = position.slots.and_then(|slots| slots.digest);
    digest.is_some_and(|slot| shape.deviation(slot) == Effect::Sha512)
}

/// The slots whose entries 0 describe the usual descriptor of this role.
fn usual_slots(role: Role) -> &'static SiteSlots {
    let path = match role {
        Role::Config => "config",
        Role::Layer => "layers.0",
        Role::Blob => "blobs.0",
        Role::Child => "manifests.0",
        Role::Subject => "subject",
    };
    &layout().sites[path]
}

/// A salt that makes this shape's content unique. The descriptor's own members are not part of it, so that a shape that
/// deviates in one of them differs from its witness only in that member.
fn salt(shape: &Shape, path: &str) -> String {
    let mut salted = String::with_capacity(256);
    salted.push_str(path);
    salted.push_str(" of ");
    let mut digits = itoa::Buffer::new();
    let is_own = |name: &str| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    let mut separator = "";
    for (slot, Choice { entry, number }) in shape.deviating() {
        let name = &space().slot(slot).name;
        if !is_own(name) {
            // The hashed text is frozen, because the salt is part of what a shape renders to.
            for text in [separator, name, " Choice { entry: ", digits.format(entry)] {
                salted.push_str(text);
            }
            for text in [", number: ", digits.format(number), " }"] {
                salted.push_str(text);
            }
            separator = ";";
        }
    }
    sha256(salted.as_bytes())[7..23].to_owned()
}

/// A descriptor before it is serialised.
struct Described<'s> {
    shape: &'s Shape,
    slots: &'static SiteSlots,
    media_type: &'static str,
    vendor: Vendor,
    /// The index of another element of the list.
    sibling: usize,
    blob: Blob,
}

impl Described<'_> {
    /// The members: name, template of the value, number for the template.
    fn members(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        self.slots.members.iter().filter_map(|(name, slot)| match self.shape.entry(*slot).effect {
            Effect::Json(template) => {
                let name = if name == "unknown" { UNKNOWN } else { name };
                Some((name, template, self.shape.choice(*slot).number))
            }
            Effect::Sha512 => Some((&**name, "\"${sha512}\"", 0)),
            _ => None,
        })
    }

    /// The descriptor as an object of individual members.
    fn value(&self) -> Value {
        let members = self.members().map(|(name, template, number)| {
            let mut value = String::new();
            self.fill_into(&mut value, template, number);
            (Cow::Borrowed(name), Value::raw(Cow::Owned(value)))
        });
        Value::Object(members.collect())
    }

    /// The descriptor as JSON.
    fn serialised(&self) -> String {
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
                "other-family" => other_family(self.media_type).to_owned(),
                "digest" => return Some(Cow::Borrowed(self.blob.digest.as_str())),
                "hex" => return Some(Cow::Borrowed(hex)),
                "HEX" => hex.to_ascii_uppercase(),
                "hex63" => hex[..63].to_owned(),
                "sha512" => sha512(&self.blob.bytes),
                "sibling" => content::usual(Role::Child, self.vendor, self.sibling, None).digest,
                "other-digest" => sha256(&[&self.blob.bytes[..], b"other"].concat()),
                "size" => size.to_string(),
                "size+n" => size.saturating_add(number).to_string(),
                // Empty content has no size minus 1; use a size that is certainly wrong.
                "size-1" => size.checked_sub(1).unwrap_or(i64::MAX as u64).to_string(),
                "base64" => STANDARD.encode(&self.blob.bytes),
                _ => return repeated(variable, number),
            }))
        })
    }
}

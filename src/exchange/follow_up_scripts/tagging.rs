//! Follow-ups that push again and read what then is there: a second tag, a tag that moves, the same bytes as another type.

use bytes::Bytes;
use http::Method;

use super::reading::{STRANGE, manifest};
use super::{FollowUp, Pushed};
use crate::exchange::digest::sha256;
use crate::exchange::media_types::{DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, essence};
use crate::exchange::placeholders::TAG;
use crate::exchange::put::{Put, Reference};
use crate::exchange::roles::reading as roles;
use crate::exchange::script::{Role, Script, ScriptedRequest, When};
use crate::exchange::stage::Stage;

pub(super) const ROWS: &[FollowUp] = &[
    FollowUp { name: "two-tags", script: two_tags, ..CHANGES },
    FollowUp { name: "tag-moved", script: tag_moved, ..CHANGES },
    FollowUp { name: "put-if-match", stage: Stage::ManifestPut, script: put_if_match, ..CHANGES },
    FollowUp { name: "push-as-two-types", script: push_as_two_types, ..CHANGES },
];

const CHANGES: FollowUp = FollowUp { changes: true, ..FollowUp::READS };

/// The tag that these follow-ups push. It is not made of the tested one, which may be as long as a tag can be.
const SECOND: &str = "mf-second";
/// The tag of the same bytes as another type.
const OTHER_TYPE: &str = "mf-other-type";

/// A push of these bytes with the Content-Type of the tested push.
fn push(role: Role, tag: &str, put: &Put, body: Bytes) -> ScriptedRequest {
    let request = ScriptedRequest::new(role, Method::PUT, manifest(tag));
    let request = match put.content_type.as_deref() {
        Some(media_type) => request.with("content-type", media_type),
        None => request,
    };
    request.carrying(body)
}

/// The tested document with a line break at its end: another manifest that means the same.
fn another(put: &Put) -> Bytes {
    Bytes::from([put.body.as_ref(), b"\n"].concat())
}

fn get(role: Role, reference: &str) -> ScriptedRequest {
    ScriptedRequest::read(role, Method::GET, manifest(reference))
}

fn head(role: Role, reference: &str) -> ScriptedRequest {
    ScriptedRequest::read(role, Method::HEAD, manifest(reference))
}

/// Pushes the tested manifest under a second tag and reads both. Nothing if the body has a coding: no specification defines
/// which bytes are the manifest then.
fn two_tags(pushed: &Pushed<'_>) -> Script {
    let put = pushed.put;
    if put.content_encoding.is_some() {
        return Script::new();
    }
    let mut script = vec![
        push(roles::TAG_AGAIN, SECOND, put, put.body.bytes().clone()),
        get(roles::GET_MANIFEST, SECOND).when(When::Accepted(0)),
        head(roles::HEAD_MANIFEST, SECOND).when(When::Accepted(0)),
    ];
    if !matches!(put.reference, Reference::Text(_)) {
        script.push(get(roles::GET_MANIFEST, TAG).when(When::Accepted(0)));
    }
    script
}

/// Reads a tag, moves it to another manifest, and reads it again; then what it pointed at before, by digest and by the first tag.
fn tag_moved(pushed: &Pushed<'_>) -> Script {
    let put = pushed.put;
    if put.content_encoding.is_some() {
        return Script::new();
    }
    let moved = || When::Accepted(2);
    let mut script = vec![
        push(roles::TAG_AGAIN, SECOND, put, put.body.bytes().clone()),
        get(roles::GET_MANIFEST, SECOND).when(When::Accepted(0)),
        push(roles::MOVE_TAG, SECOND, put, another(put)).when(When::Accepted(0)),
        get(roles::GET_MOVED, SECOND).when(moved()),
        head(roles::HEAD_MOVED, SECOND).when(moved()),
        get(roles::GET_MANIFEST, put.name_by_digest()).when(moved()),
        head(roles::HEAD_MANIFEST, put.name_by_digest()).when(moved()),
    ];
    if !matches!(put.reference, Reference::Text(_)) {
        script.push(get(roles::GET_MANIFEST, TAG).when(moved()));
    }
    script
}

/// Moves a tag on a condition that does not hold.
fn put_if_match(pushed: &Pushed<'_>) -> Script {
    let put = pushed.put;
    if put.content_encoding.is_some() {
        return Script::new();
    }
    let if_strange = push(roles::MOVE_TAG_IF_STRANGE, SECOND, put, another(put)).with("if-match", STRANGE);
    vec![
        push(roles::TAG_AGAIN, SECOND, put, put.body.bytes().clone()),
        if_strange.when(When::Accepted(0)),
        get(roles::GET_IF_MOVED, SECOND).when(When::Accepted(0)),
    ]
}

/// Pushes a manifest whose type only Content-Type says as two types, and reads it under each tag and by digest.
fn push_as_two_types(pushed: &Pushed<'_>) -> Script {
    let own = pushed.put.content_type.as_deref().map(essence).unwrap_or_default();
    let other = match &*own {
        IMAGE_MANIFEST => DOCKER_MANIFEST,
        DOCKER_MANIFEST => IMAGE_MANIFEST,
        IMAGE_INDEX => DOCKER_LIST,
        DOCKER_LIST => IMAGE_INDEX,
        _ => return Script::new(),
    };
    let Some(untyped) = without_media_type(pushed.put.body.as_ref(), &own) else { return Script::new() };
    let digest = sha256(&untyped);
    vec![
        ScriptedRequest::push(roles::PUSH_UNTYPED, SECOND, &own, untyped.clone()),
        ScriptedRequest::push(roles::PUSH_UNTYPED_AS_OTHER, OTHER_TYPE, other, untyped).when(When::Accepted(0)),
        get(roles::GET_UNTYPED, SECOND).when(When::Accepted(1)),
        get(roles::GET_UNTYPED, OTHER_TYPE).when(When::Accepted(1)),
        get(roles::GET_UNTYPED, &digest).when(When::Accepted(1)),
    ]
}

/// The document without its `mediaType`, if it has this type there as most documents do. `None` if a coding hides the document.
fn without_media_type(body: &[u8], own: &str) -> Option<Bytes> {
    let text = std::str::from_utf8(body).ok()?;
    let member = format!("\"mediaType\":\"{own}\",");
    // The document's own is the first: descriptors follow.
    match text.find(&member) {
        Some(at) if !text[..at].contains('[') => Some(Bytes::from([&text[..at], &text[at + member.len()..]].concat())),
        _ => None,
    }
}

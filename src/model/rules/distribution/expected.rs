//! What the reading requests of scripts should get. Each row of `ROLES` says of a role which content answers it; rules compare.

use bytes::Bytes;

use crate::exchange::roles::reading as roles;
use crate::exchange::{Accept, By, MANIFEST_TYPES, Probe, Role, Stage, sha256, sha512};
use crate::model::document::forms::DigestForm;
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rules::http::codings::coding;

/// The content that a role should get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// The tested manifest.
    Manifest,
    /// What the request with this role of the same script pushed.
    PushedBy(Role),
    /// The blob that the repository holds.
    Blob,
}

/// A role, the content that it should get, and whether it must get it: 304 is right, too, after a condition.
const ROLES: [(Role, Wanted, bool); 13] = [
    (roles::GET_MANIFEST, Wanted::Manifest, true),
    (roles::HEAD_MANIFEST, Wanted::Manifest, true),
    (roles::GET_IF_NOT_STRANGE, Wanted::Manifest, true),
    (roles::GET_IF_CHANGED, Wanted::Manifest, false),
    (roles::HEAD_IF_CHANGED, Wanted::Manifest, false),
    (roles::GET_MOVED, Wanted::PushedBy(roles::MOVE_TAG), true),
    (roles::HEAD_MOVED, Wanted::PushedBy(roles::MOVE_TAG), true),
    (roles::GET_UNTYPED, Wanted::PushedBy(roles::PUSH_UNTYPED), true),
    (roles::GET_HELD_BLOB, Wanted::Blob, true),
    (roles::HEAD_HELD_BLOB, Wanted::Blob, true),
    (roles::GET_BLOB_IF_NOT_STRANGE, Wanted::Blob, true),
    (roles::GET_BLOB_IF_CHANGED, Wanted::Blob, false),
    (roles::HEAD_ANY_TYPE, Wanted::Manifest, false),
];

/// An answer to a request for content that is known.
pub(in crate::model) struct Read<'a> {
    /// The answer and its request.
    pub one: ScriptedAnswer<'a>,
    /// The content.
    pub bytes: &'a Bytes,
    wanted: Wanted,
    must_be_there: bool,
}

impl<'a> Read<'a> {
    /// The request in words.
    pub fn request(&self) -> String {
        let what = match self.wanted {
            Wanted::Manifest => "the manifest",
            Wanted::PushedBy(roles::MOVE_TAG) => "the moved tag",
            Wanted::PushedBy(_) => "the manifest without mediaType",
            Wanted::Blob => "a blob",
        };
        format!("{} of {what}", self.one.request.method)
    }

    fn is_complete(&self) -> bool {
        self.one.answer.status == 200 && !self.one.answer.cut
    }

    /// What an answer to GET of a tag that was moved should not have: the manifest that the tag pointed at before.
    pub fn before_move(&self, answered: &Answered<'a, '_>) -> Option<&'a Bytes> {
        let is_moved = self.wanted == Wanted::PushedBy(roles::MOVE_TAG);
        is_moved.then(|| answered.content.exchange.tested.body.bytes())
    }
}

/// The answers at a stage to requests for known content, of which the registry accepted the push.
pub(in crate::model) fn reads<'a>(answered: &'a Answered<'a, '_>, stage: Stage) -> impl Iterator<Item = Read<'a>> {
    let all = answered.all_scripted().filter(move |one| one.request.role.stage == stage);
    all.filter_map(move |one| {
        let (_, wanted, must_be_there) = ROLES.into_iter().find(|(role, ..)| *role == one.request.role)?;
        if wanted != Wanted::Blob && !is_for_the_pushed(answered, one.request.header("accept")) {
            return None;
        }
        let bytes = match wanted {
            Wanted::Manifest => answered.content.exchange.tested.body.bytes(),
            Wanted::PushedBy(role) => &answered.observation.script.iter().find(|request| request.role == role)?.body,
            Wanted::Blob => answered.content.facts.first_blob(answered.content.exchange)?.held()?,
        };
        Some(Read { one, bytes, wanted, must_be_there })
    })
}

/// Whether a request with this `Accept` takes what was pushed. No specification defines which bytes a body with a coding stands for.
fn is_for_the_pushed(answered: &Answered<'_, '_>, accept: Option<&str>) -> bool {
    let tested = &answered.content.exchange.tested;
    let accept = accept.map_or(Accept::Absent, |value| Accept::Value(value.to_owned()));
    let names = |media_type: &str| accept == Accept::Absent || accept.names(media_type);
    let takes = match tested.content_type.as_deref() {
        Some(pushed) => names(pushed),
        None => answered.content.body_type().is_some_and(|own| names(&own)),
    };
    takes && tested.content_encoding.is_none()
}

/// The MUST that requires an answer to requests with a role of this file.
pub(in crate::model) fn requirement_id(answered: &Answered<'_, '_>, role: Role) -> Option<&'static str> {
    match role {
        roles::GET_MANIFEST_AS_BLOB => return Some("missing-blob-answers-404"),
        roles::GET_BLOB_AS_MANIFEST => return Some("missing-manifest-answers-404"),
        _ => {}
    }
    let (_, wanted, must_be_there) = ROLES.into_iter().find(|(own, ..)| *own == role)?;
    let is_owed = wanted == Wanted::Blob || is_for_the_pushed(answered, Some(&MANIFEST_TYPES.join(", ")));
    let id = match role.stage {
        Stage::ManifestGet => "pull-answers-200",
        Stage::BlobGet => "blob-pull-answers-200",
        _ => "head-answers-200",
    };
    (must_be_there && is_owed).then_some(id)
}

/// Whether a digest header can be that of these bytes. One with an unregistered algorithm cannot be checked.
pub(in crate::model) fn is_digest_of(header: &str, bytes: &[u8]) -> bool {
    match DigestForm::of(header) {
        DigestForm::Sha256 => header == sha256(bytes),
        DigestForm::Sha512 => header == sha512(bytes),
        form => form == DigestForm::Unregistered,
    }
}

/// Known content that is not answered with 200. Conditions that do not hold are left to the rules on conditions.
pub(in crate::model) fn unreadable(answered: &Answered<'_, '_>, stage: Stage, flaws: &mut Vec<Flaw>) {
    for read in reads(answered, stage).filter(|read| read.must_be_there) {
        let status = read.one.answer.status;
        let is_conditional = read.one.request.header("if-none-match").is_some() && matches!(status, 304 | 412);
        if status != 200 && !is_conditional {
            flaws.push(read.one.flaw(format!("{} returned {status}", read.request())));
        }
    }
}

/// Known content that is returned with other bytes.
pub(in crate::model) fn altered(answered: &Answered<'_, '_>, stage: Stage, flaws: &mut Vec<Flaw>) {
    for read in reads(answered, stage).filter(|read| read.is_complete() && read.one.answer.body != *read.bytes) {
        if read.before_move(answered).is_some_and(|before| *before == read.one.answer.body) {
            continue;
        }
        let (returned, pushed) = (read.one.answer.body.len(), read.bytes.len());
        let message = format!("{} returned {returned} bytes that differ from the {pushed} pushed", read.request());
        flaws.push(read.one.flaw(message));
    }
}

/// Answers with known content that lack its digest. What another host served is not the registry's answer.
pub(in crate::model) fn unnamed(answered: &Answered<'_, '_>, stage: Stage, flaws: &mut Vec<Flaw>) {
    let lacks = |read: &Read<'_>| read.one.answer.header("docker-content-digest").is_none();
    let own = reads(answered, stage).filter(|read| read.one.answer.status == 200 && !read.one.answer.redirected);
    for read in own.filter(lacks) {
        let message = format!("no Docker-Content-Digest in the answer to {}", read.request());
        flaws.push(read.one.flaw(message));
    }
}

/// Answers that name another digest than that of the content.
pub(in crate::model) fn misnamed(answered: &Answered<'_, '_>, stage: Stage, mut take: impl FnMut(Flaw)) {
    for read in reads(answered, stage).filter(|read| read.one.answer.status == 200) {
        let Some(header) = read.one.answer.header("docker-content-digest") else { continue };
        let is_stale = || read.before_move(answered).is_some_and(|before| is_digest_of(header, before));
        if !is_digest_of(header, read.bytes) && !is_stale() {
            let message = format!("Docker-Content-Digest is {header} in the answer to {}", read.request());
            take(read.one.flaw(message));
        }
    }
}

/// The lengths of what GET returned for the same content.
fn pulled_lengths<'a>(answered: &'a Answered<'a, '_>, wanted: Wanted) -> impl Iterator<Item = usize> {
    let scripted = [Stage::ManifestGet, Stage::BlobGet].into_iter().flat_map(|stage| reads(answered, stage));
    let scripted = scripted.filter(move |read| read.wanted == wanted && read.is_complete());
    let read_back = [By::Tag, By::Digest].into_iter().filter_map(|by| answered.observation.answer(&Probe::Get(by)));
    let read_back = read_back.filter(move |answer| wanted == Wanted::Manifest && answer.status == 200 && !answer.cut);
    scripted.map(|read| read.one.answer.body.len()).chain(read_back.map(|answer| answer.body.len()))
}

/// Answers to HEAD whose length is missing or not that of the content; of those, whether it is missing.
pub(in crate::model) fn mismeasured(answered: &Answered<'_, '_>, stage: Stage, mut take: impl FnMut(Flaw, bool)) {
    let plain = |read: &Read<'_>| read.one.answer.status == 200 && coding(read.one.answer).is_none();
    for read in reads(answered, stage).filter(plain) {
        let length = read.bytes.len().to_string();
        // Stale and altered content has rules that report it.
        let is_of_other_content = |header: &str| {
            let is_stale = read.before_move(answered).is_some_and(|before| before.len().to_string() == header);
            is_stale || pulled_lengths(answered, read.wanted).any(|length| length.to_string() == header)
        };
        match read.one.answer.header("content-length") {
            None => take(read.one.flaw(format!("no Content-Length in the answer to {}", read.request())), true),
            Some(header) if header != length && !is_of_other_content(header) => {
                let message = format!("Content-Length is {header} in the answer to {}, not {length}", read.request());
                take(read.one.flaw(message), false);
            }
            Some(_) => {}
        }
    }
}

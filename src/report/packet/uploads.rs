//! What a shell can check of a finding about an upload: a condition for each duty, over the requests with a role.

use super::check::Numbered;
use super::script::blob_of;
use super::shell::{either, quoted};
use crate::compare::Class;
use crate::exchange::roles::{blobs, mounts, uploads};
use crate::exchange::{PlannedRequest, Probe, Reference, Role, sha256, sha512};

/// Requests that a registry should accept.
const STEPS: &[Role] = &[uploads::OPEN, uploads::CHUNK, uploads::CLOSE];
const CHUNKS: &[Role] = &[uploads::CHUNK, uploads::SMALL_CHUNK];
const MOUNTS: &[Role] = &[mounts::MOUNT, mounts::MOUNT_FROM_UNKNOWN, mounts::MOUNT_WITHOUT_FROM];
const NAMED: &[Role] =
    &[uploads::SINGLE_POST, uploads::CLOSE, mounts::MOUNT, mounts::MOUNT_WITHOUT_FROM, blobs::HEAD, blobs::GET];
const PULLS: &[Role] = &[blobs::GET, blobs::GET_LOCATION, mounts::GET_LOCATION, blobs::GET_RANGE];

impl Numbered<'_> {
    /// The numbers of the requests with one of these roles.
    pub(super) fn with_roles(&self, roles: &[Role]) -> Vec<usize> {
        self.of(|probe| matches!(probe, Probe::Scripted { role, .. } if roles.contains(role)))
    }

    fn any_with(&self, roles: &[Role], condition: impl Fn(usize) -> String) -> String {
        self.any(&self.with_roles(roles), condition)
    }

    /// A request by its number.
    pub(super) fn request(&self, number: usize) -> Option<&PlannedRequest> {
        self.planned.all().nth(number - 1)
    }

    /// The digest that the client gives.
    fn given(&self) -> &str {
        match &self.exchange.tested.reference {
            Reference::Text(digest) => digest,
            _ => "",
        }
    }

    /// A condition for classes of which no duty decides.
    pub(super) fn class_of_upload(&self) -> Option<String> {
        Some(match self.record.class {
            Class::RejectsValid => self.any_with(STEPS, |n| format!("refused {n}")),
            Class::AcceptsForbidden | Class::Lenient => either([
                self.any_with(&[uploads::CLOSE], |n| format!("ok {n}")),
                // 202 opens a session, which takes no content.
                self.any_with(&[uploads::SINGLE_POST], |n| format!("is {n} 201")),
            ]),
            _ => return None,
        })
    }

    /// A condition for a duty of uploads, or of reading what was uploaded.
    pub(super) fn of_upload(&self, duty: &str) -> Option<String> {
        self.of_sessions(duty).or_else(|| self.of_chunks(duty)).or_else(|| self.of_blobs(duty))
    }

    fn of_sessions(&self, duty: &str) -> Option<String> {
        let is_missing = self.record.class == Class::MissingHeader;
        let lacks = |n: usize| format!("! has {n} location");
        let unreadable = |n: usize| format!("answered {n} && ! is {n} 200 && ! failed {n}");
        let opens = [uploads::OPEN];
        let closes = [uploads::CLOSE];
        let posts = [uploads::SINGLE_POST];
        Some(match duty {
            "upload-opens-with-202" => self.any_with(&opens, |n| format!("ok {n} && ! is {n} 202")),
            "upload-open-names-the-session" => self.any_with(&opens, |n| format!("ok {n} && {}", lacks(n))),
            "upload-sessions-are-distinct" => match self.with_roles(&opens)[..] {
                [a, b, ..] => format!("has {a} location && [ \"$(first {a} location)\" = \"$(first {b} location)\" ]"),
                _ => return None,
            },
            "upload-answers-201" => self.any_with(&closes, |n| format!("ok {n} && ! is {n} 201")),
            "upload-answers-a-location" => self.any_with(&closes, |n| format!("ok {n} && {}", lacks(n))),
            "upload-location-is-pullable" => {
                let closed = [uploads::CLOSE, uploads::SINGLE_POST];
                let bad = self.any_with(&closed, |n| format!("ok {n} && is_bad_url \"$(first {n} location)\""));
                format!("{} ||\n    {bad}", self.any_with(&[blobs::GET_LOCATION], unreadable))
            }
            "single-post-answers-201" => self.any_with(&posts, |n| format!("ok {n} && ! is {n} 201 202")),
            "single-post-answers-a-location" => self.any_with(&posts, |n| format!("is {n} 201 && {}", lacks(n))),
            "single-post-without-support-opens-a-session" if is_missing => {
                self.any_with(&posts, |n| format!("is {n} 202 && {}", lacks(n)))
            }
            "single-post-without-support-opens-a-session" => self.any_with(&posts, |n| format!("refused {n}")),
            "cancelled-upload-is-gone" => {
                self.any_with(&[uploads::STATUS_OF_CANCELLED, uploads::CHUNK_OF_CANCELLED], |n| format!("ok {n}"))
            }
            "mount-answers-201" => self.any_with(MOUNTS, |n| format!("ok {n} && ! is {n} 201 202")),
            "mount-answers-a-location" => self.any_with(MOUNTS, |n| format!("is {n} 201 && {}", lacks(n))),
            "mount-location-is-pullable" => self.any_with(&[mounts::GET_LOCATION], unreadable),
            "mount-digest-header-is-the-blobs" => {
                self.any_with(MOUNTS, |n| format!("is {n} 201 && {}", self.misnamed(n)))
            }
            "mount-without-from-is-taken" => self.any_with(&[mounts::MOUNT_WITHOUT_FROM], |n| format!("refused {n}")),
            "failed-mount-opens-a-session" if is_missing => {
                self.any_with(MOUNTS, |n| format!("is {n} 202 && {}", lacks(n)))
            }
            "failed-mount-opens-a-session" => self.any_with(MOUNTS, |n| format!("refused {n}")),
            _ => return None,
        })
    }

    fn of_chunks(&self, duty: &str) -> Option<String> {
        let is_missing = self.record.class == Class::MissingHeader;
        let lacks = |n: usize, name: &str| format!("ok {n} && ! has {n} {name}");
        let has_another =
            |n: usize, end: usize| format!("ok {n} && has {n} range && [ \"$(first {n} range)\" != 0-{end} ]");
        let status = [uploads::STATUS];
        Some(match duty {
            "chunk-answers-202" => self.any_with(CHUNKS, |n| format!("ok {n} && ! is {n} 202")),
            "chunk-answers-a-location" => self.any_with(CHUNKS, |n| lacks(n, "location")),
            "chunk-answers-its-range" if is_missing => self.any_with(CHUNKS, |n| lacks(n, "range")),
            "chunk-answers-its-range" => self.any_with(CHUNKS, |n| has_another(n, self.end(n))),
            "chunk-out-of-order-answers-416" => {
                self.any_with(&[uploads::OUT_OF_ORDER], |n| format!("settled {n} && ! is {n} 416"))
            }
            "upload-status-answers-204" => self.any_with(&status, |n| format!("settled {n} && ! is {n} 204")),
            "upload-status-names-the-session" => self.any_with(&status, |n| lacks(n, "location")),
            "upload-status-has-its-range" if is_missing => self.any_with(&status, |n| lacks(n, "range")),
            "upload-status-has-its-range" => {
                let before = |n: usize| self.with_roles(CHUNKS).into_iter().filter(|chunk| *chunk < n).max();
                self.any_with(&status, |n| has_another(n, before(n).map_or(0, |chunk| self.end(chunk))))
            }
            "chunk-minimum-is-announced" => {
                let (small, larger) = (*self.with_roles(&[uploads::SMALL_CHUNK]).first()?, [uploads::CHUNK]);
                let opened = *self.with_roles(&[uploads::OPEN]).first()?;
                let larger = self.any_with(&larger, |n| format!("ok {n}"));
                format!("refused {small} && ! has {opened} oci-chunk-min-length && {{ {larger}; }}")
            }
            _ => return None,
        })
    }

    /// The position of the last byte after a chunk.
    fn end(&self, number: usize) -> usize {
        let Some(request) = self.request(number) else { return 0 };
        let range = request.headers.iter().find(|(name, _)| *name == "content-range");
        let named = range.and_then(|(_, value)| value.split_once('-')?.1.parse().ok());
        named.unwrap_or_else(|| request.body.as_ref().map_or(0, |body| body.len().saturating_sub(1)))
    }

    /// A digest in an answer that is not that of the content.
    fn misnamed(&self, n: usize) -> String {
        let body = &self.exchange.tested.body;
        let header = format!("\"$(first {n} docker-content-digest)\"");
        let each = [sha256(body), sha512(body)].map(|digest| format!("[ {header} != {digest} ]"));
        format!("has {n} docker-content-digest && {}", each.join(" && "))
    }

    fn of_blobs(&self, duty: &str) -> Option<String> {
        let body = self.exchange.tested.body.bytes();
        let ranges = [blobs::GET_RANGE];
        let (head, get) = ([blobs::HEAD], [blobs::GET]);
        let digest = "docker-content-digest";
        Some(match duty {
            "head-answers-200" => self.any_with(&head, |n| format!("settled {n} && ! is {n} 200")),
            "blob-pull-answers-200" => self.any_with(&get, |n| format!("settled {n} && ! is {n} 200")),
            "head-names-the-digest" => self.any_with(&head, |n| format!("is {n} 200 && ! has {n} {digest}")),
            "blob-pull-names-the-digest" => self.any_with(&get, |n| format!("is {n} 200 && ! has {n} {digest}")),
            "head-names-the-length" if self.record.class == Class::MissingHeader => {
                self.any_with(&head, |n| format!("is {n} 200 && ! has {n} content-length"))
            }
            "head-names-the-length" => self.any_with(&head, |n| {
                let differs = format!("[ \"$(first {n} content-length)\" != {} ]", body.len());
                format!("is {n} 200 && has {n} content-length && {differs}")
            }),
            "blob-pull-returns-the-blob" => {
                self.any_with(PULLS, |n| format!("is {n} 200 && ! same {n} {}", self.file_of(n)))
            }
            "blob-pull-digest-header-is-the-blobs" => {
                self.any_with(PULLS, |n| format!("is {n} 200 && {}", self.misnamed(n)))
            }
            "digest-header-has-the-given-algorithm" => {
                let algorithm = quoted(&format!("^{}:", self.given().split(':').next().unwrap_or_default()));
                self.any_with(NAMED, |n| {
                    format!("is {n} 200 201 && has {n} {digest} && ! header {n} {digest} | grep -q {algorithm}")
                })
            }
            "missing-blob-answers-404" => {
                self.any_with(&[blobs::GET_REFUSED], |n| format!("settled {n} && ! is {n} 404"))
            }
            "missing-content-answers-404-to-head" => {
                self.any_with(&[blobs::HEAD_REFUSED], |n| format!("settled {n} && ! is {n} 404"))
            }
            "blob-pull-supports-ranges" => self.any_with(&ranges, |n| format!("settled {n} && ! is {n} 206")),
            "http-partial-content-names-its-range" if self.record.class == Class::MissingHeader => {
                self.any_with(&ranges, |n| format!("is {n} 206 && ! has {n} content-range"))
            }
            "http-partial-content-names-its-range" => {
                let (first, last) = self.part()?;
                let expected = quoted(&format!("bytes {first}-{last}/{}", body.len()));
                self.any_with(&ranges, |n| format!("is {n} 206 && [ \"$(first {n} content-range)\" != {expected} ]"))
            }
            "http-partial-content-is-the-range" => {
                let (first, last) = self.part()?;
                let part = format!("tail -c +{} \"$MANIFEST\" | head -c {}", first + 1, last + 1 - first);
                self.any_with(&ranges, |n| format!("is {n} 206 && ! {part} | cmp -s - \"$WORK/{n}.body\""))
            }
            "http-range-beyond-the-end-answers-416" => {
                self.any_with(&ranges, |n| format!("settled {n} && ! is {n} 200 416"))
            }
            "delete-of-a-blob-answers-202" => self.any_with(&[blobs::DELETE], |n| format!("ok {n} && ! is {n} 202")),
            "disabled-delete-of-blobs-answers-400-or-405" => {
                self.any_with(&[blobs::DELETE], |n| format!("settled {n} && ! ok {n} && ! is {n} 400 405"))
            }
            "deleted-blob-is-gone" => self.any_with(&[blobs::GET_DELETED, blobs::HEAD_DELETED], |n| format!("ok {n}")),
            "delete-of-a-missing-blob-answers-404" => {
                self.any_with(&[blobs::DELETE_AGAIN], |n| format!("settled {n} && ! is {n} 404"))
            }
            _ => return None,
        })
    }

    /// The file with what a GET should return: another blob than that of the case only if its digest is in the path.
    fn file_of(&self, number: usize) -> String {
        let named = self.request(number).and_then(|request| request.path.rsplit('/').next());
        let bodies = self.planned.all().filter_map(|request| request.body.as_ref());
        let mut others = bodies.filter(|body| *body != self.exchange.tested.body.bytes());
        match others.find(|body| Some(&*sha256(body)) == named) {
            Some(body) => format!("\"$HERE/{}\"", blob_of(body)),
            None => "\"$MANIFEST\"".to_owned(),
        }
    }

    /// The first and the last byte of the single range that the case asks for.
    fn part(&self) -> Option<(usize, usize)> {
        let request = self.request(*self.with_roles(&[blobs::GET_RANGE]).first()?)?;
        let (_, value) = request.headers.iter().find(|(name, _)| *name == "range")?;
        let (first, last) = value.strip_prefix("bytes=").filter(|range| !range.contains(','))?.split_once('-')?;
        let length = self.exchange.tested.body.len();
        let end = length.checked_sub(1)?;
        let last_given = last.parse::<usize>().ok();
        let (first, last) = match first.parse::<usize>() {
            Ok(first) => (first, last_given.map_or(end, |last| last.min(end))),
            Err(_) => (length.saturating_sub(last_given?), end),
        };
        (first <= last).then_some((first, last))
    }
}

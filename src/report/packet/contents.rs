//! What a shell can check of findings that compare an answer of a follow-up with what was pushed, or with another answer.

use bytes::Bytes;

use super::check::{Numbered, tested};
use super::script::blob_of;
use super::shell::{either, quoted};
use crate::compare::Class;
use crate::exchange::roles::reading as roles;
use crate::exchange::{By, MANIFEST_TYPES, NeedKind, Probe, Role, Stage, State, essence, sha256, sha512};

/// Requests for the tested manifest, for what moved a tag, and for the blob that the repository holds.
const OF_MANIFEST: &[Role] = &[
    roles::GET_MANIFEST,
    roles::HEAD_MANIFEST,
    roles::GET_IF_NOT_STRANGE,
    roles::GET_IF_CHANGED,
    roles::HEAD_IF_CHANGED,
    roles::HEAD_ANY_TYPE,
];
const OF_MOVED: &[Role] = &[roles::GET_MOVED, roles::HEAD_MOVED];
const OF_BLOB: &[Role] =
    &[roles::GET_HELD_BLOB, roles::HEAD_HELD_BLOB, roles::GET_BLOB_IF_NOT_STRANGE, roles::GET_BLOB_IF_CHANGED];

/// A request whose content is known.
struct Known<'p> {
    number: usize,
    bytes: &'p Bytes,
    /// What the answer may hold instead by another rule: the manifest from before its tag was moved.
    before: Option<&'p Bytes>,
}

impl Known<'_> {
    fn is_misnamed(&self) -> String {
        let n = self.number;
        let header = format!("\"$(first {n} docker-content-digest)\"");
        let of_algorithm = |name: &str, digest: fn(&[u8]) -> String| {
            let right = [Some(self.bytes), self.before].into_iter().flatten();
            let each: String = right.map(|bytes| format!(" && [ {header} != {} ]", digest(bytes))).collect();
            format!("{{ header {n} docker-content-digest | grep -q '^{name}:'{each}; }}")
        };
        let both = [of_algorithm("sha256", sha256), of_algorithm("sha512", sha512)].join(" || ");
        format!("is {n} 200 && {{ {both}; }}")
    }
}

impl Numbered<'_> {
    /// A condition for a duty of answers with content that is known, or of two answers.
    pub(super) fn of_contents(&self, duty: &str) -> Option<String> {
        let put = tested(self.planned);
        let known = self.known();
        let of_known = |condition: &dyn Fn(&Known<'_>) -> String| {
            either(known.iter().map(|one| format!("{{ ok {put} && {}; }}", condition(one))))
        };
        Some(match duty {
            "push-keeps-exact-bytes" | "blob-pull-returns-the-blob" => of_known(&|one| {
                let right = [Some(one.bytes), one.before].into_iter().flatten();
                let each: String =
                    right.map(|bytes| format!(" && ! same {} {}", one.number, self.file(bytes))).collect();
                format!("is {0} 200 && arrived {0}{each}", one.number)
            }),
            "pull-digest-header-is-the-digest" | "blob-pull-digest-header-is-the-blobs" => {
                of_known(&|one| one.is_misnamed())
            }
            "head-names-the-length" if self.record.class != Class::MissingHeader => of_known(&|one| {
                let n = one.number;
                let right = [Some(one.bytes), one.before].into_iter().flatten();
                let differs = |bytes: &Bytes| format!(" && [ \"$(first {n} content-length)\" != {} ]", bytes.len());
                let each: String = right.map(differs).collect();
                format!("is {n} 200 && ! has {n} content-encoding && has {n} content-length{each}")
            }),
            "pull-by-tag-returns-the-last-push" => {
                let before = sha256(self.exchange.tested.body.bytes());
                self.any(&self.with_roles(&[roles::HEAD_MOVED]), |n| {
                    format!("is {n} 200 && [ \"$(first {n} docker-content-digest)\" = {before} ]")
                })
            }
            "pull-returns-the-pushed-type" => {
                let pushes = self.with_roles(&[roles::PUSH_UNTYPED, roles::PUSH_UNTYPED_AS_OTHER]);
                let types = pushes.into_iter().filter_map(|push| {
                    let headers = &self.request(push)?.headers;
                    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value)
                });
                let types: Vec<&String> = types.collect();
                self.any(&self.with_roles(&[roles::GET_UNTYPED]), |n| {
                    let differs = |own: &&String| format!(" && [ \"$(essence {n} content-type)\" != {} ]", quoted(own));
                    format!("is {n} 200{}", types.iter().map(differs).collect::<String>())
                })
            }
            "missing-content-answers-404-to-head" => {
                let unknown = match self.record.stage {
                    Stage::ManifestHead => roles::HEAD_UNKNOWN_MANIFEST,
                    _ => roles::HEAD_UNKNOWN_BLOB,
                };
                self.any(&self.with_roles(&[unknown]), |n| format!("settled {n} && ! is {n} 404"))
            }
            _ => return self.of_pairs(duty),
        })
    }

    /// Duties of two answers.
    fn of_pairs(&self, duty: &str) -> Option<String> {
        let put = tested(self.planned);
        Some(match duty {
            "http-head-has-the-headers-of-get" => {
                let one = |probe: Probe| self.of(|own| *own == probe).first().copied();
                let both = |by| one(Probe::Head(by)).zip(one(Probe::Get(by)));
                either([By::Tag, By::Digest].into_iter().filter_map(both).map(|(head, get)| {
                    let plain = format!("! has {head} content-encoding && ! has {get} content-encoding");
                    let differs = if self.record.class == Class::MissingHeader {
                        format!("! has {head} content-type && has {get} content-type")
                    } else {
                        let types =
                            format!("differ \"$(essence {head} content-type)\" \"$(essence {get} content-type)\"");
                        format!("{{ {types} || differ \"$(opaque {head})\" \"$(opaque {get})\"; }}")
                    };
                    format!("{{ ok {put} && is {head} 200 && is {get} 200 && {plain} && {differs}; }}")
                }))
            }
            "http-coded-answer-has-another-etag" => {
                // The first request takes a coding, the second excludes every one.
                let pairs = [roles::GET_MANIFEST, roles::GET_HELD_BLOB].map(|role| self.with_roles(&[role]));
                let pairs = pairs.iter().filter_map(|pair| pair.first().zip(pair.get(1)));
                either(pairs.map(|(coded, plain)| {
                    let answered = format!("is {coded} 200 && is {plain} 200");
                    let codings = format!("has {coded} content-encoding && ! has {plain} content-encoding");
                    let strong = format!("header {coded} etag | grep -q '^\"'");
                    let same = format!("[ \"$(first {coded} etag)\" = \"$(first {plain} etag)\" ]");
                    format!("{{ {answered} && {codings} && {strong} && {same}; }}")
                }))
            }
            "http-failed-condition-changes-nothing" => {
                let push = *self.with_roles(&[roles::MOVE_TAG_IF_STRANGE]).first()?;
                let file = self.file(self.request(push)?.body.as_ref()?);
                let reads = self.with_roles(&[roles::GET_IF_MOVED]);
                self.any(&reads, |n| format!("is {push} 412 && is {n} 200 && same {n} {file}"))
            }
            "http-if-match-may-be-ignored" => {
                let status = self.record.status?;
                self.any(&self.with_roles(&[roles::MOVE_TAG_IF_STRANGE]), |n| format!("is {n} {status:03}"))
            }
            _ => return None,
        })
    }

    /// The requests of the script at the record's stage whose content is known.
    fn known(&self) -> Vec<Known<'_>> {
        let at_stage = |roles: &'static [Role]| {
            let roles: Vec<Role> = roles.iter().copied().filter(|role| role.stage == self.record.stage).collect();
            self.with_roles(&roles)
        };
        let own = self.exchange.tested.body.bytes();
        let takes_pushed = |n: &usize| self.request(*n).is_some_and(|one| self.takes_what_was_pushed(&one.headers));
        let manifests = at_stage(OF_MANIFEST).into_iter().filter(takes_pushed);
        let manifests = manifests.map(|number| Known { number, bytes: own, before: None });
        let moving = self.with_roles(&[roles::MOVE_TAG]).first().and_then(|n| self.request(*n)?.body.as_ref());
        let moved = at_stage(OF_MOVED).into_iter().filter(takes_pushed);
        let moved = moved.filter_map(|number| Some(Known { number, bytes: moving?, before: Some(own) }));
        let blob = self.exchange.needs.iter().find(|need| need.kind == NeedKind::Blob && need.state == State::Present);
        let blobs = at_stage(OF_BLOB).into_iter();
        let blobs = blobs.filter_map(|number| Some(Known { number, bytes: &blob?.bytes, before: None }));
        manifests.chain(moved).chain(blobs).collect()
    }

    /// Whether a request takes the type that was pushed. What a body with a coding stands for is open.
    fn takes_what_was_pushed(&self, headers: &[(&'static str, String)]) -> bool {
        let tested = &self.exchange.tested;
        let Some(pushed) = tested.content_type.as_deref().map(essence) else { return false };
        let accept = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("accept"));
        let is_named = accept.is_none_or(|(_, value)| value.split([',', ' ']).any(|own| own == pushed));
        tested.content_encoding.is_none() && MANIFEST_TYPES.contains(&&*pushed) && is_named
    }

    /// The file of the packet with these bytes, as a word of the shell.
    fn file(&self, bytes: &Bytes) -> String {
        if bytes == self.exchange.tested.body.bytes() {
            return "\"$MANIFEST\"".to_owned();
        }
        format!("\"$HERE/{}\"", blob_of(bytes))
    }
}

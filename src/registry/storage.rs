//! The registry's state: repositories with their blobs, manifests, tags and referrers, and open upload sessions. A
//! repository is created by the first write to it. Does not decide what may be stored.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

/// All repositories and upload sessions.
#[derive(Debug, Default)]
pub(super) struct Storage {
    pub repositories: BTreeMap<String, StoredRepository>,
    uploads: BTreeMap<String, Upload>,
    /// How many upload sessions have been opened.
    opened: u64,
}

/// An open upload session.
#[derive(Debug)]
pub(super) struct Upload {
    /// The repository that it was opened in.
    pub name: String,
    pub content: Vec<u8>,
    /// How many bytes arrived in chunks.
    pub received: usize,
}

/// A manifest as it was pushed, with the members that referrers lists repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    pub bytes: Bytes,
    pub content_type: String,
    pub subject: Option<String>,
    pub artifact_type: Option<String>,
    /// The raw JSON of the `annotations` object.
    pub annotations: Option<Vec<u8>>,
    /// When it was pushed, on the registry's clock.
    pub pushed_at: Duration,
}

/// What a tag points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub digest: String,
    /// How often it was pushed.
    pub pushes: u32,
    /// Position among all tag pushes in the repository, from 1.
    pub sequence: u64,
    /// The Content-Type that it was pushed with last.
    pub content_type: String,
    /// Whether it was read since it was pushed last, as far as that is noted.
    pub is_read: bool,
    /// What it pointed at when it was read before the last push.
    pub before: Option<String>,
}

/// A repository.
#[derive(Debug, Default)]
pub(super) struct StoredRepository {
    pub blobs: BTreeMap<String, Bytes>,
    manifests: BTreeMap<String, Arc<Manifest>>,
    /// Keyed by the lower-case tag and then the tag itself, which is the order of the tag list.
    tags: BTreeMap<(String, String), Tag>,
    tag_pushes: u64,
    referrers: BTreeMap<String, BTreeSet<String>>,
    /// Manifests that were deleted by digest but are still served by tag (quirk `delete-keeps-tags`).
    kept_for_tags: BTreeMap<String, Arc<Manifest>>,
    /// A hash of what the request before asked, if it was a read.
    asked: Option<u64>,
    /// The digests of manifests that were pushed as more than one type.
    of_two_types: BTreeSet<String>,
    /// Tags that were deleted and not pushed again, for the quirk that lists them.
    removed_tags: BTreeSet<String>,
    /// Manifests that were deleted, with their digests, for the quirk that lists them.
    removed_referrers: Vec<(String, Arc<Manifest>)>,
    /// Subjects that had no referrers when these were first listed.
    empty_when_listed: BTreeMap<String, bool>,
}

impl Storage {
    /// The repository, created if absent.
    pub(super) fn repository_mut(&mut self, name: &str) -> &mut StoredRepository {
        self.repositories.entry(name.to_owned()).or_default()
    }

    /// Opens an upload session; returns its id, a sequential UUID. If it need not be new, it is the one that is
    /// already open in the repository.
    pub(super) fn begin_upload(&mut self, name: &str, is_new: bool) -> String {
        if let Some((session, _)) = self.uploads.iter().find(|(_, upload)| !is_new && upload.name == name) {
            return session.clone();
        }
        self.opened += 1;
        let session = format!("00000000-0000-4000-8000-{:012x}", self.opened);
        let upload = Upload { name: name.to_owned(), content: Vec::new(), received: 0 };
        self.uploads.insert(session.clone(), upload);
        session
    }

    /// The session, if it was opened in this repository.
    pub(super) fn upload(&mut self, name: &str, session: &str) -> Option<&mut Upload> {
        self.uploads.get_mut(session).filter(|upload| upload.name == name)
    }

    /// Closes a session.
    pub(super) fn end_upload(&mut self, session: &str) {
        self.uploads.remove(session);
    }
}

impl StoredRepository {
    /// Stores a manifest under each of `digests`; referrers lists use the first.
    pub(super) fn store(&mut self, digests: &[String], manifest: Manifest) {
        if let (Some(subject), Some(digest)) = (&manifest.subject, digests.first()) {
            self.referrers.entry(subject.clone()).or_default().insert(digest.clone());
        }
        let manifest = Arc::new(manifest);
        for digest in digests {
            let before = self.manifests.insert(digest.clone(), Arc::clone(&manifest));
            if before.is_some_and(|before| before.content_type != manifest.content_type) {
                self.of_two_types.insert(digest.clone());
            }
        }
    }

    /// Whether a manifest was pushed as more than one type.
    pub(super) fn had_two_types(&self, digest: &str) -> bool {
        self.of_two_types.contains(digest)
    }

    /// Notes a request, and the tag if it read one.
    pub(super) fn note_read(&mut self, tag: Option<&str>, question: Option<u64>) {
        self.asked = question;
        let key = tag.map(|tag| (tag.to_lowercase(), tag.to_owned()));
        if let Some(tag) = key.and_then(|key| self.tags.get_mut(&key)) {
            tag.is_read = true;
        }
    }

    /// Whether the request before asked the same.
    pub(super) fn was_asked_last(&self, question: Option<u64>) -> bool {
        question.is_some() && self.asked == question
    }

    /// Whether a tag that was read pointed at the digest and was moved since.
    pub(super) fn was_left(&self, digest: &str) -> bool {
        self.tags.values().any(|tag| tag.before.as_deref() == Some(digest))
    }

    /// Whether another tag was pushed for the manifest of this one since.
    pub(super) fn has_newer_tag(&self, tag: &str) -> bool {
        let Some(own) = self.tag(tag) else { return false };
        self.tags.values().any(|other| other.digest == own.digest && other.sequence > own.sequence)
    }

    /// The manifest stored under a digest.
    pub(super) fn manifest(&self, digest: &str) -> Option<&Manifest> {
        self.manifests.get(digest).map(Arc::as_ref)
    }

    /// The manifest that a tag points at.
    pub(super) fn manifest_of(&self, tag: &Tag) -> Option<&Manifest> {
        self.manifest(&tag.digest).or_else(|| self.kept_for_tags.get(&tag.digest).map(Arc::as_ref))
    }

    /// Points a tag at a digest, which was pushed with this Content-Type.
    pub(super) fn set_tag(&mut self, tag: &str, digest: &str, content_type: String) {
        let old = self.tag(tag);
        let pushes = old.map_or(0, |old| old.pushes) + 1;
        let before = old.filter(|old| old.is_read && old.digest != digest).map(|old| old.digest.clone());
        self.tag_pushes += 1;
        let (digest, sequence) = (digest.to_owned(), self.tag_pushes);
        let points = Tag { digest, pushes, sequence, content_type, is_read: false, before };
        self.removed_tags.remove(tag);
        self.tags.insert((tag.to_lowercase(), tag.to_owned()), points);
    }

    /// What a tag points at.
    pub(super) fn tag(&self, tag: &str) -> Option<&Tag> {
        self.tags.get(&(tag.to_lowercase(), tag.to_owned()))
    }

    /// Removes a tag; returns whether it existed.
    pub(super) fn remove_tag(&mut self, tag: &str) -> bool {
        let existed = self.tags.remove(&(tag.to_lowercase(), tag.to_owned())).is_some();
        if existed {
            self.removed_tags.insert(tag.to_owned());
        }
        existed
    }

    /// The tags that were deleted.
    pub(super) fn removed_tags(&self) -> impl Iterator<Item = &str> {
        self.removed_tags.iter().map(String::as_str)
    }

    /// The tags after `last`, in order.
    pub(super) fn tags_after(&self, last: &str) -> impl Iterator<Item = (&str, &Tag)> {
        let after = (last.to_lowercase(), last.to_owned());
        let following = (Bound::Excluded(after), Bound::Unbounded);
        self.tags.range(following).map(|((_, tag), points)| (tag.as_str(), points))
    }

    /// Removes a manifest under all its digests; returns whether it existed. With `keeps_tags`, its tags stay and still
    /// resolve to it.
    pub(super) fn remove(&mut self, digest: &str, keeps_tags: bool) -> bool {
        let Some(removed) = self.manifests.remove(digest) else { return false };
        self.manifests.retain(|_, manifest| manifest.bytes != removed.bytes);
        if keeps_tags {
            self.kept_for_tags.insert(digest.to_owned(), Arc::clone(&removed));
        } else {
            self.tags.retain(|_, tag| self.manifests.contains_key(&tag.digest));
        }
        if let Some(subject) = &removed.subject
            && let Some(digests) = self.referrers.get_mut(subject)
        {
            digests.retain(|digest| self.manifests.contains_key(digest));
            self.removed_referrers.push((digest.to_owned(), removed));
        }
        true
    }

    /// The manifests that were deleted and whose subject is `digest`, each with its own digest.
    pub(super) fn removed_referrers(&self, digest: &str) -> impl Iterator<Item = (&str, &Manifest)> {
        let is_of_subject = move |manifest: &Manifest| manifest.subject.as_deref() == Some(digest);
        let removed = self.removed_referrers.iter().map(|(own, manifest)| (own.as_str(), &**manifest));
        removed.filter(move |(_, manifest)| is_of_subject(manifest))
    }

    /// Notes that the referrers of `digest` are being listed.
    pub(super) fn note_listed(&mut self, digest: &str) {
        if !self.empty_when_listed.contains_key(digest) {
            let is_empty = self.referrers(digest).next().is_none();
            self.empty_when_listed.insert(digest.to_owned(), is_empty);
        }
    }

    /// Whether `digest` had no referrers when these were first listed.
    pub(super) fn was_empty(&self, digest: &str) -> bool {
        self.empty_when_listed.get(digest).copied().unwrap_or_default()
    }

    /// All manifests with a subject, each with its digest.
    pub(super) fn all_referrers(&self) -> impl Iterator<Item = (&str, &Manifest)> {
        self.referrers.keys().flat_map(|subject| self.referrers(subject))
    }

    /// The manifests whose subject is `digest`, each with its own digest, sorted by that.
    pub(super) fn referrers(&self, digest: &str) -> impl Iterator<Item = (&str, &Manifest)> {
        let digests = self.referrers.get(digest).into_iter().flatten();
        digests.filter_map(|digest| Some((digest.as_str(), self.manifest(digest)?)))
    }
}

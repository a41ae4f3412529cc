//! What the registry holds: repositories with their blobs, manifests, tags and referrers, and uploads that have
//! begun. A repository comes into being when something is stored in it. Decides nothing about what may be stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

/// Everything that is held.
#[derive(Debug, Default)]
pub(super) struct Storage {
    pub repositories: BTreeMap<String, Repository>,
    uploads: BTreeMap<String, Upload>,
    begun: u64,
}

/// An upload that has begun.
#[derive(Debug)]
pub(super) struct Upload {
    /// The repository it belongs to.
    pub name: String,
    pub content: Vec<u8>,
}

/// A manifest as it was pushed, and what the referrers list says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    pub bytes: Bytes,
    pub content_type: String,
    pub subject: Option<String>,
    pub artifact_type: Option<String>,
    /// The annotations as they were written, an object.
    pub annotations: Option<Vec<u8>>,
    /// When it was pushed, by the registry's clock.
    pub pushed_at: Duration,
}

/// What a tag points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub digest: String,
    /// How often it was pushed.
    pub pushes: u32,
    /// Counts up with every push of a tag in the repository.
    pub at: u64,
}

/// One repository.
#[derive(Debug, Default)]
pub(super) struct Repository {
    pub blobs: BTreeMap<String, Bytes>,
    manifests: BTreeMap<String, Arc<Manifest>>,
    /// By the tag in lower case and then as it is, which is the order of the list.
    tags: BTreeMap<(String, String), Tag>,
    tag_pushes: u64,
    referrers: BTreeMap<String, BTreeSet<String>>,
    /// Manifests that were deleted by digest and still answer to their tags, for a quirk.
    kept_for_tags: BTreeMap<String, Arc<Manifest>>,
}

impl Storage {
    /// The repository, made if it is not there.
    pub(super) fn repository_mut(&mut self, name: &str) -> &mut Repository {
        self.repositories.entry(name.to_owned()).or_default()
    }

    /// Begins an upload; returns its id, a UUID that counts.
    pub(super) fn begin(&mut self, name: &str) -> String {
        self.begun += 1;
        let session = format!("00000000-0000-4000-8000-{:012x}", self.begun);
        self.uploads.insert(session.clone(), Upload { name: name.to_owned(), content: Vec::new() });
        session
    }

    /// An upload that has begun in this repository.
    pub(super) fn upload(&mut self, name: &str, session: &str) -> Option<&mut Upload> {
        self.uploads.get_mut(session).filter(|upload| upload.name == name)
    }

    /// Ends an upload.
    pub(super) fn end(&mut self, session: &str) {
        self.uploads.remove(session);
    }
}

impl Repository {
    /// Stores a manifest under each of `digests`. The first is the one that the referrers list names.
    pub(super) fn store(&mut self, digests: &[String], manifest: Manifest) {
        if let (Some(subject), Some(digest)) = (&manifest.subject, digests.first()) {
            self.referrers.entry(subject.clone()).or_default().insert(digest.clone());
        }
        let manifest = Arc::new(manifest);
        for digest in digests {
            self.manifests.insert(digest.clone(), Arc::clone(&manifest));
        }
    }

    /// The manifest under a digest.
    pub(super) fn manifest(&self, digest: &str) -> Option<&Manifest> {
        self.manifests.get(digest).map(Arc::as_ref)
    }

    /// The manifest that a tag points at.
    pub(super) fn behind(&self, tag: &Tag) -> Option<&Manifest> {
        self.manifest(&tag.digest).or_else(|| self.kept_for_tags.get(&tag.digest).map(Arc::as_ref))
    }

    /// Points a tag at a digest.
    pub(super) fn tag(&mut self, tag: &str, digest: &str) {
        let pushes = self.tagged(tag).map_or(0, |old| old.pushes) + 1;
        self.tag_pushes += 1;
        let points = Tag { digest: digest.to_owned(), pushes, at: self.tag_pushes };
        self.tags.insert((tag.to_lowercase(), tag.to_owned()), points);
    }

    /// What a tag points at.
    pub(super) fn tagged(&self, tag: &str) -> Option<&Tag> {
        self.tags.get(&(tag.to_lowercase(), tag.to_owned()))
    }

    /// Removes a tag; whether it was there.
    pub(super) fn untag(&mut self, tag: &str) -> bool {
        self.tags.remove(&(tag.to_lowercase(), tag.to_owned())).is_some()
    }

    /// The tags after `last`, in their order.
    pub(super) fn tags_after(&self, last: &str) -> impl Iterator<Item = (&str, &Tag)> {
        let after = (last.to_lowercase(), last.to_owned());
        self.tags.iter().filter(move |(key, _)| **key > after).map(|((_, tag), points)| (tag.as_str(), points))
    }

    /// Removes a manifest under all its digests, with the tags that point at it unless these are kept; whether it was
    /// there.
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
        }
        true
    }

    /// The manifests that have a subject, with their digests.
    pub(super) fn all_referrers(&self) -> impl Iterator<Item = (&str, &Manifest)> {
        self.referrers.keys().flat_map(|subject| self.referrers(subject))
    }

    /// The manifests whose subject is `digest`, with their digests, in the order of these.
    pub(super) fn referrers(&self, digest: &str) -> impl Iterator<Item = (&str, &Manifest)> {
        let digests = self.referrers.get(digest).into_iter().flatten();
        digests.filter_map(|digest| Some((digest.as_str(), self.manifest(digest)?)))
    }
}

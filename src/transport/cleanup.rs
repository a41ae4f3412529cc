//! Removes what a run wrote, by its ledger.
//!
//! Content is addressed by digest, so what a run pushed may be content that somebody else relies on. In a repository with tags
//! that are not in the ledger, blobs and the manifests of those tags are kept.

use std::collections::{BTreeMap, BTreeSet};

use ::http::Method;

use super::ledger::Entry;
use super::listed_tags::OwnTags;
use super::registry_target::{At, RegistryTarget, accept};
use super::side_by_side::side_by_side;
use super::{Request, Transport};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Reply, is_digest};

/// What the requests are for, in place of a case.
const CLEANUP: &str = "cleanup";
/// So many objects of each kind are looked for after their deletion. If one is still there, all are.
const SAMPLE: usize = 16;
/// So many refusals of deletions in a row show that a registry does not delete such objects.
const ENOUGH: usize = 3;
/// The most tags of others whose manifests are looked up.
const OTHERS: usize = 1000;
/// What follows the name of the repository under test in those that runs make.
const FRESH: &str = "/mf-";
/// Something that a ledger names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Object {
    /// The repository.
    pub repository: String,
    /// `manifests` or `blobs`.
    pub endpoint: &'static str,
    /// The tag or digest.
    pub reference: String,
}

impl Object {
    /// Its path.
    pub fn path(&self) -> String {
        format!("/v2/{}/{}/{}", self.repository, self.endpoint, self.reference)
    }

    /// What an entry wrote: a manifest by its digest and by the reference that it was pushed to, or a blob.
    pub fn of(entry: &Entry) -> Vec<Self> {
        let path = entry.path.split('?').next().unwrap_or_default();
        let Some(path) = path.strip_prefix("/v2/") else { return Vec::new() };
        let object = |repository: &str, endpoint, reference: &str| Self {
            repository: repository.to_owned(),
            endpoint,
            reference: reference.to_owned(),
        };
        if let Some((repository, _)) = path.split_once("/blobs/uploads") {
            let is_known = !entry.digest.is_empty();
            return is_known.then(|| object(repository, "blobs", &entry.digest)).into_iter().collect();
        }
        match path.rsplit_once("/manifests/") {
            Some((repository, reference)) if entry.method == "PUT" => {
                let by_digest = Some(&entry.digest).filter(|digest| !digest.is_empty() && *digest != reference);
                let digest = by_digest.map(|digest| object(repository, "manifests", digest));
                digest.into_iter().chain([object(repository, "manifests", reference)]).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// An object that could not be removed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The object.
    pub object: Object,
    /// Why it stays.
    pub why: String,
}

/// The objects of a repository, in the order in which they are removed.
#[derive(Default)]
struct Content {
    digests: Vec<Object>,
    tags: Vec<Object>,
    blobs: Vec<Object>,
}

fn references(objects: &[Object]) -> impl Iterator<Item = &str> {
    objects.iter().map(|object| &*object.reference)
}

fn by_repository(entries: &[Entry]) -> BTreeMap<String, Content> {
    let (mut all, mut seen) = (BTreeMap::<String, Content>::new(), BTreeSet::new());
    // The newest first: an index is pushed after what it points at.
    for object in entries.iter().rev().flat_map(Object::of) {
        if !seen.insert(object.clone()) {
            continue;
        }
        let content = all.entry(object.repository.clone()).or_default();
        let list = match object.endpoint {
            "blobs" => &mut content.blobs,
            _ if is_digest(&object.reference) => &mut content.digests,
            _ => &mut content.tags,
        };
        list.push(object);
    }
    all
}

impl<T: Transport> RegistryTarget<T> {
    /// Removes what these entries wrote, on so many threads. Returns what stays.
    pub(super) fn remove_written(&self, entries: &[Entry], jobs: usize) -> Result<Vec<Left>, Trouble> {
        let context = self.context(CLEANUP);
        let mut left = Vec::new();
        self.guard.begin_cleaning();
        for (repository, content) in by_repository(entries) {
            let at = At { repository: &repository, tag: "", context: &context };
            let (mut content, mut kept) = (content, Vec::new());
            // The names of repositories that a run made are unique.
            if !repository.strip_prefix(&*self.repository).is_some_and(|rest| rest.starts_with(FRESH)) {
                kept = self.keep_what_others_need(at, &mut content)?;
            }
            let mut stays = self.remove_all(&content.digests, jobs)?;
            stays.extend(self.remove_all(&self.still_there(at, &content.tags)?, jobs)?);
            stays.extend(self.remove_all(&content.blobs, jobs)?);
            left.extend(stays.into_iter().chain(kept));
        }
        Ok(left)
    }

    /// Takes out what others may need if the repository has tags that are not in the ledger, or if that is not known. Returns it.
    fn keep_what_others_need(&self, at: At<'_>, content: &mut Content) -> Result<Vec<Left>, Trouble> {
        let listed = self.all_tags(at)?;
        let own = OwnTags::of(references(&content.tags));
        let others: Vec<&String> = listed.tags.iter().filter(|tag| !own.contain(tag)).collect();
        let why = match (&listed.missing, others.first()) {
            (Some(why), _) => {
                format!("kept, because {} may have tags that are not in the ledger: {why}", at.repository)
            }
            (None, Some(tag)) => {
                format!("kept, because {} has tags that are not in the ledger, such as {tag}", at.repository)
            }
            (None, None) => return Ok(Vec::new()),
        };
        let left = |object: Object| Left { object, why: why.clone() };
        let mut kept: Vec<Left> = std::mem::take(&mut content.blobs).into_iter().map(left).collect();
        let mut needed = BTreeSet::new();
        let mut are_known = listed.missing.is_none() && others.len() <= OTHERS;
        for tag in others.iter().take(if are_known { OTHERS } else { 0 }) {
            let reply = self.ask_for(Method::HEAD, &at.manifest(tag))?;
            let digest = reply.answer().and_then(|answer| answer.header("docker-content-digest"));
            are_known &= digest.is_some();
            needed.extend(digest.map(str::to_owned));
        }
        let (free, used) = std::mem::take(&mut content.digests)
            .into_iter()
            .partition(|object| are_known && !needed.contains(&object.reference));
        content.digests = free;
        kept.extend::<Vec<Left>>(Vec::into_iter(used).map(left).collect());
        Ok(kept)
    }

    /// Those of the tags that the repository may still have after the deletion of their manifests.
    fn still_there(&self, at: At<'_>, tags: &[Object]) -> Result<Vec<Object>, Trouble> {
        let listed = self.all_tags(at)?;
        if listed.missing.is_some() {
            return Ok(tags.to_vec());
        }
        let own = OwnTags::of(references(tags));
        let listed = listed.tags.into_iter().filter(|tag| own.contain(tag));
        let object = |reference| Object { repository: at.repository.to_owned(), endpoint: "manifests", reference };
        Ok(listed.map(object).collect())
    }

    /// Deletes objects of one kind, and looks for some of them afterwards.
    fn remove_all(&self, objects: &[Object], jobs: usize) -> Result<Vec<Left>, Trouble> {
        // First one after the other, to see whether such objects are deleted at all.
        let (first, rest) = objects.split_at(objects.len().min(ENOUGH));
        let mut done: Vec<Option<String>> = first.iter().map(|one| self.delete(one)).collect::<Result<_, _>>()?;
        if let Some(why) = done.iter().all(Option::is_some).then(|| done.first().cloned().flatten()).flatten() {
            done.extend(rest.iter().map(|_| Some(why.clone())));
        } else {
            let deleted = side_by_side(rest.len(), jobs, |at| self.delete(&rest[at]));
            done.extend(deleted.into_iter().collect::<Result<Vec<_>, _>>()?);
        }
        let is_there = |object: &Object| Ok(self.ask_for(Method::HEAD, &object.path())?.is(200));
        let gone: Vec<usize> = (0..objects.len()).filter(|at| done[*at].is_none()).collect();
        let mut looked_for = gone.len().min(SAMPLE);
        let mut at = 0;
        while at < looked_for {
            if is_there(&objects[gone[at]])? {
                done[gone[at]] = Some("still there after it was deleted".to_owned());
                looked_for = gone.len();
            }
            at += 1;
        }
        let left =
            objects.iter().zip(done).filter_map(|(object, why)| Some(Left { object: object.clone(), why: why? }));
        Ok(left.collect())
    }

    /// Deletes an object. Returns why it stays, if it does.
    fn delete(&self, object: &Object) -> Result<Option<String>, Trouble> {
        let reply = self.ask_for(Method::DELETE, &object.path())?;
        let why = match &reply {
            Reply::Answer(answer) if answer.is_success() || matches!(answer.status, 404 | 410) => return Ok(None),
            Reply::Answer(answer) => format!("DELETE was answered {}", answer.status),
            Reply::Dropped(_) => "DELETE was not answered".to_owned(),
            Reply::Hang => "DELETE was not answered in time".to_owned(),
            Reply::NotFollowed(not) => format!("DELETE {not}"),
        };
        // A push that was refused, or never sent, left nothing; registries answer its deletion in several ways, and some
        // fail on HEAD of a reference that they call invalid.
        let head = self.ask_for(Method::HEAD, &object.path())?;
        let is_invalid = reply.is(400);
        let is_absent = head.answer().is_some_and(|answer| match answer.status {
            400 | 404 | 405 | 410 => true,
            status => is_invalid && status != 200,
        });
        Ok(Some(why).filter(|_| !is_absent))
    }

    /// Sends a request without a body. Each has its own context, because an allowance is for one thread at a time.
    pub(super) fn ask_for(&self, method: Method, target: &str) -> Result<Reply, Trouble> {
        let context = self.context(CLEANUP);
        let request = Request { headers: vec![("accept", accept())], ..Request::new(method, target, &context) };
        let reply = self.managed(&request)?.reply;
        match reply.answer().map(|answer| answer.status) {
            Some(status @ (401 | 429)) => {
                let (what, cause) = (format!("{} {target}", request.method), format!("answered {status}"));
                Err(Trouble::new(TroubleKind::of_status(status), what, self.transport.host(), cause))
            }
            _ => Ok(reply),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_names_what_it_wrote() {
        let of = |method: &str, path: &str, digest: &str| {
            let [run, target] = ["r", "t"].map(str::to_owned);
            let (method, path, digest) = (method.to_owned(), path.to_owned(), digest.to_owned());
            Object::of(&Entry { run, target, method, path, digest }).iter().map(Object::path).collect::<Vec<_>>()
        };
        assert_eq!(of("PUT", "/v2/a/b/manifests/t", "sha256:1"), ["/v2/a/b/manifests/sha256:1", "/v2/a/b/manifests/t"]);
        assert_eq!(of("PUT", "/v2/a/manifests/sha256:1", "sha256:1"), ["/v2/a/manifests/sha256:1"]);
        assert_eq!(of("POST", "/v2/a/blobs/uploads/", "sha256:1"), ["/v2/a/blobs/sha256:1"]);
        assert_eq!(of("POST", "/v2/a/blobs/uploads/?mount=sha256:1&from=b", "sha256:1"), ["/v2/a/blobs/sha256:1"]);
        assert_eq!(of("PUT", "http://a.invalid/upload/7", "sha256:1"), [""; 0]);
        assert_eq!(of("DELETE", "/v2/a/manifests/t", ""), [""; 0]);
    }
}

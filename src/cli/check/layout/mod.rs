//! Reads every manifest of an OCI image layout: `index.json` and the manifests it refers to, directly or through nested
//! indexes. Compares content with the descriptors that name it.

mod archive;
mod blobs;
mod compression;
mod declared;
mod differences;
mod files;
mod layers;
mod links;
mod marker;
mod referrers;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use bytes::Bytes;

use self::blobs::{Blobs, LayoutBlob};
use self::files::{is_absent, read_regular};
use self::links::{Link, links};
use super::checked::{CheckedFile, Problem, ProblemKind};
use crate::error::Input;
use crate::exchange::{IMAGE_INDEX, Need, NeedKind, Presence, State};
use crate::model::{Breach, LayoutRule, is_schema_1, kind_of};

/// The documents of a layout, `index.json` first, each once, and the problems of the layout itself.
pub(super) fn read(directory: &Path) -> Result<(Vec<CheckedFile>, Vec<Problem>), Input> {
    let index = directory.join("index.json");
    let mut walk = Walk { blobs: Blobs::new(directory), seen: HashSet::new(), due: Vec::new(), problems: Vec::new() };
    let mut breach = |rule, what| walk.problems.push(Problem::breach(rule, format!("{}: {what}", directory.display())));
    if let Some(what) = marker::flaw(directory) {
        breach(LayoutRule::Marker, what);
    }
    if !directory.join("blobs").is_dir() {
        let what = "the directory blobs is missing; add it, even if it is empty";
        breach(LayoutRule::Blobs, what.to_owned());
    }
    let body = match read_regular(&index) {
        Ok(body) => body,
        // Without the marker, nothing says that the directory is meant as a layout.
        Err(cause) if marker::exists(directory) && is_absent(&cause) => {
            let is_missing = cause.kind() == io::ErrorKind::NotFound;
            let what = if is_missing { "is missing; add it" } else { "is not a regular file; replace it" };
            breach(LayoutRule::Index, format!("index.json {what} with an image index, which may have no manifests"));
            walk.problems.extend(walk.blobs.misnamed());
            return Ok((Vec::new(), walk.problems));
        }
        Err(cause) => {
            let advice = "name a file, or a directory with the index.json of an OCI image layout";
            return Err(Input::file("read", &index, cause, advice));
        }
    };
    let body = Bytes::from(body);
    let tags = referrers::tags(&body);
    walk.due.push(Due {
        file: index.display().to_string(),
        digest: None,
        declared_type: Some(IMAGE_INDEX.into()),
        body,
    });
    let (mut found, mut by_digest) = (Vec::new(), HashMap::new());
    while let Some(due) = walk.due.pop() {
        if let Some(digest) = &due.digest {
            by_digest.insert(digest.clone(), found.len());
        }
        found.push(walk.visit(due));
    }
    walk.problems.extend(walk.blobs.misnamed());
    for tag in tags {
        let at = by_digest.get(&tag.target).copied();
        let differences = referrers::compare(&tag, at.map(|at| &found[at]), &mut walk.blobs);
        // What the tag names is not an index: that is said of the tag.
        let at = at.filter(|_| differences.iter().all(|(is_of_tag, _)| !is_of_tag)).unwrap_or(0);
        found[at].differences.extend(differences.into_iter().map(|(_, breach)| breach));
    }
    Ok((found, walk.problems))
}

/// A document to visit.
struct Due {
    file: String,
    /// `None` for `index.json`.
    digest: Option<String>,
    declared_type: Option<String>,
    body: Bytes,
}

/// The state of reading a layout.
struct Walk {
    blobs: Blobs,
    /// Digests of the manifests that were visited or are due.
    seen: HashSet<String>,
    due: Vec<Due>,
    problems: Vec<Problem>,
}

impl Walk {
    /// Collects what the document refers to, compares it, and adds the manifests among it to those that are due.
    fn visit(&mut self, Due { file, declared_type, body, .. }: Due) -> CheckedFile {
        let (mut needs, mut others, mut differences) = (Vec::new(), Presence::Yes, Vec::new());
        for link in links(&body) {
            let is_new = !self.blobs.knows(&link.digest);
            let (bytes, length) = match self.blobs.get(&link.digest) {
                LayoutBlob::Present(bytes) => (bytes.clone(), bytes.len()),
                LayoutBlob::Long(length) => (Bytes::new(), *length),
                LayoutBlob::Absent(problem) => {
                    // A subject may be anywhere, and a layer with urls is fetched from there.
                    if link.path != "/subject" && !link.has_urls {
                        others = Presence::No;
                    }
                    let what = format!("{file}: {}: {} {}", link.path, link.digest, problem.what);
                    let is_elsewhere = link.has_urls && matches!(problem.kind, ProblemKind::Missing);
                    self.problems.extend((is_new && !is_elsewhere).then_some(Problem { what, ..*problem }));
                    continue;
                }
                LayoutBlob::Malformed => continue,
            };
            if link.is_manifest() {
                differences.extend(self.follow(&link, bytes.clone()));
            }
            let kind = if link.is_manifest() { NeedKind::Manifest(IMAGE_INDEX) } else { NeedKind::Blob };
            needs.push(Need { path: link.path, kind, digest: link.digest, bytes, length, state: State::Present });
        }
        differences.extend(layers::compare(&body, &mut self.blobs));
        CheckedFile { file, declared_type, body, needs, others, is_of_layout: true, differences }
    }

    /// Adds a manifest to those that are due, unless it was, or is of a kind that is not judged. Returns how its content
    /// differs from the descriptor; then the content counts, since its digest is right.
    fn follow(&mut self, link: &Link, bytes: Bytes) -> Vec<Breach> {
        let at = self.blobs.place(&link.digest);
        // Manifests of any length are judged.
        let body = if bytes.is_empty() { std::fs::read(&at).map(Bytes::from) } else { Ok(bytes) };
        let body = match body {
            Ok(body) => body,
            Err(cause) => {
                let what = format!("{} cannot be read: {cause}; make the file readable", at.display());
                self.problems.push(Problem::unreadable(what));
                return Vec::new();
            }
        };
        let declared = link.media_type.as_deref();
        let own = declared::own_type(declared, &body);
        let differences = declared::compare(link, own, &body);
        let media_type = own.or(declared);
        let is_judged = media_type.is_none_or(|it| kind_of(it).is_some() || is_schema_1(Some(it), &body));
        if is_judged && self.seen.insert(link.digest.clone()) {
            let (file, declared_type) = (at.display().to_string(), media_type.map(str::to_owned));
            self.due.push(Due { file, digest: Some(link.digest.clone()), declared_type, body });
        }
        differences
    }
}

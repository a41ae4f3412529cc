//! A document as an exchange: its descriptors as needs, with the content that was given.

use std::borrow::Cow;
use std::collections::HashSet;

use bytes::Bytes;

use super::contents::Contents;
use crate::exchange::{Exchange, MANIFEST_TYPES, Need, NeedKind, State, Step, case_id, essence};
use crate::json::{Node, read};
use crate::model::{DigestForm, describe};

/// Content that was not given is looked for up to this size, in bytes: looking includes a GET.
const MOST_LOOKED_FOR: u64 = 1 << 20;
/// The most content that the manifests in a document are followed to.
const MOST_NEEDS: usize = 10_000;

/// A document, the Content-Type that it is pushed with, and the content that was given with it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The exact bytes.
    pub body: Bytes,
    /// The Content-Type; `None` sends none.
    pub content_type: Option<String>,
    /// The content that was given.
    pub contents: Contents,
}

/// A descriptor in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Where it is, named as slots are: `layers.0`.
    pub path: String,
    /// Whether its position is that of a manifest.
    pub is_manifest: bool,
    /// Whether it is in a manifest that the document references.
    is_nested: bool,
    pub digest: String,
    pub media_type: String,
    pub size: Option<u64>,
}

impl Document {
    /// A document with the declared Content-Type, else the one that its `mediaType` or its members imply.
    pub fn new(declared: Option<String>, body: Bytes, contents: Contents) -> Self {
        let (content_type, _) = describe(declared, &body);
        Self { body, content_type, contents }
    }

    /// `body=sha256:HEX`, the text of the case.
    pub fn text(&self) -> String {
        format!("body={}", crate::exchange::sha256(&self.body))
    }

    /// The push of other bytes in place of the document, with the content that they reference. Content that was not given is
    /// only looked for, and only if `looks` is set.
    pub(super) fn exchange_of(&self, body: Bytes, looks: bool) -> Exchange {
        let references = references(&body);
        let subject = references.iter().find(|one| one.path == "subject").map(|one| one.digest.clone());
        let needs = self.needs_of(references, looks);
        let mut exchange = Exchange::of_document(self.content_type.clone(), body, needs);
        exchange.id = case_id(&format!("body={}", exchange.tested.digest()));
        exchange.subject = subject;
        let steps = |is_blob: bool| {
            let given = exchange.needs.iter().enumerate().filter(|(_, need)| need.state == State::Present);
            given.filter(move |(_, need)| (need.kind == NeedKind::Blob) == is_blob).map(|(i, _)| Step::Need(i))
        };
        // Blobs first. Of the manifests, those inside others come first already.
        exchange.steps = steps(true).chain(steps(false)).chain([Step::Tested]).collect();
        exchange
    }

    /// What these descriptors reference: what a manifest references first, then the manifest.
    fn needs_of(&self, references: Vec<Reference>, looks: bool) -> Vec<Need> {
        let (mut seen, mut needs) = (HashSet::new(), Vec::new());
        // Without recursion: the depth of indexes is up to the user.
        enum Task {
            Visit(Reference),
            Add(Need),
        }
        let inside = |outer: &str, one: Reference| {
            let path = [outer, ".", &one.path].concat();
            Task::Visit(Reference { path, is_nested: true, ..one })
        };
        let mut tasks: Vec<Task> = references.into_iter().rev().map(Task::Visit).collect();
        while let Some(task) = tasks.pop() {
            let one = match task {
                Task::Add(need) => {
                    needs.push(need);
                    continue;
                }
                Task::Visit(one) => one,
            };
            if seen.len() >= MOST_NEEDS || !seen.insert(one.digest.clone()) {
                continue;
            }
            let given = self.contents.get(&one.digest).cloned();
            match given {
                Some(bytes) => {
                    let kind = kind_of(&one, &bytes);
                    let inner = if kind == NeedKind::Blob { Vec::new() } else { references_in(&bytes) };
                    let (path, digest, length) = (one.path.clone(), one.digest, bytes.len());
                    tasks.push(Task::Add(Need { path, kind, digest, bytes, length, state: State::Present }));
                    tasks.extend(inner.into_iter().rev().map(|inner| inside(&one.path, inner)));
                }
                None if looks && !one.is_nested && one.size.is_some_and(|size| size <= MOST_LOOKED_FOR) => {
                    let kind = kind_of(&one, &[]);
                    let length = one.size.and_then(|size| usize::try_from(size).ok()).unwrap_or(0).max(1);
                    let bytes = Bytes::new();
                    needs.push(Need { path: one.path, kind, digest: one.digest, bytes, length, state: State::Absent });
                }
                None => {}
            }
        }
        needs
    }
}

/// What the content is pushed as. A manifest whose type no registry knows is pushed as a blob.
fn kind_of(reference: &Reference, bytes: &[u8]) -> NeedKind {
    if !reference.is_manifest {
        return NeedKind::Blob;
    }
    let own = || describe(None, bytes).0.unwrap_or_default();
    let named = [essence(&reference.media_type), essence(&own())];
    let known = named.iter().find_map(|named| MANIFEST_TYPES.iter().find(|known| *known == named));
    known.map_or(NeedKind::Blob, |known| NeedKind::Manifest(known))
}

/// Every descriptor whose digest is well-formed, each digest once.
pub(super) fn references(body: &[u8]) -> Vec<Reference> {
    let mut seen = HashSet::new();
    let mut found = references_in(body);
    found.retain(|one| seen.insert(one.digest.clone()));
    found
}

fn references_in(body: &[u8]) -> Vec<Reference> {
    let Ok(document) = read(body) else { return Vec::new() };
    let root = document.root();
    let text = |node: Node<'_>, name| node.get(name).and_then(Node::text).map(Cow::into_owned);
    let one = |path: String, is_manifest, node: Node<'_>| {
        let digest = text(node, "digest").filter(|digest| DigestForm::of(digest).is_right())?;
        let size = node.get("size").and_then(Node::integer).and_then(|size| u64::try_from(size).ok());
        let media_type = text(node, "mediaType").unwrap_or_default();
        Some(Reference { path, is_manifest, is_nested: false, digest, media_type, size })
    };
    let single = [("config", false), ("subject", true)];
    let single =
        single.into_iter().filter_map(|(name, is_manifest)| one(name.to_owned(), is_manifest, root.get(name)?));
    let lists = [("layers", false), ("blobs", false), ("manifests", true)];
    let listed = lists.into_iter().filter_map(|(name, is_manifest)| Some((name, is_manifest, root.get(name)?)));
    let listed = listed.flat_map(|(name, is_manifest, list)| {
        list.elements().enumerate().filter_map(move |(i, node)| one(format!("{name}.{i}"), is_manifest, node))
    });
    single.chain(listed).collect()
}

impl Document {
    /// The push of the document itself. Content that was not given is looked for, where that is cheap.
    pub fn exchange(&self) -> Exchange {
        self.exchange_of(self.body.clone(), true)
    }

    /// The well-formed digests that the descriptors of a document name, each once.
    pub fn references(body: &[u8]) -> Vec<String> {
        references(body).into_iter().map(|one| one.digest).collect()
    }

    /// What the document references and what was not given with it.
    pub(super) fn not_given(&self) -> Vec<Reference> {
        references(&self.body).into_iter().filter(|one| self.contents.get(&one.digest).is_none()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{IMAGE_MANIFEST, sha256};

    fn descriptor(bytes: &[u8], media_type: &str) -> String {
        format!(r#"{{"mediaType":"{media_type}","digest":"{}","size":{}}}"#, sha256(bytes), bytes.len())
    }

    #[test]
    fn the_content_of_children_is_pushed_before_them_and_the_blobs_first() {
        let (config, layer) = (b"{}", b"layer");
        let child = format!(
            r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#,
            descriptor(config, "application/vnd.oci.image.config.v1+json"),
            descriptor(layer, "application/vnd.oci.image.layer.v1.tar")
        );
        let index = format!(
            r#"{{"schemaVersion":2,"manifests":[{},{}]}}"#,
            descriptor(child.as_bytes(), IMAGE_MANIFEST),
            descriptor(b"not given", IMAGE_MANIFEST)
        );
        let mut contents = Contents::default();
        for bytes in [config.to_vec(), layer.to_vec(), child.clone().into_bytes()] {
            contents.add(bytes.into());
        }
        let document = Document::new(None, index.into(), contents);
        let exchange = document.exchange();
        let steps: Vec<(&str, bool)> = exchange
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Need(i) => Some((&*exchange.needs[*i].path, exchange.needs[*i].kind == NeedKind::Blob)),
                _ => None,
            })
            .collect();
        assert_eq!(steps, [("manifests.0.config", true), ("manifests.0.layers.0", true), ("manifests.0", false)]);
        let looked_for: Vec<_> = exchange.needs.iter().filter(|need| need.state == State::Absent).collect();
        assert_eq!(looked_for.iter().map(|need| &*need.path).collect::<Vec<_>>(), ["manifests.1"]);
        assert_eq!(document.not_given().len(), 1);
    }
}

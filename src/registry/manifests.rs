//! Manifests and their tags: pushing, pulling, deleting (end-3, end-7, end-9 of distribution-spec).

use std::borrow::Cow;

use http::Method;

use super::answer::{Refusal, Response, answer};
use super::digest;
use super::pushed::{ManifestKind, Pushed, present};
use super::quirk::{Check, Waived};
use super::request::Asked;
use super::storage::{Manifest, Repository, Storage};
use super::{document, present, route};
use crate::exchange::sha256;
use crate::json::Node;

/// The last element of a manifest's path.
enum PathReference<'r> {
    Tag(&'r str),
    Digest(&'r str),
}

/// What holds a colon is meant as a digest, for no tag can.
fn reference(text: &str) -> Result<PathReference<'_>, Refusal> {
    if text.contains(':') {
        return match digest::algorithm(text) {
            Some(_) => Ok(PathReference::Digest(text)),
            None => Err(Refusal::digest_invalid("the reference is not a digest", text)),
        };
    }
    if route::is_tag(text) {
        return Ok(PathReference::Tag(text));
    }
    Err(Refusal::new(400, "MANIFEST_INVALID", "the reference is neither a tag nor a digest").about(text))
}

/// Answers a request for a manifest.
pub(super) fn answer_to(
    asked: &Asked<'_>,
    text: &str,
    storage: &mut Storage,
    waived: &Waived,
) -> Result<Response, Refusal> {
    let text = &*known_as(text, waived);
    let reference = reference(text)?;
    match *asked.method {
        Method::PUT => {
            let empty = Repository::default();
            let repository = storage.repositories.get(asked.name).unwrap_or(&empty);
            let (kind, root) = accepted(asked, &reference, repository, waived)?;
            Ok(store(asked, text, storage, waived, kind, root))
        }
        Method::GET | Method::HEAD => {
            let repository = storage.repositories.get(asked.name).ok_or_else(|| Refusal::name_unknown(asked.name))?;
            pull(repository, &reference).ok_or_else(|| Refusal::manifest_unknown(text))
        }
        Method::DELETE => {
            let repository =
                storage.repositories.get_mut(asked.name).ok_or_else(|| Refusal::name_unknown(asked.name))?;
            let removed = match reference {
                PathReference::Tag(tag) => repository.untag(tag),
                PathReference::Digest(digest) => repository.remove(digest, waived.has(Check::Tags)),
            };
            if removed { Ok(answer(202, &[], bytes::Bytes::new())) } else { Err(Refusal::manifest_unknown(text)) }
        }
        _ => Err(Refusal::method()),
    }
}

fn pull(repository: &Repository, reference: &PathReference<'_>) -> Option<Response> {
    let (digest, manifest) = match reference {
        PathReference::Tag(tag) => {
            let tag = repository.tagged(tag)?;
            (tag.digest.as_str(), repository.behind(tag)?)
        }
        PathReference::Digest(digest) => (*digest, repository.manifest(digest)?),
    };
    let headers = [("content-type", manifest.content_type.as_str()), ("docker-content-digest", digest)];
    Some(answer(200, &headers, manifest.bytes.clone()))
}

/// Whether a push is taken; nothing is stored here.
fn accepted<'d>(
    asked: &'d Asked<'_>,
    reference: &PathReference<'_>,
    repository: &Repository,
    waived: &Waived,
) -> Result<(ManifestKind, Node<'d>), Refusal> {
    let Some(pushed) = &asked.pushed else {
        let message = format!("the manifest is larger than {} bytes", document::LIMIT);
        return Err(Refusal::new(413, "MANIFEST_INVALID", message));
    };
    if let PathReference::Digest(digest) = reference
        && !digest::belongs(digest, asked.body)
        && !waived.has(Check::Digest)
        && !waived.has(Check::DigestInPath)
    {
        return Err(Refusal::digest_invalid("the reference is not the digest of the body", digest));
    }
    let (kind, root) = document::check(pushed, waived)?;
    present::check(kind, root, repository, waived)?;
    Ok((kind, root))
}

/// What a reference is known as where tags do not differ by case.
fn known_as<'r>(text: &'r str, waived: &Waived) -> Cow<'r, str> {
    if waived.has(Check::TagCase) && !text.contains(':') { text.to_lowercase().into() } else { text.into() }
}

/// Stores what is refused all the same, as a quirk has it; never under a digest that is not the body's.
pub(super) fn store_refused(
    asked: &Asked<'_>,
    storage: &mut Storage,
    waived: &Waived,
    kind: ManifestKind,
    root: Node<'_>,
) {
    let text = known_as(asked.pushes_manifest().unwrap_or_default(), waived);
    let is_wrong =
        matches!(reference(&text), Ok(PathReference::Digest(digest)) if !digest::belongs(digest, asked.body));
    if !is_wrong {
        store(asked, &text, storage, waived, kind, root);
    }
}

/// Stores the manifest of a push under `text`, whatever it is, and says so.
fn store(
    asked: &Asked<'_>,
    text: &str,
    storage: &mut Storage,
    waived: &Waived,
    kind: ManifestKind,
    root: Node<'_>,
) -> Response {
    let own = sha256(asked.body);
    let (digests, tag) = match reference(text) {
        Ok(PathReference::Digest(digest))
            if waived.has(Check::DigestInPath) && !digest::belongs(digest, asked.body) =>
        {
            (vec![own], None)
        }
        // Under a digest that is not the body's only where a quirk has it so, and then under no other.
        Ok(PathReference::Digest(digest)) if !digest::belongs(digest, asked.body) => (vec![digest.to_owned()], None),
        Ok(PathReference::Digest(digest)) if digest != own => (vec![own, digest.to_owned()], None),
        Ok(PathReference::Tag(tag)) => (vec![own], Some(tag)),
        _ => (vec![own], None),
    };
    let digest = digests.last().cloned().unwrap_or_default();
    let manifest = described(asked, kind, root);
    let subject = manifest.subject.clone();
    let repository = storage.repository_mut(asked.name);
    repository.store(&digests, manifest);
    if let Some(tag) = tag {
        repository.tag(tag, &digest);
    }
    let location = format!("/v2/{}/manifests/{digest}", asked.name);
    let mut headers = vec![("location", location.as_str()), ("docker-content-digest", &digest)];
    headers.extend(subject.as_deref().map(|subject| ("oci-subject", subject)));
    answer(201, &headers, bytes::Bytes::new())
}

/// The manifest with what the referrers list will say of it.
fn described(asked: &Asked<'_>, kind: ManifestKind, root: Node<'_>) -> Manifest {
    let text = |object: Node<'_>, name| object.get(name).and_then(Node::text).map(|text| text.into_owned());
    let own = |name| if kind.is_oci() { present(root, name) } else { None };
    let artifact_type = text(root, "artifactType").filter(|text| !text.is_empty());
    // Only an image manifest has a config to take the type from.
    let config = if kind == ManifestKind::Image { root.get("config") } else { None };
    Manifest {
        bytes: asked.body.clone(),
        content_type: asked.pushed.as_ref().map_or(kind.media_type(), |p| content_type(p, kind)).to_owned(),
        subject: own("subject").and_then(|subject| text(subject, "digest")),
        artifact_type: artifact_type.or_else(|| text(config?, "mediaType")),
        annotations: own("annotations").map(|annotations| annotations.raw().to_vec()),
        pushed_at: asked.now,
    }
}

/// The type that a pull answers with: what was pushed, as long as it is a media type.
fn content_type<'p>(pushed: &Pushed<'p>, kind: ManifestKind) -> &'p str {
    match ManifestKind::of(pushed.essence) {
        None if document::is_media_type(pushed.essence) => pushed.essence,
        _ => kind.media_type(),
    }
}

//! Pushing, pulling and deleting manifests and tags (end-3, end-7 and end-9 of distribution-spec).

use std::borrow::Cow;

use http::Method;

use super::answer::{Refusal, Response, answer};
use super::digest;
use super::pushed::{ManifestKind, Pushed, present};
use super::quirk::{Validation, Waived};
use super::request::ParsedRequest;
use super::storage::{Manifest, Storage, StoredRepository};
use super::{document, present, route};
use crate::json::Node;

/// The `<reference>` of a manifest's path.
enum PathReference<'r> {
    Tag(&'r str),
    Digest(&'r str),
}

/// Parses a reference. One with a colon can only be a digest: tags cannot contain one.
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

/// Handles `/v2/<name>/manifests/<reference>`.
pub(super) fn answer_to(
    request: &ParsedRequest<'_>,
    text: &str,
    storage: &mut Storage,
    waived: &Waived,
) -> Result<Response, Refusal> {
    let text = &*fold_tag_case(text, waived);
    let reference = reference(text)?;
    match *request.method {
        Method::PUT => {
            let empty = StoredRepository::default();
            let repository = storage.repositories.get(request.name).unwrap_or(&empty);
            let (kind, root) = check_push(request, &reference, repository, waived)?;
            Ok(store(request, text, storage, waived, kind, root))
        }
        Method::GET | Method::HEAD => {
            let repository =
                storage.repositories.get(request.name).ok_or_else(|| Refusal::name_unknown(request.name))?;
            pull(repository, &reference).ok_or_else(|| Refusal::manifest_unknown(text))
        }
        Method::DELETE => {
            let repository =
                storage.repositories.get_mut(request.name).ok_or_else(|| Refusal::name_unknown(request.name))?;
            let removed = match reference {
                PathReference::Tag(tag) => repository.remove_tag(tag),
                PathReference::Digest(digest) => repository.remove(digest, waived.has(Validation::Tags)),
            };
            if removed { Ok(answer(202, &[], bytes::Bytes::new())) } else { Err(Refusal::manifest_unknown(text)) }
        }
        _ => Err(Refusal::method()),
    }
}

fn pull(repository: &StoredRepository, reference: &PathReference<'_>) -> Option<Response> {
    let (digest, content_type, manifest) = match reference {
        PathReference::Tag(tag) => {
            let tag = repository.tag(tag)?;
            (tag.digest.as_str(), &tag.content_type, repository.manifest_of(tag)?)
        }
        PathReference::Digest(digest) => {
            let manifest = repository.manifest(digest)?;
            (*digest, &manifest.content_type, manifest)
        }
    };
    let headers = [("content-type", content_type.as_str()), ("docker-content-digest", digest)];
    Some(answer(200, &headers, manifest.bytes.clone()))
}

/// Checks a push without storing anything.
///
/// # Errors
///
/// The refusal that the first failed check leads to.
fn check_push<'d>(
    request: &'d ParsedRequest<'_>,
    reference: &PathReference<'_>,
    repository: &StoredRepository,
    waived: &Waived,
) -> Result<(ManifestKind, Node<'d>), Refusal> {
    let Some(pushed) = &request.pushed else {
        let message = format!("the manifest is larger than {} bytes", document::LIMIT);
        return Err(Refusal::new(413, "MANIFEST_INVALID", message));
    };
    if let PathReference::Digest(digest) = reference
        && !digest::matches(digest, request.body)
        && !waived.has(Validation::Digest)
        && !waived.has(Validation::DigestInPath)
    {
        return Err(Refusal::digest_invalid("the reference is not the digest of the body", digest));
    }
    let (kind, root) = document::check(pushed, waived)?;
    present::check(kind, root, repository, waived)?;
    Ok((kind, root))
}

/// Lower-cases a tag if the check for tag case is waived.
fn fold_tag_case<'r>(text: &'r str, waived: &Waived) -> Cow<'r, str> {
    if waived.has(Validation::TagCase) && !text.contains(':') { text.to_lowercase().into() } else { text.into() }
}

/// Stores a manifest whose push is refused, for quirks that do so; never under a digest that does not match the body.
pub(super) fn store_refused(
    request: &ParsedRequest<'_>,
    storage: &mut Storage,
    waived: &Waived,
    kind: ManifestKind,
    root: Node<'_>,
) {
    let text = fold_tag_case(request.pushed_reference().unwrap_or_default(), waived);
    let has_wrong_digest =
        matches!(reference(&text), Ok(PathReference::Digest(digest)) if !digest::matches(digest, request.body));
    if !has_wrong_digest {
        store(request, &text, storage, waived, kind, root);
    }
}

/// Stores a pushed manifest under the reference `text` without checking it, and answers with 201.
fn store(
    request: &ParsedRequest<'_>,
    text: &str,
    storage: &mut Storage,
    waived: &Waived,
    kind: ManifestKind,
    root: Node<'_>,
) -> Response {
    let own = digest::sha256(request.body);
    let (digests, tag) = match reference(text) {
        Ok(PathReference::Digest(digest))
            if waived.has(Validation::DigestInPath) && !digest::matches(digest, request.body) =>
        {
            (vec![own], None)
        }
        // A digest that does not match the body gets here only if a quirk waives the check; it is then the only one used.
        Ok(PathReference::Digest(digest)) if !digest::matches(digest, request.body) => (vec![digest.to_owned()], None),
        Ok(PathReference::Digest(digest)) if digest != own => (vec![own, digest.to_owned()], None),
        Ok(PathReference::Tag(tag)) => (vec![own], Some(tag)),
        _ => (vec![own], None),
    };
    let digest = digests.last().cloned().unwrap_or_default();
    let manifest = manifest_entry(request, kind, root);
    let (subject, content_type) = (manifest.subject.clone(), manifest.content_type.clone());
    let repository = storage.repository_mut(request.name);
    repository.store(&digests, manifest);
    // The main branch of distribution-spec allows tags as parameters of a push by digest.
    let more = request.parameters("tag").filter(|more| tag.is_none() && route::is_tag(more));
    let more: Vec<String> = more.collect();
    for tag in tag.into_iter().chain(more.iter().map(String::as_str)) {
        repository.set_tag(tag, &digest, content_type.clone());
    }
    let location = format!("/v2/{}/manifests/{digest}", request.name);
    let mut headers = vec![("location", location.as_str()), ("docker-content-digest", &digest)];
    let named = more.join(", ");
    headers.extend((!more.is_empty()).then_some(("oci-tag", named.as_str())));
    headers.extend(subject.as_deref().map(|subject| ("oci-subject", subject)));
    answer(201, &headers, bytes::Bytes::new())
}

/// The manifest with the members that referrers lists repeat.
fn manifest_entry(request: &ParsedRequest<'_>, kind: ManifestKind, root: Node<'_>) -> Manifest {
    let text = |object: Node<'_>, name| object.get(name).and_then(Node::text).map(|text| text.into_owned());
    let own = |name| if kind.is_oci() { present(root, name) } else { None };
    let artifact_type = text(root, "artifactType").filter(|text| !text.is_empty());
    // Referrers lists fall back to the config's media type, which only image manifests have.
    let config = if kind == ManifestKind::Image { root.get("config") } else { None };
    Manifest {
        bytes: request.body.clone(),
        content_type: request.pushed.as_ref().map_or(kind.media_type(), |p| content_type(p, kind)).to_owned(),
        subject: own("subject").and_then(|subject| text(subject, "digest")),
        artifact_type: artifact_type.or_else(|| text(config?, "mediaType")),
        annotations: own("annotations").map(|annotations| annotations.raw().to_vec()),
        pushed_at: request.now,
    }
}

/// The Content-Type of later pulls: the pushed one if it is a valid media type.
fn content_type<'p>(pushed: &Pushed<'p>, kind: ManifestKind) -> &'p str {
    match ManifestKind::of(pushed.essence) {
        None if document::is_media_type(pushed.essence) => pushed.essence,
        _ => kind.media_type(),
    }
}

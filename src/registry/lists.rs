//! Tag lists and referrers lists (end-8 and end-12 of distribution-spec).

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde::Serialize;

use super::answer::{Refusal, Response, answer, json_answer};
use super::digest;
use super::request::ParsedRequest;
use super::storage::{Manifest, Storage};
use crate::exchange::IMAGE_INDEX;

#[derive(Serialize)]
struct TagList<'t> {
    name: &'t str,
    tags: &'t [&'t str],
}

/// Lists the tags in order: at most `n` of them, starting after `last`. Adds a `Link` if more follow.
pub(super) fn tags(request: &ParsedRequest<'_>, storage: &Storage) -> Result<Response, Refusal> {
    if !matches!(*request.method, Method::GET | Method::HEAD) {
        return Err(Refusal::method());
    }
    let repository = storage.repositories.get(request.name).ok_or_else(|| Refusal::name_unknown(request.name))?;
    let last = request.parameter("last").unwrap_or_default();
    let limit = match request.parameter("n") {
        None => usize::MAX,
        Some(n) => n.parse().map_err(|_| Refusal::new(400, "UNSUPPORTED", "`n` is not a number of tags").about(n))?,
    };
    let mut after = repository.tags_after(&last).map(|(tag, _)| tag);
    let tags: Vec<&str> = after.by_ref().take(limit).collect();
    let next = tags.last().filter(|_| after.next().is_some());
    let link = next.map(|tag| format!("</v2/{}/tags/list?n={limit}&last={tag}>; rel=\"next\"", request.name));
    let mut response = json_answer(200, &TagList { name: request.name, tags: &tags });
    if let Some(link) = link.and_then(|link| HeaderValue::try_from(link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Lists the manifests whose subject is `digest`; the list is empty if there are none or if the repository is unknown.
pub(super) fn referrers(request: &ParsedRequest<'_>, digest: &str, storage: &mut Storage) -> Result<Response, Refusal> {
    if !matches!(*request.method, Method::GET | Method::HEAD) {
        return Err(Refusal::method());
    }
    if digest::algorithm(digest).is_none() {
        return Err(Refusal::digest_invalid("the subject's digest is not a digest", digest));
    }
    if let Some(repository) = storage.repositories.get_mut(request.name) {
        repository.note_listed(digest);
    }
    let wanted = request.parameter("artifactType");
    let found = storage.repositories.get(request.name).into_iter().flat_map(|repository| repository.referrers(digest));
    let found = found.filter(|(_, manifest)| wanted.is_none() || manifest.artifact_type == wanted);
    let body = index_of(found);
    let mut headers = vec![("content-type", IMAGE_INDEX)];
    headers.extend(wanted.map(|_| ("oci-filters-applied", "artifactType")));
    Ok(answer(200, &headers, body))
}

/// An image index with a descriptor of each of these manifests.
pub(super) fn index_of<'m>(found: impl Iterator<Item = (&'m str, &'m Manifest)>) -> Bytes {
    let manifests: Vec<String> = found.map(|(digest, manifest)| descriptor(digest, manifest)).collect();
    let list = manifests.join(",");
    format!("{{\"schemaVersion\":2,\"mediaType\":\"{IMAGE_INDEX}\",\"manifests\":[{list}]}}").into()
}

fn descriptor(digest: &str, manifest: &Manifest) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut members = format!(
        "\"mediaType\":{},\"digest\":{},\"size\":{}",
        quoted(&manifest.content_type),
        quoted(digest),
        manifest.bytes.len()
    );
    if let Some(artifact_type) = &manifest.artifact_type {
        members += &format!(",\"artifactType\":{}", quoted(artifact_type));
    }
    // Copied as raw JSON, so that values this process cannot represent (large numbers) stay unchanged.
    if let Some(annotations) = &manifest.annotations {
        members += &format!(",\"annotations\":{}", String::from_utf8_lossy(annotations));
    }
    format!("{{{members}}}")
}

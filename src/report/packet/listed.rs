//! A manifest that a referrers list must hold: what its descriptor must say, and conditions under which it says something else.

use bytes::Bytes;

use super::shell::quoted;
use crate::exchange::{Exchange, IMAGE_INDEX, IMAGE_MANIFEST, MANIFEST_TYPES, PlannedRequest, essence};
use crate::json::{Node, read};

/// A manifest that refers to a subject.
pub(super) struct Referrer {
    /// Holds if its push was accepted and it was not deleted.
    pub guard: String,
    pub digest: String,
    pub is_image: bool,
    pub is_index: bool,
    pub artifact_type: Option<String>,
    media_type: Option<String>,
    size: usize,
    annotations: Vec<(String, String)>,
}

impl Referrer {
    /// The document of the case.
    pub(super) fn tested(exchange: &Exchange, put: usize) -> Self {
        let tested = &exchange.tested;
        let named = tested.content_type.as_deref();
        // A registry may list another spelling of a type with upper case or parameters.
        let media_type = named.filter(|name| MANIFEST_TYPES.contains(name)).map(str::to_owned);
        let own = named.map(essence);
        let is_image = own.as_deref().is_none_or(|own| own == IMAGE_MANIFEST);
        let is_index = own.as_deref() == Some(IMAGE_INDEX);
        let digest = tested.digest().to_owned();
        let of = |artifact_type, annotations| Self {
            guard: format!("ok {put}"),
            digest,
            is_image,
            is_index,
            artifact_type,
            media_type,
            size: tested.body.len(),
            annotations,
        };
        let (artifact_type, annotations) = members(&tested.body, is_image);
        of(artifact_type, annotations)
    }

    /// A manifest that a script pushes.
    pub(super) fn pushed(request: &PlannedRequest, body: &Bytes, guard: String) -> Option<Self> {
        let (_, media_type) = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?;
        let is_image = media_type == IMAGE_MANIFEST;
        let (artifact_type, annotations) = members(body, is_image);
        Some(Self {
            guard,
            digest: subject_of(request).to_owned(),
            is_image,
            is_index: media_type == IMAGE_INDEX,
            artifact_type,
            media_type: Some(media_type.clone()),
            size: body.len(),
            annotations,
        })
    }

    /// Its descriptor in a list has another type of artifact.
    pub(super) fn has_other_artifact_type(&self, list: usize) -> Option<String> {
        let value = match &self.artifact_type {
            Some(own) if is_plain(own) => format!("\"{own}\""),
            Some(_) => return None,
            None => String::new(),
        };
        Some(format!("misdescribes {list} {} artifactType {}", quoted(&self.digest), quoted(&value)))
    }

    /// Its descriptor lacks an annotation. Of values that JSON can write in several ways, only the keys are compared.
    pub(super) fn lacks_annotations(&self, list: usize) -> Option<String> {
        let plain = self.annotations.iter().filter(|(key, _)| is_plain(key));
        let each = plain.map(|(key, value)| {
            let value = if is_plain(value) { format!("{value}\"") } else { String::new() };
            let text = quoted(&format!("\"{key}\":\"{value}"));
            format!("lacks {list} {} {text}", quoted(&self.digest))
        });
        let each = each.collect::<Vec<_>>().join(" || ");
        (!each.is_empty()).then(|| format!("{{ {each}; }}"))
    }

    /// Its descriptor has another size or media type.
    pub(super) fn is_misdescribed(&self, list: usize) -> String {
        let digest = quoted(&self.digest);
        let size = format!("misdescribes {list} {digest} size {}", self.size);
        match self.media_type.as_ref().filter(|own| is_plain(own)) {
            Some(own) => {
                let value = quoted(&format!("\"{own}\""));
                format!("{{ {size} || misdescribes {list} {digest} mediaType {value}; }}")
            }
            None => size,
        }
    }
}

/// Whether JSON writes a text in one way only, but for escapes that the script undoes, and without what the script takes for the end
/// of a member.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:+ ;=@".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain) && !text.contains(" :") && !text.contains(": ")
}

/// The artifact type, or that of the config of an image, and the annotations with texts.
fn members(body: &[u8], is_image: bool) -> (Option<String>, Vec<(String, String)>) {
    let Ok(document) = read(body) else { return (None, Vec::new()) };
    let root = document.root();
    let text = |node: Node<'_>| node.text().map(std::borrow::Cow::into_owned);
    let non_empty = |node: Node<'_>| text(node).filter(|text| !text.is_empty());
    let config = || root.get("config").filter(|_| is_image)?.get("mediaType").and_then(non_empty);
    let artifact_type = root.get("artifactType").and_then(non_empty).or_else(config);
    let annotations = root.get("annotations").filter(|node| node.is_object()).into_iter().flat_map(Node::members);
    (artifact_type, annotations.filter_map(|(key, value)| Some((text(key)?, text(value)?))).collect())
}

/// The digest at the end of the path of a request: of the subject of a list, or of what is pushed or deleted.
pub(super) fn subject_of(request: &PlannedRequest) -> &str {
    let path = request.path.split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

/// The subject of a manifest.
pub(super) fn subject_in(body: &[u8]) -> Option<String> {
    let document = read(body).ok()?;
    Some(document.root().get("subject")?.get("digest")?.text()?.into_owned())
}

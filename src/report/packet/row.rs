//! The exchange of a row whose case this version cannot render: a document, or a shape of another version.
//!
//! A row can come from anywhere: what cannot be a request of a registry's client is refused.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use crate::exchange::{
    Exchange, MANIFEST_TYPES, Need, NeedKind, Put, Reference, State, Step, Transfer, is_digest, sha256, sha512,
};
use crate::findings::Record;
use crate::json::read;

/// An exchange, and how many of the needs of its row it lacks because the row does not hold their content.
pub(super) struct OfRow {
    pub exchange: Exchange,
    pub lacking: u64,
}

/// The exchange of a row with this body. `None` if the row does not tell the tested request.
pub(super) fn exchange_of(record: &Record, body: Bytes) -> Option<OfRow> {
    let request: Value = serde_json::from_str(&record.request).unwrap_or_default();
    let subject = read(&body).ok().and_then(|document| {
        let digest = document.root().get("subject")?.get("digest")?.text()?;
        Some(digest.to_string())
    });
    let (needs, lacking) = needs(&record.needs);
    let content_type = Some(record.content_type.clone()).filter(|value| !value.is_empty());
    if content_type.iter().any(|value| value.chars().any(char::is_control)) {
        return None;
    }
    let tested = Put {
        reference: reference(&record.reference)?,
        content_type: content_type.map(Cow::Owned),
        transfer: transfer(&request)?,
        ..Put::by_tag("", body.clone())
    };
    let held = needs.iter().enumerate().filter(|(_, need)| need.state != State::Absent && need.held().is_some());
    let steps: Vec<Step> = held.map(|(at, _)| Step::Need(at)).chain([Step::Tested]).collect();
    let exchange = Exchange::of_document(None, body, Vec::new());
    let needs = needs.into_iter().map(Arc::new).collect();
    Some(OfRow { exchange: Exchange { needs, steps, tested, subject, ..exchange }, lacking })
}

/// How the body is sent; `None` if the request has headers that a packet cannot give.
fn transfer(request: &Value) -> Option<Transfer> {
    let mut transfer = Transfer::ContentLength;
    for name in request["headers"].as_object().into_iter().flatten().map(|(name, _)| name.to_ascii_lowercase()) {
        match &*name {
            "content-type" | "content-length" => {}
            "transfer-encoding" => transfer = Transfer::Chunked,
            _ => return None,
        }
    }
    Some(transfer)
}

/// The last element of the path, unless it would name another place.
fn reference(text: &str) -> Option<Reference> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"/?#\\".contains(&byte);
    match text {
        "{tag}" => Some(Reference::Tag),
        "" | "." | ".." => None,
        _ => text.bytes().all(is_plain).then(|| Reference::Text(text.to_owned())),
    }
}

/// The needs that can be made, and how many cannot.
fn needs(column: &str) -> (Vec<Need>, u64) {
    let listed: Vec<Value> = serde_json::from_str(column).unwrap_or_default();
    let (mut needs, mut lacking) = (Vec::new(), 0);
    for value in &listed {
        match need(value) {
            Some(need) => needs.push(need),
            None => lacking += value["more"].as_u64().unwrap_or(1),
        }
    }
    (needs, lacking)
}

fn need(value: &Value) -> Option<Need> {
    let text = |name: &str| value[name].as_str();
    let digest = text("digest").filter(|digest| is_digest(digest))?;
    let named = text("state")?;
    let state = [State::Present, State::Absent, State::Elsewhere].into_iter().find(|state| state.as_str() == named)?;
    let kind = match text("kind")? {
        "blob" => NeedKind::Blob,
        _ => NeedKind::Manifest(MANIFEST_TYPES.into_iter().find(|one| Some(*one) == text("content_type"))?),
    };
    let bytes = text("content_base64").and_then(|content| STANDARD.decode(content).ok()).map(Bytes::from);
    let bytes = bytes.filter(|bytes| [sha256(bytes), sha512(bytes)].iter().any(|own| own == digest));
    if bytes.is_none() && state != State::Absent {
        return None;
    }
    let bytes = bytes.unwrap_or_default();
    let length = value["size"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(bytes.len());
    Some(Need { path: text("path")?.to_owned(), kind, digest: digest.to_owned(), length, bytes, state })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn needs_are_made_from_content_that_has_their_digest() {
        let need = |digest: &str, state: &str| json!({ "path": "config", "digest": digest, "size": 2, "state": state, "kind": "blob", "content_base64": "e30=" });
        let right = sha256(b"{}");
        let other = sha256(b"x");
        let column = json!([need(&right, "present"), need(&other, "present"), need(&other, "absent"), need("a b", "absent"), { "more": 3 }]);
        let (made, lacking) = needs(&column.to_string());
        assert_eq!((made.len(), lacking), (2, 5));
        assert!(made[0].state == State::Present && made[0].bytes == "{}");
    }

    #[test]
    fn a_reference_stays_below_the_manifests_of_the_repository() {
        assert_eq!(reference("{tag}"), Some(Reference::Tag));
        assert!(["../x", "..", "", "a/b", "a?b", "a\nb", "a b"].iter().all(|text| reference(text).is_none()));
        assert!(reference("sha256:0a").is_some());
    }
}

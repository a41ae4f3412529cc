//! Manifests that refer to the subject beside the case. They are made when they are listed, and can be pulled.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::content::Manifest;
use crate::exchange::IMAGE_MANIFEST;

/// The content of the config and the layer of a referrer, and its digest.
pub(super) const EMPTY: &[u8] = b"{}";
const EMPTY_DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
/// The most referrers that are remembered, so that they can be pulled.
const REMEMBERED: usize = 20_000;

/// The referrers that were listed.
#[derive(Debug, Default)]
pub(super) struct Made(Mutex<HashMap<String, Manifest>>);

impl Made {
    /// A referrer of the subject.
    pub fn referrer(&self, subject: &Manifest, number: usize) -> Manifest {
        let (media_type, size) = (subject.content_type.as_deref().unwrap_or(IMAGE_MANIFEST), subject.bytes.len());
        let empty =
            serde_json::json!({"mediaType": "application/vnd.oci.empty.v1+json", "digest": EMPTY_DIGEST, "size": 2});
        let document = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": IMAGE_MANIFEST,
            "artifactType": "application/vnd.example.referrer.v1",
            "config": empty,
            "layers": [empty],
            "subject": {"mediaType": media_type, "digest": subject.digest, "size": size},
            "annotations": {"com.example.number": number.to_string()},
        });
        let manifest = Manifest::new(document.to_string().into(), IMAGE_MANIFEST);
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() < REMEMBERED {
            made.insert(manifest.digest.clone(), manifest.clone());
        }
        manifest
    }

    /// The referrer with this digest, if it was listed.
    pub fn manifest(&self, digest: &str) -> Option<Manifest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }
}

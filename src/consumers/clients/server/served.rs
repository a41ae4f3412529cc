//! What all hosts of a case share: its content, the registry behind it, what arrived, and where the hosts are.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::access::Access;
use super::content::Content;
use super::failures::Failures;
use super::log::Log;
use super::made::Made;
use super::names::Names;
use super::other::Others;
use super::reply::Reply;
use super::wire::Request;
use crate::exchange::client::Answers;
use crate::exchange::{Exchange, NeedKind, State, Step};
use crate::registry::{Profile, Registry};

/// The origins of the hosts, such as `http://127.0.0.1:5000`.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    pub registry: String,
    /// Another address.
    pub foreign: String,
    /// The registry's address, another port.
    pub other_port: String,
}

/// A case that is served.
#[derive(Debug)]
pub(super) struct Served {
    pub exchange: Exchange,
    pub names: Names,
    pub content: Content,
    pub others: Option<Others>,
    pub made: Made,
    pub origins: Origins,
    pub access: Access,
    pub failures: Failures,
    pub log: Log,
    registry: Mutex<Arc<Registry>>,
}

impl Served {
    pub fn new(exchange: &Exchange, names: Names, content: Content, origins: Origins, access: Access) -> Self {
        let registry = Mutex::new(Arc::new(filled(exchange, &names)));
        let others = Others::of(exchange);
        let (failures, log) = (Failures::default(), Log::default());
        let made = Made::default();
        Self { exchange: exchange.clone(), names, content, others, made, origins, access, failures, log, registry }
    }

    pub fn answers(&self) -> &Answers {
        &self.exchange.answers
    }

    /// The blob with this digest, of the case or of a manifest that is served in its place.
    pub fn blob(&self, digest: &str) -> Option<&Bytes> {
        let other = || self.others.as_ref().and_then(|others| others.parts().blob(digest));
        self.content.blob(digest).or_else(other)
    }

    /// Forgets what arrived and what was pushed.
    pub fn reset(&self) {
        *self.registry.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(filled(&self.exchange, &self.names));
        self.access.clear();
        self.failures.clear();
        self.log.clear();
    }

    /// The answer of the embedded registry.
    pub fn ask(&self, request: &Request) -> Reply {
        let registry = Arc::clone(&self.registry.lock().unwrap_or_else(PoisonError::into_inner));
        match request.for_registry() {
            Some(request) => Reply::of_registry(registry.handle(request)),
            None => Reply::error(400, "UNSUPPORTED", "the target is not one of HTTP"),
        }
    }
}

/// A registry that conforms, with as much of the case as it accepts: for mounts, tag lists and referrers.
fn filled(exchange: &Exchange, names: &Names) -> Registry {
    let registry = Registry::new(&Profile::clean());
    let repository = &names.repository;
    let send = |method: &str, target: &str, content_type: Option<&str>, body: &Bytes| {
        let mut built = http::Request::builder().method(method).uri(target);
        if let Some(content_type) = content_type {
            built = built.header("Content-Type", content_type);
        }
        // What it refuses is served all the same, by `content`.
        if let Ok(request) = built.body(body.clone()) {
            registry.handle(request);
        }
    };
    for step in &exchange.steps {
        match step {
            Step::Need(i) if exchange.needs[*i].state == State::Present => {
                let need = &exchange.needs[*i];
                let digest = &need.digest;
                match need.kind {
                    NeedKind::Blob => {
                        let target = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
                        send("POST", &target, None, &need.bytes);
                    }
                    NeedKind::Manifest(media_type) => {
                        let target = format!("/v2/{repository}/manifests/{digest}");
                        send("PUT", &target, Some(media_type), &need.bytes);
                    }
                }
            }
            Step::Need(_) | Step::Put(_) => {}
            Step::Tested => {
                let target = format!("/v2/{repository}/manifests/{}", names.tag);
                send("PUT", &target, exchange.tested.content_type.as_deref(), exchange.tested.body.bytes());
            }
        }
    }
    registry
}

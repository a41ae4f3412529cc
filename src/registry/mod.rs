//! The embedded registry: a function from request to response, without randomness, sockets or the system clock. Its
//! own clock only moves when it is advanced.
//!
//! The profile `clean` conforms to distribution-spec 1.1.1; each quirk is one deviation from it. This is an independent
//! reading of the specifications: it must not use `model`, or one misreading would hide in both. May import `exchange`
//! and `json`; imported by `transport` and the command line.

mod answer;
mod blobs;
mod conditions;
mod digest;
mod document;
mod lists;
mod manifests;
mod present;
mod profile;
mod pushed;
mod quirk;
mod request;
mod route;
#[cfg(feature = "live")]
pub mod serve;
mod storage;
#[cfg(test)]
mod tests;
mod uploads;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};

use answer::{Refusal, Response, answer};
pub use profile::{Change, Profile, profile, profiles};
use pushed::{ManifestKind, Pushed};
use quirk::{Act, Waived};
pub use quirk::{Params, Planted, Quirk, Shows, quirk, quirks};
use request::ParsedRequest;
use route::Endpoint;
use storage::{Storage, StoredRepository};

/// Response extension: do not send this response, close the connection instead.
#[derive(Clone, Copy, Debug)]
pub struct Dropped;

/// Whether to close the connection instead of sending this response.
pub fn is_dropped(response: &http::Response<Bytes>) -> bool {
    response.extensions().get::<Dropped>().is_some()
}

/// An in-memory registry that behaves as its profile describes.
///
/// ```
/// use bytes::Bytes;
/// use http::Request;
/// use manifuzz::exchange::sha256;
/// use manifuzz::registry::{Profile, Registry};
///
/// let registry = Registry::new(&Profile::clean());
/// let response = registry.handle(Request::get("/v2/").body(Bytes::new())?);
/// assert_eq!(response.status(), 200);
///
/// // Upload a blob in a single request.
/// let blob = Bytes::from_static(b"hello");
/// let uri = format!("/v2/demo/blobs/uploads/?digest={}", sha256(&blob));
/// let response = registry.handle(Request::post(uri).body(blob)?);
/// assert_eq!(response.status(), 201);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct Registry {
    planted: Vec<Planted>,
    waived: Waived,
    storage: Mutex<Storage>,
    clock: Mutex<Duration>,
}

impl Registry {
    /// Creates an empty registry with the quirks of `profile`.
    pub fn new(profile: &Profile) -> Self {
        let planted = profile.quirks.clone();
        let waived = Waived::of(&planted);
        Self { planted, waived, storage: Mutex::default(), clock: Mutex::default() }
    }

    /// Advances the registry's clock, the only one that time-dependent quirks use: runs stay reproducible.
    pub fn advance(&self, time: Duration) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    /// Answers one request. The path is not normalised; the response to HEAD has the headers of the response to GET and
    /// no body. Check [`is_dropped`] before sending the response.
    pub fn handle(&self, request: Request<Bytes>) -> http::Response<Bytes> {
        let (parts, body) = request.into_parts();
        let (name, endpoint) = route::route(parts.uri.path());
        let is_push = parts.method == Method::PUT && matches!(endpoint, Endpoint::Manifest(_));
        let request = ParsedRequest {
            method: &parts.method,
            name,
            endpoint,
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
            body: &body,
            now: *self.clock.lock().unwrap_or_else(PoisonError::into_inner),
            pushed: (is_push && body.len() <= document::LIMIT).then(|| Pushed::read(&parts.headers, &body)),
        };
        let mut response = self.answer_to(&request);
        if parts.method == Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        response
    }

    fn answer_to(&self, request: &ParsedRequest<'_>) -> Response {
        // Recovering from a poisoned lock is safe: every write is complete in itself.
        let mut storage = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
        let mut response = self
            .refusal(request, &mut storage)
            .unwrap_or_else(|| dispatch(request, &mut storage, &self.waived).unwrap_or_else(Refusal::answer));
        conditions::apply(request, &mut response);
        let empty = StoredRepository::default();
        let repository = storage.repositories.get(request.name).unwrap_or(&empty);
        for planted in &self.planted {
            if let Act::Alter(alter) = planted.quirk.act {
                alter(request, repository, &mut response, &planted.params);
            }
        }
        // Only quirks depend on what was read.
        if !self.planted.is_empty()
            && let Some(repository) = storage.repositories.get_mut(request.name)
        {
            repository.note_read(request.pulled_reference(), quirk::caches::question(request));
        }
        response
    }

    /// The response of the first quirk that refuses the request.
    fn refusal(&self, request: &ParsedRequest<'_>, storage: &mut Storage) -> Option<Response> {
        let empty = StoredRepository::default();
        for planted in &self.planted {
            let (Act::Refuse { when, with } | Act::RefuseButStore { when, with }) = planted.quirk.act else { continue };
            if !when(request, storage.repositories.get(request.name).unwrap_or(&empty)) {
                continue;
            }
            if matches!(planted.quirk.act, Act::RefuseButStore { .. })
                && let Some(pushed) = &request.pushed
                && let Some(root) = pushed.object()
            {
                let kind = pushed.kind().unwrap_or(ManifestKind::Image);
                manifests::store_refused(request, storage, &self.waived, kind, root);
            }
            return Some(with.answer(&planted.params));
        }
        None
    }
}

fn dispatch(request: &ParsedRequest<'_>, storage: &mut Storage, waived: &Waived) -> Result<Response, Refusal> {
    match request.endpoint {
        Endpoint::Support if matches!(*request.method, Method::GET | Method::HEAD) => {
            Ok(answer(200, &[("content-type", "application/json")], Bytes::from_static(b"{}")))
        }
        Endpoint::Support => Err(Refusal::method()),
        Endpoint::Blob(digest) => blobs::answer_to(request, digest, storage, waived),
        Endpoint::Uploads => uploads::begin(request, storage, waived),
        Endpoint::Upload(session) => uploads::answer_to(request, session, storage, waived),
        Endpoint::Manifest(reference) => manifests::answer_to(request, reference, storage, waived),
        Endpoint::Tags => lists::tags(request, storage),
        Endpoint::Referrers(digest) => lists::referrers(request, digest, storage),
        // A repository with an invalid name cannot exist, and a pull from a missing repository is a 404.
        Endpoint::BadName => Err(Refusal::new(404, "NAME_INVALID", "invalid repository name").about(request.name)),
        Endpoint::Unknown => Err(Refusal::new(404, "UNSUPPORTED", "there is no such endpoint")),
    }
}

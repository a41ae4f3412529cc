//! The embedded registry: a function from request to response, without randomness, sockets or the system's clock. Its own
//! clock stands still until it is advanced.
//!
//! The profile `clean` keeps distribution-spec 1.1.1; a quirk is one documented departure from it. What this module
//! takes for right is its own reading of the specifications: it never asks `spec`, or both would be wrong together.
//! May import exchange and json; `target` and the command line import it.

mod answer;
mod blobs;
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
pub use quirk::{Params, Planted, Quirk, Shows, quirks};
use request::Asked;
use route::Endpoint;
use storage::{Repository, Storage};

/// In the extensions of a response that is not to be sent: the connection is closed instead.
#[derive(Clone, Copy, Debug)]
pub struct Dropped;

/// Whether the connection is to be closed in place of this answer.
pub fn is_dropped(response: &http::Response<Bytes>) -> bool {
    response.extensions().get::<Dropped>().is_some()
}

/// A registry that is empty at first and behaves as its profile says.
#[derive(Debug)]
pub struct Registry {
    planted: Vec<Planted>,
    waived: Waived,
    storage: Mutex<Storage>,
    clock: Mutex<Duration>,
}

impl Registry {
    /// An empty registry with the quirks of `profile`.
    pub fn new(profile: &Profile) -> Self {
        let planted = profile.quirks.clone();
        let waived = Waived::of(&planted);
        Self { planted, waived, storage: Mutex::default(), clock: Mutex::default() }
    }

    /// Lets time pass for the registry. Quirks that depend on time go by this clock alone, so that a run depends on no other.
    pub fn advance(&self, time: Duration) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    /// Answers one request. The path is taken as it stands in the URI; the answer to HEAD has the headers of the
    /// answer to GET and no body. Look at [`is_dropped`] before sending the answer.
    pub fn handle(&self, request: Request<Bytes>) -> http::Response<Bytes> {
        let (parts, body) = request.into_parts();
        let (name, place) = route::route(parts.uri.path());
        let is_push = parts.method == Method::PUT && matches!(place, Endpoint::Manifest(_));
        let asked = Asked {
            method: &parts.method,
            name,
            place,
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
            body: &body,
            now: *self.clock.lock().unwrap_or_else(PoisonError::into_inner),
            pushed: (is_push && body.len() <= document::LIMIT).then(|| Pushed::read(&parts.headers, &body)),
        };
        let mut response = self.answer_to(&asked);
        if parts.method == Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        response
    }

    fn answer_to(&self, asked: &Asked<'_>) -> Response {
        // A holder that panicked left whole entries behind: nothing is stored in two steps.
        let mut storage = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
        let mut response = self
            .refusal(asked, &mut storage)
            .unwrap_or_else(|| dispatch(asked, &mut storage, &self.waived).unwrap_or_else(Refusal::answer));
        let empty = Repository::default();
        let repository = storage.repositories.get(asked.name).unwrap_or(&empty);
        for planted in &self.planted {
            if let Act::Alter(alter) = planted.quirk.act {
                alter(asked, repository, &mut response, &planted.params);
            }
        }
        response
    }

    /// The answer of the first quirk that refuses the request.
    fn refusal(&self, asked: &Asked<'_>, storage: &mut Storage) -> Option<Response> {
        for planted in &self.planted {
            let (Act::Refuse { when, with } | Act::RefuseButStore { when, with }) = planted.quirk.act else { continue };
            let empty = Repository::default();
            if !when(asked, storage.repositories.get(asked.name).unwrap_or(&empty)) {
                continue;
            }
            if matches!(planted.quirk.act, Act::RefuseButStore { .. })
                && let Some(pushed) = &asked.pushed
                && let Some(root) = pushed.object()
            {
                let kind = pushed.kind().unwrap_or(ManifestKind::Image);
                manifests::store_refused(asked, storage, &self.waived, kind, root);
            }
            return Some(with.answer(&planted.params));
        }
        None
    }
}

fn dispatch(asked: &Asked<'_>, storage: &mut Storage, waived: &Waived) -> Result<Response, Refusal> {
    match asked.place {
        Endpoint::Support if matches!(*asked.method, Method::GET | Method::HEAD) => {
            Ok(answer(200, &[("content-type", "application/json")], Bytes::from_static(b"{}")))
        }
        Endpoint::Support => Err(Refusal::method()),
        Endpoint::Blob(digest) => blobs::answer_to(asked, digest, storage),
        Endpoint::Uploads => uploads::begin(asked, storage),
        Endpoint::Upload(session) => uploads::answer_to(asked, session, storage),
        Endpoint::Manifest(reference) => manifests::answer_to(asked, reference, storage, waived),
        Endpoint::Tags => lists::tags(asked, storage),
        Endpoint::Referrers(digest) => lists::referrers(asked, digest, storage),
        // Nothing can be in such a repository, and pulling from one that is not there is answered with 404.
        Endpoint::BadName => Err(Refusal::new(404, "NAME_INVALID", "invalid repository name").about(asked.name)),
        Endpoint::Nowhere => Err(Refusal::new(404, "UNSUPPORTED", "there is no such endpoint")),
    }
}

//! Plain data shared by the stages: what is sent, what the target holds, what it answered.
//!
//! Every stage after rendering works on these types. They do not contain shapes, so the model cannot see them.

mod ask;
mod budget;
mod capabilities;
mod digest;
mod follow_up;
mod observation;
mod planned;
mod put;
mod questions;
mod requests;
mod stage;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

pub use ask::Ask;
pub use budget::{Budget, Spent};
pub use capabilities::{Capabilities, Capability, Lack};
pub use digest::{case_id, digest_of, is_digest, sha256, sha512, short_sha256};
pub use follow_up::{follow_up, unknown_digest};
pub use observation::{Answer, NotFollowed, Observation, Probe, Reply, Unfollowable};
pub use planned::{LOCATION, Planned, PlannedRequest, REPOSITORY, TAG, requests_of};
pub use put::{Body, Put, Reference, TagForm, Transfer};
pub use questions::{Question, Questions};
pub use requests::{Requests, RequestsByPurpose};
pub use stage::{By, Depth, Stage};

/// `application/vnd.oci.image.manifest.v1+json`
pub const IMAGE_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// `application/vnd.oci.image.index.v1+json`
pub const IMAGE_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// `application/vnd.oci.artifact.manifest.v1+json`, from the release candidates of image-spec 1.1.
pub const ARTIFACT_MANIFEST: &str = "application/vnd.oci.artifact.manifest.v1+json";
/// `application/vnd.docker.distribution.manifest.v2+json`
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// `application/vnd.docker.distribution.manifest.list.v2+json`
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// The manifest types listed in `Accept` when reading back.
pub const MANIFEST_TYPES: [&str; 5] = [IMAGE_MANIFEST, IMAGE_INDEX, DOCKER_MANIFEST, DOCKER_LIST, ARTIFACT_MANIFEST];

/// The intended state of content that the document points at, when the tested request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Pushed before.
    Present,
    /// Never pushed by any exchange.
    Absent,
    /// Pushed to another repository only.
    Elsewhere,
}

impl State {
    /// The name in the corpus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// The kind of a need.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NeedKind {
    /// Pushed to the blob endpoints.
    Blob,
    /// Pushed to the manifest endpoint with this `Content-Type`.
    Manifest(&'static str),
}

impl NeedKind {
    /// The endpoint that serves it: the path element before its digest.
    pub fn endpoint(&self) -> &'static str {
        match self {
            Self::Blob => "blobs",
            Self::Manifest(_) => "manifests",
        }
    }
}

/// A blob or manifest that the tested document points at, and whether it should be present.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Need {
    /// The position of its descriptor, named as slots are: `config`, `layers.0`, `subject`.
    pub path: String,
    /// Blob or manifest.
    pub kind: NeedKind,
    /// `sha256:HEX` or `sha512:HEX` of `bytes`, under which it is pushed.
    pub digest: String,
    /// The content; empty if it is too long to be held in memory.
    pub bytes: Bytes,
    /// Its length in bytes.
    pub length: usize,
    /// The intended state.
    pub state: State,
}

impl Need {
    /// The content, if it is held in memory.
    pub fn held(&self) -> Option<&Bytes> {
        Some(&self.bytes).filter(|bytes| bytes.len() == self.length)
    }
}

/// One step of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Push `needs[i]`, unless the target is known to hold it.
    Need(usize),
    /// Push a manifest that is not under test, such as an earlier manifest of the tag.
    Put(Box<Put>),
    /// Send the tested request. If it occurs several times, the last is judged.
    Tested,
}

/// A media type in lower case without its parameters, for comparing header values.
pub fn essence(value: &str) -> String {
    value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase()
}

/// The `Accept` header with which a manifest is read back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Accept {
    /// Every manifest type by name, as a careful client sends.
    Every,
    /// No `Accept` header, which means any type.
    Absent,
    /// Exactly this value.
    Value(String),
}

impl Accept {
    /// Whether it names this type; parameters and case are ignored.
    pub fn names(&self, media_type: &str) -> bool {
        match self {
            Self::Every => MANIFEST_TYPES.contains(&&*essence(media_type)),
            Self::Absent => false,
            Self::Value(value) => value.split(',').any(|range| essence(range) == essence(media_type)),
        }
    }
}

/// A rendered shape: the steps to take, and the tested request with its exact bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exchange {
    /// The id of the case, for the registry's log; empty if it has none. Not part of the fingerprint.
    pub id: String,
    /// The content the document points at, in document order, one need per descriptor. Shared between exchanges.
    pub needs: Vec<Arc<Need>>,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// The request under test.
    pub tested: Put,
    /// The digest in the document's `subject`, if it is a string.
    pub subject: Option<String>,
    /// The `Accept` header used when reading back.
    pub accept: Accept,
    /// The follow-up request, sent if the push was accepted, after reading back.
    pub afterwards: Option<Ask>,
}

impl Exchange {
    /// A push of the given document by a fresh tag.
    pub fn of_document(content_type: Option<String>, body: Bytes, needs: Vec<Need>) -> Self {
        let tested = Put { content_type: content_type.map(Cow::Owned), ..Put::by_tag("", body) };
        let needs = needs.into_iter().map(Arc::new).collect();
        let (id, accept) = (String::new(), Accept::Every);
        Self { id, needs, steps: vec![Step::Tested], tested, subject: None, accept, afterwards: None }
    }

    /// Whether the same body is also pushed before the tested request, with another content type.
    pub fn is_of_two_kinds(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Put(before) if before.digest() == self.tested.digest()))
    }

    /// A digest of everything the target sees except fresh names: the key of the answer cache.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for need in &self.needs {
            hash.update(format!("{}|{:?}|{}|{:?};", need.path, need.kind, need.digest, need.state));
        }
        let put = |hash: &mut Sha256, put: &Put| {
            hash.update(format!("{}|{:?}|{:?}|", put.reference, put.content_type, put.transfer));
            hash.update(format!("{:?}|{};", put.content_encoding, put.digest()));
        };
        for step in &self.steps {
            match step {
                Step::Need(i) => hash.update(format!("need {i};")),
                Step::Put(before) => put(&mut hash, before),
                Step::Tested => hash.update("tested;"),
            }
        }
        put(&mut hash, &self.tested);
        hash.update(format!("{:?}", self.accept));
        if let Some(ask) = self.afterwards {
            hash.update(format!("{ask:?}"));
        }
        hash.finalize().into()
    }
}

/// Whether the target holds some content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// It answered that it stored the content or has it.
    Yes,
    /// It answered that it does not have it.
    No,
    /// It was not asked, or the answer was inconclusive.
    Unknown,
}

/// What the target was observed to hold when the tested request was sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    /// For each of the exchange's needs, in the same order.
    pub needs: Vec<Presence>,
    /// Anything else the document points at.
    pub others: Presence,
}

impl Facts {
    /// Nothing was observed yet.
    pub fn unknown(exchange: &Exchange) -> Self {
        Self { needs: vec![Presence::Unknown; exchange.needs.len()], others: Presence::Unknown }
    }

    /// The intended facts of the exchange, for use without a target.
    pub fn as_meant(exchange: &Exchange) -> Self {
        let held = |need: &Arc<Need>| match need.state {
            State::Present => Presence::Yes,
            State::Absent | State::Elsewhere => Presence::No,
        };
        Self { needs: exchange.needs.iter().map(held).collect(), others: Presence::Unknown }
    }

    /// The first blob of the exchange that the target holds.
    pub fn first_blob<'e>(&self, exchange: &'e Exchange) -> Option<&'e Need> {
        let mut needs = exchange.needs.iter().zip(&self.needs);
        needs.find(|(need, held)| need.kind == NeedKind::Blob && **held == Presence::Yes).map(|(need, _)| &**need)
    }

    /// The facts for judging a document without a registry: everything it points at is assumed present.
    pub fn all_there(exchange: &Exchange) -> Self {
        Self { needs: vec![Presence::Yes; exchange.needs.len()], others: Presence::Yes }
    }
}

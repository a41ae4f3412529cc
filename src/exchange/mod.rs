//! Plain data between the parts: what is sent, what the target holds, what it answered.
//!
//! Decides nothing. Everything after rendering speaks in these types; shapes do not appear here, so that
//! the model cannot see them. Anybody may import it.

mod ask;
mod capabilities;
mod digest;
mod observation;
mod put;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

pub use ask::Ask;
pub use capabilities::{Capabilities, Capability, Lack};
pub use digest::{digest_of, is_digest, sha256, sha512};
pub use observation::{Answer, By, Depth, NotFollowed, Observation, Probe, Reply, Stage, Unfollowable};
pub use put::{Body, Put, Reference, TagForm, Transfer};

/// `application/vnd.oci.image.manifest.v1+json`
pub const IMAGE_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// `application/vnd.oci.image.index.v1+json`
pub const IMAGE_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// `application/vnd.oci.artifact.manifest.v1+json`, which the release candidates of image-spec 1.1 had.
pub const ARTIFACT_MANIFEST: &str = "application/vnd.oci.artifact.manifest.v1+json";
/// `application/vnd.docker.distribution.manifest.v2+json`
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// `application/vnd.docker.distribution.manifest.list.v2+json`
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// Every type of manifest that is asked for by name on reading back.
pub const MANIFEST_TYPES: [&str; 5] = [IMAGE_MANIFEST, IMAGE_INDEX, DOCKER_MANIFEST, DOCKER_LIST, ARTIFACT_MANIFEST];

/// Whether a thing that the document points at is there when the tested request goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Pushed before.
    Present,
    /// Never pushed by any exchange.
    Absent,
    /// Pushed, but to another repository only.
    Elsewhere,
}

impl State {
    /// As the corpus writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// What kind of thing a need is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NeedKind {
    /// Pushed to the blob endpoints.
    Blob,
    /// Pushed to the manifest endpoint with this `Content-Type`.
    Manifest(&'static str),
}

impl NeedKind {
    /// The endpoint that holds it: the part of the path before its digest.
    pub fn endpoint(&self) -> &'static str {
        match self {
            Self::Blob => "blobs",
            Self::Manifest(_) => "manifests",
        }
    }
}

/// A blob or manifest that the tested document points at, and whether it is to be there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Need {
    /// Where the document points at it, as slots name it: `config`, `layers.0`, `subject`.
    pub path: String,
    /// Blob or manifest.
    pub kind: NeedKind,
    /// `sha256:HEX` of `bytes`.
    pub digest: String,
    /// The content; empty where it is too long to be held.
    pub bytes: Bytes,
    /// How long it is, in bytes.
    pub length: usize,
    /// Meant to be there or not.
    pub state: State,
}

impl Need {
    /// The content, where it is held.
    pub fn held(&self) -> Option<&Bytes> {
        Some(&self.bytes).filter(|bytes| bytes.len() == self.length)
    }
}

/// One step of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Push `needs[i]`, unless the target is known to hold it.
    Need(usize),
    /// Push a manifest that is not under test, such as what the tag points at before.
    Put(Box<Put>),
    /// Send the tested request, the same one each time it occurs; the last occurrence is judged.
    Tested,
}

/// A media type without its parameters, in lower case: what two values of a header are compared by.
pub fn essence(value: &str) -> String {
    value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase()
}

/// The `Accept` header with which a manifest is read back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Accept {
    /// Every kind of manifest by name: what a careful client sends.
    Every,
    /// No such header, which stands for any type.
    Absent,
    /// Exactly this value.
    Value(String),
}

impl Accept {
    /// Whether it names this type; parameters and case do not count.
    pub fn names(&self, media_type: &str) -> bool {
        match self {
            Self::Every => MANIFEST_TYPES.contains(&&*essence(media_type)),
            Self::Absent => false,
            Self::Value(value) => value.split(',').any(|range| essence(range) == essence(media_type)),
        }
    }
}

/// A shape rendered: the steps to take, and the tested request with its exact bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exchange {
    /// What the document points at, in document order, a thing once for each place. Most exchanges share theirs.
    pub needs: Vec<Arc<Need>>,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// The request under test.
    pub tested: Put,
    /// `sha256:HEX` digest in the document's `subject`, where there is one that reads as a text.
    pub subject: Option<String>,
    /// What is accepted on reading back.
    pub accept: Accept,
    /// What is asked once the push was accepted and read back.
    pub afterwards: Option<Ask>,
}

impl Exchange {
    /// A push of this document by a fresh tag, with what is known of what it points at.
    pub fn of_document(content_type: Option<String>, body: Bytes, needs: Vec<Need>) -> Self {
        let tested = Put { content_type: content_type.map(Cow::Owned), ..Put::by_tag("", body) };
        let needs = needs.into_iter().map(Arc::new).collect();
        Self { needs, steps: vec![Step::Tested], tested, subject: None, accept: Accept::Every, afterwards: None }
    }

    /// Whether the same body is pushed as another kind before.
    pub fn is_of_two_kinds(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Put(before) if before.digest() == self.tested.digest()))
    }

    /// A digest over everything that the target sees, fresh names left out: what answers are cached by.
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
        // Left out where nothing is asked.
        if let Some(ask) = self.afterwards {
            hash.update(format!("{ask:?}"));
        }
        hash.finalize().into()
    }
}

/// Whether the target holds a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// It answered that it stored the thing, or that it has it.
    Yes,
    /// It answered that it does not have it.
    No,
    /// It was not asked, or its answer says neither.
    Unknown,
}

/// What the target was observed to hold when the tested request was sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    /// For each of the exchange's needs, in the same order.
    pub needs: Vec<Presence>,
    /// Whatever else the document points at.
    pub others: Presence,
}

impl Facts {
    /// The facts that the exchange means to have: what is taken where there is no target.
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

    /// The facts that a document found in the wild is judged by: all that it points at is taken to be there.
    pub fn all_there(exchange: &Exchange) -> Self {
        Self { needs: vec![Presence::Yes; exchange.needs.len()], others: Presence::Yes }
    }
}

//! Plain data shared by the stages: what is sent, what the target holds, what it answered.
//!
//! Every stage after rendering works on these types. They do not contain shapes, so the model cannot see them.

mod accept;
mod ask;
mod budget;
mod buffer_digest;
mod capabilities;
mod capability;
pub mod client;
mod digest;
mod follow_up;
mod follow_up_scripts;
mod links;
mod media_types;
mod observation;
mod placeholders;
mod planned;
mod put;
mod questions;
mod requests;
pub mod roles;
mod script;
mod stage;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

pub use accept::{Accept, accept_at};
pub use ask::Ask;
pub use budget::{Budget, Spent};
pub use buffer_digest::buffer_sha256;
pub use capabilities::{Capabilities, Lack};
pub use capability::Capability;
pub use digest::{HashingReader, case_id, digest_of, is_digest, sha256, sha512, short_sha256, unknown_digest};
pub use follow_up::{follow_up, pushed};
pub use follow_up_scripts::{FollowUp, HeldBlob, NAMESPACE, Pushed};
pub use links::{is_next, next_link};
pub use media_types::{
    ARTIFACT_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST, MANIFEST_TYPES, essence,
};
pub use observation::{Answer, NotFollowed, Observation, Probe, Reply, Unfollowable};
pub use placeholders::{LOCATION, REPOSITORY, TAG};
pub use planned::{Planned, PlannedRequest, requests_of};
pub use put::{Body, Put, Reference, TagForm, Transfer};
pub use questions::{Question, Questions};
pub use requests::{Requests, RequestsByPurpose};
pub use script::{Address, Role, Script, ScriptedRequest, Value, When};
pub use stage::{By, Depth, Stage};

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
    /// The script of a case that uploads a blob rather than pushing a manifest. `tested` then says which content under which digest,
    /// and is not sent.
    pub upload: Option<Arc<Script>>,
    /// How the registry answers a client under test. Registries under test are not affected.
    pub answers: client::Answers,
}

impl Exchange {
    /// Whether it should be fired in a repository that no other case uses: it changes more than its own tag, or what the
    /// repository holds already would answer in place of an upload that failed.
    pub fn needs_fresh_repository(&self) -> bool {
        self.upload.is_some() || self.afterwards.is_some_and(|ask| ask.changes())
    }

    /// A push of the given document by a fresh tag.
    pub fn of_document(content_type: Option<String>, body: Bytes, needs: Vec<Need>) -> Self {
        let tested = Put { content_type: content_type.map(Cow::Owned), ..Put::by_tag("", body) };
        let needs = needs.into_iter().map(Arc::new).collect();
        let (id, accept) = (String::new(), Accept::Every);
        Self {
            id,
            needs,
            steps: vec![Step::Tested],
            tested,
            subject: None,
            accept,
            afterwards: None,
            upload: None,
            answers: client::Answers::default(),
        }
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
        if !self.answers.are_right() {
            hash.update(format!("{:?}", self.answers));
        }
        if let Some(script) = &self.upload {
            script.iter().for_each(|request| request.add_to(&mut hash));
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

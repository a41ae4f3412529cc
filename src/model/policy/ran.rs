//! The input and output of rules on runs of client programs.

use crate::exchange::client::{Arrived, At, Body, Length, Operation, ProgramRun};
use crate::exchange::{Need, NeedKind, is_digest};
use crate::model::document::content::Content;

/// The input of rules on runs.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a, 'e> {
    /// The case: the document, and how the registry answered.
    pub content: &'a Content<'e>,
    /// What was seen of the program.
    pub run: &'a ProgramRun,
}

/// One way in which a run breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFlaw {
    /// A description.
    pub message: String,
}

impl Ran<'_, '_> {
    /// Whether the program did one of these operations and says that it succeeded.
    pub fn stored(&self, of: fn(Operation) -> bool) -> bool {
        of(self.run.operation) && self.run.is_stored()
    }

    /// The requests to the registry with this method whose path has this part, in order.
    pub fn asked<'s>(&'s self, method: &'s str, part: &'s str) -> impl Iterator<Item = &'s Arrived> {
        let arrived = self.run.arrived.iter();
        arrived.filter(move |one| one.at == At::Registry && one.method == method && one.target.contains(part))
    }

    /// The digests by which manifests were fetched and served.
    pub fn fetched_manifests(&self) -> impl Iterator<Item = &str> {
        let fetched = self.asked("GET", "/manifests/").filter(|one| one.is_of_case && one.status == 200);
        fetched.map(|one| reference_of(&one.target)).filter(|reference| is_digest(reference))
    }

    /// Whether the case's manifest was fetched and served, by tag or digest.
    pub fn was_served_the_manifest(&self) -> bool {
        let (own, subject) = (self.content.exchange.tested.digest(), self.content.exchange.subject.as_deref());
        let of_needs = |reference: &str| self.content.exchange.needs.iter().any(|need| need.digest == reference);
        self.asked("GET", "/manifests/").filter(|one| one.is_of_case && one.status == 200).any(|one| {
            let reference = reference_of(&one.target);
            reference == own || !(of_needs(reference) || Some(reference) == subject || is_digest(reference))
        })
    }

    /// The blobs of the case that a GET was answered with, by the registry or by the host that it redirects to.
    pub fn fetched_blobs(&self) -> impl Iterator<Item = &Need> {
        let blobs = self.content.exchange.needs.iter().filter(|need| need.kind == NeedKind::Blob);
        blobs.map(|need| &**need).filter(|need| {
            let fetches = |one: &&Arrived| {
                one.is_of_case && one.method == "GET" && one.status == 200 && one.target.contains(&need.digest)
            };
            self.run.arrived.iter().any(|one| fetches(&one) && matches!(one.at, At::Registry | At::Foreign))
        })
    }

    /// A flaw.
    pub(in crate::model) fn flaw(message: impl Into<String>) -> RunFlaw {
        RunFlaw { message: message.into() }
    }
}

/// What a request for a manifest names: the last element of its path.
pub(in crate::model) fn reference_of(target: &str) -> &str {
    let path = target.split(['?', '#']).next().unwrap_or(target);
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a client reads other bytes than the content has.
pub(in crate::model) fn is_wrong(body: Body, length: Length) -> bool {
    matches!(body, Body::Other | Body::Truncated | Body::Longer) || length == Length::Smaller
}

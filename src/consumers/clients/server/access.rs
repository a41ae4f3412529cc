//! Who may ask the registry: challenges, tokens, and when they end.
//!
//! Without a challenge most clients send no credentials, so nothing could leak. The rule, by place: a case with a realm asks for a
//! token of that realm; one with a token that ends in a pull, for one of ours; one that leads to another host (by redirect,
//! `Location`, `Link` or `urls`) asks for user and password; every other case asks for nothing.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::log::{Log, has_password, token_of};
use super::place::Place;
use super::reply::Reply;
use super::wire::Request;
use crate::exchange::client::{Answers, Link, Location, Realm, Redirect, Status};

/// The service in challenges.
const SERVICE: &str = "manifuzz";
/// The challenge for user and password.
const BASIC: &str = "Basic realm=\"manifuzz\"";

/// What the registry asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    Nothing,
    Password,
    /// A token of the service at this URL.
    Token(String),
}

/// Whether a case leads to another host without a realm.
pub(super) fn leads_elsewhere(answers: &Answers, has_urls: bool) -> bool {
    matches!(answers.redirect, Redirect::OtherHost | Redirect::OtherPort)
        || matches!(answers.location, Location::OtherHost | Location::Redirected)
        || [answers.tag_link, answers.referrers_link].contains(&Link::OtherHost)
        || has_urls
}

/// Whether a case asks for a token.
pub(super) fn asks_for_token(answers: &Answers) -> bool {
    answers.realm != Realm::None || answers.status == Status::UnauthorizedInPull
}

/// The access to the registry.
#[derive(Debug)]
pub(super) struct Access {
    demand: Demand,
    /// Whether tokens end at the first GET of a blob.
    ends: bool,
    has_ended: AtomicBool,
    /// Tokens up to this number have ended.
    ended: AtomicUsize,
}

impl Access {
    pub fn new(demand: Demand, status: Status) -> Self {
        let ends = status == Status::UnauthorizedInPull;
        Self { demand, ends, has_ended: AtomicBool::new(false), ended: AtomicUsize::new(0) }
    }

    /// Starts again.
    pub fn clear(&self) {
        self.has_ended.store(false, Ordering::SeqCst);
        self.ended.store(0, Ordering::SeqCst);
    }

    /// The challenge that a request gets instead of its answer.
    pub fn challenge(&self, request: &Request, place: &Place, log: &Log) -> Option<Reply> {
        match &self.demand {
            Demand::Nothing => None,
            Demand::Password if has_password(request) => None,
            Demand::Password => Some(password_needed()),
            Demand::Token(realm) => {
                let is_blob = request.is_get() && matches!(place, Place::Blob(..));
                let number = token_of(request);
                if self.ends && is_blob && number.is_some() && !self.has_ended.swap(true, Ordering::SeqCst) {
                    self.ended.store(log.tokens(), Ordering::SeqCst);
                }
                let is_valid = number.is_some_and(|number| number > self.ended.load(Ordering::SeqCst));
                (!is_valid).then(|| token_needed(realm, place, number.is_some()))
            }
        }
    }
}

/// The challenge for user and password.
pub(super) fn password_needed() -> Reply {
    let mut reply = Reply::error(401, "UNAUTHORIZED", "authentication required");
    reply.set("WWW-Authenticate", Some(BASIC));
    reply
}

fn token_needed(realm: &str, place: &Place, had_one: bool) -> Reply {
    let scope = place.repository().map(|name| format!(",scope=\"repository:{name}:pull,push\"")).unwrap_or_default();
    let error = if had_one { ",error=\"invalid_token\"" } else { "" };
    let mut reply = Reply::error(401, "UNAUTHORIZED", "authentication required");
    reply.set("WWW-Authenticate", Some(&format!("Bearer realm=\"{realm}\",service=\"{SERVICE}\"{scope}{error}")));
    reply
}

/// The answer of a token service, to anyone.
pub(super) fn token(log: &Log) -> Reply {
    let (_, token) = log.token();
    let body = serde_json::json!({"token": token, "access_token": token, "expires_in": 300}).to_string();
    Reply::new(200, &[("Content-Type", "application/json")], body)
}

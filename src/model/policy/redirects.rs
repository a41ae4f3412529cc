//! Redirects that were not followed.
//!
//! Since the main branch of distribution-spec, a registry may answer any request with a redirect, and the statuses that it
//! defines are those after redirects were followed. One that was not followed says nothing about these.

use std::borrow::Cow;

use crate::exchange::{Answer, Observation};
use crate::model::versions::{FROM_DEV, Versions};

/// The observation without answers that redirect, if these versions allow a redirect in answer to any request.
pub fn without_redirects(observation: &Observation, versions: Versions) -> Cow<'_, Observation> {
    let allows_any = FROM_DEV.holds(versions.distribution);
    if !allows_any || !observation.answers().any(|(_, answer)| is_redirect(answer)) {
        return Cow::Borrowed(observation);
    }
    let mut rest = observation.clone();
    rest.replies.retain(|(_, reply)| !reply.answer().is_some_and(is_redirect));
    Cow::Owned(rest)
}

/// Whether an answer sends the client elsewhere with the same request (RFC 9110, section 15.4).
fn is_redirect(answer: &Answer) -> bool {
    matches!(answer.status, 301 | 302 | 303 | 307 | 308) && answer.headers.contains_key(http::header::LOCATION)
}

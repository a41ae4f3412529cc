//! Rules on client programs, by what they are about. What a client does is seen in runs of it: see
//! [`Ran`](crate::model::Ran).

mod credentials;
mod lists;
mod safety;
mod types;
mod verification;

use crate::model::rule::ClientRule;

/// The rules, by file.
pub(in crate::model) const PAGES: [&[ClientRule]; 5] =
    [types::RULES, verification::RULES, credentials::RULES, lists::RULES, safety::RULES];

//! The judgement for a party: a registry, or a client program.

use crate::exchange::{Exchange, Facts};
use crate::model::document::content::Content;
use crate::model::policy::judge::decide;
use crate::model::policy::judgement::{Judgement, Party};
use crate::model::policy::runs::decide_client;
use crate::model::versions::Versions;

/// Judges the tested request: what `party` may do with it, given what it held.
///
/// Pure: the same arguments give the same judgement, without I/O.
///
/// ```
/// use manifuzz::exchange::{Exchange, Facts, IMAGE_INDEX};
/// use manifuzz::model::{Expect, Party, Versions, judge};
///
/// let document = br#"{"schemaVersion": 1, "manifests": []}"#;
/// let exchange = Exchange::of_document(Some(IMAGE_INDEX.to_owned()), document[..].into(), Vec::new());
/// let judgement = judge(&exchange, &Facts::all_there(&exchange), Party::Registry, Versions::V1_1);
///
/// // The author broke a MUST, but no sentence requires a registry to refuse the index.
/// assert_eq!(judgement.expect, Expect::Unspecified);
/// assert_eq!(judgement.rules[0].id, "index-schema-version-is-2");
/// assert_eq!(judgement.breaches[0].place, "/schemaVersion");
/// ```
pub fn judge(exchange: &Exchange, facts: &Facts, party: Party, versions: Versions) -> Judgement {
    let content = Content::new(exchange, facts, versions);
    match party {
        Party::Registry => decide(&content),
        Party::Client => decide_client(&content),
    }
}

//! The judgement on a document that was found rather than pushed: Docker's rules count, too.

use crate::model::document::content::Content;
use crate::model::policy::judge::{breaches_of, decide};
use crate::model::policy::judgement::Judgement;
use crate::model::rules::pages::docker_rules;

/// Judges a found document: as [`decide`], and a Docker manifest or list by Docker's rules. These add breaches; what is
/// expected of a registry does not depend on them.
pub fn decide_found(content: &Content<'_>) -> Judgement {
    let mut judgement = decide(content);
    let docker = docker_rules().map(|rule| (rule.check, &rule.info));
    judgement.breaches.extend(docker.flat_map(|(check, rule)| breaches_of(rule, check, content)));
    judgement
}

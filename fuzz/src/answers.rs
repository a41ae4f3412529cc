//! What steers the fuzzer: the ways in which a target answers, as hashes.
//!
//! An input is interesting if the target answered it as it answered none before. Values that differ between any two answers,
//! such as digests and dates, are left out.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use manifuzz::compare::Finding;
use manifuzz::exchange::{Observation, Reply};
use manifuzz::model::code_of;

/// Appends a hash for each reply (its stage, status, first error code and set of header names), and one for all of them together.
pub fn add_replies(observation: &Observation, features: &mut Vec<u64>) {
    let mut all = DefaultHasher::new();
    for (probe, reply) in &observation.replies {
        let mut one = DefaultHasher::new();
        probe.stage().hash(&mut one);
        match reply {
            Reply::Answer(answer) => {
                answer.status.hash(&mut one);
                code_of(answer).hash(&mut one);
                // A sum, because the order of headers has no meaning.
                let names = answer.headers.keys().map(|name| of(name.as_str()));
                names.fold(0, u64::wrapping_add).hash(&mut one);
            }
            Reply::Dropped(_) => "dropped".hash(&mut one),
            Reply::Hang => "hang".hash(&mut one),
            Reply::NotFollowed(not) => ("not followed", not.answer.status).hash(&mut one),
        }
        let one = one.finish();
        one.hash(&mut all);
        features.push(one);
    }
    features.push(all.finish());
}

/// A hash of what must not change while a finding shrinks: its stage, class, status, error code and duty.
pub fn of_finding(finding: &Finding) -> u64 {
    let mut hasher = DefaultHasher::new();
    ("finding", &finding.symptom).hash(&mut hasher);
    hasher.finish()
}

fn of(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use manifuzz::exchange::Questions;
    use manifuzz::render::render;
    use manifuzz::transport::{Opening, Repository, open};

    use super::*;

    fn features(target: &str, shape: &str) -> Vec<u64> {
        let target = open(target, &Opening { nonce: "answers".to_owned(), ..Opening::default() }).expect("a target");
        let exchange = render(&shape.parse().expect("a shape"));
        let mut features = Vec::new();
        for _ in 0..2 {
            features.clear();
            add_replies(&target.fire(&exchange, Repository::Main, Questions::ALL).expect("an answer"), &mut features);
        }
        features
    }

    #[test]
    fn what_is_answered_alike_has_the_same_features_whatever_was_pushed() {
        let one = features("embedded:clean", "annotations=one");
        assert_eq!(one, features("embedded:clean", "annotations=one"), "tags and digests have no part in it");
        assert_eq!(one, features("embedded:clean", "config.annotations=one"));
    }

    #[test]
    fn status_code_and_headers_are_features() {
        let clean = features("embedded:clean", "base");
        for quirk in ["push-answers-202", "refuses-annotations", "pull-lacks-digest"] {
            assert_ne!(clean, features(&format!("embedded:clean+{quirk}"), "annotations=one"), "{quirk}");
        }
    }
}

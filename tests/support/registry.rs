//! The embedded registry, with planted quirks and a fixed nonce.
#![allow(dead_code, reason = "each test program uses a part")]

use manifuzz::registry::{Params, Profile};
use manifuzz::transport::{Opening, Target, embedded};

/// Options with a fixed nonce, so that the names a target gets are the same in every run.
pub fn opening() -> Opening {
    Opening { nonce: "test".to_owned(), ..Opening::default() }
}

/// The profile `clean` with these quirks, each with its default answers.
pub fn planted(quirks: &[&str]) -> Profile {
    planted_with(quirks, &Params::default())
}

/// The profile `clean` with these quirks, all with these answers.
pub fn planted_with(quirks: &[&str], params: &Params) -> Profile {
    quirks.iter().fold(Profile::clean(), |profile, quirk| profile.plant(quirk, params.clone()).unwrap())
}

/// The embedded registry in process.
pub fn target(profile: &Profile) -> Box<dyn Target> {
    embedded(profile, &opening())
}

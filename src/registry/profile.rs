//! Profiles: which quirks make the registry behave like a documented one. They are data files beside this module.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::quirk::{Params, Planted, quirk};
use crate::error::Input;

const FILES: &[&str] = &[
    include_str!("profiles/clean.json"),
    include_str!("profiles/distribution.json"),
    include_str!("profiles/icr.json"),
    include_str!("profiles/docker-hub.json"),
    include_str!("profiles/quay.json"),
    include_str!("profiles/gcr.json"),
    include_str!("profiles/artifact-registry.json"),
    include_str!("profiles/acr.json"),
    include_str!("profiles/ecr.json"),
    include_str!("profiles/artifactory.json"),
    include_str!("profiles/harbor.json"),
    include_str!("profiles/docker-hub-at-2020.json"),
    include_str!("profiles/quay-at-2023-02-15.json"),
    include_str!("profiles/artifact-registry-at-2020.json"),
    include_str!("profiles/artifactory-at-2016-01.json"),
    include_str!("profiles/ghcr.json"),
    include_str!("profiles/gitlab.json"),
    include_str!("profiles/gitea.json"),
    include_str!("profiles/nexus.json"),
    include_str!("profiles/pulp.json"),
    include_str!("profiles/cloudflare-serverless.json"),
    include_str!("profiles/zot.json"),
];

/// What the registry behaves like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// As `embedded:NAME` has it.
    pub name: String,
    /// The date of the evidence; the version of the embedded target.
    pub date: String,
    /// Where the behaviour is documented.
    pub source: String,
    /// One line on what it stands for.
    pub about: String,
    /// Whether it is a row of the seed table.
    pub seed: bool,
    /// How a flavour has to change to say anything about this registry.
    pub changes: Vec<Change>,
    /// Flavours whose outcome is a guess, each with the reason.
    pub uncertain: BTreeMap<String, String>,
    /// Further words on the outcome of a flavour.
    pub notes: BTreeMap<String, String>,
    /// In the order in which they are asked.
    pub quirks: Vec<Planted>,
}

/// What is taken out of a flavour before it is pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The slot that does not deviate, nor what lives under it.
    pub without: String,
    /// Why.
    pub note: String,
}

/// A profile as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    date: String,
    source: String,
    about: String,
    seed: bool,
    #[serde(default)]
    changes: Vec<Change>,
    #[serde(default)]
    uncertain: BTreeMap<String, String>,
    #[serde(default)]
    notes: BTreeMap<String, String>,
    quirks: Vec<QuirkRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuirkRow {
    quirk: String,
    status: Option<u16>,
    code: Option<String>,
    message: Option<String>,
}

impl Profile {
    /// A registry that keeps distribution-spec 1.1.1, without quirks and under the name `clean`.
    pub fn clean() -> Self {
        profile("clean").unwrap_or_default()
    }

    /// The profile of this name, with the quirks that follow it planted: `clean+refuses-data+lacks-referrers`. Its own
    /// name is the whole text. Fails for a name that there is not.
    pub fn named(text: &str) -> Result<Self, Input> {
        let mut parts = text.split('+');
        let name = parts.next().unwrap_or_default();
        let known = profile(name).ok_or_else(|| {
            let names: Vec<_> = profiles().map(|profile| profile.name).collect();
            let advice = format!("use one of {}", names.join(", "));
            Input::value(format!("the profile `{name}`"), "there is none of this name", advice)
        })?;
        let planted = parts.try_fold(known, |profile, quirk| profile.plant(quirk, Params::default()))?;
        Ok(Self { name: text.to_owned(), ..planted })
    }

    /// The same with one more quirk, asked after those that are there. Fails for a name that no quirk has.
    pub fn plant(mut self, name: &str, params: Params) -> Result<Self, Input> {
        let found = quirk(name).ok_or_else(|| {
            Input::value(format!("quirk `{name}`"), "there is none of this name", "list them with `manifuzz quirks`")
        })?;
        self.quirks.push(Planted { quirk: found, params });
        Ok(self)
    }

    /// Reads a profile's JSON: `name`, `date`, `source`, `about`, `seed`, `quirks`, each an object with `quirk` and what
    /// is to be overridden of `status`, `code` and `message`; and where there are such `changes`, `uncertain`, `notes`.
    pub fn read(source: &str) -> Result<Self, Input> {
        let file: File = serde_json::from_str(source)
            .map_err(|error| Input::value("the profile", error.to_string(), "correct its JSON"))?;
        let File { name, date, source, about, seed, changes, uncertain, notes, quirks } = file;
        let profile = Self { name, date, source, about, seed, changes, uncertain, notes, quirks: Vec::new() };
        quirks.into_iter().try_fold(profile, |profile, QuirkRow { quirk, status, code, message }| {
            profile.plant(&quirk, Params { status, code, message })
        })
    }
}

/// The profiles that come with the registry, `clean` first.
pub fn profiles() -> impl Iterator<Item = Profile> {
    // A file that does not read is left out; a test reads them all.
    FILES.iter().filter_map(|file| Profile::read(file).ok())
}

/// The profile of this name.
pub fn profile(name: &str) -> Option<Profile> {
    profiles().find(|profile| profile.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_reads_and_names_are_unique() {
        let names: Vec<_> = FILES.iter().map(|file| Profile::read(file).map(|profile| profile.name)).collect();
        let names: Vec<_> = names.into_iter().collect::<Result<_, _>>().expect("a profile does not read");
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        assert_eq!(names.first().map(String::as_str), Some("clean"));
        assert_eq!(profiles().filter(|profile| profile.seed).count(), 10, "the rows of the seed table");
        assert!(Profile::clean().quirks.is_empty() && !Profile::clean().seed);
        assert!(!Profile::clean().source.is_empty(), "the file stands behind `clean()`");
    }

    #[test]
    fn every_profile_says_since_when_and_a_variant_is_dated_by_its_name() {
        for profile in profiles() {
            let is_date = profile.date.starts_with("20") && matches!(profile.date.len(), 4 | 7 | 10);
            assert!(is_date && !profile.source.is_empty() && !profile.about.is_empty(), "{profile:?}");
            if let Some((_, date)) = profile.name.split_once('@') {
                assert_eq!(date, profile.date, "{}", profile.name);
            }
        }
    }

    #[test]
    fn quirks_are_planted_by_the_name_of_a_target() {
        let planted = Profile::named("ecr+refuses-data").expect("both are there");
        assert_eq!((planted.name.as_str(), planted.quirks.len()), ("ecr+refuses-data", 10));
        assert!(Profile::named("ecr+none").is_err() && Profile::named("none").is_err());
    }

    #[test]
    fn a_profile_with_an_unknown_quirk_or_without_a_member_is_refused() {
        let whole = r#"{"name":"a","date":"","source":"","about":"","seed":false,"quirks":[{"quirk":"refuses-data"}]}"#;
        assert!(Profile::read(whole).is_ok());
        assert!(Profile::read(&whole.replace("refuses-data", "no-such-quirk")).is_err());
        assert!(Profile::read(&whole.replace("\"seed\":false,", "")).is_err());
    }
}

//! Profiles: which quirks make the registry behave like a documented one. Read from the JSON files in `profiles/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

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

/// A description of a registry's behaviour, as a list of quirks.
///
/// ```
/// use manifuzz::registry::Profile;
///
/// let profile = Profile::named("ecr+refuses-data")?;
/// assert_eq!(profile.quirks.last().map(|planted| planted.quirk.name), Some("refuses-data"));
/// # Ok::<(), manifuzz::error::Input>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// The name, as in `embedded:NAME`.
    pub name: String,
    /// Date of the evidence, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; reported as the version of the embedded target.
    pub date: String,
    /// Where the behaviour is documented.
    pub source: String,
    /// One-line description.
    pub about: String,
    /// Whether it is a row of the seed table (opencontainers/image-spec#1025).
    pub seed: bool,
    /// Changes to make to a flavour before it is pushed to this registry.
    pub changes: Vec<Change>,
    /// Flavours whose outcome is uncertain, each with the reason.
    pub uncertain: BTreeMap<String, String>,
    /// Notes on the outcome of a flavour.
    pub notes: BTreeMap<String, String>,
    /// The quirks, in the order in which they are applied.
    pub quirks: Vec<Planted>,
}

/// A slot to remove from a flavour before it is pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The slot to reset to entry 0, together with the slots under it.
    pub without: String,
    /// The reason.
    pub note: String,
}

/// The JSON format of a profile.
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
    /// The profile `clean`: no quirks, conforms to distribution-spec 1.1.1.
    pub fn clean() -> Self {
        built_in()[0].clone()
    }

    /// Parses the name of a profile, optionally followed by quirks to add: `clean+refuses-data+lacks-referrers`. The
    /// result's name is the whole string.
    ///
    /// # Errors
    ///
    /// If the profile or a quirk is unknown.
    pub fn named(text: &str) -> Result<Self, Input> {
        let mut parts = text.split('+');
        let name = parts.next().unwrap_or_default();
        let known = profile(name).ok_or_else(|| {
            let names: Vec<_> = profiles().map(|profile| profile.name).collect();
            let advice = format!("expected one of {}", names.join(", "));
            Input::value(format!("profile `{name}`"), "not found", advice)
        })?;
        let planted = parts.try_fold(known, |profile, quirk| profile.plant(quirk, Params::default()))?;
        Ok(Self { name: text.to_owned(), ..planted })
    }

    /// Adds a quirk, to be applied after those already planted.
    ///
    /// # Errors
    ///
    /// If no quirk has this name.
    pub fn plant(mut self, name: &str, params: Params) -> Result<Self, Input> {
        let found = quirk(name)
            .ok_or_else(|| Input::value(format!("quirk `{name}`"), "not found", "`manifuzz quirks` lists them"))?;
        self.quirks.push(Planted { quirk: found, params });
        Ok(self)
    }

    /// Parses a profile from JSON. Required members: `name`, `date`, `source`, `about`, `seed` and `quirks`, an array of
    /// objects with `quirk` and, to override the quirk's response, `status`, `code` and `message`. Optional members:
    /// `changes`, `uncertain` and `notes`.
    ///
    /// # Errors
    ///
    /// If the JSON does not match this format or names an unknown quirk.
    pub fn read(source: &str) -> Result<Self, Input> {
        let file: File = serde_json::from_str(source)
            .map_err(|error| Input::value("profile", error.to_string(), "correct its JSON"))?;
        let File { name, date, source, about, seed, changes, uncertain, notes, quirks } = file;
        let profile = Self { name, date, source, about, seed, changes, uncertain, notes, quirks: Vec::new() };
        quirks.into_iter().try_fold(profile, |profile, QuirkRow { quirk, status, code, message }| {
            profile.plant(&quirk, Params { status, code, message })
        })
    }
}

/// The built-in profiles, `clean` first.
pub fn profiles() -> impl Iterator<Item = Profile> {
    built_in().iter().cloned()
}

/// The built-in profiles, parsed once. Panics if a file does not parse; the message includes the file.
fn built_in() -> &'static [Profile] {
    static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        let parsed = FILES.iter().map(|file| Profile::read(file).unwrap_or_else(|error| panic!("{error} in {file}")));
        parsed.collect()
    });
    &PROFILES
}

/// The built-in profile with this name.
pub fn profile(name: &str) -> Option<Profile> {
    built_in().iter().find(|profile| profile.name == name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_parses_and_names_are_unique() {
        let names: Vec<_> = FILES.iter().map(|file| Profile::read(file).map(|profile| profile.name)).collect();
        let names: Vec<_> = names.into_iter().collect::<Result<_, _>>().expect("every profile parses");
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        assert_eq!(names.first().map(String::as_str), Some("clean"));
        assert_eq!(profiles().filter(|profile| profile.seed).count(), 10, "the rows of the seed table");
        assert!(Profile::clean().quirks.is_empty() && !Profile::clean().seed);
        assert!(!Profile::clean().source.is_empty(), "`clean()` comes from its file");
    }

    #[test]
    fn every_profile_is_dated_and_a_variant_has_the_date_in_its_name() {
        for profile in profiles() {
            let is_date = profile.date.starts_with("20") && matches!(profile.date.len(), 4 | 7 | 10);
            assert!(is_date && !profile.source.is_empty() && !profile.about.is_empty(), "{profile:?}");
            if let Some((_, date)) = profile.name.split_once('@') {
                assert_eq!(date, profile.date, "{}", profile.name);
            }
        }
    }

    #[test]
    fn quirks_are_planted_by_name() {
        let planted = Profile::named("ecr+refuses-data").expect("both exist");
        assert_eq!((planted.name.as_str(), planted.quirks.len()), ("ecr+refuses-data", 10));
        assert!(Profile::named("ecr+none").is_err() && Profile::named("none").is_err());
    }

    #[test]
    fn a_profile_with_an_unknown_quirk_or_a_missing_member_is_an_error() {
        let whole = r#"{"name":"a","date":"","source":"","about":"","seed":false,"quirks":[{"quirk":"refuses-data"}]}"#;
        assert!(Profile::read(whole).is_ok());
        assert!(Profile::read(&whole.replace("refuses-data", "no-such-quirk")).is_err());
        assert!(Profile::read(&whole.replace("\"seed\":false,", "")).is_err());
    }
}

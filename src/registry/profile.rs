//! Profiles: which quirks make the registry behave like a documented one. They are data files beside this module.

use serde_json::Value;

use super::quirk::{Params, Planted, quirk};
use crate::error::Input;

const FILES: &[&str] = &[
    include_str!("profiles/clean.json"),
    include_str!("profiles/distribution.json"),
    include_str!("profiles/ecr.json"),
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
    /// In the order in which they are asked.
    pub quirks: Vec<Planted>,
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

    /// Reads a profile's JSON: `name`, `date`, `source`, `about`, `seed`, and `quirks`, each an object with `quirk`
    /// and what is to be overridden of `status`, `code` and `message`.
    pub fn read(source: &str) -> Result<Self, Input> {
        let refused = |why: String| Input::value("the profile", why, "correct its JSON");
        let value: Value = serde_json::from_str(source).map_err(|error| refused(error.to_string()))?;
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        let required = |name: &str| text(&value, name).ok_or_else(|| refused(format!("`{name}` is not a text")));
        let mut profile = Self {
            name: required("name")?,
            date: required("date")?,
            source: required("source")?,
            about: required("about")?,
            seed: value["seed"].as_bool().ok_or_else(|| refused("`seed` is not true or false".to_owned()))?,
            quirks: Vec::new(),
        };
        let quirks = value["quirks"].as_array().ok_or_else(|| refused("`quirks` is not an array".to_owned()))?;
        for row in quirks {
            let name = text(row, "quirk").ok_or_else(|| refused(format!("{row} names no `quirk`")))?;
            let status = row["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            let params = Params { status, code: text(row, "code"), message: text(row, "message") };
            profile = profile.plant(&name, params)?;
        }
        Ok(profile)
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
        assert_eq!(names, ["clean", "distribution", "ecr"]);
        assert!(Profile::clean().quirks.is_empty() && !Profile::clean().seed);
        assert!(!Profile::clean().source.is_empty(), "the file stands behind `clean()`");
    }

    #[test]
    fn a_profile_with_an_unknown_quirk_or_without_a_member_is_refused() {
        let whole = r#"{"name":"a","date":"","source":"","about":"","seed":false,"quirks":[{"quirk":"refuses-data"}]}"#;
        assert!(Profile::read(whole).is_ok());
        assert!(Profile::read(&whole.replace("refuses-data", "no-such-quirk")).is_err());
        assert!(Profile::read(&whole.replace("\"seed\":false,", "")).is_err());
    }
}

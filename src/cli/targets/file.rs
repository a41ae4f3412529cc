//! `targets.toml`: names for targets, how to reach them, and what they refuse on purpose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use wildmatch::WildMatch;

use super::argument::TargetArgument;
use crate::error::Input;
use crate::exchange::{Capabilities, Capability};
use crate::findings::Record;
use crate::model::Class;
use crate::transport::Commands;
use crate::transport::http::credentials::{Credentials, Secret};
use crate::transport::http::{Address, Rate};

/// The targets of a file.
#[derive(Debug, Default)]
pub(super) struct TargetFile {
    /// `None` if none of the usual files exists.
    path: Option<PathBuf>,
    targets: BTreeMap<String, Named>,
}

/// A target with a name.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: String,
    pub address: Address,
    username: Option<String>,
    password_env: Option<String>,
    pub capabilities: Option<Capabilities>,
    pub rate: Option<Rate>,
    pub commands: Commands,
    pub policies: Vec<Policy>,
}

/// What a registry refuses on purpose.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Policy {
    glob: String,
    class: Class,
    reason: String,
    owner: Option<String>,
    until: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    url: String,
    username: Option<String>,
    password_env: Option<String>,
    capabilities: Option<Vec<String>>,
    rate: Option<String>,
    restart: Option<String>,
    reset: Option<String>,
    gc: Option<String>,
    #[serde(default)]
    policy: Vec<PolicyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyEntry {
    shape: String,
    class: String,
    reason: String,
    owner: Option<String>,
    until: Option<toml::Value>,
}

impl TargetFile {
    /// Reads the file of this name, or the first of the usual places that exists.
    pub fn find(named: Option<&Path>) -> Result<Self, Input> {
        let configuration = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
        let configuration = configuration.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")));
        let usual = [Some(PathBuf::from("targets.toml")), configuration.map(|path| path.join("manifuzz/targets.toml"))];
        let path = match named {
            Some(path) => Some(path.to_owned()),
            None => usual.into_iter().flatten().find(|path| path.is_file()),
        };
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(&path)
            .map_err(|cause| Input::file("read", &path, cause, "name a readable file with --targets"))?;
        let targets = parse(&text).map_err(|(what, why)| {
            let what = format!("cannot use {}{what}", path.display());
            Input::value(what, why, "mend the file, or name another with --targets")
        })?;
        Ok(Self { path: Some(path), targets })
    }

    /// The target of this name.
    pub fn named(&self, name: &str) -> Result<&Named, Input> {
        self.targets.get(name).ok_or_else(|| {
            let why = match &self.path {
                None => "targets.toml was not found, and it is neither embedded:PROFILE nor a URL".to_owned(),
                Some(path) => {
                    let known: Vec<&str> = self.targets.keys().map(String::as_str).collect();
                    format!("{} has no target of this name, only {}", path.display(), known.join(", "))
                }
            };
            let advice = "expected embedded:PROFILE, http://HOST:PORT/REPOSITORY, or a name in targets.toml";
            Input::value(format!("invalid target `{name}`"), why, advice)
        })
    }
}

/// Fails with what is wrong and why.
fn parse(text: &str) -> Result<BTreeMap<String, Named>, (String, String)> {
    // The error quotes the line.
    let entries: BTreeMap<String, Entry> =
        toml::from_str(text).map_err(|error| (String::new(), error.to_string().trim().replace('\n', " ")))?;
    let mut targets = BTreeMap::new();
    for (name, entry) in entries {
        let named = named(&name, entry).map_err(|why| (format!(", target `{name}`"), why))?;
        targets.insert(name, named);
    }
    Ok(targets)
}

fn named(name: &str, entry: Entry) -> Result<Named, String> {
    let address = match TargetArgument::parse(&entry.url) {
        Ok(TargetArgument::Http(address)) => address,
        Ok(_) => return Err("`url` is not http://HOST:PORT/REPOSITORY or https://…".to_owned()),
        Err(rejected) => return Err(format!("`url`: {rejected}")),
    };
    if entry.password_env.is_some() && entry.username.is_none() {
        return Err("`password_env` without `username`".to_owned());
    }
    let rate = entry.rate.map(|rate| rate.parse()).transpose().map_err(|error: Input| error.to_string())?;
    let capabilities = entry.capabilities.map(|names| capabilities(&names)).transpose()?;
    let policies = entry.policy.into_iter().map(policy).collect::<Result<_, _>>()?;
    let Entry { username, password_env, restart, reset, gc, .. } = entry;
    let (name, commands) = (name.to_owned(), Commands { restart, reset, gc });
    Ok(Named { name, address, username, password_env, capabilities, rate, commands, policies })
}

fn capabilities(names: &[String]) -> Result<Capabilities, String> {
    let mut capabilities = Capabilities::ALL;
    if let Some(unknown) = names.iter().find(|name| Capability::ALL.iter().all(|part| part.key() != **name)) {
        let known = Capability::ALL.map(Capability::key).join(", ");
        return Err(format!("unknown capability `{unknown}`; expected some of {known}"));
    }
    for part in Capability::ALL.into_iter().filter(|part| !names.iter().any(|name| name == part.key())) {
        capabilities.lack(part, "not among the capabilities of targets.toml".to_owned());
    }
    Ok(capabilities)
}

fn policy(entry: PolicyEntry) -> Result<Policy, String> {
    let PolicyEntry { shape: glob, class, reason, owner, until } = entry;
    let class = Class::named(&class).ok_or_else(|| format!("policy `{glob}`: unknown class `{class}`"))?;
    if reason.trim().is_empty() {
        return Err(format!("policy `{glob}`: the reason is empty"));
    }
    let until = until.map(|until| {
        let date = until.as_datetime().map(ToString::to_string);
        let text = date.or_else(|| until.as_str().map(str::to_owned)).unwrap_or_default();
        text.parse::<Date>().map_err(|_| format!("policy `{glob}`: `until` is not a date such as \"2027-01-31\""))
    });
    Ok(Policy { class, reason, owner, until: until.transpose()?, glob })
}

impl Named {
    /// The credentials that the file names.
    pub fn credentials(&self) -> Result<Option<Credentials>, Input> {
        let Some((username, variable)) = self.username.as_ref().zip(self.password_env.as_ref()) else {
            return Ok(None);
        };
        let password = std::env::var(variable).map_err(|_| {
            let what = format!("cannot authenticate at target `{}`", self.name);
            Input::value(what, format!("the variable {variable} is not set"), "set it to the password")
        })?;
        Ok(Some(Credentials::password(&**username, Secret::new(password))))
    }
}

impl Policy {
    /// Whether it is over on this day.
    pub fn is_expired(&self, day: Date) -> bool {
        self.until.is_some_and(|until| until < day)
    }

    /// Whether it says of this record that it is on purpose.
    pub fn covers(&self, record: &Record) -> bool {
        record.class == self.class && WildMatch::new(&self.glob).matches(record.shape.as_str())
    }
}

impl std::fmt::Display for Policy {
    /// What is refused, and why.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} of `{}` on purpose: {}", self.class.as_str(), self.glob, self.reason)?;
        let more = [self.owner.clone(), self.until.map(|until| format!("until {until}"))];
        let more: Vec<String> = more.into_iter().flatten().collect();
        if more.is_empty() { Ok(()) } else { write!(out, " ({})", more.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        parse(text).map(|_| ()).map_err(|(what, why)| format!("{what}: {why}")).expect_err(text)
    }

    #[test]
    fn a_file_is_read_whole_or_rejected_with_the_reason() {
        let text = r#"
            [dev]
            url = "http://127.0.0.1:5000/a/b"
            username = "me"
            password_env = "DEV_PASSWORD"
            capabilities = ["referrers", "deletion"]
            rate = "10/s"
            restart = "systemctl restart registry"
            [[dev.policy]]
            shape = "layers=*"
            class = "rejects-valid"
            reason = "images need a layer"
            owner = "ops"
            until = 2027-01-31
        "#;
        let dev = &parse(text).expect("valid")["dev"];
        assert_eq!(dev.address.url(), "http://127.0.0.1:5000/a/b");
        let capabilities = dev.capabilities.as_ref().expect("fixed");
        assert!(capabilities.referrers && capabilities.deletion && !capabilities.tag_list);
        let shown = "rejects-valid of `layers=*` on purpose: images need a layer (ops, until 2027-01-31)";
        assert_eq!(dev.policies[0].to_string(), shown);
        let on = |day: &str| dev.policies[0].is_expired(day.parse().expect("a date"));
        assert!(!on("2027-01-31") && on("2027-02-01"));
        for (text, why) in [
            ("[a]\nurl = 'http://127.0.0.1/r'\ncolour = 'red'", "colour"),
            ("[a]\nusername = 'x'", "url"),
            ("[a]\nurl = 'embedded:clean'", "`url`"),
            ("[a]\nurl = 'http://u:p@127.0.0.1/r'", "credentials"),
            ("[a]\nurl = 'http://127.0.0.1/r'\nrate = 'fast'", "rate"),
            ("[a]\nurl = 'http://127.0.0.1/r'\ncapabilities = ['flying']", "flying"),
            ("[a]\nurl = 'http://127.0.0.1/r'\npassword_env = 'X'", "username"),
            ("[a]\nurl = 'http://127.0.0.1/r'\n[[a.policy]]\nshape='*'\nclass='odd'\nreason='x'", "odd"),
            ("[a]\nurl = 'http://127.0.0.1/r'\n[[a.policy]]\nshape='*'\nclass='hang'\nreason=''", "reason"),
            (
                "[a]\nurl = 'http://127.0.0.1/r'\n[[a.policy]]\nshape='*'\nclass='hang'\nreason='x'\nuntil='soon'",
                "until",
            ),
        ] {
            assert!(wrong(text).contains(why), "{text}: {}", wrong(text));
        }
    }
}

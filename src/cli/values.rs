//! Value parsers of the flags. Names come from the library's own tables, so clap rejects a bad value before anything is
//! printed or sent, and suggests the nearest good one.

use std::ffi::OsStr;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue};

use crate::compare::Grade;
use crate::error::{Input, redacted};
use crate::exchange::Depth;
use crate::generate::{Filter, Flavour, Preset, flavours, flavours_of};
use crate::model::{Rule, Versions, rule, rules};
use crate::registry::{Profile, Quirk, profiles, quirks};
use crate::shape::{Shape, ShapeError, space};
use crate::transport::http::{Rate, is_repository};

/// Why a value is rejected.
#[derive(Debug)]
pub(super) struct Rejected {
    /// What is wrong and what is expected.
    why: String,
    /// The nearest value that would be accepted.
    near: Option<String>,
}

impl Rejected {
    /// A value without a near one.
    pub fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), near: None }
    }

    /// An unknown name.
    pub fn unknown<'n>(why: String, name: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        Self { why, near: nearest(name, names).map(str::to_owned) }
    }

    /// The same for `part` of a longer text, whose parts are joined by this character.
    fn within(self, text: &str, joined: char, part: &str) -> Self {
        let near = self.near.map(|near| {
            let parts = text.split(joined).map(|other| if other == part { near.as_str() } else { other });
            parts.collect::<Vec<_>>().join(joined.encode_utf8(&mut [0; 4]))
        });
        Self { near, ..self }
    }

    /// The same for a longer text that ends with this.
    pub fn followed_by(self, end: &str) -> Self {
        Self { near: self.near.map(|near| format!("{near}{end}")), ..self }
    }

    /// The same for a longer text that begins with this.
    pub fn after(self, start: &str) -> Self {
        Self { near: self.near.map(|near| format!("{start}{near}")), ..self }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.why)
    }
}

impl From<Input> for Rejected {
    fn from(input: Input) -> Self {
        // clap names the value itself.
        Self::new(match input {
            Input::Value { why, advice, .. } => format!("{why}; {advice}"),
            other => other.to_string(),
        })
    }
}

/// The most similar name, by the measure that clap uses for its own suggestions. Some tables have hundreds of long names, so
/// the threshold is higher than clap's 0.7.
fn nearest<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let similar = names.into_iter().map(|name| (strsim::jaro(text, name), name));
    let best = similar.filter(|(similarity, _)| *similarity > 0.8).max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.map(|(_, name)| name)
}

/// A value parser over a function. Its errors suggest the nearest value, and show no password of a URL.
#[derive(Clone)]
pub(super) struct ParsedBy<T>(pub fn(&str) -> Result<T, Rejected>);

impl<T: Clone + Send + Sync + 'static> TypedValueParser for ParsedBy<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let parse = self.0;
        let mut near = None;
        if let Some(text) = value.to_str() {
            match parse(text) {
                Ok(value) => return Ok(value),
                Err(rejected) => near = rejected.near,
            }
        }
        // Only a function can give clap the reason of an error.
        let because = move |text: &str| parse(text).map_err(|rejected| rejected.why);
        let mut error = match because.parse_ref(command, argument, value) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) {
            let shown = ContextValue::String(without_password(value));
            error.insert(ContextKind::InvalidValue, shown);
        }
        if let Some(near) = near {
            error.insert(ContextKind::SuggestedValue, ContextValue::String(near));
        }
        Err(error)
    }
}

/// The text without the password that it may contain. The `@` of a profile such as `quay@2023-02-15` precedes none.
pub(super) fn without_password(text: &str) -> String {
    if text.contains([':', '/']) && !is_embedded(text) { redacted(text) } else { text.to_owned() }
}

/// Whether this names an embedded registry. Profiles have neither `:` nor `/`; a URL that has both may hold a password.
pub(super) fn is_embedded(text: &str) -> bool {
    text.strip_prefix("embedded:").is_some_and(|name| !name.contains([':', '/']))
}

/// `--spec`
pub(super) fn versions() -> impl TypedValueParser<Value = Versions> {
    let names = Versions::ALL.map(|versions| {
        let Versions { name, image, distribution, .. } = versions;
        PossibleValue::new(name)
            .help(format!("image-spec {image} and distribution-spec {distribution}"))
            // The newest patch of a minor version is the minor version.
            .alias(match name {
                "1.1" => "1.1.1",
                "1.0" => "1.0.2",
                _ => name,
            })
    });
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Versions>())
}

/// `--preset`
pub(super) fn preset() -> impl TypedValueParser<Value = Preset> {
    let names = Preset::ALL.map(|preset| {
        PossibleValue::new(preset.as_str()).help(match preset {
            Preset::Valid => "Valid entries only",
            Preset::MostlyValid => "Valid entries, and at most two invalid ones",
            Preset::Hostile => "Any entries, including large ones",
        })
    });
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Preset>())
}

/// `--depth`
pub(super) fn depth() -> impl TypedValueParser<Value = Depth> {
    let names = [
        PossibleValue::new("put").help("Only push"),
        PossibleValue::new("get").help("Push, then GET by tag and by digest"),
        PossibleValue::new("full")
            .help("Push, then GET and HEAD by tag, digest and Location, and list tags and referrers"),
    ];
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Depth>())
}

/// `--fail-on`
pub(super) fn grade() -> impl TypedValueParser<Value = Grade> {
    let names = [
        PossibleValue::new("violation").help("A MUST is broken"),
        PossibleValue::new("warning").help("A SHOULD or an HTTP requirement is broken, or the server fails"),
        PossibleValue::new("note").help("No verdict: the specifications disagree, or invalid content was accepted"),
    ];
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Grade>())
}

/// A time such as `60s`, `5m` or `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, Rejected> {
    let time = text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    time.ok_or_else(|| Rejected::new("expected e.g. `60s`, `5m` or `1h30m`"))
}

/// A rate such as `5/s` or `100/m`.
pub(super) fn rate(text: &str) -> Result<Rate, Rejected> {
    text.parse().map_err(|_| Rejected::new("expected e.g. `5/s` or `100/m`"))
}

/// `HOST` or `HOST:PORT`.
pub(super) fn host(text: &str) -> Result<String, Rejected> {
    let is_host = !text.contains('@') && text.parse::<http::uri::Authority>().is_ok();
    if is_host {
        Ok(text.to_owned())
    } else {
        Err(Rejected::new("expected HOST or HOST:PORT, without scheme and path"))
    }
}

/// The name of a repository.
pub(super) fn repository(text: &str) -> Result<String, Rejected> {
    if is_repository(text) {
        Ok(text.to_owned())
    } else {
        Err(Rejected::new("expected the name of a repository, e.g. `team/app`"))
    }
}

/// `IP:PORT`.
pub(super) fn socket(text: &str) -> Result<SocketAddr, Rejected> {
    text.parse().map_err(|_| Rejected::new("expected IP:PORT, e.g. `127.0.0.1:5000`"))
}

/// Names or groups of slots, joined by commas.
pub(super) fn filter(text: &str) -> Result<Filter, Rejected> {
    text.parse().map_err(|_| {
        let names = space().slots().flat_map(|(_, slot)| [slot.name.as_str(), slot.group.as_str()]);
        let first = text.split(',').next().unwrap_or_default();
        let why = "no slot or group matches; expected names joined by commas, e.g. `layers.0.*` or `text`; \
                   `manifuzz slots` lists them";
        Rejected::unknown(why.to_owned(), first, names).within(text, ',', first)
    })
}

/// Flavours, each once.
#[derive(Clone, Debug)]
pub(super) struct FlavourList(pub Vec<&'static Flavour>);

/// Names of flavours or sets, joined by commas.
pub(super) fn flavour_list(text: &str) -> Result<FlavourList, Rejected> {
    if let Ok(chosen) = flavours_of(text) {
        return Ok(FlavourList(chosen));
    }
    let unknown = text.split(',').find(|name| flavours_of(name).is_err()).unwrap_or(text);
    let names = flavours().iter().flat_map(|flavour| [flavour.name.as_str(), flavour.set.as_str()]).chain(["all"]);
    let why = format!("no flavour or set is named `{}`; `manifuzz flavours` lists them", unknown.trim());
    Err(Rejected::unknown(why, unknown, names).within(text, ',', unknown))
}

/// The id of a rule.
pub(super) fn rule_id(text: &str) -> Result<Rule, Rejected> {
    rule(text).ok_or_else(|| {
        let why = format!("no rule has the id `{text}`; `manifuzz rules` lists them");
        Rejected::unknown(why, text, rules().map(|rule| rule.id))
    })
}

/// The name of a quirk.
pub(super) fn quirk(text: &str) -> Result<&'static Quirk, Rejected> {
    crate::registry::quirk(text).ok_or_else(|| {
        let why = format!("no quirk is named `{text}`; `manifuzz quirks` lists them");
        Rejected::unknown(why, text, quirks().map(|quirk| quirk.name))
    })
}

/// A profile, and quirks to add to it: `PROFILE[+QUIRK...]`.
pub(super) fn profile(text: &str) -> Result<Profile, Rejected> {
    let mut parts = text.split('+');
    let name = parts.next().unwrap_or_default();
    let known: Vec<String> = profiles().map(|profile| profile.name).collect();
    if !known.iter().any(|known| known == name) {
        let rejected = Rejected::unknown(String::new(), name, known.iter().map(String::as_str));
        let expected = match rejected.near {
            Some(_) => "`manifuzz profiles` lists them".to_owned(),
            None => format!("expected one of {}", known.join(", ")),
        };
        let why = format!("no profile is named `{name}`; {expected}");
        return Err(Rejected { why, ..rejected }.within(text, '+', name));
    }
    for part in parts {
        quirk(part).map_err(|rejected| rejected.within(text, '+', part))?;
    }
    Ok(Profile::named(text)?)
}

/// The id of a case: 16 hex digits.
pub(super) fn case_id(text: &str) -> Result<String, Rejected> {
    let is_id = text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
    if is_id { Ok(text.to_owned()) } else { Err(Rejected::new("expected the id of a corpus row, 16 hex digits")) }
}

/// The text of a shape.
pub(super) fn shape(text: &str) -> Result<Shape, Rejected> {
    text.parse().map_err(|error: ShapeError| {
        let part_of = |slot: &str| {
            text.split(';')
                .find_map(|part| part.split_once('=').filter(|(name, _)| *name == slot).map(|at| (part, at.1)))
        };
        let rejected = match &error {
            ShapeError::UnknownSlot { slot, advice, .. } => part_of(slot).map(|(part, entry)| {
                let why = format!("no slot `{slot}`; {advice}");
                let names = space().slots().map(|(_, slot)| slot.name.as_str());
                let Rejected { near, .. } = Rejected::unknown(String::new(), slot, names);
                Rejected { why, near: near.map(|near| format!("{near}={entry}")) }.within(text, ';', part)
            }),
            ShapeError::UnknownEntry { slot, entry, menu, .. } => part_of(slot).map(|(part, _)| {
                let why = format!("no entry `{entry}` in the slot `{slot}`; expected one of {menu}");
                let entries = space().named(slot).iter().flat_map(|id| space().slot(*id).menu.iter());
                let rejected = Rejected::unknown(why, entry, entries.map(|entry| entry.name));
                rejected.after(&format!("{slot}=")).within(text, ';', part)
            }),
            _ => None,
        };
        let Rejected { why, near } = rejected.unwrap_or_else(|| Rejected::new(error.to_string()));
        // Only what would be accepted: an entry may need a number, and a slot may be inactive.
        Rejected { why, near: near.filter(|near| near.parse::<Shape>().is_ok()) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_value_is_accepted() {
        fn all<P: TypedValueParser>(parser: &P) {
            let command = clap::Command::new("test");
            let names: Vec<_> = parser.possible_values().expect("a closed set").collect();
            assert!(!names.is_empty());
            for name in names.iter().flat_map(PossibleValue::get_name_and_aliases) {
                assert!(parser.parse_ref(&command, None, OsStr::new(name)).is_ok(), "{name}");
            }
        }
        all(&versions());
        all(&preset());
        all(&depth());
        all(&grade());
    }

    #[test]
    fn near_values_keep_the_rest_of_the_text() {
        let near = |rejected: Rejected| rejected.near.unwrap_or_default();
        assert_eq!(near(profile("distributon+refuses-data").unwrap_err()), "distribution+refuses-data");
        assert_eq!(near(profile("clean+refuses-dta").unwrap_err()), "clean+refuses-data");
        assert_eq!(near(flavour_list("no-config,sead").unwrap_err()), "no-config,seed");
        assert_eq!(near(shape("config=absent;layers=emtpy").unwrap_err()), "config=absent;layers=empty");
        assert_eq!(near(shape("layrs=empty").unwrap_err()), "layers=empty");
        assert_eq!(near(quirk("xyz").unwrap_err()), "");
    }
}

//! Placeholders in the commands of adapters.

use std::collections::BTreeMap;

/// The placeholders that commands may have.
pub(super) const PLACEHOLDERS: [&str; 13] = [
    "program",
    "registry",
    "repository",
    "tag",
    "digest",
    "subject",
    "to",
    "out",
    "home",
    "layout",
    "state",
    "username",
    "password",
];

/// The values of placeholders.
#[derive(Clone, Debug, Default)]
pub(super) struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// Sets a value. The name must be one of [`PLACEHOLDERS`].
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        debug_assert!(PLACEHOLDERS.contains(&name), "{name}");
        self.0.insert(name, value.into());
    }

    /// The text with its placeholders replaced. Other braces stay.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            rest = &rest[start..];
            let value = name_at(rest).and_then(|name| Some((name, self.0.get(name)?)));
            match value {
                Some((name, value)) => {
                    filled.push_str(value);
                    rest = &rest[name.len() + 2..];
                }
                None => {
                    filled.push('{');
                    rest = &rest[1..];
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    /// Every word filled.
    pub fn fill_all(&self, words: &[String]) -> Vec<String> {
        words.iter().map(|word| self.fill(word)).collect()
    }
}

/// The name between the brace that the text begins with and the next one, if it has the form of a placeholder.
fn name_at(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.split_once('}')?.0;
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase())).then_some(name)
}

/// The first name in braces that is not a placeholder, unless the braces are doubled.
pub(super) fn unknown_placeholder(text: &str) -> Option<&str> {
    let at = |(i, _): (usize, &str)| {
        let is_doubled = text[..i].ends_with('{');
        name_at(&text[i..]).filter(|name| !is_doubled && !PLACEHOLDERS.contains(name))
    };
    text.match_indices('{').find_map(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_placeholders_are_replaced() {
        let mut values = Values::default();
        values.set("tag", "one");
        values.set("out", "{tag}");
        assert_eq!(values.fill("{tag}:{out}:{{.X}}:{home}:{"), "one:{tag}:{{.X}}:{home}:{");
        assert_eq!(unknown_placeholder("{tag} {{name}} {host}"), Some("host"));
        assert_eq!(unknown_placeholder("{tag} {{.name}} {HOST}"), None);
    }
}

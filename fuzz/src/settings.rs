//! The settings of `fire`, from environment variables: libFuzzer owns the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use manifuzz::exchange::Depth;

/// How to fuzz.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `MANIFUZZ_TARGET`: the target (default `embedded:distribution`).
    pub target: String,
    /// `MANIFUZZ_DEPTH`: how much to read back after each push, `put`, `get` or `full` (default).
    pub depth: Depth,
    /// `MANIFUZZ_CORPUS`: the CSV file for findings. By default they are not written.
    pub corpus: Option<PathBuf>,
    /// `MANIFUZZ_CRASH_ON=violation`: panic on violations, so that the fuzzer saves the input as an artefact.
    pub crash_on_violation: bool,
    /// `MANIFUZZ_LARGE=1`: fire entries that render to more than 64 KiB, too.
    pub large: bool,
    /// Whether answers steer the fuzzer; not with `MANIFUZZ_STEER=0`, which leaves random mutation.
    pub steered: bool,
}

impl Settings {
    /// Reads the settings of this process.
    pub fn from_environment() -> Self {
        Self::from(|name| std::env::var_os(name))
    }

    fn from(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let is = |name: &str, value: &str| variable(name).is_some_and(|set| set == value);
        let target = variable("MANIFUZZ_TARGET").map(|target| target.to_string_lossy().into_owned());
        Self {
            target: target.unwrap_or_else(|| "embedded:distribution".to_owned()),
            depth: match () {
                () if is("MANIFUZZ_DEPTH", "put") => Depth::Put,
                () if is("MANIFUZZ_DEPTH", "get") => Depth::Get,
                () => Depth::Full,
            },
            corpus: variable("MANIFUZZ_CORPUS").map(PathBuf::from),
            crash_on_violation: is("MANIFUZZ_CRASH_ON", "violation"),
            large: is("MANIFUZZ_LARGE", "1"),
            steered: !is("MANIFUZZ_STEER", "0"),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::from(|_| None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_values_change_a_setting() {
        let all = |value: &'static str| Settings::from(move |_| Some(value.into()));
        assert!(Settings::default().steered && !Settings::default().large);
        assert!(!all("0").steered && !all("0").large);
        assert!(all("1").steered && all("1").large && !all("1").crash_on_violation);
        assert_eq!(
            all("violation"),
            Settings {
                target: "violation".to_owned(),
                corpus: Some("violation".into()),
                crash_on_violation: true,
                ..Settings::default()
            }
        );
    }
}

//! Flavours: named shapes, defined in `corpus/flavours.csv`.

use std::sync::LazyLock;

use crate::error::Input;
use crate::shape::Shape;

/// A named shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flavour {
    /// The name.
    pub name: String,
    /// The set it belongs to, e.g. `seed`: the flavours of the table in opencontainers/image-spec#1025.
    pub set: String,
    /// The shape.
    pub shape: Shape,
    /// A short description.
    pub about: String,
}

/// All flavours, in file order.
///
/// ```
/// use manifuzz::generate::flavours;
///
/// assert!(flavours().iter().any(|flavour| flavour.set == "seed" && flavour.name == "no-layers"));
/// ```
pub fn flavours() -> &'static [Flavour] {
    static FLAVOURS: LazyLock<Vec<Flavour>> = LazyLock::new(|| {
        let rows = csv::Reader::from_reader(&include_bytes!("../../corpus/flavours.csv")[..]).into_deserialize();
        let parsed =
            rows.map(|row: Result<FlavourRow, _>| row.map_err(|error| error.to_string()).and_then(Flavour::parse));
        let named = |flavour: Result<_, _>| flavour.unwrap_or_else(|error| panic!("corpus/flavours.csv: {error}"));
        parsed.map(named).collect()
    });
    &FLAVOURS
}

/// A row of `corpus/flavours.csv`.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FlavourRow {
    name: String,
    set: String,
    shape: String,
    about: String,
}

impl Flavour {
    fn parse(row: FlavourRow) -> Result<Self, String> {
        let FlavourRow { name, set, shape, about } = row;
        let shape = shape.parse().map_err(|error| format!("the flavour `{name}`: {error}"))?;
        Ok(Self { name, set, shape, about })
    }
}

/// The flavours in a comma-separated list of flavour names, set names or `all`: each once, in the order of the list.
///
/// # Errors
///
/// [`Input::Value`] if a name matches no flavour and no set.
pub fn flavours_of(list: &str) -> Result<Vec<&'static Flavour>, Input> {
    let mut chosen: Vec<&Flavour> = Vec::new();
    for name in list.split(',').map(str::trim) {
        let is_named = |flavour: &&Flavour| name == "all" || flavour.set == name || flavour.name == name;
        let named: Vec<&Flavour> = flavours().iter().filter(is_named).collect();
        if named.is_empty() {
            let advice = "list the flavours with `manifuzz flavours`; `seed` is a set, `all` is every flavour";
            return Err(Input::value(format!("invalid flavour `{name}`"), "unknown name", advice));
        }
        for flavour in named {
            if !chosen.contains(&flavour) {
                chosen.push(flavour);
            }
        }
    }
    Ok(chosen)
}

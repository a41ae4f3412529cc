//! Flavours: shapes with a name, kept as data in `corpus/flavours.csv`.

use std::sync::LazyLock;

use crate::error::Input;
use crate::shape::Shape;

/// A shape with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flavour {
    /// The name.
    pub name: String,
    /// The set that it belongs to: `seed` for the table of image-spec#1025.
    pub set: String,
    /// The shape.
    pub shape: Shape,
    /// A few words for people.
    pub about: String,
}

/// All flavours, in the order of the file.
pub fn flavours() -> &'static [Flavour] {
    static FLAVOURS: LazyLock<Vec<Flavour>> = LazyLock::new(|| {
        let mut reader = csv::Reader::from_reader(&include_bytes!("../../corpus/flavours.csv")[..]);
        // A row that does not read is left out here; the test of the file names it.
        reader.records().filter_map(|record| read(&record.ok()?)).collect()
    });
    &FLAVOURS
}

fn read(record: &csv::StringRecord) -> Option<Flavour> {
    let column = |i: usize| record.get(i).map(str::to_owned);
    Some(Flavour { name: column(0)?, set: column(1)?, shape: record.get(2)?.parse().ok()?, about: column(3)? })
}

/// The flavours of a list: names of flavours or sets, or `all`, joined by commas; each once, in the list's order.
pub fn flavours_of(list: &str) -> Result<Vec<&'static Flavour>, Input> {
    let mut chosen: Vec<&Flavour> = Vec::new();
    for name in list.split(',').map(str::trim) {
        let before = flavours().iter().filter(|flavour| name == "all" || flavour.set == name || flavour.name == name);
        let named: Vec<&Flavour> = before.collect();
        if named.is_empty() {
            let advice = "`manifuzz flavours` lists them; `seed` and `all` name several";
            return Err(Input::value(format!("the flavour `{name}`"), "there is none of this name", advice));
        }
        for flavour in named {
            if !chosen.contains(&flavour) {
                chosen.push(flavour);
            }
        }
    }
    Ok(chosen)
}

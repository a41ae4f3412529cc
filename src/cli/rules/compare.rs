//! `manifuzz rules --compare-readers DIR`: compares the model with other readers of the same bytes.

use std::path::Path;

use crate::cli::{Output, tell};
use crate::consumers::{Schema, Table, documents};
use crate::error::Error;

/// Prints disagreements that no row of the table explains, and stale rows. Returns exit code 1 if there are any.
pub(super) fn compare(directory: &Path, deviations: usize, output: &Output) -> Result<u8, Error> {
    let explained = Table::own()?.explain(&Schema::open(directory)?, documents(deviations));
    for disagreement in &explained.left {
        Output::print(&if output.is_pretty() {
            disagreement.to_string()
        } else {
            serde_json::json!({
                "reader": disagreement.reader.as_str(),
                "takes": disagreement.takes,
                "shape": disagreement.shape.to_string(),
            })
            .to_string()
        })?;
    }
    explained.stale.iter().for_each(|row| tell(format_args!("stale: {row} explains no disagreement")));
    let (documents, left) = (explained.documents, explained.left.len());
    tell(format_args!("{documents} documents: {} disagreements are explained, {left} are not", explained.explained));
    Ok(u8::from(left + explained.stale.len() > 0))
}

//! `manifuzz rules --compare-readers DIR`: the model beside other readers of the same bytes.

use std::path::Path;

use super::super::Output;
use crate::cli::tell;
use crate::consumers::{Schema, Table, documents};
use crate::error::Error;

/// Prints what no row of the table explains, and rows that explain nothing; exit code 1 if there is any.
pub(super) fn compare(folder: &Path, deviations: usize, output: &Output) -> Result<u8, Error> {
    let explained = Table::own()?.explain(&Schema::open(folder)?, documents(deviations));
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
    explained.stale.iter().for_each(|row| tell(format_args!("stale: {row} explains nothing")));
    let (documents, left) = (explained.documents, explained.left.len());
    tell(format_args!("{documents} documents: {} disagreements have a reason, {left} have none", explained.explained));
    Ok(u8::from(left + explained.stale.len() > 0))
}

//! Turns a finding of the engine into a record.

use jiff::civil::Date;

use crate::engine::MinimalFinding;
use crate::findings::{Context, Record, Sighting};
use crate::model::Versions;
use crate::transport::Target;

/// The record of a finding, dated with this day.
pub(in crate::cli) fn record_of(
    found: &MinimalFinding,
    target: &dyn Target,
    spec: Versions,
    seed: u64,
    day: Date,
) -> Record {
    let extent = found.extent.to_string();
    let sighting = Sighting {
        target: target.name(),
        target_version: &target.version(),
        spec: spec.name,
        shape: &found.shape,
        finding: &found.finding,
        witness: found.witness.as_ref(),
        from: &found.from,
        reproduced: found.reproduced,
        is_smallest: found.is_smallest,
        probes: found.probes,
        extent: &extent,
    };
    sighting.record(&Context { seed, day, tool_version: env!("CARGO_PKG_VERSION") })
}

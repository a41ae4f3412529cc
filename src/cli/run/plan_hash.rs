//! Identifies the options that decide what a run does, so that only parts of the same run are merged or continued.

use crate::engine::{Plan, Schedule};
use crate::exchange::short_sha256;

/// A hash of the options, without targets and shard, and without those that change only the duration.
pub(super) fn plan_hash(plan: &Plan) -> String {
    let order = Schedule { shard: None, ..plan.order.clone() };
    let Plan { versions, depth, shrink, budget, read_only, .. } = plan;
    let version = env!("CARGO_PKG_VERSION");
    let text = format!("{version} {order:?} {} {depth:?} {shrink} {budget:?} {read_only}", versions.name);
    short_sha256(&text)
}

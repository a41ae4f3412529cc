//! The spread of defects in a shard as part of the report.

use jiff::civil::Date;

use super::record::record_of;
use crate::engine::{CaseCount, ShardSpread};
use crate::findings::key;
use crate::model::Versions;
use crate::report::{Cases, Defect, Spread};
use crate::transport::Target;

/// The spread, with records made as those of the run are.
pub(super) fn reported(spread: &ShardSpread, target: &dyn Target, spec: Versions, seed: u64, day: Date) -> Spread {
    let cases = |count: &CaseCount| Cases { all: count.all, bases: count.bases };
    let mut reported = Spread::default();
    for (group, kind, count) in &spread.answers {
        reported.answers.entry((*group).to_owned()).or_default().insert(kind.as_str().to_owned(), cases(count));
    }
    for defect in &spread.defects {
        let [group, duty] = [defect.group, defect.duty.unwrap_or_default()];
        let name = [group, defect.stage.as_str(), defect.class.as_str(), duty].map(str::to_owned);
        let found = defect.found.iter().map(|(kind, symptom, shape)| (kind.as_str().to_owned(), key(symptom, shape)));
        let instead = (defect.instead.iter()).map(|(kind, found)| {
            (kind.map(|kind| kind.as_str().to_owned()), record_of(found, target, spec, seed, day))
        });
        reported.defects.push(Defect {
            name,
            shown: defect.shown.iter().map(|(kind, count)| (kind.as_str().to_owned(), cases(count))).collect(),
            found: found.collect(),
            instead: instead.collect(),
        });
    }
    reported
}

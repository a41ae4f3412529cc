//! When simpler cases explain a finding that blames the content of its case.

use super::outcome::Outcome;
use crate::compare::Finding;
use crate::shape::Shape;

/// The finding, compared with the outcomes of simpler neighbours of its case. `None` if one of them shows that the content is
/// not the reason; downgraded if one of them shows that the target honours the rule.
pub(super) fn excused(mut finding: Finding, neighbours: impl IntoIterator<Item = (Shape, Outcome)>) -> Option<Finding> {
    if !finding.blames_content() {
        return Some(finding);
    }
    for (shape, outcome) in neighbours {
        let Outcome::Judged { findings, accepted, applicable, .. } = outcome else { continue };
        if findings.iter().any(|other| finding.is_explained_by(other)) {
            return None;
        }
        if accepted {
            finding.excuse(&applicable, &shape.to_string());
        }
    }
    Some(finding)
}

/// The neighbours of a case that may excuse its finding.
pub(super) fn neighbours(shape: &Shape, finding: &Finding) -> Vec<Shape> {
    if finding.blames_content() { shape.simpler() } else { Vec::new() }
}

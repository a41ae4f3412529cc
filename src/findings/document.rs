//! Turns a finding about a document that no shape renders into a record.

use super::bodies::body_text;
use super::case::CaseText;
use super::record::Record;
use super::sighting::{Context, Parts};
use crate::compare::Finding;
use crate::exchange::Exchange;

/// A finding on a target that a document shows. The text of its case is `body=sha256:HEX`; the bytes belong into the directory
/// `bodies` next to the corpus.
#[derive(Clone, Copy, Debug)]
pub struct DocumentSighting<'s> {
    /// The target's name.
    pub target: &'s str,
    /// Its version; empty if unknown.
    pub target_version: &'s str,
    /// The set of specification versions, such as `1.1`.
    pub spec: &'s str,
    /// The push of the smallest document.
    pub smallest: &'s Exchange,
    /// What it shows.
    pub finding: &'s Finding,
    /// The push of the nearest accepted document.
    pub witness: Option<&'s Exchange>,
    /// The JSON Pointer of what the finding is about, in the user's document; `None` if that is not known.
    pub place: Option<&'s str>,
    /// The digest of the user's document.
    pub from: &'s str,
    /// How often the target showed it again.
    pub reproduced: usize,
    /// How many documents were tried.
    pub probes: usize,
}

impl DocumentSighting<'_> {
    /// The record of the finding. Smaller than 128 KiB in every codec, regardless of the target's answers.
    pub fn record(&self, context: &Context<'_>) -> Record {
        let text = body_text(self.smallest.tested.digest());
        let symptom = &self.finding.symptom;
        // A place is the same for documents that differ elsewhere, such as in digests; without one, the document is the key.
        let key = match self.place {
            Some(place) => format!("{symptom} body:{}", any_position(place)),
            None => format!("{symptom} {text}"),
        };
        let witness = self.witness.map(|witness| (body_text(witness.tested.digest()), witness));
        let parts = Parts {
            target: self.target,
            target_version: self.target_version,
            spec: self.spec,
            shape: CaseText::new(text),
            exchange: self.smallest,
            finding: self.finding,
            witness: witness.as_ref().map(|(text, exchange)| (&**text, *exchange)),
            key,
            from: body_text(self.from),
            also: std::iter::empty::<String>().collect(),
            reproduced: self.reproduced,
            probes: self.probes,
            extent: "",
        };
        parts.record(context)
    }
}

/// A JSON Pointer with positions in arrays written `*`, as in the keys of shapes.
fn any_position(pointer: &str) -> String {
    let part = |part: &str| {
        if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) { "*".to_owned() } else { part.to_owned() }
    };
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_left_out_of_keys() {
        assert_eq!(any_position("/layers/17/urls"), "/layers/*/urls");
        assert_eq!(any_position(""), "");
        assert_eq!(any_position("/annotations/com.example~1a"), "/annotations/com.example~1a");
    }
}

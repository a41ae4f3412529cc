//! The minimiser of documents that no shape renders to: takes out members and elements, large parts first, then simplifies
//! values. No I/O: it hands out candidates and is told how each turned out.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Verdict;
use super::edits::{Edit, Edits};
pub use super::walk::Familiar;
use super::walk::Walk;
use crate::json::{Document, difference, read};

/// Troubles in a row after which the descent ends with the smallest document so far.
const MAX_TROUBLES: usize = 3;
/// The most bytes of candidates, so that a manifest of megabytes takes seconds.
const MOST_BYTES: usize = 1 << 30;

/// A descent from a document that shows a symptom to one from which nothing more can be taken out.
///
/// ```
/// use manifuzz::json::read;
/// use manifuzz::shrink::Verdict;
/// use manifuzz::shrink::document::DocumentMinimiser;
///
/// let document = read(br#"{"a": 1, "b": {"c": [1, 2, 3], "d": "long text"}}"#)?;
/// let mut minimiser = DocumentMinimiser::new(&document, |_| Vec::new(), 100);
/// while let Some(candidate) = minimiser.candidate() {
///     // Stands in for a target that fails on every document with a `d`.
///     let fails = candidate.body.windows(3).any(|name| name == b"\"d\"");
///     minimiser.tell(if fails { Verdict::Reproduced } else { Verdict::Accepted });
/// }
/// let minimal = minimiser.finish();
/// assert_eq!(minimal.body, br#"{"b":{"d":""}}"#);
/// assert_eq!(minimal.reason.as_deref(), Some("/b/d"));
/// # Ok::<(), manifuzz::json::SyntaxError>(())
/// ```
#[derive(Debug)]
pub struct DocumentMinimiser<'d> {
    document: &'d Document<'d>,
    edits: Edits<'d>,
    /// The hash of the smallest document.
    current: u64,
    walk: Walk<'d>,
    pending: Option<(Edit, u64)>,
    verdicts: HashMap<u64, Verdict>,
    /// The changes to the smallest document that were accepted.
    accepted: Vec<Edit>,
    probes: usize,
    budget: usize,
    considered: usize,
    /// The bytes of all candidates so far.
    made: usize,
    troubles: usize,
    is_cut: bool,
}

/// A document to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its bytes.
    pub body: Vec<u8>,
    /// Whether it differs from the smallest document only in one value, which is now a familiar one.
    pub is_familiar: bool,
}

/// The result of a descent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimalDocument {
    /// The smallest document found that shows the symptom.
    pub body: Vec<u8>,
    /// The nearest document that was accepted.
    pub witness: Option<Vec<u8>>,
    /// The JSON Pointer, in the smallest document, of where the witness differs.
    pub pointer: Option<String>,
    /// The same place in the document that the descent began with.
    pub reason: Option<String>,
    /// The number of candidates that were tried.
    pub probes: usize,
    /// Whether every candidate of the smallest document was tried and none shows the symptom.
    pub is_minimal: bool,
}

impl<'d> DocumentMinimiser<'d> {
    /// Starts a descent from a document that is known to show the symptom. At most `budget` candidates are tried; those that
    /// [`skip`](Self::skip) is called for do not count, but at most twenty times as many are handed out.
    pub fn new(document: &'d Document<'d>, familiar: Familiar, budget: usize) -> Self {
        Self {
            document,
            edits: Edits::none(document),
            current: hash_of(document.source()),
            walk: Walk::new(document, familiar),
            pending: None,
            verdicts: HashMap::new(),
            accepted: Vec::new(),
            probes: 0,
            budget,
            considered: 0,
            made: 0,
            troubles: 0,
            is_cut: false,
        }
    }

    /// The next document to try; `None` when the descent has ended. Its verdict must be told before the next.
    pub fn candidate(&mut self) -> Option<Candidate> {
        while let Some((edit, is_familiar)) = self.next_edit() {
            let is_spent = self.probes >= self.budget || self.considered >= 20 * self.budget || self.made >= MOST_BYTES;
            if is_spent || self.troubles >= MAX_TROUBLES {
                self.is_cut = true;
                return None;
            }
            let body = self.edits.with(&edit);
            self.made += body.len();
            let hash = hash_of(&body);
            if hash == self.current {
                // There was no white space to take out.
                continue;
            }
            match self.verdicts.get(&hash) {
                Some(Verdict::Accepted) => self.accepted.push(edit),
                Some(_) => {}
                None => {
                    self.considered += 1;
                    self.pending = Some((edit, hash));
                    return Some(Candidate { body, is_familiar });
                }
            }
        }
        None
    }

    /// Takes the verdict on the last candidate, which was tried.
    pub fn tell(&mut self, verdict: Verdict) {
        self.probes += 1;
        self.troubles = if verdict == Verdict::Trouble { self.troubles + 1 } else { 0 };
        self.take(verdict);
    }

    /// The last candidate was not tried, because it cannot show the symptom.
    pub fn skip(&mut self) {
        self.take(Verdict::Otherwise);
    }

    fn take(&mut self, verdict: Verdict) {
        let Some((edit, hash)) = self.pending.take() else { return };
        match verdict {
            Verdict::Reproduced => {
                self.edits.apply(&edit);
                self.current = hash;
                self.accepted.clear();
                self.walk.advance(&edit);
            }
            Verdict::Accepted => {
                self.accepted.push(edit);
                self.verdicts.insert(hash, verdict);
            }
            // Without every verdict, the result is not known to be minimal.
            Verdict::Trouble => self.is_cut = true,
            Verdict::Otherwise => drop(self.verdicts.insert(hash, verdict)),
        }
    }

    fn next_edit(&mut self) -> Option<(Edit, bool)> {
        let next = self.walk.next(&self.edits);
        if self.walk.begins_again() {
            self.accepted.clear();
        }
        next
    }

    /// Ends the descent and returns its result.
    pub fn finish(self) -> MinimalDocument {
        let body = self.edits.bytes();
        let (probes, is_minimal) = (self.probes, !self.is_cut && self.walk.has_ended());
        // The smallest change is the most exact reason.
        let size = |edit: &Edit| match edit {
            Edit::Compact => usize::MAX,
            Edit::Replace(value, _) => self.edits.value(*value).len(),
            // With its name, and more than a replacement of the same value.
            Edit::Remove(_, values) => 8 + values.iter().map(|one| self.document.node(*one).raw().len()).sum::<usize>(),
        };
        let Some(nearest) = self.accepted.iter().min_by_key(|edit| size(edit)) else {
            return MinimalDocument { body, witness: None, pointer: None, reason: None, probes, is_minimal };
        };
        let witness = self.edits.with(nearest);
        let (mut pointer, reason) = match nearest {
            Edit::Compact => (None, None),
            Edit::Replace(value, _) => (None, Some(self.document.node(*value).pointer())),
            Edit::Remove(container, values) => {
                let pointer = self.document.node(*container).pointer();
                match values[..] {
                    [only] if !self.is_about_number(*container) => (None, Some(self.document.node(only).pointer())),
                    _ => (self.pointer_now(*container), Some(pointer)),
                }
            }
        };
        if let (None, Ok(a), Ok(b)) = (&pointer, read(&body), read(&witness)) {
            pointer = difference(&a, &b);
        }
        MinimalDocument { body, witness: Some(witness), pointer, reason, probes, is_minimal }
    }

    /// Whether the document is accepted without any one of several elements of a list, so that their number matters.
    fn is_about_number(&self, container: usize) -> bool {
        let is_single =
            |edit: &&Edit| matches!(edit, Edit::Remove(list, values) if *list == container && values.len() == 1);
        self.document.node(container).is_array() && self.accepted.iter().filter(is_single).nth(1).is_some()
    }

    /// The pointer, in the smallest document, of a container of the original. `None` if elements before it were taken out.
    fn pointer_now(&self, container: usize) -> Option<String> {
        let pointer = self.document.node(container).pointer();
        let is_shifted = pointer.split('/').any(|part| part.parse::<usize>().is_ok_and(|index| index > 0));
        (!is_shifted).then_some(pointer)
    }
}

fn hash_of(body: &[u8]) -> u64 {
    let mut hash = DefaultHasher::new();
    body.hash(&mut hash);
    hash.finish()
}

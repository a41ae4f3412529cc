//! The minimiser of documents that no shape renders to: takes out members and elements, large parts first, then simplifies
//! values. No I/O: it hands out candidates and is told how each turned out.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Verdict;
use super::edits::{Edit, Edits, items};
use crate::json::{Document, ValueKind, difference, read};

/// For the JSON Pointer of a value, the JSON texts that commonly stand there, the simplest first.
pub type Familiar = fn(&str) -> Vec<&'static str>;

/// Troubles in a row after which the descent ends with the smallest document so far.
const MAX_TROUBLES: usize = 3;
/// Strings up to this length, in bytes with quotation marks, are not shortened.
const SHORT: usize = 3;

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
    familiar: Familiar,
    edits: Edits<'d>,
    /// The hash of the smallest document.
    current: u64,
    /// The containers, those nearer to the root first.
    containers: Vec<usize>,
    /// The strings and numbers, in the same order.
    scalars: Vec<usize>,
    at: Position,
    /// Whether the current round made the document smaller.
    is_smaller: bool,
    /// Whether the first round, which tries large parts first, is over.
    is_later_round: bool,
    pending: Option<(Edit, u64)>,
    verdicts: HashMap<u64, Verdict>,
    /// The changes to the smallest document that were accepted.
    accepted: Vec<Edit>,
    probes: usize,
    budget: usize,
    considered: usize,
    troubles: usize,
    is_cut: bool,
}

/// What is tried next.
#[derive(Clone, Copy, Debug)]
enum Position {
    Compact,
    /// In this container, so many children from this one on; 0 if it was not looked at yet.
    Remove {
        container: usize,
        chunk: usize,
        start: usize,
    },
    /// This simpler form of this string or number.
    Simplify {
        scalar: usize,
        option: usize,
    },
    End,
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
        let (containers, scalars) = by_level(document);
        Self {
            document,
            familiar,
            edits: Edits::none(document),
            current: hash_of(document.source()),
            containers,
            scalars,
            at: Position::Compact,
            is_smaller: false,
            is_later_round: false,
            pending: None,
            verdicts: HashMap::new(),
            accepted: Vec::new(),
            probes: 0,
            budget,
            considered: 0,
            troubles: 0,
            is_cut: false,
        }
    }

    /// The next document to try; `None` when the descent has ended. Its verdict must be told before the next.
    pub fn candidate(&mut self) -> Option<Candidate> {
        while let Some((edit, is_familiar)) = self.next_edit() {
            if self.probes >= self.budget || self.considered >= 20 * self.budget || self.troubles >= MAX_TROUBLES {
                self.is_cut = true;
                return None;
            }
            let body = self.edits.with(&edit);
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
                self.is_smaller = true;
                match (&mut self.at, &edit) {
                    // The following children have moved up.
                    (Position::Remove { start, .. }, Edit::Remove(_, values)) => *start -= values.len(),
                    // It may be simplified further.
                    (Position::Simplify { option, .. }, Edit::Replace(..)) => *option = 0,
                    _ => {}
                }
            }
            Verdict::Accepted => {
                self.accepted.push(edit);
                self.verdicts.insert(hash, verdict);
            }
            // What could not be tested may be tried again in a later round.
            Verdict::Trouble => {}
            Verdict::Otherwise => drop(self.verdicts.insert(hash, verdict)),
        }
    }

    /// The next change to try, and whether it replaces a value by a familiar one.
    fn next_edit(&mut self) -> Option<(Edit, bool)> {
        loop {
            match self.at {
                Position::Compact => {
                    self.at = Position::Remove { container: 0, chunk: 0, start: 0 };
                    return Some((Edit::Compact, false));
                }
                Position::Remove { container, chunk, start } => {
                    let Some(number) = self.containers.get(container).copied() else {
                        self.at = Position::Simplify { scalar: 0, option: 0 };
                        continue;
                    };
                    let children = if self.edits.has(number) { self.edits.children(number) } else { Vec::new() };
                    // A later round only makes sure that no single one can be taken out.
                    let first = if self.is_later_round { 1 } else { children.len() };
                    let (chunk, start) = if chunk == 0 { (first, 0) } else { (chunk.min(children.len()), start) };
                    if children.is_empty() {
                        self.at = Position::Remove { container: container + 1, chunk: 0, start: 0 };
                    } else if start >= children.len() {
                        let next = if chunk == 1 { (container + 1, 0) } else { (container, chunk.div_ceil(2)) };
                        self.at = Position::Remove { container: next.0, chunk: next.1, start: 0 };
                    } else {
                        let values = children[start..children.len().min(start + chunk)].to_vec();
                        self.at = Position::Remove { container, chunk, start: start + values.len() };
                        return Some((Edit::Remove(number, values), false));
                    }
                }
                Position::Simplify { scalar, option } => match self.scalars.get(scalar).copied() {
                    Some(value) => {
                        let options = if self.edits.has(value) { self.simpler(value) } else { Vec::new() };
                        if let Some((bytes, is_familiar)) = options.into_iter().nth(option) {
                            self.at = Position::Simplify { scalar, option: option + 1 };
                            return Some((Edit::Replace(value, bytes), is_familiar));
                        }
                        self.at = Position::Simplify { scalar: scalar + 1, option: 0 };
                    }
                    None if self.is_smaller => {
                        (self.is_smaller, self.is_later_round) = (false, true);
                        self.accepted.clear();
                        self.at = Position::Compact;
                    }
                    None => self.at = Position::End,
                },
                Position::End => return None,
            }
        }
    }

    /// Simpler forms of a value, the simplest first, and whether each is a familiar one.
    fn simpler(&self, number: usize) -> Vec<(Vec<u8>, bool)> {
        let node = self.document.node(number);
        let now = self.edits.value(number);
        let familiar = (self.familiar)(&node.pointer());
        if !familiar.is_empty() {
            let simpler = familiar.into_iter().map(str::as_bytes).take_while(|text| *text != now);
            return simpler.map(|text| (text.to_vec(), true)).collect();
        }
        let plain: &[&[u8]] = if node.is_string() { &[b"\"\"", b"\"a\""] } else { &[b"0", b"2"] };
        let mut options: Vec<Vec<u8>> =
            plain.iter().take_while(|text| **text != now).map(|text| text.to_vec()).collect();
        if node.is_string() && now.len() > SHORT {
            options.extend(half(now));
        }
        options.into_iter().map(|text| (text, false)).collect()
    }

    /// Ends the descent and returns its result.
    pub fn finish(self) -> MinimalDocument {
        let body = self.edits.bytes();
        let (probes, is_minimal) = (self.probes, !self.is_cut && matches!(self.at, Position::End));
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

    /// Whether the document is accepted without any one of several children of a container, so that their number matters.
    fn is_about_number(&self, container: usize) -> bool {
        let children = self.edits.children(container);
        let is_accepted_without =
            |child: &usize| self.accepted.iter().any(|edit| *edit == Edit::Remove(container, vec![*child]));
        children.len() > 1 && children.iter().all(is_accepted_without)
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

/// The containers that hold anything, and the strings and numbers; those nearer to the root first.
fn by_level(document: &Document<'_>) -> (Vec<usize>, Vec<usize>) {
    let (mut containers, mut scalars) = (Vec::new(), Vec::new());
    let mut level = vec![document.root()];
    while !level.is_empty() {
        let mut next = Vec::new();
        for node in level {
            match node.kind() {
                ValueKind::String | ValueKind::Number => scalars.push(node.number()),
                ValueKind::Object | ValueKind::Array if !node.is_empty() => {
                    containers.push(node.number());
                    next.extend(items(node).into_iter().map(|(_, value)| value));
                }
                _ => {}
            }
        }
        level = next;
    }
    (containers, scalars)
}

/// The first half of a string that consists of plain ASCII.
fn half(string: &[u8]) -> Option<Vec<u8>> {
    let inner = &string[1..string.len() - 1];
    let is_plain = inner.iter().all(|byte| (b' '..=b'~').contains(byte) && *byte != b'\\');
    is_plain.then(|| [b"\"", &inner[..inner.len() / 2], b"\""].concat())
}

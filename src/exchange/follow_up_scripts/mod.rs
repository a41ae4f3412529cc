//! The follow-up requests that are scripts, as rows. To add one, add a row with its function to the file of its subject, and an entry
//! of the same name to the slot `afterwards`.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::capability::Capability;
use super::put::Put;
use super::script::Script;
use super::stage::Stage;

mod dev;
mod reading;
mod referrers;
mod tagging;
mod tags;

pub use dev::NAMESPACE;

/// A blob that a repository holds.
#[derive(Clone, Copy, Debug)]
pub struct HeldBlob<'e> {
    /// Its digest.
    pub digest: &'e str,
    /// Its length in bytes.
    pub length: usize,
}

/// What a follow-up script is written for: an accepted push.
#[derive(Clone, Copy, Debug)]
pub struct Pushed<'e> {
    /// The push.
    pub put: &'e Put,
    /// The digest in the document's `subject`, if it is a string.
    pub subject: Option<&'e str>,
    /// The first blob of the document that the repository holds.
    pub blob: Option<HeldBlob<'e>>,
}

/// A follow-up that is a script.
pub struct FollowUp {
    /// The name of its entry in the slot `afterwards`.
    pub name: &'static str,
    /// The stage that it is about; its requests may have others.
    pub stage: Stage,
    /// Whether it changes the repository, so that it needs a separate one.
    pub changes: bool,
    /// Whether it names a repository below the one under test.
    pub names_another_repository: bool,
    /// Whether it asks only about what was never pushed, so that it can be asked without a push.
    pub needs_no_push: bool,
    /// The capability without which it is not sent.
    pub needs: Option<Capability>,
    /// The requests.
    pub script: fn(&Pushed<'_>) -> Script,
}

impl FollowUp {
    /// A row that only reads what was pushed. Others override what differs.
    const READS: Self = Self {
        name: "",
        stage: Stage::ManifestGet,
        changes: false,
        names_another_repository: false,
        needs_no_push: false,
        needs: None,
        script: |_| Vec::new(),
    };

    /// The requests after this push.
    pub fn requests(&self, pushed: &Pushed<'_>) -> Script {
        (self.script)(pushed)
    }
}

// Names are unique.
impl PartialEq for FollowUp {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for FollowUp {}

impl Hash for FollowUp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl PartialOrd for FollowUp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FollowUp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name.cmp(other.name)
    }
}

impl fmt::Debug for FollowUp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name)
    }
}

/// Every row, by subject.
pub(super) const SCRIPTS: [&[FollowUp]; 5] = [reading::ROWS, tagging::ROWS, dev::ROWS, tags::ROWS, referrers::ROWS];

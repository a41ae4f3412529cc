//! How much a run may send, and how much it has sent.

/// What a run sent to a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests of any kind.
    pub requests: u64,
    /// Bytes of request bodies.
    pub bytes: u64,
    /// Pushes of blobs and manifests.
    pub objects: u64,
}

/// About how much may be sent to a target; cases in flight are completed. `None` means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Requests of any kind.
    pub requests: Option<u64>,
    /// Bytes of request bodies.
    pub bytes: Option<u64>,
    /// Pushes of blobs and manifests.
    pub objects: Option<u64>,
}

impl Budget {
    /// Whether this much uses up a part of it.
    pub fn is_used_up_by(&self, spent: &Spent) -> bool {
        let pairs = [(self.requests, spent.requests), (self.bytes, spent.bytes), (self.objects, spent.objects)];
        pairs.iter().any(|(limit, spent)| limit.is_some_and(|limit| *spent >= limit))
    }
}

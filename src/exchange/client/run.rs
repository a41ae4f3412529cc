//! What was seen of one run of a client program.

use std::fmt;

use bytes::Bytes;

use super::Operation;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// By itself, with this exit code.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// It was ended, because it did not end within the time limit.
    Timeout,
}

impl fmt::Display for Ending {
    /// The `error_code` column.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(code) => write!(out, "exit:{code}"),
            Self::Signal(signal) => write!(out, "signal:{signal}"),
            Self::Timeout => out.write_str("timeout"),
        }
    }
}

/// What became of the operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done: the program says so.
    Stored,
    /// The program reported an error.
    Refused,
    /// The program crashed.
    Crashed,
    /// The program did not end in time, or was ended because it took more than its limits.
    Hung,
    /// The program says that it does not do this.
    Unsupported,
    /// The operation could not be tried, for this reason.
    NotTested(String),
}

/// A limit that a run reached, for which it was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overrun {
    /// Memory.
    Memory,
    /// Bytes written to its folders.
    Disk,
    /// Number of processes.
    Processes,
    /// Requests to the registry.
    Requests,
}

impl fmt::Display for Overrun {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::Processes => "processes",
            Self::Requests => "requests",
        })
    }
}

/// The host at which a request arrived. All are ports of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// The registry under the name that the client was given.
    Registry,
    /// Another host, to which an answer referred.
    Foreign,
    /// The token service of another host.
    ForeignRealm,
    /// The host of a layer's `urls`.
    Urls,
    /// What the proxy variables point to where the network is not isolated: the client asked for another host.
    Proxy,
}

/// A request that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arrived {
    /// Where.
    pub at: At,
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Whether its path is in the repository that holds the case. What is read back from another one is the client's.
    pub is_of_case: bool,
    /// Whether it had credentials: an `Authorization` header with our password or token, or either in the query or the body.
    pub has_credentials: bool,
    /// The status of the answer.
    pub status: u16,
}

/// A file that the program wrote where it should not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Escaped {
    /// Its path, relative to the folder that the program was given, or absolute; without fresh names.
    pub path: String,
}

/// A manifest that the program stored under the name it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kept {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its media type.
    pub media_type: String,
}

/// What was seen of one run of a client program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramRun {
    /// What it was asked to do.
    pub operation: Operation,
    /// How it ended.
    pub ending: Ending,
    /// What became of it.
    pub outcome: Outcome,
    /// The limit for which it was ended.
    pub overrun: Option<Overrun>,
    /// The last line of its standard error, escaped and bounded, without fresh names.
    pub last_line: String,
    /// The requests that arrived, in order; at most a few thousand.
    pub arrived: Vec<Arrived>,
    /// The files written outside of its folder.
    pub escaped: Vec<Escaped>,
    /// The manifest that it stored, where that can be read back.
    pub kept: Option<Kept>,
    /// Digests that it listed, if its output names them.
    pub listed: Option<Vec<String>>,
    /// Its largest resident memory in bytes, with its children; 0 if unknown.
    pub peak_memory: u64,
}

impl ProgramRun {
    /// A run with this outcome that exited with 0 and of which nothing else was seen.
    pub fn new(operation: Operation, outcome: Outcome) -> Self {
        Self {
            operation,
            ending: Ending::Exit(0),
            outcome,
            overrun: None,
            last_line: String::new(),
            arrived: Vec::new(),
            escaped: Vec::new(),
            kept: None,
            listed: None,
            peak_memory: 0,
        }
    }

    /// Whether the operation was tried and the program did what it was asked for.
    pub fn is_stored(&self) -> bool {
        self.outcome == Outcome::Stored
    }

    /// Whether there is something to judge.
    pub fn is_tested(&self) -> bool {
        !matches!(self.outcome, Outcome::NotTested(_) | Outcome::Unsupported)
    }

    /// The requests that arrived with credentials where no credentials of the registry belong.
    pub fn leaks(&self) -> impl Iterator<Item = &Arrived> {
        self.arrived.iter().filter(|one| one.at != At::Registry && one.has_credentials)
    }
}

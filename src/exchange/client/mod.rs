//! Client programs: what they are asked to do, how the registry answers them, and what was seen of a run.

mod answers;
mod operation;
mod run;

pub use answers::{
    Answers, Body, Coding, ContentType, DigestHeader, Length, Link, Location, Realm, Redirect, Referrers, Status,
};
pub use operation::Operation;
pub use run::{Arrived, At, Ending, Escaped, Kept, Outcome, Overrun, ProgramRun};

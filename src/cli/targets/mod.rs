//! Targets and the flags on how to talk to them, shared by every command that talks to a target.

mod access;
mod argument;
mod doctor;
mod file;
mod flags;
mod opener;
mod tested;

pub(super) use self::argument::{TargetArgument, TargetList};
pub(super) use self::doctor::TargetsCommand;
pub(super) use self::file::Policy;
pub(super) use self::flags::{TargetFlag, TargetFlags};
pub(super) use self::opener::{Opener, nonce};
pub(super) use self::tested::{check_filter, check_shapes};

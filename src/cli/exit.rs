//! The exit codes.

/// A finding at or above `--fail-on`, or a broken MUST.
pub(super) const FOUND: u8 = 1;
/// Invalid arguments, configuration or corpus.
pub(super) const BAD_INPUT: u8 = 2;
/// The target could not be tested.
pub(super) const UNTESTABLE: u8 = 3;
/// A bug in manifuzz.
pub(super) const BUG: u8 = 101;
/// Ended by INT, TERM or HUP; results are written.
pub(super) const INTERRUPTED: u8 = 130;
/// Stdout was closed.
pub(super) const UNREAD: u8 = 141;

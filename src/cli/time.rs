//! Times as people write them.

use std::time::Duration;

use crate::error::Input;

/// Reads `60s`, `5m` or `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, Input> {
    let wrong = |why: String| Input::value(format!("the time `{text}`"), why, "write 60s, 5m or 1h30m");
    let time: jiff::SignedDuration = text.parse().map_err(|error: jiff::Error| wrong(error.to_string()))?;
    Duration::try_from(time).map_err(|error| wrong(error.to_string()))
}

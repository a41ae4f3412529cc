//! Rate limit: a token bucket per target.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::limits::rest;
use crate::error::Input;

/// A number of requests per second or minute, written `5/s` or `100/m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: NonZeroU32,
    period: Duration,
}

impl Rate {
    /// The default for hosts other than loopback: 5 requests per second.
    pub const POLITE: Self = Self { count: NonZeroU32::new(5).unwrap(), period: Duration::from_secs(1) };
}

impl Rate {
    /// The rate in requests per second.
    pub fn per_second(self) -> f64 {
        f64::from(self.count.get()) / self.period.as_secs_f64()
    }
}

impl FromStr for Rate {
    type Err = Input;

    /// Parses `5/s` or `100/m`.
    fn from_str(text: &str) -> Result<Self, Input> {
        let wrong = || {
            Input::value(
                format!("invalid rate `{text}`"),
                "not a number of requests per second or minute",
                "expected e.g. `5/s` or `100/m`",
            )
        };
        let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
        let period = match unit {
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            _ => return Err(wrong()),
        };
        Ok(Self { count: count.parse().map_err(|_| wrong())?, period })
    }
}

pub(super) type Limiter = DefaultDirectRateLimiter;

pub(super) fn limiter(rate: Rate) -> Limiter {
    // One token at a time, evenly spaced: no bursts.
    let quota = Quota::with_period(rate.period / rate.count.get()).unwrap_or(Quota::per_second(rate.count));
    RateLimiter::direct(quota)
}

/// Waits for a token. Returns false if the stop flag was set first.
pub(super) fn wait(limiter: &Limiter, stop: &AtomicBool) -> bool {
    while let Err(not_yet) = limiter.check() {
        if !rest(not_yet.wait_time_from(DefaultClock::default().now()), stop) {
            return false;
        }
    }
    true
}

//! How long to wait before a request is sent again because of its answer.

use std::time::{Duration, SystemTime};

use crate::exchange::Answer;

/// Maximum number of retries of one request.
const TIMES: u32 = 3;
/// Maximum total wait of one request.
const MOST: Duration = Duration::from_secs(60);

/// The waits of one request: at most three, and at most 60 seconds in total.
#[derive(Debug, Default)]
pub(super) struct Patience {
    times: u32,
    spent: Duration,
}

impl Patience {
    /// How long to wait before retrying: after 429, and after 503 with `Retry-After`. `None` if the answer is final.
    pub fn due(&mut self, answer: &Answer) -> Option<Duration> {
        let asked_for = answer.header("retry-after").and_then(|value| retry_after(value, answer.header("date")));
        let pause = match answer.status {
            429 => asked_for.unwrap_or(Duration::from_secs(1 << self.times.min(TIMES))),
            503 => asked_for?,
            _ => return None,
        };
        if self.times >= TIMES || self.spent + pause > MOST {
            return None;
        }
        self.times += 1;
        self.spent += pause;
        Some(pause)
    }
}

/// Parses seconds or an HTTP date (RFC 9110, section 10.2.3). A date is relative to the answer's `Date`, so clock skew does
/// not matter.
fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value.trim()).ok()?;
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)]) -> Answer {
        let mut map = http::HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header value"));
        }
        Answer { status, headers: map, body: Bytes::new(), cut: false, is_redirected: false }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let due = |status, headers: &[_]| Patience::default().due(&answer(status, headers));
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(due(429, &[("retry-after", "7")]), seconds(7));
        assert_eq!(due(503, &[("retry-after", " 0 ")]), seconds(0));
        let (date, later) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:49 GMT");
        assert_eq!(due(503, &[("retry-after", later), ("date", date)]), seconds(12));
        assert_eq!(due(429, &[("retry-after", date)]), seconds(0));
        assert_eq!(due(429, &[]), seconds(1));
        assert_eq!(due(429, &[("retry-after", "soon")]), seconds(1));
        assert_eq!(due(503, &[("retry-after", "soon")]), None);
        assert_eq!(due(503, &[]), None);
        assert_eq!(due(500, &[("retry-after", "1")]), None);
    }

    #[test]
    fn a_request_waits_three_times_and_a_minute_at_most() {
        let mut patience = Patience::default();
        let again = answer(429, &[("retry-after", "1")]);
        assert_eq!((0..9).filter(|_| patience.due(&again).is_some()).count(), 3);
        let mut patience = Patience::default();
        let long = answer(503, &[("retry-after", "40")]);
        assert_eq!((0..9).filter(|_| patience.due(&long).is_some()).count(), 1);
        assert_eq!(patience.due(&answer(503, &[("retry-after", "99999999999")])), None);
    }
}

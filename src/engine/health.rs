//! Checks whether the target still accepts the base case, and waits for one that went down.

use std::time::Duration;

use super::counts::Purpose;
use super::fire_options::FireOptions;
use super::limits::Limits;
use super::outcome::Outcome;
use super::prober::Prober;
use super::sink::{Event, Sink};
use crate::error::{Error, Trouble, TroubleKind};
use crate::exchange::Questions;
use crate::model::Class;
use crate::transport::Repository;

/// The pause before the base is fired again; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long to wait for a target that answers every request with an error. Restarts get more time.
const PATIENCE_WITH_FAILURES: Duration = Duration::from_secs(6);
/// How many consecutive requests may time out before a target that accepts connections is given up. Those of the preceding case
/// count, and at least one must be the base's.
const SILENCES: usize = 3;

/// How the target answers the base case.
#[derive(Clone, Debug)]
pub(super) enum Health {
    /// As at the start of the run.
    Well,
    /// As at the start, after a failure.
    Recovered,
    /// The credentials or the request rate are no longer accepted.
    Denied(Trouble),
    /// With a 5xx each time, by the registry or a gateway in front of it.
    Failing {
        /// 502, 503 or 504.
        is_gateway: bool,
    },
    /// Not at all.
    Down,
}

impl Health {
    /// Whether cases can be fired.
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Well | Self::Recovered | Self::Denied(_))
    }
}

/// Pushes the base once, without reading back.
fn ask_base(prober: &Prober<'_>) -> (Health, Option<Class>) {
    let (place, questions) = (Repository::Main, Questions::NONE);
    let options = FireOptions { place, questions, purpose: Purpose::Repetition };
    match prober.fire_once(prober.base(), options) {
        Outcome::Trouble(trouble) => match trouble.kind {
            TroubleKind::Unreachable | TroubleKind::Protocol => (Health::Down, None),
            TroubleKind::TimeOut => (Health::Down, Some(Class::Hang)),
            _ => (Health::Denied(trouble), None),
        },
        outcome => match outcome.doubts().next().map(|finding| (finding.symptom.class, finding.symptom.status)) {
            None => (Health::Well, None),
            Some((class @ (Class::Dropped | Class::Hang), _)) => (Health::Down, Some(class)),
            Some((Class::ServerError, status)) => {
                let is_gateway = matches!(status, Some(502..=504));
                (Health::Failing { is_gateway }, None)
            }
            Some(_) => {
                let attempted = "pushing the base again";
                let cause = "accepted before, now answered 403";
                (Health::Denied(Trouble::new(TroubleKind::Forbidden, attempted, prober.target().name(), cause)), None)
            }
        },
    }
}

/// Fires the base and, if it fails, waits until it is accepted again: 0.2 s, doubling up to 5 s, at most `restart_wait` in
/// total. `silences` is the number of requests that timed out just before. Announces the wait to the sink.
pub(super) fn health(
    prober: &Prober<'_>,
    limits: Limits<'_>,
    silences: usize,
    sink: &mut dyn Sink,
) -> Result<Health, Error> {
    let (mut health, class) = ask_base(prober);
    if health.is_usable() {
        return Ok(health);
    }
    let patience = match health {
        // A gateway error may mean that the registry behind it is restarting.
        Health::Failing { is_gateway: false } => prober.restart_wait().min(PATIENCE_WITH_FAILURES),
        _ => prober.restart_wait(),
    };
    let target = prober.target();
    sink.take(target, Event::Waiting { failing: matches!(health, Health::Failing { .. }), most: patience })?;
    if matches!(health, Health::Down)
        && let Err(trouble) = target.restart()
    {
        sink.take(target, Event::Trouble(&trouble))?;
    }
    let (mut waited, mut pause) = (Duration::ZERO, FIRST_PAUSE);
    // At least one more request for the base must time out.
    let mut silences = silences.min(SILENCES - 1) + usize::from(class == Some(Class::Hang));
    while waited < patience && silences < SILENCES && !limits.are_over() {
        let next = pause.min(patience - waited);
        if target.wait(next).is_err() {
            break;
        }
        (waited, pause) = (waited + next, (pause * 2).min(LONGEST_PAUSE));
        let (now, class) = ask_base(prober);
        silences += usize::from(class == Some(Class::Hang));
        match now {
            Health::Well => return Ok(Health::Recovered),
            now if now.is_usable() => return Ok(now),
            now => health = now,
        }
    }
    Ok(health)
}

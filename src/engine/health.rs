//! Whether the target still answers the base, and waiting for one that went down.

use std::time::Duration;

use super::limits::Limits;
use super::outcome::Outcome;
use super::prober::{FireOptions, Prober};
use super::sink::{Event, Sink};
use crate::error::{Error, Trouble, TroubleKind};
use crate::exchange::Depth;
use crate::model::Class;
use crate::transport::Repository;

/// The pause before the base is asked again for the first time; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long a target that fails on everything, but answers, is waited for. Restarts are waited for longer.
const PATIENCE_WITH_FAILURES: Duration = Duration::from_secs(6);
/// How many requests in a row may go unanswered until a target that accepts connections is given up. Those of the base come after
/// those of a case, and at least one of them is asked.
const SILENCES: usize = 3;

/// How the base was answered.
#[derive(Clone, Debug)]
pub(super) enum Health {
    /// As at the beginning of the run.
    Well,
    /// It was not at first, and then it was.
    Recovered,
    /// The credentials or the rate of requests are no longer accepted.
    NotLetIn(Trouble),
    /// With a 5xx each time: by a gateway in front of the registry, or by the registry.
    Failing {
        /// 502, 503 or 504.
        is_gateway: bool,
    },
    /// With no answer at all.
    Down,
}

impl Health {
    /// Whether cases can be fired.
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Well | Self::Recovered | Self::NotLetIn(_))
    }
}

/// Asks the base once, with its push alone.
fn asked(prober: &Prober<'_>) -> (Health, Option<Class>) {
    let options = FireOptions { place: Repository::Main, depth: Depth::Put };
    match prober.fire_uncached(prober.base(), options) {
        Outcome::Trouble(trouble) => match trouble.kind {
            TroubleKind::Unreachable | TroubleKind::Protocol => (Health::Down, None),
            TroubleKind::TimeOut => (Health::Down, Some(Class::Hang)),
            _ => (Health::NotLetIn(trouble), None),
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
                let cause = "it was accepted before, and is now answered with 403";
                (Health::NotLetIn(Trouble::new(TroubleKind::Forbidden, attempted, prober.target().name(), cause)), None)
            }
        },
    }
}

/// Asks the base, and where it is not answered as before, waits until it is: 0.2 s, doubling up to 5 s, `restart_wait` in
/// all, and `silences` requests before this went unanswered. Says to the sink what it waits for.
pub(super) fn health(
    prober: &Prober<'_>,
    limits: Limits<'_>,
    silences: usize,
    sink: &mut dyn Sink,
) -> Result<Health, Error> {
    let (mut health, class) = asked(prober);
    if health.is_usable() {
        return Ok(health);
    }
    let patience = match health {
        // A gateway that answers for a registry is waiting for a restart itself.
        Health::Failing { is_gateway: false } => prober.restart_wait().min(PATIENCE_WITH_FAILURES),
        _ => prober.restart_wait(),
    };
    let target = prober.target();
    sink.take(target, Event::Waiting { failing: matches!(health, Health::Failing { .. }), most: patience })?;
    let (mut waited, mut pause) = (Duration::ZERO, FIRST_PAUSE);
    // At least one more answer of the base must fail to come.
    let mut silences = silences.min(SILENCES - 1) + usize::from(class == Some(Class::Hang));
    while waited < patience && silences < SILENCES && !limits.are_over() {
        let next = pause.min(patience - waited);
        if target.wait(next).is_err() {
            break;
        }
        (waited, pause) = (waited + next, (pause * 2).min(LONGEST_PAUSE));
        let (now, class) = asked(prober);
        silences += usize::from(class == Some(Class::Hang));
        match now {
            Health::Well => return Ok(Health::Recovered),
            now if now.is_usable() => return Ok(now),
            now => health = now,
        }
    }
    Ok(health)
}

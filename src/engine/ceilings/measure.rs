//! The requests that find the limits of a target.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::axis::{AXES, Axis};
use super::ceiling::{Ceiling, CeilingBudget, CeilingEnd};
use super::search::Search;
use crate::compare::words_of;
use crate::engine::limits::Limits;
use crate::engine::outcome::access_trouble;
use crate::engine::prober::Prober;
use crate::engine::refusal::Refusal;
use crate::error::{Error, Trouble, TroubleKind};
use crate::exchange::{Budget, Depth, Exchange, NeedKind, Observation, Probe, Question, Questions};
use crate::foreign::bounded;
use crate::model::Versions;
use crate::transport::{Repository, Target};

/// Measures the limits of one target.
///
/// # Examples
///
/// ```
/// use manifuzz::engine::{CeilingEnd, Ceilings};
/// use manifuzz::registry::{Params, Profile};
/// use manifuzz::transport::{Opening, embedded};
///
/// let profile = Profile::clean().plant("refuses-above-100-layers", Params::default())?;
/// let target = embedded(&profile, &Opening { nonce: "run1".to_owned(), ..Opening::default() });
/// let limits = Ceilings::new(target.as_ref()).measure(|_| Ok(()))?;
/// let layers = limits.iter().find(|limit| limit.name == "layers").unwrap();
/// assert_eq!((layers.accepted, layers.refused), (Some(100), Some(101)));
/// assert_eq!(layers.end, CeilingEnd::Exact);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Ceilings<'t> {
    target: &'t dyn Target,
    budget: CeilingBudget,
    stop: Arc<AtomicBool>,
    time: Option<Duration>,
}

/// The answer to one push.
enum Pushed {
    Accepted,
    Refused(Refusal),
    /// The registry accepts it, and does not serve it.
    NotServed(Refusal),
}

impl<'t> Ceilings<'t> {
    /// Limits of this target, with the default budget.
    pub fn new(target: &'t dyn Target) -> Self {
        let (budget, stop) = (CeilingBudget::default(), Arc::new(AtomicBool::new(false)));
        Self { target, budget, stop, time: None }
    }

    /// Sends about this much at most.
    #[must_use]
    pub fn with_budget(self, budget: CeilingBudget) -> Self {
        Self { budget, ..self }
    }

    /// Ends when `stop` is set or after `time`; the limits that were not found by then say so.
    #[must_use]
    pub fn within(self, stop: Arc<AtomicBool>, time: Option<Duration>) -> Self {
        Self { stop, time, ..self }
    }

    /// Measures every limit, and passes each to `take` when it is known.
    ///
    /// # Errors
    ///
    /// Trouble if the target cannot be tested or refuses the simplest manifest, and any error of `take`.
    pub fn measure(&self, mut take: impl FnMut(&Ceiling) -> Result<(), Error>) -> Result<Vec<Ceiling>, Error> {
        let prober = Prober::new(self.target, Versions::default(), Depth::Put)?;
        if let Pushed::Refused(refusal) = self.push(&prober.base().exchange, Questions::NONE)? {
            let cause = format!("refused with {:?} {}", refusal.status, refusal.code);
            return Err(Trouble::new(
                TroubleKind::Protocol,
                "pushing the simplest manifest",
                self.target.name(),
                cause,
            )
            .into());
        }
        let budget = Budget { requests: None, bytes: Some(self.budget.bytes), objects: None };
        let limits = Limits::new(&self.stop, self.time).with_budget(self.target, budget);
        let mut found: Vec<Ceiling> = Vec::new();
        let mut most_bytes = usize::MAX;
        for (done, axis) in AXES.iter().enumerate() {
            // What one search leaves is for the following ones.
            let left = self.budget.requests.saturating_sub(self.target.requests());
            let share = left / (AXES.len() - done) as u64;
            let is_supported = axis.name != "index-depth" || prober.capabilities.push_by_digest;
            let ceiling = if is_supported {
                self.one(axis, share, most_bytes, limits)?
            } else {
                let why = "the registry does not take manifests by digest".to_owned();
                Ceiling { end: CeilingEnd::NotTested(why), ..Ceiling::of(axis) }
            };
            if axis.name == "manifest-size" {
                let served = ceiling.served.as_ref().and_then(|(served, _)| *served);
                let accepted = served.or(ceiling.accepted).and_then(|bytes| usize::try_from(bytes).ok());
                most_bytes = accepted.unwrap_or(usize::MAX);
            }
            take(&ceiling)?;
            found.push(ceiling);
        }
        Ok(found)
    }

    fn one(&self, axis: &Axis, share: u64, most_bytes: usize, limits: Limits<'_>) -> Result<Ceiling, Error> {
        let before = self.target.requests();
        let most = if axis.is_size { fitting(axis, most_bytes) } else { axis.most };
        let mut ceiling = Ceiling::of(axis);
        let mut search = Search::new(axis.least, axis.start, most, axis.likely);
        let mut why = self.search(axis, &mut search, Questions::NONE, before + share, limits, &mut ceiling)?;
        (ceiling.accepted, ceiling.refused) = (search.accepted, search.refused);
        // A registry that takes a manifest may still not serve it.
        if let (None, Some(accepted)) = (&why, search.accepted) {
            let mut served = Search::below(axis.least, accepted, axis.likely);
            let reads = [Question::Get].into_iter().collect();
            let mut reading = Ceiling::of(axis);
            why = self.search(axis, &mut served, reads, before + share, limits, &mut reading)?;
            ceiling.served = reading.refusal.map(|refusal| (served.accepted, refusal));
        }
        ceiling.end = match why {
            Some(why) => CeilingEnd::Partial(why),
            None if ceiling.accepted.is_none() => CeilingEnd::AllRefused,
            None if ceiling.refused.is_some() => CeilingEnd::Exact,
            None if most < axis.most => CeilingEnd::Size,
            None => CeilingEnd::NoLimit,
        };
        ceiling.requests = self.target.requests() - before;
        Ok(ceiling)
    }

    /// Searches until `until` requests were sent. `Some` if it ended early: why.
    fn search(
        &self,
        axis: &Axis,
        search: &mut Search,
        questions: Questions,
        until: u64,
        limits: Limits<'_>,
        ceiling: &mut Ceiling,
    ) -> Result<Option<String>, Error> {
        while let Some(number) = search.next() {
            if limits.are_over() {
                return Ok(Some("interrupted, or the time or the bytes were used up".to_owned()));
            }
            let Some(exchange) = (axis.push)(number) else { return Ok(Some(format!("{number} cannot be sent"))) };
            // Indexes in each other are pushed one by one; those of the last accepted depth are there already. A refusal is repeated.
            let manifests = exchange.needs.iter().filter(|need| need.kind != NeedKind::Blob).count() as u64;
            let reads = if questions.is_empty() { 0 } else { 2 };
            let cost = 2 * (1 + reads) + manifests.saturating_sub(search.accepted.unwrap_or(0));
            if self.target.requests() + cost > until {
                return Ok(Some("the requests were used up".to_owned()));
            }
            // A server that is busy for a moment is not a limit.
            let pushed = self.push(&exchange, questions).and_then(|pushed| match pushed {
                Pushed::Accepted => Ok(pushed),
                _ => self.push(&exchange, questions),
            });
            match pushed {
                Ok(Pushed::Accepted) => search.tell(number, true),
                Ok(Pushed::Refused(refusal) | Pushed::NotServed(refusal)) => {
                    search.tell(number, false);
                    if search.refused == Some(number) {
                        ceiling.refusal = Some(refusal);
                    }
                }
                Err(trouble) => return Ok(Some(bounded(&trouble.to_string(), 300))),
            }
        }
        Ok(None)
    }

    fn push(&self, exchange: &Exchange, questions: Questions) -> Result<Pushed, Trouble> {
        let seen = self.target.fire(exchange, Repository::Main, questions)?;
        if let Some(trouble) = access_trouble(&seen, self.target.name()) {
            return Err(trouble);
        }
        Ok(match Refusal::of(&seen) {
            Some(refusal) => Pushed::Refused(refusal),
            None => not_served(&seen).map_or(Pushed::Accepted, Pushed::NotServed),
        })
    }
}

impl std::fmt::Debug for Ceilings<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Ceilings").field("target", &self.target.name()).field("budget", &self.budget).finish()
    }
}

/// The first answer in reading back that is not a success.
fn not_served(seen: &Observation) -> Option<Refusal> {
    seen.replies.iter().filter(|(probe, _)| matches!(probe, Probe::Get(_))).find_map(|(probe, reply)| {
        let stage = probe.stage();
        match reply.answer() {
            Some(answer) if answer.is_success() => None,
            Some(answer) => {
                let (code, message) = words_of(answer);
                Some(Refusal { stage, status: Some(answer.status), code, message })
            }
            None => Some(Refusal { stage, status: None, code: String::new(), message: "no answer".to_owned() }),
        }
    })
}

/// The largest number of an axis whose manifest has at most so many bytes.
fn fitting(axis: &Axis, most_bytes: usize) -> u64 {
    let fits = |number| (axis.push)(number).is_some_and(|exchange| exchange.tested.body.len() <= most_bytes);
    if fits(axis.most) {
        return axis.most;
    }
    let (mut low, mut high) = (axis.least, axis.most);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if fits(middle) { low = middle } else { high = middle }
    }
    low
}

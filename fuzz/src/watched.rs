//! A target that notes how it answers the tested case, and that can be emptied.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use manifuzz::error::{Error, Trouble};
use manifuzz::exchange::{Capabilities, Exchange, Observation, Questions};
use manifuzz::transport::{Opening, Repository, Target, open};

use crate::answers::add_replies;

/// A target under fuzzing. All but the case being tested, such as probes of a hunt, is passed on unnoted.
pub struct Watched {
    address: String,
    nonce: String,
    name: String,
    /// The target, and how many came before it.
    target: RwLock<(Arc<dyn Target>, u64)>,
    /// The features of the next case to be fired; `None` after that.
    features: Mutex<Option<Vec<u64>>>,
    fired: AtomicU64,
}

impl Watched {
    /// Opens `embedded:PROFILE` or a URL. `nonce` must be unique to this process: lower-case letters and digits.
    ///
    /// # Errors
    ///
    /// As [`open`].
    pub fn open(address: &str, nonce: &str) -> Result<Self, Error> {
        let target = open_numbered(address, nonce, 0)?;
        let (address, nonce, name) = (address.to_owned(), nonce.to_owned(), target.name().to_owned());
        Ok(Self {
            address,
            nonce,
            name,
            target: RwLock::new((target, 0)),
            features: Mutex::default(),
            fired: AtomicU64::new(0),
        })
    }

    /// Replaces an embedded target by an empty one; does nothing to another.
    ///
    /// # Errors
    ///
    /// As [`open`].
    pub fn empty(&self) -> Result<(), Error> {
        if self.address.starts_with("embedded:") {
            let mut target = self.target.write().unwrap_or_else(PoisonError::into_inner);
            let number = target.1 + 1;
            *target = (open_numbered(&self.address, &self.nonce, number)?, number);
        }
        Ok(())
    }

    /// Notes the answers to the next case that is fired.
    pub fn watch(&self) {
        *self.noted() = Some(Vec::new());
    }

    /// What was noted of that case; empty if it was not fired.
    pub fn take(&self) -> Vec<u64> {
        self.noted().take().unwrap_or_default()
    }

    /// How many cases were fired, probes of hunts included.
    pub fn fired(&self) -> u64 {
        self.fired.load(Ordering::Relaxed)
    }

    fn noted(&self) -> std::sync::MutexGuard<'_, Option<Vec<u64>>> {
        self.features.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.target.read().unwrap_or_else(PoisonError::into_inner).0)
    }
}

fn open_numbered(address: &str, nonce: &str, number: u64) -> Result<Arc<dyn Target>, Error> {
    let opening = Opening { nonce: format!("{nonce}n{number}"), ..Opening::default() };
    Ok(Arc::from(open(address, &opening)?))
}

impl Target for Watched {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        self.target().version()
    }

    fn ping(&self, base: &Exchange) -> Result<(), Trouble> {
        self.target().ping(base)
    }

    fn capabilities(&self, base: &Exchange, with_subject: &Exchange) -> Result<Capabilities, Trouble> {
        self.target().capabilities(base, with_subject)
    }

    fn read_capabilities(&self) -> Result<Capabilities, Trouble> {
        self.target().read_capabilities()
    }

    fn inquire(&self, exchange: &Exchange) -> Result<Observation, Trouble> {
        self.target().inquire(exchange)
    }

    fn fire(&self, exchange: &Exchange, place: Repository, questions: Questions) -> Result<Observation, Trouble> {
        self.fired.fetch_add(1, Ordering::Relaxed);
        let observation = self.target().fire(exchange, place, questions)?;
        let mut noted = self.noted();
        if let Some(features) = noted.as_mut().filter(|features| features.is_empty()) {
            add_replies(&observation, features);
        }
        Ok(observation)
    }

    fn read_again(
        &self,
        exchange: &Exchange,
        seen: &Observation,
        questions: Questions,
    ) -> Result<Observation, Trouble> {
        self.target().read_again(exchange, seen, questions)
    }

    fn rotate(&self) {
        self.target().rotate();
    }

    fn wait(&self, pause: Duration) -> Result<(), Trouble> {
        self.target().wait(pause)
    }

    fn waited(&self) -> Duration {
        self.target().waited()
    }

    fn requests(&self) -> u64 {
        self.target().requests()
    }

    fn rate(&self) -> Option<f64> {
        self.target().rate()
    }
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Watched").field("name", &self.name).finish_non_exhaustive()
    }
}

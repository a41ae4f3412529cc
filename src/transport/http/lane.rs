//! The threads of a run send requests without waking each other: each takes a lane, a runtime with its connections, and gives it
//! back afterwards.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection::Connection;
use super::connector::Wish;

/// A runtime of one thread at a time, with its connections.
pub(super) struct Lane {
    // Fields are dropped in order: what the runtime serves, then the runtime.
    pub idle: Idle,
    /// The timer of every attempt in this lane.
    pub tick: Pin<Box<Sleep>>,
    pub runtime: Runtime,
}

impl Lane {
    fn new() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let tick = {
            let _entered = runtime.enter();
            Box::pin(sleep_until(Instant::now()))
        };
        Ok(Self { idle: Idle::default(), tick, runtime })
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Lane").field("idle", &self.idle.0.len()).finish_non_exhaustive()
    }
}

/// The idle connections of a lane: one per origin and protocol at most, because a lane
/// carries one request at a time.
#[derive(Default)]
pub(super) struct Idle(Vec<Connection>);

impl Idle {
    /// An idle connection for this wish that the server has kept open.
    pub async fn take(&mut self, wish: Wish<'_>) -> Option<Connection> {
        let at = self.0.iter().position(|connection| connection.suits(wish))?;
        let mut connection = self.0.swap_remove(at);
        connection.is_reusable().await.then_some(connection)
    }

    /// Keeps a connection whose answer was read to its end, if the server does.
    pub async fn keep(&mut self, mut connection: Connection) {
        if connection.complete().await {
            self.0.push(connection);
        }
    }
}

/// The lanes of a target that are not in use. The last one given back is the first one taken, so there are as many as requests
/// were ever in flight at once.
#[derive(Debug)]
pub(super) struct Lanes(Mutex<Vec<Lane>>);

impl Lanes {
    /// One lane. Fails if the system refuses another runtime.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self(Mutex::new(vec![Lane::new()?])))
    }

    /// Takes a lane, or makes one if all are in use.
    pub fn take(&self) -> std::io::Result<Lane> {
        let lane = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        lane.map_or_else(Lane::new, Ok)
    }

    /// Gives a lane back.
    pub fn give_back(&self, lane: Lane) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(lane);
    }
}

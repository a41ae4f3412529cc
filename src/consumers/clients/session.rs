//! The daemon that the runs of a program share, if it has one.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Adapter;
use super::filling::Values;
use super::sandbox::{Command, Daemon, Scratch, furnish};
use crate::error::Trouble;

/// How long a daemon may take to become ready.
const READY: Duration = Duration::from_secs(30);

/// What the runs of a program share.
#[derive(Debug, Default)]
pub(super) struct Session(Mutex<Option<Arc<Running>>>);

/// A daemon and its folder. Only one run at a time uses it.
#[derive(Debug)]
pub(super) struct Running {
    // Ends before its folder goes.
    daemon: Mutex<Daemon>,
    state: Scratch,
}

impl Running {
    /// The daemon, for one run.
    pub fn daemon(&self) -> MutexGuard<'_, Daemon> {
        self.daemon.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// The daemon of the adapter, started if it does not run; sets `{state}`. `environment` makes that of a home folder.
    pub fn running(
        &self,
        adapter: &Adapter,
        values: &mut Values,
        environment: impl Fn(&Path, &Values) -> Vec<(String, String)>,
    ) -> Result<Option<Arc<Running>>, Trouble> {
        let Some(daemon) = &adapter.daemon else { return Ok(None) };
        let mut session = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = session.as_ref() {
            values.set("state", running.state.path().to_string_lossy());
            return Ok(Some(Arc::clone(running)));
        }
        let state = Scratch::new()?;
        values.set("state", state.path().to_string_lossy());
        let home = state.path().join("home");
        furnish(&home, None)?;
        let command = |words: &[String]| Command {
            arguments: values.fill_all(words),
            environment: environment(&home, values),
            directory: state.path().to_owned(),
            watched: state.path().to_owned(),
        };
        let started = Daemon::start(command(&daemon.run), &command(&daemon.ready), READY)?;
        let running = Arc::new(Running { daemon: Mutex::new(started), state });
        *session = Some(Arc::clone(&running));
        Ok(Some(running))
    }

    /// The next run starts the daemon again.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

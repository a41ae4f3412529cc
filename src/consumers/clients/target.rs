//! A client program as a target: serves it a case, has it do each operation, and observes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::Adapter;
use super::adapter::Task;
use super::filling::Values;
use super::operating::Operating;
use super::sandbox::{Command, environment, run};
use super::server::{Addresses, CaseServer};
use super::session::Session;
use super::version::version_in;
use crate::error::{Trouble, TroubleKind};
use crate::exchange::client::{Operation, Outcome, ProgramRun};
use crate::exchange::{Capabilities, Exchange, Facts, Observation, Question, Questions, Requests};
use crate::transport::{Repository, Target};

/// How client programs are run.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Value of the `target` column.
    pub name: String,
    /// Whether the network is isolated, so that the private addresses exist and nothing else is reached.
    pub is_isolated: bool,
    /// Set when the run is asked to stop.
    pub stop: Arc<AtomicBool>,
}

/// A client program under test. Each case has a separate server, and each operation separate folders.
#[derive(Debug)]
pub struct ClientTarget {
    adapter: Adapter,
    options: ClientOptions,
    version: OnceLock<String>,
    session: Session,
    runs: AtomicU64,
    waited: Mutex<Duration>,
}

impl ClientTarget {
    /// A target that runs the program of this adapter. Nothing is run before the first case.
    pub fn new(adapter: Adapter, options: ClientOptions) -> Self {
        let session = Session::default();
        let (version, waited) = (OnceLock::new(), Mutex::default());
        let runs = AtomicU64::new(0);
        Self { adapter, options, version, session, runs, waited }
    }

    /// The adapter.
    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// The number of programs run so far.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    fn trouble(&self, attempted: &str, cause: impl Into<String>) -> Trouble {
        Trouble::new(TroubleKind::Command, attempted, &*self.options.name, cause)
    }

    /// Runs the command that prints the version.
    fn ask_version(&self) -> Result<String, Trouble> {
        let folder = super::sandbox::Folder::new(false)?;
        let mut values = Values::default();
        values.set("program", self.adapter.program());
        values.set("home", folder.home().to_string_lossy());
        super::sandbox::furnish(&folder.home(), None)?;
        let command = Command {
            arguments: values.fill_all(&self.adapter.version),
            environment: environment(&folder.home(), None),
            directory: folder.out(),
            watched: folder.watched().to_owned(),
        };
        let ended = run(&command, &self.adapter.limits(), &|| None)?;
        let output = [ended.output, ended.error_output].concat();
        let text = String::from_utf8_lossy(&output);
        version_in(&text).ok_or_else(|| {
            let first = text.lines().next().unwrap_or_default();
            self.trouble(&format!("`{command}`"), format!("its output has no version: {first}"))
        })
    }

    fn serve(&self, exchange: &Exchange) -> Result<CaseServer, Trouble> {
        let addresses = if self.options.is_isolated { Addresses::Private } else { Addresses::Loopback };
        CaseServer::start(exchange, addresses)
    }

    /// Has the program do one operation, which its adapter must have.
    ///
    /// # Errors
    ///
    /// Trouble if the case cannot be served or the program not be run.
    pub fn operate(&self, exchange: &Exchange, operation: Operation) -> Result<ProgramRun, Trouble> {
        let task = self.adapter.task(operation);
        let task = task.ok_or_else(|| self.trouble(operation.as_str(), "the adapter does not have this operation"))?;
        self.run_on(&self.serve(exchange)?, exchange, operation, task)
    }

    fn run_on(
        &self,
        server: &CaseServer,
        exchange: &Exchange,
        operation: Operation,
        task: &Task,
    ) -> Result<ProgramRun, Trouble> {
        if self.options.stop.load(Ordering::Relaxed) {
            return Err(Trouble::new(TroubleKind::Interrupted, operation.as_str(), &*self.options.name, "stopped"));
        }
        self.runs.fetch_add(1, Ordering::Relaxed);
        server.reset();
        let (adapter, session, is_isolated) = (&self.adapter, &self.session, self.options.is_isolated);
        Operating { adapter, exchange, server, session, is_isolated }.run(operation, task)
    }

    /// The operations that are asked for, with how they are done.
    fn tasks(&self, questions: Questions) -> impl Iterator<Item = (Operation, &Task)> {
        let all = Question::CLIENT.into_iter().all(|question| !questions.has(question));
        let is_asked = move |operation: Operation| all || questions.has(question(operation));
        Operation::ALL
            .into_iter()
            .filter(move |operation| is_asked(*operation))
            .filter_map(|operation| Some((operation, self.adapter.task(operation)?)))
    }
}

/// The question that asks for an operation.
fn question(operation: Operation) -> Question {
    match operation {
        Operation::Pull => Question::Pull,
        Operation::Copy => Question::Copy,
        Operation::Push => Question::Push,
        Operation::List | Operation::Tags => Question::List,
    }
}

impl Target for ClientTarget {
    fn name(&self) -> &str {
        &self.options.name
    }

    fn version(&self) -> String {
        self.version.get().cloned().unwrap_or_default()
    }

    /// Asks the program for its version, and runs the base once.
    fn ping(&self, base: &Exchange) -> Result<(), Trouble> {
        if self.version.get().is_none() {
            let version = self.ask_version()?;
            self.version.get_or_init(|| version);
        }
        let seen = self.fire(base, Repository::Main, Questions::NONE)?;
        let mut why = seen.runs.iter().filter_map(|run| match &run.outcome {
            Outcome::NotTested(why) => Some(why.clone()),
            _ => None,
        });
        if seen.runs.iter().any(ProgramRun::is_tested) {
            return Ok(());
        }
        Err(self.trouble("running the base", why.next().unwrap_or_else(|| "no operation could be tested".to_owned())))
    }

    fn capabilities(&self, _: &Exchange, _: &Exchange) -> Result<Capabilities, Trouble> {
        Ok(Capabilities::ALL)
    }

    fn read_capabilities(&self) -> Result<Capabilities, Trouble> {
        Err(self.trouble("reading only", "a client program is not a registry; leave out --read-only"))
    }

    fn inquire(&self, _: &Exchange) -> Result<Observation, Trouble> {
        Err(self.trouble("reading only", "a client program is not a registry; leave out --read-only"))
    }

    fn fire(&self, exchange: &Exchange, _: Repository, questions: Questions) -> Result<Observation, Trouble> {
        let server = self.serve(exchange)?;
        let tasks = self.tasks(questions);
        let runs = tasks.map(|(operation, task)| self.run_on(&server, exchange, operation, task));
        let runs = runs.collect::<Result<Vec<_>, _>>()?;
        let names = server.names();
        Ok(Observation {
            facts: Facts::as_meant(exchange),
            replies: Vec::new(),
            repository: names.repository.clone(),
            tag: names.tag.clone(),
            tag_is_new: true,
            body_is_new: true,
            fresh_repository: true,
            requests: Requests { all: runs.len() as u64, uploads: 0 },
            script: Vec::new(),
            runs,
        })
    }

    /// Nothing that a program stored is kept, so it is run again.
    fn read_again(&self, exchange: &Exchange, _: &Observation, questions: Questions) -> Result<Observation, Trouble> {
        self.fire(exchange, Repository::Main, questions)
    }

    fn rotate(&self) {}

    fn wait(&self, pause: Duration) -> Result<(), Trouble> {
        *self.waited.lock().unwrap_or_else(PoisonError::into_inner) += pause;
        std::thread::sleep(pause);
        Ok(())
    }

    fn waited(&self) -> Duration {
        *self.waited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of programs run: what a case costs here.
    fn requests(&self) -> u64 {
        self.runs()
    }
}
